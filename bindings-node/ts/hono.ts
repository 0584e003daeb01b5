/**
 * Middleware for Hono 4.
 *
 * ```js
 * import { auth, requiredScopes } from 'jotgate/hono';
 *
 * app.use(auth({ issuer, audience }));
 * app.get('/orders', requiredScopes('orders:read'), (c) => c.json({ sub: c.var.auth?.payload.sub }));
 * ```
 *
 * @packageDocumentation
 */
import type { MiddlewareHandler } from 'hono';
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { guardOf, type AuthOptions, type AuthSettings } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';
import { judgeRequest, responseOf } from './web-request.js';

declare module 'hono' {
  interface ContextVariableMap {
    /** The verified token; set by `auth()` of jotgate, undefined when the request needed none. */
    auth: Verified | undefined;
  }
}

export type { AuthOptions, AuthSettings } from './middleware.js';
export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

/**
 * Lets requests with a good token pass, with the variable `auth` set to what was verified: `c.var.auth.payload`.
 * Requests that the policy's `routes` let through without a token pass with `c.var.auth` undefined.
 * Answers all others itself, as the policy's `responses` says: 401, 403, or 503 when the keys are not at hand.
 *
 * With `forwardErrors` it throws, and `validator.answer(error)` gives `app.onError` the same answer.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(optionsOrValidator?: AuthOptions | Validator, settings?: AuthSettings): MiddlewareHandler {
  const guard = guardOf(optionsOrValidator, settings);
  const { validator, forwardErrors } = guard;
  return async (context, next) => {
    const { outcome, request } = await judgeRequest(validator, context.req.raw);
    if (outcome.ok) {
      context.req.raw = request;
      context.set('auth', outcome.verified);
      passed(context, guard, outcome.verified);
      await next();
      return undefined;
    }
    if (forwardErrors) throw errorOf(outcome);
    return responseOf(validator.answer(outcome));
  };
}

/**
 * What endpoints behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A request that lacks
 * something is answered as `auth` would, or its error thrown.
 *
 * ```js
 * app.post('/orders', requiredScopes('orders:write'), createOrder);
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<MiddlewareHandler>((ask) => async (context, next) => {
    const refusal = await ask(context);
    if (refusal !== undefined) {
      if ('error' in refusal) throw refusal.error;
      return responseOf(refusal.answer);
    }
    await next();
    return undefined;
  });
