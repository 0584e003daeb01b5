import type { NativeCore } from './native.js';

/**
 * Keeps the key sets that one process has fetched for the others: a file, Redis, a table. Use one place for one policy.
 *
 * Whoever can change the text can make tokens pass: keep it like the policy.
 */
export interface KeyStore {
  /**
   * The text that was saved last, in whichever process; nothing (null, undefined or an empty text) when there is none. It
   * is asked before each fetch, within the fetch's timeout, and where the text has what is needed there is no fetch.
   */
  load: () => string | null | undefined | Promise<string | null | undefined>;
  /** Keeps the text in place of the former one. It is called after a fetch, and nobody waits for it. */
  save: (text: string) => unknown;
}

/**
 * A store as the driver uses it. Whatever the application's functions do, the worst is a fetch too many.
 * @internal
 */
export class SharedSets {
  readonly #core: NativeCore;
  readonly #store: KeyStore;
  readonly #warned = new Set<string>();

  constructor(core: NativeCore, store: KeyStore) {
    this.#core = core;
    this.#store = store;
  }

  /** Whether what the store has answers a fetch, which has ended then. Rejects only when the clock does. */
  async settles(id: bigint, signal: AbortSignal, now: () => number): Promise<boolean> {
    const text = await this.#load();
    // Too late: the fetch has failed meanwhile.
    if (text === undefined || signal.aborted) return false;
    const settled = this.#core.settleFetch(id, text, now());
    if (typeof settled === 'boolean') return settled;
    this.#warn('load gave no key sets');
    return false;
  }

  /** Saves what a fetch has brought, in a turn of its own: those who wait for the keys go on before. */
  saveLater(): void {
    setImmediate(() => void this.#save());
  }

  async #load(): Promise<string | undefined> {
    try {
      // In a microtask of its own, so that a user's function never runs inside the validation that asked for it.
      const text: unknown = await Promise.resolve().then(() => this.#store.load());
      if (typeof text === 'string' && text !== '') return text;
      if (text !== null && text !== undefined && text !== '') this.#warn('load gave something that is no text');
    } catch {
      this.#warn('load failed');
    }
    return undefined;
  }

  async #save(): Promise<void> {
    try {
      if (this.#core.exportDue()) await this.#store.save(this.#core.exportKeys());
    } catch {
      this.#warn('save failed');
    }
  }

  /** Once for each, and without what was thrown: it may quote whatever the store had in hand. */
  #warn(what: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    process.emitWarning(`the store of a validator: ${what}; key sets are fetched all the same`, 'JotgateWarning');
  }
}

/**
 * @throws TypeError when it is no store.
 * @internal
 */
export function checkStore(value: unknown): void {
  const { load, save } = (value ?? {}) as Partial<Record<keyof KeyStore, unknown>>;
  if (typeof load !== 'function' || typeof save !== 'function') {
    throw new TypeError('store must be an object with the functions load and save');
  }
}
