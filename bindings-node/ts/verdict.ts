import { codeName, KEYS_NEEDED, KEYS_UNAVAILABLE, SKIPPED, UNDECIDED, type RejectionCode } from './codes.js';
import type { NativeCore } from './native.js';
import {
  internalError,
  type Outcome,
  type Rejected,
  type Skipped,
  type Unavailable,
  type Undecided,
} from './outcome.js';
import { Verified } from './verified.js';

/**
 * What the core returned for a token, in full; undefined when keys must be fetched first. Call it before the next
 * validation: the core remembers the last verdict only.
 * @internal
 */
export function read<T extends object>(
  core: NativeCore,
  returned: string | number,
  now: number,
): Outcome<T> | Undecided | undefined {
  if (typeof returned === 'number') {
    if (returned === KEYS_NEEDED) return undefined;
    return returned === UNDECIDED ? undecided(core) : refused(core, returned, now);
  }
  return { ok: true, verdict: 'accepted', verified: new Verified<T>(returned) };
}

/**
 * As `read`, for a request.
 * @internal
 */
export function readRequest<T extends object>(
  core: NativeCore,
  returned: string | number,
  now: number,
): Outcome<T> | Skipped | Undecided | undefined {
  if (returned !== SKIPPED) return read<T>(core, returned, now);
  return { ok: true, verdict: 'skipped', verified: undefined, routeIndex: core.route() };
}

/**
 * What calls say that cannot wait: the keys may be there as soon as the caller has let the event loop run.
 * @internal
 */
export function keysBeingFetched(now: number): Unavailable {
  return unavailable(now, 0, 'the keys are being fetched', null);
}

function undecided(core: NativeCore): Undecided | Rejected {
  const token = core.undecided();
  return token === null ? internalError('the token was lost') : { verdict: 'undecided', undecided: token };
}

function refused(core: NativeCore, number: number, now: number): Rejected | Unavailable {
  const code = codeName(number);
  const issuerIndex = indexOf(core.issuer());
  if (code === KEYS_UNAVAILABLE) {
    const retryAt = core.retryAt() ?? now;
    return unavailable(retryAt, Math.max(0, Math.ceil((retryAt - now) / 1000)), core.detail(), issuerIndex);
  }
  const [claim, detail, routeIndex] = [core.claim(), core.detail(), indexOf(core.route())];
  return { ok: false, verdict: 'rejected', code: code as RejectionCode, claim, detail, issuerIndex, routeIndex };
}

/** An entry of the policy as the core says it. */
function indexOf(entry: number): number | null {
  return entry < 0 ? null : entry;
}

function unavailable(retryAt: number, retryAfter: number, detail: string, issuerIndex: number | null): Unavailable {
  const code = KEYS_UNAVAILABLE;
  return { ok: false, verdict: 'unavailable', code, retryAt: new Date(retryAt), retryAfter, detail, issuerIndex };
}
