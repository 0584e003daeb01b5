import type { KeyNote } from './health.js';

/**
 * Why a token passes or does not, check by check. It is the same JSON in every language of jotgate, names included:
 * members are added, never renamed or removed; `detail`, `expected`, `found` and `note` are for people and may change.
 *
 * It shows the values of claims that a check looked at, and never the token, its signature or keys: it is for operators,
 * not for whoever sent the token.
 */
export interface Explanation {
  verdict: 'accepted' | 'rejected' | 'unavailable' | 'skipped';
  /** The code of the refusal: the one that a validation gives. */
  code: string | null;
  /** The claim that the code is about. */
  claim: string | null;
  /** The code in words. */
  detail: string | null;
  /** The entry of the policy's `issuers` that the token's `iss` picked. */
  issuer: number | null;
  /** The entry of the policy's `routes` that the request took. */
  route: number | null;
  /** When keys can be fetched again, in seconds since the Unix epoch. */
  retry_at: number | null;
  /** The time that the token was judged for, in seconds since the Unix epoch. */
  at: number;
  /** Whether the signature was verified: when it was not, the token's contents are anybody's words. */
  verified: boolean;
  /** The checks, in the order in which a validation runs them. */
  checks: Check[];
  /** The key sets that the picked issuer's keys are fetched from. */
  key_sets: ExplainedKeySet[];
  /** The explanation in lines for people; with `colour`, for a terminal. What a token brings cannot steer the terminal. */
  toText(options?: { colour?: boolean }): string;
}

/** One check of a token. */
export interface Check {
  /** The stable name, such as `signature`, `aud` or `claims[0]`. */
  check: string;
  /** `skipped`: the policy does not ask for it, or an earlier failure leaves nothing to check. */
  outcome: 'passed' | 'failed' | 'skipped';
  /** The code that the check gives when it is the first to fail. */
  code: string | null;
  /** Whether what was found stands in a token whose signature was verified. */
  verified: boolean;
  /** What the policy asks for. */
  expected: string | null;
  /** What the token or the request has. */
  found: string | null;
  /** What it means, and what to do. */
  note: string | null;
}

/** A key set, as an explanation tells of it. */
export interface ExplainedKeySet {
  /** The URL that the policy names: of the key set, or of the metadata that names the key set's. */
  url: string;
  /** Where the metadata says that the key set lies. */
  jwks_uri: string | null;
  /** What validations can count on. */
  state: 'empty' | 'fresh' | 'due' | 'stale' | 'expired';
  /** Seconds since the last successful fetch was started; null before the first. */
  age: number | null;
  /** How many keys can be used. */
  keys: number;
  /** The ids of the first of them. The issuer's text. */
  kids: string[];
  /** How many keys cannot be used. */
  skipped: number;
  /** The first of these, and why. */
  skipped_keys: KeyNote[];
  /** The first of the keys that count although RFC 7518 spells their numbers otherwise. */
  lenient_keys: KeyNote[];
  /** Why the last fetch failed; null after a success. */
  last_error: string | null;
  /** What the HTTP client said of it, or where a redirect leads: one line of at most 300 characters. */
  last_error_cause: string | null;
  /** What that means and what to do. */
  last_error_hint: string | null;
}

/**
 * The explanation that the core gave in its three forms.
 * @internal
 */
export function explanationOf([json, text, coloured]: [json: string, text: string, coloured: string]): Explanation {
  const toText: Explanation['toText'] = ({ colour = false } = {}) => (colour ? coloured : text);
  // Not one of its members: it is the same data that other languages have.
  return Object.defineProperty(JSON.parse(json) as Explanation, 'toText', { value: toText });
}
