/**
 * For AWS Lambda: handlers behind API Gateway, function URLs and Application Load Balancers, and Lambda authorizers.
 *
 * ```js
 * import { auth } from 'jotgate/lambda';
 *
 * export const handler = auth({ issuer, audience }, async (event) => ({ owner: event.auth?.payload.sub }));
 * ```
 *
 * @packageDocumentation
 */
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import {
  requestOf,
  responseOf,
  settle,
  type LambdaAnswer,
  type LambdaContext,
  type LambdaEvent,
} from './lambda-event.js';
import { judged, setUp, type LambdaOptions } from './lambda-options.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

export { authorizer } from './lambda-authorizer.js';
export type {
  AuthorizerContext,
  AuthorizerEvent,
  AuthorizerSettings,
  PolicyAnswer,
  SimpleAnswer,
} from './lambda-authorizer.js';
export type { AuthOptions } from './middleware.js';
export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';
export type { LambdaAnswer, LambdaContext, LambdaEvent } from './lambda-event.js';
export type { LambdaOptions, LambdaSettings } from './lambda-options.js';

/** An event that may pass. */
export type AuthEvent<Event> = Event & {
  /** The verified token; undefined when the request needed none. */
  auth?: Verified | undefined;
};

/** What is called for events that may pass. */
export type Handler<Event, Context, Result> = (event: AuthEvent<Event>, context: Context) => Result | Promise<Result>;

/**
 * Calls `handler` for requests with a good token, with `event.auth` set to what was verified, and for those that the policy's
 * `routes` let through without one. Answers all others as the policy's `responses` says.
 *
 * The answer goes back when nothing is fetched any more, because the process is frozen then. Make it outside of the handler:
 * what it has fetched is kept for all invocations of a process. With `forwardErrors` it throws, for a middleware around it.
 *
 * @throws PolicyError when options are given and wrong, and for a policy with a `forward`, which needs a request to change.
 */
export function auth<Event extends LambdaEvent, Context extends LambdaContext, Result>(
  optionsOrValidator: LambdaOptions | Validator,
  handler: Handler<Event, Context, Result>,
): (event: Event, context: Context) => Promise<Result | LambdaAnswer> {
  callable(handler);
  const { guard, basePath } = setUp(optionsOrValidator);
  const { validator, forwardErrors } = guard;
  return async (given, context) => {
    try {
      const outcome = await judged(validator, requestOf(given, basePath));
      if (outcome.ok) {
        const event: AuthEvent<Event> = { ...given, auth: outcome.verified };
        passed(event, guard, outcome.verified);
        return await handler(event, context);
      }
      if (forwardErrors) throw errorOf(outcome);
      return responseOf(validator.answer(outcome), given);
    } finally {
      await settle(validator, context);
    }
  };
}

/** Makes of a handler one that only requests reach which have what is asked for. */
export type Guarded = <Event extends LambdaEvent, Context, Result>(
  handler: Handler<Event, Context, Result>,
) => Handler<Event, Context, Result | LambdaAnswer>;

/**
 * What handlers behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A request that
 * lacks something is answered as `auth` would, or its error thrown.
 *
 * ```js
 * export const handler = auth(validator, requiredScopes('orders:write')(createOrder));
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<Guarded>((ask) => (handler) => {
    callable(handler);
    return async (event, context) => {
      const refusal = await ask(event);
      if (refusal === undefined) return handler(event, context);
      if ('error' in refusal) throw refusal.error;
      return responseOf(refusal.answer, event);
    };
  });

function callable(handler: unknown): void {
  if (typeof handler !== 'function') throw new TypeError('handler must be a function of the event and its context');
}
