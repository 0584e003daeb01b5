import type { RejectionCode } from './codes.js';
import type { NativeUndecided } from './native.js';
import type { Verified } from './verified.js';

/** The token may pass. */
export interface Accepted<T extends object = object> {
  readonly ok: true;
  readonly verdict: 'accepted';
  readonly verified: Verified<T>;
}

/** The policy's routes let the request through without a token; one that it carries was not looked at. */
export interface Skipped {
  readonly ok: true;
  readonly verdict: 'skipped';
  /** Nothing was verified, so there are no claims. */
  readonly verified: undefined;
  /** The entry of the policy's `routes` that lets the request through. */
  readonly routeIndex: number;
}

/** The token is what an endpoint asks for. */
export interface Satisfied {
  readonly ok: true;
  readonly verdict: 'satisfied';
}

/** The token must not pass. */
export interface Rejected {
  readonly ok: false;
  readonly verdict: 'rejected';
  /** Why; `internal_error` when something failed that should not, and the token is refused for safety. */
  readonly code: RejectionCode;
  /** The claim that the code is about; the policy's spelling or a registered name, never text of the token. */
  readonly claim: string | null;
  /** What was expected, for operators. Not stable, never to be compared. */
  readonly detail: string;
  /** The entry of the policy's `issuers` that the token named, where it got that far. */
  readonly issuerIndex: number | null;
  /** The entry of the policy's `routes` that the request took, where it took one. */
  readonly routeIndex: number | null;
  /** What a hook of the application threw, or what else was wrong with its answer, when that is why. */
  readonly cause?: unknown;
}

/** Nobody can say: the issuer's keys are not at hand. Answer 503, not 401. */
export interface Unavailable {
  readonly ok: false;
  readonly verdict: 'unavailable';
  readonly code: 'keys_unavailable';
  /** What is the matter, for operators: the fetch that failed, and why. Not stable, never to be compared. */
  readonly detail: string;
  /** When the next attempt makes sense. */
  readonly retryAt: Date;
  /** Seconds from the call until `retryAt`, rounded up. */
  readonly retryAfter: number;
  /** The entry of the policy's `issuers` whose keys are missing, where it is known. */
  readonly issuerIndex: number | null;
}

/**
 * The application has to be asked first. It never reaches users.
 * @internal
 */
export interface Undecided {
  readonly verdict: 'undecided';
  readonly undecided: NativeUndecided;
}

/** What the validation of a token that does not throw returns. */
export type Outcome<T extends object = object> = Accepted<T> | Rejected | Unavailable;

/** What the validation of a request that does not throw returns. */
export type RequestOutcome<T extends object = object> = Outcome<T> | Skipped;

/**
 * Refuses a token because something failed that should not.
 * @internal
 */
export function internalError(detail: string): Rejected {
  const nowhere = { claim: null, issuerIndex: null, routeIndex: null };
  return { ok: false, verdict: 'rejected', code: 'internal_error', detail, ...nowhere };
}
