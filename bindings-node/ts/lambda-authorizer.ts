import { errorOf } from './errors.js';
import { asSent, requestOf, settle, type LambdaContext, type LambdaEvent } from './lambda-event.js';
import { judged, setUp, type LambdaOptions } from './lambda-options.js';
import { internalError, type Rejected, type RequestOutcome, type Unavailable } from './outcome.js';
import type { IncomingRequest } from './request.js';
import type { Requirement } from './requirement.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

/** What API Gateway asks an authorizer: of a REST API `TOKEN` or `REQUEST`, of an HTTP API `REQUEST`. */
export interface AuthorizerEvent extends LambdaEvent {
  type?: string | undefined;
  authorizationToken?: string | undefined;
  methodArn?: string | undefined;
  /** In place of `methodArn` in version 2.0. */
  routeArn?: string | undefined;
}

/** What goes on to the integration: `event.requestContext.authorizer`. */
export type AuthorizerContext = Record<string, string | number | boolean>;

/** How an authorizer works. */
export interface AuthorizerSettings {
  /** Answers `{ isAuthorized }`, which an HTTP API takes where simple responses are enabled. Default false: an IAM policy. */
  simple?: boolean | undefined;
  /** What the integration finds in `requestContext.authorizer`. Default: `sub`, `iss` and `scope`. */
  context?: ((verified: Verified) => AuthorizerContext) | undefined;
  /** What is asked of the token beside the policy. */
  requirement?: Requirement | undefined;
}

/** An IAM policy, for exactly the method that was asked about: API Gateway may keep it, and use it for others with the same token. */
export interface PolicyAnswer {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: { Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string }[];
  };
  context: AuthorizerContext;
}

/** What an HTTP API takes where simple responses are enabled. */
export interface SimpleAnswer {
  isAuthorized: boolean;
  context: AuthorizerContext;
}

/**
 * The handler of a Lambda authorizer, for `TOKEN` and `REQUEST` events of REST and HTTP APIs. API Gateway makes the HTTP answer
 * itself: 401 where the error `Unauthorized` is thrown, 403 where the policy says `Deny`, and for `isAuthorized: false` 403. A
 * refusal has its code in the context, as `code`. Without keys, or when something is broken, it throws: API Gateway answers 500, and
 * keeps that for nobody else.
 *
 * @throws PolicyError when options are given and wrong, and for a policy with a `forward`.
 */
export function authorizer<Settings extends AuthorizerSettings = object>(
  optionsOrValidator: LambdaOptions | Validator = {},
  settings?: Settings,
): (
  event: AuthorizerEvent,
  context?: LambdaContext,
) => Promise<Settings extends { simple: true } ? SimpleAnswer : PolicyAnswer> {
  const { simple = false, context = describe, requirement }: AuthorizerSettings = settings ?? {};
  if (typeof simple !== 'boolean') throw new TypeError('simple must be true or false');
  if (typeof context !== 'function') throw new TypeError('context must be a function of what was verified');
  const { guard, basePath } = setUp(optionsOrValidator);
  const { validator } = guard;
  const answer = async (event: AuthorizerEvent): Promise<SimpleAnswer | PolicyAnswer> => {
    const outcome = required(validator, await judged(validator, askedOf(event, basePath)), requirement);
    if (outcome.ok) {
      const told = outcome.verified === undefined ? {} : context(outcome.verified);
      return simple
        ? { isAuthorized: true, context: told }
        : policyOf(event, subjectOf(outcome.verified), 'Allow', told);
    }
    const { status } = validator.answer(outcome, requirement);
    if (status >= 500) throw errorOf(outcome);
    const told = { code: outcome.code };
    if (simple) return { isAuthorized: false, context: told };
    // API Gateway answers 401 for this message alone.
    if (status !== 403) throw new Error('Unauthorized', { cause: errorOf(outcome) });
    return policyOf(event, 'unauthorized', 'Deny', told);
  };
  return async (event, invocation) => {
    try {
      return (await answer(event)) as Settings extends { simple: true } ? SimpleAnswer : PolicyAnswer;
    } finally {
      await settle(validator, invocation);
    }
  };
}

function required(
  validator: Validator,
  outcome: RequestOutcome,
  requirement: Requirement | undefined,
): RequestOutcome | Rejected | Unavailable {
  if (requirement === undefined || !outcome.ok) return outcome;
  if (outcome.verified === undefined)
    return { ...internalError('the endpoint asks for a token'), code: 'missing_token' };
  const asked = validator.tryRequire(outcome.verified, requirement);
  return asked.ok ? outcome : asked;
}

/** The request that is asked about; of one of type `TOKEN` there is only the token and where it goes. */
function askedOf(event: AuthorizerEvent, basePath: string): IncomingRequest {
  if (event.type !== 'TOKEN') return requestOf(event, basePath);
  // arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
  const [, , method, ...path] = arnOf(event).split('/');
  if (method === undefined) throw new TypeError('expected a methodArn that ends in API/STAGE/METHOD/PATH');
  return { method, url: asSent(`/${path.join('/')}`), headers: { Authorization: event.authorizationToken } };
}

function arnOf({ methodArn, routeArn }: AuthorizerEvent): string {
  const arn = methodArn ?? routeArn;
  if (typeof arn !== 'string')
    throw new TypeError('expected an event of a Lambda authorizer, with its methodArn or routeArn');
  return arn;
}

function subjectOf(verified: Verified | undefined): string {
  if (verified === undefined) return 'anonymous';
  const subject: unknown = verified.claim('sub');
  return typeof subject === 'string' && subject !== '' ? subject : 'unknown';
}

function policyOf(
  event: AuthorizerEvent,
  principalId: string,
  Effect: 'Allow' | 'Deny',
  context: AuthorizerContext,
): PolicyAnswer {
  const statement = { Action: 'execute-api:Invoke', Effect, Resource: arnOf(event) } as const;
  return { principalId, policyDocument: { Version: '2012-10-17', Statement: [statement] }, context };
}

function describe(verified: Verified): AuthorizerContext {
  const told = { sub: verified.claim('sub'), iss: verified.claim('iss'), scope: verified.scopes.join(' ') };
  const isThere = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && entry[1] !== '';
  return Object.fromEntries(Object.entries(told).filter(isThere));
}
