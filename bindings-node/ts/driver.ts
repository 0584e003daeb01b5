import { answerOf, LONGEST_TIMER, problemOf, type Fetcher } from './fetcher.js';
import type { Failure, NativeCore, NativeWork } from './native.js';
import { FailureNumber, WorkNumber } from './numbers.js';
import { background, warn } from './platform.js';
import type { SharedSets } from './store.js';

/**
 * Tells the core how a piece of work ended.
 * @internal
 */
export type Report = (now: number) => void;

/**
 * What a token waits for: one of these pieces of work, for so many milliseconds at most.
 * @internal
 */
export interface Wait {
  ids: readonly bigint[];
  patience: number;
}

/**
 * Sees what ends from when it was begun.
 * @internal
 */
export interface Watch {
  /** Resolves when of each of these one piece has ended since then. Rejects when `signal` fires. */
  all(waits: readonly Wait[], signal: AbortSignal | undefined): Promise<void>;
  end(): void;
}

/**
 * Does the work that the core gives out, reports each end, and wakes those who wait for it. What is done, when, and for how
 * long at most, is decided by the core.
 * @internal
 */
export class Driver {
  #core: NativeCore;
  readonly #fetcher: Fetcher;
  /** What processes share. */
  readonly #shared: SharedSets | undefined;
  /** Dates the reports. */
  readonly #now: () => number;
  /** Called after each report. */
  readonly #reported: () => void;
  /** Told of each piece of work that has begun. */
  readonly #waitUntil: ((work: Promise<void>) => void) | undefined;
  /** How to wake those who wait, by what they wait for. */
  readonly #waiting = new Map<bigint, Set<() => void>>();
  /** The work that is under way, for those who must not leave any behind. */
  readonly #running = new Set<Promise<void>>();
  /** What has ended since a watch began, for each. */
  readonly #watches = new Set<Set<bigint>>();

  constructor(
    core: NativeCore,
    fetcher: Fetcher,
    shared: SharedSets | undefined,
    now: () => number,
    reported: () => void,
    waitUntil?: (work: Promise<void>) => void,
  ) {
    this.#core = core;
    this.#fetcher = fetcher;
    this.#shared = shared;
    this.#now = now;
    this.#reported = reported;
    this.#waitUntil = waitUntil;
  }

  /** Another policy has come in the place of the one before; so that the old one can go. */
  follow(core: NativeCore): void {
    this.#core = core;
    this.#shared?.follow(core);
  }

  /** Starts all work that there is. */
  poll(now: number): void {
    for (let work = this.#core.pollWork(now); work !== null; work = this.#core.pollWork(now)) this.#start(work);
  }

  /** Resolves when no work is under way: each ends at its timeout at the latest, and what follows it is waited for too. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /**
   * Resolves when work has ended that the last verdict of this core waits for; the caller then asks the core again. Rejects when `signal`
   * fires.
   *
   * Nothing can end between that verdict and this call: both happen in one turn of the event loop.
   */
  wait(core: NativeCore, signal: AbortSignal | undefined): Promise<void> {
    return this.#all([{ ids: core.waitFor(), patience: core.patience() }], signal);
  }

  /** For those who are judged while the event loop goes on, and work ends meanwhile: begin it before, and end it. */
  watch(): Watch {
    const ended = new Set<bigint>();
    this.#watches.add(ended);
    return {
      all: (waits, signal) =>
        this.#all(
          waits.filter(({ ids }) => !ids.some((id) => ended.has(id))),
          signal,
        ),
      end: () => {
        this.#watches.delete(ended);
      },
    };
  }

  /** Resolves when of each of these one piece of work has ended. Rejects when `signal` fires. */
  #all(waits: readonly Wait[], signal: AbortSignal | undefined): Promise<void> {
    if (waits.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting = new Set<() => void>();
      const abort = (): void => {
        for (const leave of waiting) leave();
        reject(signal?.reason as Error);
      };
      for (const wait of waits) {
        const leave = this.#wait(wait, () => {
          waiting.delete(leave);
          if (waiting.size > 0) return;
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        waiting.add(leave);
      }
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Calls `ended` once, later, when one of the pieces has ended or the patience is over. Returns how not to wait any more. */
  #wait({ ids, patience }: Wait, ended: () => void): () => void {
    const wake = (): void => {
      if (leave()) ended();
    };
    let waits = true;
    const leave = (): boolean => {
      const waited = waits;
      waits = false;
      clearTimeout(timer);
      for (const id of ids) this.#leave(id, wake);
      return waited;
    };
    const giveUp = (): void => {
      for (const id of ids) this.#report(id, this.#failed(id, FailureNumber.timeout));
      wake();
    };
    // The timers of the work keep no process alive; this one does.
    const timer = setTimeout(giveUp, Math.min(patience, LONGEST_TIMER));
    for (const id of ids) this.#join(id, wake);
    return leave;
  }

  /** Does one piece of work. Its end is reported when it comes; when it does not come in time, that is reported too. */
  #start(work: NativeWork): void {
    const controller = new AbortController();
    const over = this.#began();
    const timer = setTimeout(
      () => {
        this.#report(work.id, this.#failed(work.id, FailureNumber.timeout));
        controller.abort();
        over();
      },
      Math.min(work.timeout, LONGEST_TIMER),
    );
    // Whoever waits for this work keeps the process alive; a refresh in the background must not.
    background(timer);
    void this.#ended(work, controller.signal).then((report) => {
      clearTimeout(timer);
      this.#report(work.id, report);
      // Frees the connection of an answer that was too long; after a complete one it does nothing.
      controller.abort();
      over();
    });
  }

  /** Keeps in mind that a piece of work is under way; returns how to say that it is over. */
  #began(): () => void {
    let over = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      over = resolve;
    });
    this.#running.add(running);
    void running.then(() => {
      this.#running.delete(running);
    });
    try {
      this.#waitUntil?.(running);
    } catch {
      // Whatever the application does with it, the work goes on.
    }
    return over;
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
      // A store's error may quote whatever it had in hand.
      if (work.kind !== WorkNumber.fetch) return this.#failed(id, FailureNumber.callback);
      const { failure, words } = problemOf(error);
      return this.#failed(id, failure, words);
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
    } catch {
      // The core failed. Those who wait ask again, and hear so.
    }
    this.#warn();
    this.#reported();
    for (const ended of this.#watches) ended.add(id);
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** Tells operators that a key set cannot be had, once for each time that it begins. */
  #warn(): void {
    try {
      for (const text of this.#core.warnings()) warn(text, WARNING);
    } catch {
      // Where the application has put something of its own in the place of warnings, work goes on all the same.
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

const WARNING = { type: 'JotgateWarning', code: 'JOTGATE_KEYS' };
