import type { RejectionCode } from './codes.js';
import { isThenable } from './hooks.js';
import type { NativeCore } from './native.js';
import type { RequestOutcome } from './outcome.js';
import { warn } from './platform.js';

interface EventBase {
  /** When, in seconds since the Unix epoch, by the validator's clock. */
  at: number;
}

interface SourceEventBase extends EventBase {
  /** The place of the source in `health().sources`. */
  source: number;
}

/**
 * What happened to the keys of one source, or of all. It is the same JSON in every language of jotgate, names included. Nothing in
 * it comes from a token.
 */
export type KeySetEvent =
  | (SourceEventBase & {
      event: 'fetch_started';
      /** Whether a token with an unknown key wants to know right now. */
      forced: boolean;
      /** Whether it is for the metadata that says where the key set lies. */
      metadata: boolean;
    })
  | (SourceEventBase & { event: 'fetch_ok'; status: number; bytes: number })
  | (SourceEventBase & {
      /** A fetch ended without a request: the store had a set that another process fetched. */
      event: 'fetch_shared';
      /** Whole seconds since that was. */
      age: number;
    })
  | (SourceEventBase & {
      event: 'fetch_failed';
      /** Such as `timeout` or `status_503`. */
      problem: string;
      /** What the HTTP client said of it, or where a redirect leads, where there is something: at most 300 characters. */
      cause?: string;
      /** What that means and what to do. */
      hint: string;
      /** There is no further attempt before, in seconds since the Unix epoch. */
      retry_at: number;
    })
  | (SourceEventBase & { event: 'keys_changed'; added: number; removed: number; keys: number })
  | (SourceEventBase & { event: 'key_skipped'; skipped: number; reason: string })
  | (SourceEventBase & { event: 'key_lenient'; lenient: number; reason: string })
  | (SourceEventBase & {
      event: 'stale_served';
      /** Seconds since the set was fetched. */
      age: number;
    })
  | (SourceEventBase & { event: 'unknown_kid' })
  | (SourceEventBase & { event: 'flood_limited' })
  | (EventBase & {
      /** `replace` has brought another policy. From here on places in `health().sources` are those of the new one. */
      event: 'policy_replaced';
      /** Sources that go on as they are, that begin, and that are asked for nothing any more. */
      kept: number;
      added: number;
      removed: number;
    });

/** A token or a request did not pass. */
export interface RejectedEvent extends EventBase {
  event: 'rejected';
  /** Why; `keys_unavailable` when nobody could say. */
  code: RejectionCode | 'keys_unavailable';
  /** The claim that the code is about; the policy's spelling or a registered name, never text of the token. */
  claim: string | null;
  /** The entry of the policy's `issuers`, where it got that far. */
  issuer: number | null;
  /** The entry of the policy's `routes` that the request took, where it took one. */
  route: number | null;
}

/** Something to count or to log. Kinds may be added: leave those that you do not know alone. */
export type ValidatorEvent = KeySetEvent | RejectedEvent;

/** Takes events. What it throws, and what its promise rejects with, is reported once as a warning of the process. */
export type EventListener = (event: ValidatorEvent) => void;

/**
 * Those who want to hear what happens. They are called in the turn in which it happened, after the outcome is known, and
 * can neither change nor break it.
 * @internal
 */
export class Listeners {
  #core: NativeCore;
  readonly #now: () => number;
  readonly #listeners = new Set<{ listener: EventListener }>();
  #warned = false;

  constructor(core: NativeCore, now: () => number) {
    this.#core = core;
    this.#now = now;
  }

  /** Another policy has come in the place of the one before; so that the old one can go. */
  follow(core: NativeCore): void {
    this.#core = core;
  }

  /** Adds a listener and returns how to remove it. */
  add(listener: EventListener): () => void {
    if (typeof listener !== 'function') throw new TypeError('an event listener must be a function');
    const entry = { listener };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Passes on what happened to the key sets since the last time. */
  pass(): void {
    if (this.#listeners.size === 0) return;
    try {
      const events = this.#core.events();
      if (events !== null) for (const event of JSON.parse(events) as KeySetEvent[]) this.#call(event);
    } catch {
      // Events are told as well as possible; whoever validates must not notice.
    }
  }

  /** As `pass`, and says that something did not pass, if so. */
  passOutcome(outcome: RequestOutcome): void {
    if (this.#listeners.size === 0) return;
    this.pass();
    if (outcome.ok) return;
    const { code, issuerIndex: issuer } = outcome;
    const [claim, route] = outcome.verdict === 'rejected' ? [outcome.claim, outcome.routeIndex] : [null, null];
    this.#call({ at: this.#seconds(), event: 'rejected', code, claim, issuer, route });
  }

  #call(event: ValidatorEvent): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        const call: (event: ValidatorEvent) => unknown = listener;
        const returned = call(event);
        if (isThenable(returned)) Promise.resolve(returned).catch(this.#warn);
      } catch {
        this.#warn();
      }
    }
  }

  /** Without what was thrown: it may quote whatever the listener had in hand. */
  readonly #warn = (): void => {
    if (this.#warned) return;
    this.#warned = true;
    warn('an event listener of a validator threw; validation goes on');
  };

  /** The validator's clock, or the system's when that is broken, which may be what there is to tell. */
  #seconds(): number {
    let millis = Number.NaN;
    try {
      millis = this.#now();
    } catch {
      // As if it had said nothing.
    }
    return (Number.isFinite(millis) ? millis : Date.now()) / 1000;
  }
}
