import type { RejectionCode } from './codes.js';
import { internalError, type Accepted, type Outcome, type Rejected } from './outcome.js';
import type { Claims, Verified } from './verified.js';

/**
 * What an application adds to the policy. Each is called after the token has passed everything before it, with claims of
 * its own: changing them changes nothing for others. What fails refuses the token.
 *
 * `validateSync` and `tryValidateSync` cannot wait: there, an answer that is a promise refuses the token.
 */
export interface Hooks {
  /**
   * Whether the application knows a client, where the policy leaves that to it (`allowed: 'host'`): only `true` lets the
   * token pass, and anything else, an exception too, refuses it with `client_not_allowed`. A policy that leaves it to the
   * application is an error without this hook.
   */
  clientLookup?: ((clientId: string, claims: Claims) => boolean | Promise<boolean>) | undefined;
  /**
   * Whether the token was revoked: `true` refuses it with `revoked`, and only `false` lets it pass. An exception, or any
   * other answer, refuses it with `internal_error`.
   */
  isRevoked?: ((claims: Claims) => boolean | Promise<boolean>) | undefined;
  /**
   * Makes the claims that the application sees as `payload`; called last. An exception, or an answer that is no object,
   * refuses the token with `internal_error`. `payloadText` stays what was signed.
   */
  transform?: ((claims: Claims) => object | Promise<object>) | undefined;
}

/**
 * What the hooks make of an accepted token. Rejects when `signal` fires, and never else.
 * @internal
 */
export async function decide<T extends object>(
  hooks: Hooks,
  accepted: Accepted<T>,
  signal: AbortSignal | undefined,
): Promise<Outcome<T>> {
  const steps = judged(hooks, accepted);
  let step = steps.next();
  while (step.done !== true) {
    let answer: unknown;
    try {
      answer = await unlessAborted(step.value, signal);
    } catch (error) {
      signal?.throwIfAborted();
      step = steps.throw(error);
      continue;
    }
    step = steps.next(answer);
  }
  return step.value;
}

/**
 * As `decide`, for those who cannot wait.
 * @internal
 */
export function decideNow<T extends object>(hooks: Hooks, accepted: Accepted<T>): Outcome<T> {
  const steps = judged(hooks, accepted);
  let step = steps.next();
  while (step.done !== true) {
    try {
      step = steps.next(answerNow(step.value));
    } catch (error) {
      step = steps.throw(error);
    }
  }
  return step.value;
}

/**
 * Whether somebody would have to wait for a value.
 * @internal
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The hooks in their order, each yielded as a call, whose answer comes back or whose failure is thrown. */
function* judged<T extends object>(hooks: Hooks, accepted: Accepted<T>): Generator<() => unknown, Outcome<T>> {
  const { verified } = accepted;
  const { clientLookup, isRevoked, transform } = hooks;
  const client = verified.clientToLookUp;
  if (client !== null) {
    const [id, claim] = client;
    const unknown = (detail: string, cause?: unknown): Rejected => ({
      ...refusal(verified, 'client_not_allowed', detail, cause),
      claim,
    });
    let known: unknown;
    try {
      // Without the hook the core gives no client to look up; should it do so, nobody knows that client.
      known = yield () => clientLookup?.(id, claimsOf(verified));
    } catch (error) {
      return unknown(failed('clientLookup', error), error);
    }
    if (known !== true) return unknown('the application does not know the client');
  }
  const broken = (detail: string, cause?: unknown): Rejected => refusal(verified, 'internal_error', detail, cause);
  if (isRevoked !== undefined) {
    let revoked: unknown;
    try {
      revoked = yield () => isRevoked(claimsOf(verified));
    } catch (error) {
      return broken(failed('isRevoked', error), error);
    }
    if (revoked === true) return refusal(verified, 'revoked', 'the application says that the token was revoked');
    if (revoked !== false) return broken('isRevoked answered neither true nor false');
  }
  if (transform === undefined) return accepted;
  let claims: unknown;
  try {
    claims = yield () => transform(claimsOf(verified));
  } catch (error) {
    return broken(failed('transform', error), error);
  }
  if (!isObject(claims)) return broken('transform answered with something that is no object');
  return { ...accepted, verified: verified.withPayload(claims as Claims & T) };
}

/** The answer of a call, or the signal's reason when that comes first; how the call ends then is nobody's concern. */
async function unlessAborted(call: () => unknown, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return call();
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(), aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

class MustWait extends Error {}

function answerNow(call: () => unknown): unknown {
  const answer = call();
  if (!isThenable(answer)) return answer;
  // Nobody waits for it any more, and how it ends must not end the process.
  Promise.resolve(answer).catch(() => undefined);
  throw new MustWait('an answer was a promise');
}

function failed(hook: string, error: unknown): string {
  return error instanceof MustWait
    ? `${hook} answered with a promise, which a call that does not wait cannot use`
    : `${hook} threw`;
}

function refusal(verified: Verified, code: RejectionCode, detail: string, cause?: unknown): Rejected {
  const refused: Rejected = { ...internalError(detail), code, issuerIndex: verified.issuerIndex };
  return cause === undefined ? refused : { ...refused, cause };
}

/** The claims anew, so that no hook can change what others see. */
function claimsOf(verified: Verified): Claims {
  return JSON.parse(verified.payloadText) as Claims;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
