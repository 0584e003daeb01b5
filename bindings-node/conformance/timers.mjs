// Timers that a scenario's clock moves. What waits for work must keep the process alive and the work itself must not, so
// a driver's two kinds of timers can be told apart.

/** A timer that has not fired. */
class Timer {
  /** Whether it keeps the process alive. */
  isRef = true;

  /** @param {() => void} fire @param {number} at */
  constructor(fire, at) {
    this.fire = fire;
    this.at = at;
  }

  unref() {
    this.isRef = false;
    return this;
  }
}

/** The timers that are set while it is installed. */
export class Timers {
  #now;
  /** @type {Set<Timer>} */
  #set = new Set();

  /** @param {() => number} now */
  constructor(now) {
    this.#now = now;
  }

  /** Takes the place of the process's own timers; returns how to give it back. */
  install() {
    const { setTimeout, clearTimeout } = globalThis;
    const set = (/** @type {() => void} */ fire, /** @type {number} */ delay) => {
      const timer = new Timer(fire, this.#now() + delay);
      this.#set.add(timer);
      return timer;
    };
    Object.assign(globalThis, {
      setTimeout: set,
      clearTimeout: (/** @type {Timer} */ timer) => this.#set.delete(timer),
    });
    return () => Object.assign(globalThis, { setTimeout, clearTimeout });
  }

  /** Fires those that are over: the timers of work, which keep no process alive. */
  fireWork() {
    this.#fire(false);
  }

  /** Fires those that are over: the timers of those who wait. */
  fireWaiting() {
    this.#fire(true);
  }

  /** @param {boolean} isRef */
  #fire(isRef) {
    const over = [...this.#set].filter((timer) => timer.isRef === isRef && timer.at <= this.#now());
    for (const timer of over) if (this.#set.delete(timer)) timer.fire();
  }
}
