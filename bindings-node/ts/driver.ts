import { answerOf, FetchProblem, LONGEST_TIMER, within, type Exchanged, type Fetcher } from './fetcher.js';
import { FetchFailure, type NativeCore, type NativeFetchRequest } from './native.js';
import type { SharedSets } from './store.js';

/**
 * Runs the fetches that the core asks for, each exactly once and independent of who asked, and wakes those who wait.
 * @internal
 */
export class Driver {
  readonly #core: NativeCore;
  readonly #fetcher: Fetcher;
  /** What other processes have fetched. */
  readonly #shared: SharedSets | undefined;
  /** Dates the answers. */
  readonly #now: () => number;
  /** Called after each fetch, when the core has taken what came of it. */
  readonly #ended: () => void;
  /** The timeouts of the fetches that run, in milliseconds. */
  readonly #running = new Map<bigint, number>();
  readonly #waiting = new Set<() => void>();

  constructor(
    core: NativeCore,
    fetcher: Fetcher,
    shared: SharedSets | undefined,
    now: () => number,
    ended: () => void,
  ) {
    this.#core = core;
    this.#fetcher = fetcher;
    this.#shared = shared;
    this.#now = now;
    this.#ended = ended;
  }

  /** Starts fetches that nobody has to await. */
  start(requests: NativeFetchRequest[]): void {
    for (const request of requests) {
      this.#running.set(request.id, request.timeout);
      void this.#run(request);
    }
  }

  /**
   * Resolves when a fetch has ended, whichever; the caller then asks the core again. Rejects when `signal` fires.
   *
   * Nothing can end between the verdict that asked to wait and this call: both happen in one turn of the event loop.
   */
  wait(signal: AbortSignal | undefined): Promise<void> {
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
        this.#waiting.delete(wake);
      };
      // Each fetch ends by its own timer; this one keeps the process alive meanwhile, and a lost wake-up harmless.
      const longest = Math.max(0, ...this.#running.values()) + GRACE;
      const timer = setTimeout(wake, Math.min(longest, LONGEST_TIMER));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(wake);
    });
  }

  async #run(request: NativeFetchRequest): Promise<void> {
    try {
      await this.#fetch(request);
    } catch {
      // The core could not take the answer or its failure; it gives a lost fetch up by itself.
    }
    this.#running.delete(request.id);
    this.#ended();
    for (const wake of this.#waiting) wake();
    this.#shared?.saveLater();
  }

  /** Ends in one `completeFetch` or one `failFetch`, or by what the store has. */
  async #fetch(request: NativeFetchRequest): Promise<void> {
    let answer;
    try {
      answer = await within(request.timeout, (signal) => this.#answer(request, signal));
    } catch (error) {
      const failure = error instanceof FetchProblem ? error.failure : FetchFailure.callback;
      this.#core.failFetch(request.id, failure, this.#now());
      return;
    }
    if (answer === undefined) return;
    this.#core.completeFetch(request.id, answer.status, answer.headers, answer.body, this.#now());
  }

  /** What the issuer answered; undefined when the store had what is needed. */
  async #answer(request: NativeFetchRequest, signal: AbortSignal): Promise<Exchanged | undefined> {
    if (await this.#shared?.settles(request.id, signal, this.#now)) return undefined;
    signal.throwIfAborted();
    return answerOf(this.#fetcher, request, signal);
  }
}

/** What a fetch may take beyond its timeout until the event loop gets to end it, in milliseconds. */
const GRACE = 2000;
