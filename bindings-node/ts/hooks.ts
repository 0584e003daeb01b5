import { unlessAborted } from './call.js';
import { ShapeError, type ClaimsSchema } from './claims-schema.js';
import type { Answer, NativeCore, NativeUndecided } from './native.js';
import { AnswerNumber } from './numbers.js';
import { internalError, type Accepted, type Outcome, type Rejected, type Undecided } from './outcome.js';
import { read } from './verdict.js';
import type { Claims } from './verified.js';

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
  /**
   * What the claims must look like, as a schema of zod, valibot, arktype or another Standard Schema: `payload` is then what the
   * schema makes of them, after `transform`, and typed so. Claims that it refuses are `invalid_claim`.
   */
  claimsSchema?: ClaimsSchema | undefined;
}

/**
 * What the hooks make of a token that passes the policy. Rejects when `signal` fires, and never else.
 * @internal
 */
export async function decide<T extends object>(
  core: NativeCore,
  hooks: Hooks,
  passed: Passed<T>,
  signal: AbortSignal | undefined,
): Promise<Outcome<T>> {
  const steps = judged(core, hooks, passed);
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
export function decideNow<T extends object>(core: NativeCore, hooks: Hooks, passed: Passed<T>): Outcome<T> {
  const steps = judged(core, hooks, passed);
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

/** A token that passes the policy, whatever the hooks have to say. */
type Passed<T extends object> = Accepted<T> | Undecided;

/** The hooks in their order, each yielded as a call, whose answer comes back or whose failure is thrown. */
function* judged<T extends object>(
  core: NativeCore,
  hooks: Hooks,
  passed: Passed<T>,
): Generator<() => unknown, Outcome<T>> {
  let outcome: Outcome<T> | Undecided = passed;
  while (outcome.verdict === 'undecided') {
    const undecided: NativeUndecided = outcome.undecided;
    let failure: { cause?: unknown } = {};
    let answer: Answer = AnswerNumber.failed;
    try {
      answer = answerOf(yield questionOf(core, hooks, undecided));
    } catch (error) {
      if (error !== undefined) failure = { cause: error };
    }
    outcome = answered<T>(core, undecided, answer);
    if (outcome.verdict === 'rejected') outcome = { ...outcome, ...failure };
  }
  return outcome.verdict === 'accepted' ? yield* transformed(hooks, outcome) : outcome;
}

/** What to ask the application. */
function questionOf(core: NativeCore, { clientLookup, isRevoked }: Hooks, undecided: NativeUndecided): () => unknown {
  const client = core.client(undecided);
  // Anew for each hook, so that none can change what others see.
  const claims = JSON.parse(core.payload(undecided)) as Claims;
  return client === null ? () => isRevoked?.(claims) : () => clientLookup?.(client, claims);
}

function answerOf(said: unknown): Answer {
  if (typeof said !== 'boolean') throw new TypeError('a hook answered neither true nor false');
  return said ? AnswerNumber.yes : AnswerNumber.no;
}

function answered<T extends object>(
  core: NativeCore,
  undecided: NativeUndecided,
  answer: Answer,
): Outcome<T> | Undecided {
  try {
    return read<T>(core, core.answerQuestion(undecided, answer), 0) ?? internalError(BROKEN);
  } catch {
    return internalError(BROKEN);
  }
}

/** With the claims that the application sees. */
function* transformed<T extends object>(
  { transform }: Hooks,
  accepted: Accepted<T>,
): Generator<() => unknown, Outcome<T>> {
  if (transform === undefined) return accepted;
  const { verified } = accepted;
  const broken = (detail: string, failure: { cause?: unknown } = {}): Rejected => ({
    ...internalError(detail),
    issuerIndex: verified.issuerIndex,
    ...failure,
  });
  let claims: unknown;
  try {
    claims = yield () => transform(JSON.parse(verified.payloadText) as Claims);
  } catch (error) {
    if (error instanceof ShapeError) {
      return { ...broken(error.message), code: 'invalid_claim', claim: error.claim };
    }
    const detail = error instanceof MustWait ? `transform ${error.message}` : 'transform threw';
    return broken(detail, error === undefined ? {} : { cause: error });
  }
  if (!isObject(claims)) return broken('transform answered with something that is no object');
  return { ...accepted, verified: verified.withPayload(claims as Claims & T) };
}

const BROKEN = 'the native part failed';

class MustWait extends Error {}

function answerNow(call: () => unknown): unknown {
  const answer = call();
  if (!isThenable(answer)) return answer;
  // Nobody waits for it any more, and how it ends must not end the process.
  Promise.resolve(answer).catch(() => undefined);
  throw new MustWait('answered with a promise, which a call that does not wait cannot use');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
