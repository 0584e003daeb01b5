import { native } from './native.js';

/** Why a token was refused. Names are stable and the same in every language of jotgate. */
export type RejectionCode =
  | 'missing_token'
  | 'multiple_tokens'
  | 'unmatched_request'
  | 'ambiguous_target'
  | 'malformed_token'
  | 'unsupported_token'
  | 'unsupported_critical'
  | 'token_too_large'
  | 'missing_issuer'
  | 'unknown_issuer'
  | 'algorithm_not_allowed'
  | 'unknown_key'
  | 'ambiguous_key'
  | 'unusable_key'
  | 'invalid_signature'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_future'
  | 'too_old'
  | 'lifetime_too_long'
  | 'missing_claim'
  | 'invalid_claim'
  | 'invalid_type'
  | 'audience_mismatch'
  | 'claim_rejected'
  | 'confirmation_failed'
  | 'client_not_allowed'
  | 'insufficient_scope'
  | 'revoked'
  | 'internal_error';

/**
 * The code that is no verdict about the token.
 * @internal
 */
export const KEYS_UNAVAILABLE = 'keys_unavailable';

/**
 * What the core returns in place of a code when keys must be fetched first.
 * @internal
 */
export const KEYS_NEEDED = 0;

/**
 * What the core returns in place of a code when the application has to be asked first.
 * @internal
 */
export const UNDECIDED = 0xffff_fffe;

/**
 * What the core returns in place of a code when the policy's routes let a request through without a token.
 * @internal
 */
export const SKIPPED = 0xffff_ffff;

/**
 * What the core returns in place of a code when the refusal came before, in a place of its own: this number and twice the place,
 * and one more when work is due.
 * @internal
 */
export const REFUSALS = 0x10_0000;

/** The core's table, read when it is first asked: by then the native part is there. */
const table = {
  names: undefined as ReadonlyMap<number, string> | undefined,
  claimCodes: undefined as ReadonlySet<string> | undefined,
};

/**
 * The name behind a number of the core; a number that is in no table fails closed.
 * @internal
 */
export function codeName(number: number): string {
  table.names ??= new Map(native.codes().map((entry) => [entry.number, entry.name]));
  return table.names.get(number) ?? 'internal_error';
}

/**
 * Whether the code is about a claim of a token whose signature is good.
 * @internal
 */
export function isClaimCode(code: string): boolean {
  table.claimCodes ??= new Set(native.codes().flatMap((entry) => (entry.class === 'claims' ? [entry.name] : [])));
  return table.claimCodes.has(code);
}
