import { answerOf, failureOf, LONGEST_TIMER, type Fetcher } from './fetcher.js';
import type { Failure, NativeCore, NativeWork } from './native.js';
import { FailureNumber, WorkNumber } from './numbers.js';
import type { SharedSets } from './store.js';

/**
 * Tells the core how a piece of work ended.
 * @internal
 */
export type Report = (now: number) => void;

/**
 * Does the work that the core gives out, reports each end, and wakes those who wait for it. What is done, when, and for how
 * long at most, is decided by the core.
 * @internal
 */
export class Driver {
  readonly #core: NativeCore;
  readonly #fetcher: Fetcher;
  /** What processes share. */
  readonly #shared: SharedSets | undefined;
  /** Dates the reports. */
  readonly #now: () => number;
  /** Called after each report. */
  readonly #reported: () => void;
  /** How to wake those who wait, by what they wait for. */
  readonly #waiting = new Map<bigint, Set<() => void>>();

  constructor(
    core: NativeCore,
    fetcher: Fetcher,
    shared: SharedSets | undefined,
    now: () => number,
    reported: () => void,
  ) {
    this.#core = core;
    this.#fetcher = fetcher;
    this.#shared = shared;
    this.#now = now;
    this.#reported = reported;
  }

  /** Starts all work that there is. */
  poll(now: number): void {
    for (let work = this.#core.pollWork(now); work !== null; work = this.#core.pollWork(now)) this.#start(work);
  }

  /**
   * Resolves when work has ended that the last verdict waits for; the caller then asks the core again. Rejects when `signal`
   * fires.
   *
   * Nothing can end between that verdict and this call: both happen in one turn of the event loop.
   */
  wait(signal: AbortSignal | undefined): Promise<void> {
    const [ids, patience] = [this.#core.waitFor(), this.#core.patience()];
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        leave();
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        for (const id of ids) this.#leave(id, wake);
      };
      const giveUp = (): void => {
        for (const id of ids) this.#report(id, this.#failed(id, FailureNumber.timeout));
        wake();
      };
      // The timers of the work keep no process alive; this one does.
      const timer = setTimeout(giveUp, Math.min(patience, LONGEST_TIMER));
      signal?.addEventListener('abort', abort, { once: true });
      for (const id of ids) this.#join(id, wake);
    });
  }

  /** Does one piece of work. Its end is reported when it comes; when it does not come in time, that is reported too. */
  #start(work: NativeWork): void {
    const controller = new AbortController();
    const timer = setTimeout(
      () => {
        this.#report(work.id, this.#failed(work.id, FailureNumber.timeout));
        controller.abort();
      },
      Math.min(work.timeout, LONGEST_TIMER),
    );
    // Whoever waits for this work keeps the process alive; a refresh in the background must not.
    timer.unref();
    void this.#ended(work, controller.signal).then((report) => {
      clearTimeout(timer);
      this.#report(work.id, report);
      // Frees the connection of an answer that was too long; after a complete one it does nothing.
      controller.abort();
    });
  }

  /** How a piece of work ended. Never rejects. */
  async #ended(work: NativeWork, signal: AbortSignal): Promise<Report> {
    const { id } = work;
    try {
      if (work.kind === WorkNumber.fetch) {
        const { status, headers, body } = await answerOf(this.#fetcher, work, signal);
        return (now) => {
          this.#core.reportFetched(id, status, headers, body, now);
        };
      }
      if (work.kind === WorkNumber.load)
        return (await this.#shared?.load(id)) ?? this.#failed(id, FailureNumber.callback);
      return (await this.#shared?.save(id, work.text)) ?? this.#failed(id, FailureNumber.callback);
    } catch (error) {
      return this.#failed(id, ...failureOf(error));
    }
  }

  #failed(id: bigint, failure: Failure, cause = ''): Report {
    return (now) => {
      this.#core.reportFailed(id, failure, cause, now);
    };
  }

  /** Reports, starts what is to be done after that, and wakes those who wait for this work. */
  #report(id: bigint, report: Report): void {
    const now = this.#time();
    try {
      report(now);
      this.poll(now);
      this.#warn();
    } catch {
      // The core failed. Those who wait ask again, and hear so.
    }
    this.#reported();
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** Tells the process what an operator should read: once for each time that keys cease to come. */
  #warn(): void {
    for (const warning of this.#core.warnings()) {
      process.emitWarning(warning, { type: 'JotgateWarning', code: 'JOTGATE_KEYS' });
    }
  }

  /** The present time; the system's where the application's clock fails, because what has ended must be reported. */
  #time(): number {
    try {
      const now = this.#now();
      if (Number.isFinite(now)) return now;
    } catch {
      // As for a clock that gives no number.
    }
    return Date.now();
  }

  #join(id: bigint, wake: () => void): void {
    const others = this.#waiting.get(id);
    if (others === undefined) this.#waiting.set(id, new Set([wake]));
    else others.add(wake);
  }

  #leave(id: bigint, wake: () => void): void {
    const others = this.#waiting.get(id);
    others?.delete(wake);
    if (others?.size === 0) this.#waiting.delete(id);
  }
}
