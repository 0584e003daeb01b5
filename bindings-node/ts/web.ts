/**
 * For whatever has requests as the `Request` of `fetch`.
 *
 * ```js
 * import { auth } from 'jotgate/web';
 *
 * const protect = auth({ issuer, audience });
 * export const GET = (request) => protect(request, (request, auth) => Response.json({ sub: auth?.payload.sub }));
 * ```
 *
 * @packageDocumentation
 */
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { guardOf, type AuthOptions, type AuthSettings } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';
import { judgeRequest, responseOf } from './web-request.js';

export type { AuthOptions, AuthSettings } from './middleware.js';
export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

/**
 * What is called for a request that may pass, with what was verified: undefined when the request needed no token. Where the
 * policy's `forward` changes requests, the request is another one than the one that came.
 */
export type Handler<Result = Response> = (request: Request, auth: Verified | undefined) => Result | Promise<Result>;

/** Answers a request: what `handler` says, or the refusal. */
export type Protect = <Result>(request: Request, handler: Handler<Result>) => Promise<Result | Response>;

/** Makes of a handler one that only requests reach which have what is asked for. */
export type Guarded = <Result>(handler: Handler<Result>) => Handler<Result | Response>;

/**
 * Calls a handler for requests with a good token, and for those that the policy's `routes` let through without one. Answers
 * all others itself, as the policy's `responses` says: 401, 403, or 503 when the keys are not at hand.
 *
 * With `forwardErrors` it throws, and `validator.answer(error)` gives whoever catches it the same answer.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(optionsOrValidator?: AuthOptions | Validator, settings?: AuthSettings): Protect {
  const guard = guardOf(optionsOrValidator, settings);
  const { validator, forwardErrors } = guard;
  return async (given, handler) => {
    callable(handler);
    const { outcome, request } = await judgeRequest(validator, given);
    if (outcome.ok) {
      passed(request, guard, outcome.verified);
      return handler(request, outcome.verified);
    }
    if (forwardErrors) throw errorOf(outcome);
    return responseOf(validator.answer(outcome));
  };
}

/**
 * What handlers behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A request that
 * lacks something is answered as `auth` would, or its error thrown.
 *
 * ```js
 * protect(request, requiredScopes('orders:write')(createOrder));
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<Guarded>((ask) => (handler) => {
    callable(handler);
    return async (request, auth) => {
      const refusal = await ask(request);
      if (refusal === undefined) return handler(request, auth);
      if ('error' in refusal) throw refusal.error;
      return responseOf(refusal.answer);
    };
  });

function callable(handler: unknown): void {
  if (typeof handler !== 'function')
    throw new TypeError('handler must be a function of the request and what was verified');
}
