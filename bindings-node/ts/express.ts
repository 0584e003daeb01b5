/**
 * Middleware for Express 4 and 5, and for whatever else calls `(request, response, next)`.
 *
 * ```js
 * import { auth, requiredScopes } from 'jotgate/express';
 *
 * app.use(auth({ issuer, audience, jwksUri }));
 * app.get('/orders', requiredScopes('orders:read'), (req, res) => res.json({ sub: req.auth?.payload.sub }));
 * ```
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { guardOf, judge, send, targetOf, type AuthOptions, type AuthSettings } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how Express lets its request be extended
  namespace Express {
    interface Request {
      /** The verified token; set by `auth()` of jotgate, undefined when the request needed none. */
      auth?: Verified | undefined;
    }
  }
}

export type { AuthOptions, AuthSettings } from './middleware.js';

/** What `auth` reads of a request and sets on it. */
export type AuthRequest = IncomingMessage & { originalUrl?: string; baseUrl?: string; auth?: Verified | undefined };

/** A function that Express, Connect and their kin take. */
export type Middleware = (request: AuthRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Lets requests with a good token pass, with `req.auth` set to what was verified: `req.auth.payload`, `req.auth.header`.
 * Requests that the policy's `routes` let through without a token pass with `req.auth` undefined.
 * Answers all others itself, as the policy's `responses` says: 401, 403, or 503 when the keys are not at hand.
 *
 * With `forwardErrors`, `validator.answer(error)` gives an error handler the same answer.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(optionsOrValidator?: AuthOptions | Validator, settings?: AuthSettings): Middleware {
  const guard = guardOf(optionsOrValidator, settings);
  const { validator, forwardErrors } = guard;
  return (request, response, next) => {
    const pass = async (): Promise<void> => {
      const { outcome } = await judge(validator, request, targetOf(request));
      if (outcome.ok) {
        // Also when nothing was verified: no claims that something else put there may pass for those of this request.
        request.auth = outcome.verified;
        passed(request, guard, outcome.verified);
        next();
      } else if (forwardErrors) {
        next(errorOf(outcome));
      } else {
        send(response, validator.answer(outcome));
      }
    };
    pass().catch(next);
  };
}

/**
 * What endpoints behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A request that lacks
 * something is answered as `auth` would, or its error handed on.
 *
 * ```js
 * app.post('/orders', requiredScopes('orders:write'), createOrder);
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<Middleware>((ask) => (request, response, next) => {
    const decide = async (): Promise<void> => {
      const refusal = await ask(request);
      if (refusal === undefined) next();
      else if ('error' in refusal) next(refusal.error);
      else send(response, refusal.answer);
    };
    decide().catch(next);
  });

export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';
