/**
 * Middleware for Koa 2 and 3.
 *
 * ```js
 * import { auth } from 'jotgate/koa';
 *
 * app.use(auth({ issuer, audience, jwksUri }));
 * app.use((ctx) => { ctx.body = { sub: ctx.state.auth.payload.sub }; });
 * ```
 *
 * @packageDocumentation
 */
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.js';
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { withQuery } from './forward.js';
import { guardOf, judge, type AuthOptions, type AuthSettings } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

export type { AuthOptions, AuthSettings } from './middleware.js';

/** What `auth` sets: `new Koa<AuthState>()` has `ctx.state.auth` typed. */
export interface AuthState {
  /** The verified token; undefined when the request needed none. */
  auth?: Verified | undefined;
}

/** What `auth` reads and sets of a Koa context. */
export interface AuthContext {
  readonly req: IncomingMessage;
  url: string;
  originalUrl: string;
  /** Where koa-mount has mounted what is called. */
  mountPath?: string;
  readonly state: AuthState;
  status: number;
  body: unknown;
  set(fields: Record<string, string>): void;
}

/** A function that Koa takes. */
export type Middleware = (context: AuthContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * Lets requests with a good token pass, with `ctx.state.auth` set to what was verified: `ctx.state.auth.payload`.
 * Requests that the policy's `routes` let through without a token pass with `ctx.state.auth` undefined.
 * Answers all others itself, as the policy's `responses` says: 401, 403, or 503 when the keys are not at hand.
 *
 * With `forwardErrors` it throws, and `validator.answer(error)` gives whoever catches it the same answer.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(optionsOrValidator?: AuthOptions | Validator, settings?: AuthSettings): Middleware {
  const guard = guardOf(optionsOrValidator, settings);
  const { validator, forwardErrors } = guard;
  return async (context, next) => {
    // What routers go by, which a middleware in front may have rewritten; below a mount it lacks the prefix.
    const target = context.mountPath === undefined ? context.url : context.originalUrl;
    const { outcome, forward } = await judge(validator, context.req, target);
    if (outcome.ok) {
      context.state.auth = outcome.verified;
      passed(context.req, guard, outcome.verified);
      if (typeof forward?.query === 'string') context.originalUrl = withQuery(context.originalUrl, forward.query);
      await next();
      return;
    }
    if (forwardErrors) throw errorOf(outcome);
    send(context, validator.answer(outcome));
  };
}

/**
 * What endpoints behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A request that lacks
 * something is answered as `auth` would, or its error thrown.
 *
 * ```js
 * router.post('/orders', requiredScopes('orders:write'), createOrder);
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<Middleware>((ask) => async (context, next) => {
    const refusal = await ask(context.req);
    if (refusal === undefined) await next();
    else if ('error' in refusal) throw refusal.error;
    else send(context, refusal.answer);
  });

export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

function send(context: AuthContext, { status, headers, body }: Answer): void {
  context.status = status;
  context.set(headers);
  context.body = body;
}
