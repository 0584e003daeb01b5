import { isClaimCode, KEYS_UNAVAILABLE, type RejectionCode } from './codes.js';
import type { Rejected, Unavailable } from './outcome.js';

/** The base of every error of this package. Messages never contain text of a token, a claim's value or a key. */
export abstract class JotgateError extends Error {
  /** The stable name of what is wrong; the same in every language of jotgate. */
  abstract readonly code: string;
}

/** The token must not pass. The subclasses name the cases that programs handle by themselves; `code` names them all. */
export class InvalidTokenError extends JotgateError {
  override readonly code: RejectionCode;
  /** The claim that the code is about; the policy's spelling or a registered name, never text of the token. */
  readonly claim: string | null;
  /** What was expected, for operators. Not stable, never to be compared. */
  readonly detail: string;
  /** The entry of the policy's `issuers` that the token named, where it got that far. */
  readonly issuerIndex: number | null;
  /** The entry of the policy's `routes` that the request took, where it took one. */
  readonly routeIndex: number | null;

  constructor(rejected: Rejected) {
    super(
      `${rejected.code}: ${rejected.detail}${rejected.claim === null ? '' : ` (${rejected.claim})`}`,
      causeOf(rejected),
    );
    this.code = rejected.code;
    this.claim = rejected.claim;
    this.detail = rejected.detail;
    this.issuerIndex = rejected.issuerIndex;
    this.routeIndex = rejected.routeIndex;
  }
}

/** `missing_token`: the request carries no token where the policy looks for one. */
export class MissingTokenError extends InvalidTokenError {}

/** `invalid_signature`: the signature does not verify under the issuer's key. */
export class InvalidSignatureError extends InvalidTokenError {}

/** The signature is good, and a claim is missing, malformed or not what the policy asks for. */
export class InvalidClaimError extends InvalidTokenError {}

/** `expired`: `exp` has passed. */
export class TokenExpiredError extends InvalidClaimError {}

/** `insufficient_scope`: the token lacks a scope that the policy asks for. */
export class InsufficientScopeError extends InvalidTokenError {}

/** `revoked`: the hook `isRevoked` says so. */
export class RevokedTokenError extends InvalidTokenError {}

/** `keys_unavailable`: nobody can say whether the token is good. Answer 503, not 401. */
export class KeysUnavailableError extends JotgateError {
  override readonly code = KEYS_UNAVAILABLE;
  /** What is the matter, for operators: the fetch that failed, and why. Not stable, never to be compared. */
  readonly detail: string;
  /** When the next attempt makes sense. */
  readonly retryAt: Date;
  /** Seconds from the call until `retryAt`, rounded up. */
  readonly retryAfter: number;
  /** The entry of the policy's `issuers` whose keys are missing, where it is known. */
  readonly issuerIndex: number | null;

  constructor(unavailable: Unavailable) {
    super(`keys_unavailable: ${unavailable.detail}; try again in ${String(unavailable.retryAfter)} s`);
    this.detail = unavailable.detail;
    this.retryAt = unavailable.retryAt;
    this.retryAfter = unavailable.retryAfter;
    this.issuerIndex = unavailable.issuerIndex;
  }
}

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** Where in the policy document, for instance `issuers[0].audience`. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, where there is an idea. */
  readonly hint: string | null;
  /** The line in the text of the document, from 1 on, where there was a text. */
  readonly line: number | null;
  /** The column in that line, from 1 on. */
  readonly column: number | null;
}

/** `policy_error`: the policy is wrong; only creating a validator throws it. */
export class PolicyError extends JotgateError {
  override readonly code = 'policy_error';
  /** Where in the policy document, for instance `issuers[0].audience`. */
  readonly path: string;
  /** What to do about it, where there is an idea. */
  readonly hint: string | null;
  /** Everything that is wrong, at most 20 things: this one first. */
  readonly problems: readonly PolicyProblem[];

  constructor({ problems, ...first }: Problem & { problems?: readonly Problem[] }) {
    const all = problems === undefined || problems.length === 0 ? [first] : problems;
    super(wordsOf(all));
    this.path = first.path;
    this.hint = first.hint ?? null;
    this.problems = all.map(({ path, message, hint, line, column }) => ({
      path,
      message,
      hint: hint ?? null,
      line: line ?? null,
      column: column ?? null,
    }));
  }
}

interface Problem {
  path: string;
  message: string;
  hint?: string;
  line?: number;
  column?: number;
}

/** The first in a line of its own, and below it how many more there are, each in its line. */
function wordsOf([first, ...others]: readonly Problem[]): string {
  const lines = others.map((problem) => `\n  ${lineOf(problem)}`).join('');
  return `${first === undefined ? '' : lineOf(first)}${lines === '' ? '' : `\nand ${String(others.length)} more:${lines}`}`;
}

function lineOf({ path, message, hint, line, column }: Problem): string {
  const place = line === undefined ? '' : `line ${String(line)}, column ${String(column)}`;
  const places = [...new Set([path, place])].filter((word) => word !== '').join(', ');
  return `${places === '' ? '' : `${places}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** `import_error`: no policy can be read from the text; only `importPolicy` throws it. */
export class ImportError extends JotgateError {
  override readonly code = 'import_error';
  /** Where in the text: a path or a line; empty for the text as a whole. */
  readonly path: string;
  /** What to do about it, where there is an idea. */
  readonly hint: string | null;

  constructor({ path, message, hint }: { path: string; message: string; hint?: string }) {
    super(`${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`);
    this.path = path;
    this.hint = hint ?? null;
  }
}

/** `snapshot_error`: the text is no snapshot of key sets; only `importKeys` throws it, and then nothing has changed. */
export class SnapshotError extends JotgateError {
  override readonly code = 'snapshot_error';
}

/**
 * `internal_error`: something failed that should not, and the token was refused for safety. `cause` is what a hook of the
 * application threw, or what else was wrong with its answer; without it, please report the error.
 */
export class InternalError extends JotgateError {
  override readonly code = 'internal_error';
}

nameAfterClass({
  JotgateError,
  InvalidTokenError,
  MissingTokenError,
  InvalidSignatureError,
  InvalidClaimError,
  TokenExpiredError,
  InsufficientScopeError,
  RevokedTokenError,
  KeysUnavailableError,
  PolicyError,
  ImportError,
  SnapshotError,
  InternalError,
});

/**
 * The error that says what `failure` says.
 * @internal
 */
export function errorOf(failure: Rejected | Unavailable): JotgateError {
  if (failure.verdict === 'unavailable') return new KeysUnavailableError(failure);
  switch (failure.code) {
    case 'missing_token':
      return new MissingTokenError(failure);
    case 'invalid_signature':
      return new InvalidSignatureError(failure);
    case 'expired':
      return new TokenExpiredError(failure);
    case 'insufficient_scope':
      return new InsufficientScopeError(failure);
    case 'revoked':
      return new RevokedTokenError(failure);
    case 'internal_error':
      return new InternalError(failure.detail, causeOf(failure));
    default:
      return isClaimCode(failure.code) ? new InvalidClaimError(failure) : new InvalidTokenError(failure);
  }
}

function causeOf(rejected: Rejected): ErrorOptions {
  return 'cause' in rejected ? { cause: rejected.cause } : {};
}

/** Names survive minifiers, and stand on the prototypes so that an error's own properties are its facts alone. */
function nameAfterClass(classes: Record<string, { prototype: Error }>): void {
  for (const [name, { prototype }] of Object.entries(classes)) {
    Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true });
  }
}
