import type { Report } from './driver.js';
import type { NativeCore } from './native.js';
import { nextTurn, warn } from './platform.js';

/**
 * Keeps the key sets that one process has fetched for the others: a file, Redis, a table. Use one place for one policy.
 *
 * Whoever can change the text can make tokens pass: keep it like the policy.
 */
export interface KeyStore {
  /**
   * The text that was saved last, in whichever process; nothing (null, undefined or an empty text) when there is none. It
   * is asked before each fetch, within half of its timeout, and where the text has what is needed there is no fetch.
   */
  load: () => string | null | undefined | Promise<string | null | undefined>;
  /**
   * Keeps the text in place of the former one. It is called after a fetch, and nobody waits for it; it is not called again
   * before it has ended, or the timeout of a fetch is over.
   */
  save: (text: string) => unknown;
}

/**
 * A store as the driver uses it. Whatever the application's functions do, the worst is a fetch too many.
 * @internal
 */
export class SharedSets {
  #core: NativeCore;
  readonly #store: KeyStore;
  readonly #warned = new Set<string>();

  constructor(core: NativeCore, store: KeyStore) {
    this.#core = core;
    this.#store = store;
  }

  /** Another policy has come in the place of the one before; so that the old one can go. */
  follow(core: NativeCore): void {
    this.#core = core;
  }

  /** Looks for what another process has fetched. */
  async load(id: bigint): Promise<Report> {
    // In a microtask of its own, so that a user's function never runs inside the validation that asked for it.
    await Promise.resolve();
    const text = await this.#call('load', () => this.#store.load());
    if (typeof text !== 'string' && text !== null && text !== undefined) {
      this.#warn('load gave something that is no text');
    }
    return (now) => {
      const refusal = this.#core.reportLoaded(id, typeof text === 'string' && text !== '' ? text : null, now);
      if (refusal !== null) this.#warn('load gave no key sets');
    };
  }

  /** Saves what a fetch has brought, in a turn of its own: those who wait for the keys go on before. */
  async save(id: bigint, text: string): Promise<Report> {
    await nextTurn();
    await this.#call('save', () => this.#store.save(text));
    return (now) => {
      this.#core.reportSaved(id, now);
    };
  }

  /** What one of the application's functions gives. */
  async #call(name: keyof KeyStore, store: () => unknown): Promise<unknown> {
    try {
      return await store();
    } catch (error) {
      this.#warn(`${name} failed`);
      throw error;
    }
  }

  /** Once for each, and without what was thrown: it may quote whatever the store had in hand. */
  #warn(what: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    warn(`the store of a validator: ${what}; key sets are fetched all the same`);
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
