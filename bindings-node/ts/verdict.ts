import { codeName, KEYS_NEEDED, KEYS_UNAVAILABLE, REFUSALS, SKIPPED, UNDECIDED, type RejectionCode } from './codes.js';
import type { NativeCore } from './native.js';
import {
  internalError,
  type Outcome,
  type Rejected,
  type Satisfied,
  type Skipped,
  type Unavailable,
  type Undecided,
} from './outcome.js';
import { Requirement } from './requirement.js';
import { isDue, Verified } from './verified.js';

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
 * Whether a token is what an endpoint asks for.
 * @internal
 */
export function required(core: NativeCore, verified: Verified, requirement: Requirement): Satisfied | Rejected {
  try {
    const number = core.require(Requirement.nativeOf(requirement), ...verified.held());
    return number === 0 ? { ok: true, verdict: 'satisfied' } : (refused(core, number, 0) as Rejected);
  } catch {
    return internalError('the native part failed');
  }
}

/**
 * What calls say that cannot wait: the keys may be there as soon as the caller has let the event loop run.
 * @internal
 */
export function keysBeingFetched(now: number): Unavailable {
  return unavailable(now, 0, null, "the issuer's keys are not at hand: they are being fetched");
}

function undecided(core: NativeCore): Undecided | Rejected {
  const token = core.undecided();
  return token === null ? internalError('the token was lost') : { verdict: 'undecided', undecided: token };
}

/**
 * Whether work is due beside what the core returned. Most verdicts say so themselves: to ask would cost as much as much else of
 * a call.
 * @internal
 */
export function isWorkDue(core: NativeCore, returned: string | number, now: number): boolean {
  if (typeof returned === 'string') return isDue(returned);
  return hasPlace(returned) ? (returned & 1) === 1 : core.workDue(now);
}

/** Whether it is the number of a refusal that has a place. */
function hasPlace(number: number): boolean {
  return number >= REFUSALS && number < UNDECIDED;
}

function refused(core: NativeCore, number: number, now: number): Rejected | Unavailable {
  if (!hasPlace(number)) return told(core, number, now);
  const { code, claim, detail, issuerIndex, routeIndex } = (core.refusals[(number - REFUSALS) >> 1] ??= told(
    core,
    core.code(),
    now,
  ) as Rejected);
  return { ok: false, verdict: 'rejected', code, claim, detail, issuerIndex, routeIndex };
}

function told(core: NativeCore, number: number, now: number): Rejected | Unavailable {
  const code = codeName(number);
  const issuerIndex = indexOf(core.issuer());
  if (code === KEYS_UNAVAILABLE) {
    const retryAt = core.retryAt() ?? now;
    return unavailable(retryAt, Math.max(0, Math.ceil((retryAt - now) / 1000)), issuerIndex, core.detail());
  }
  const [claim, detail, routeIndex] = [core.claim(), core.detail(), indexOf(core.route())];
  return { ok: false, verdict: 'rejected', code: code as RejectionCode, claim, detail, issuerIndex, routeIndex };
}

/** An entry of the policy as the core says it. */
function indexOf(entry: number): number | null {
  return entry < 0 ? null : entry;
}

function unavailable(retryAt: number, retryAfter: number, issuerIndex: number | null, detail: string): Unavailable {
  const code = KEYS_UNAVAILABLE;
  return { ok: false, verdict: 'unavailable', code, detail, retryAt: new Date(retryAt), retryAfter, issuerIndex };
}
