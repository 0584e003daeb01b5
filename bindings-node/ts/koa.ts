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
  const { validator, forwardErrors } = guardOf(optionsOrValidator, settings);
  return async (context, next) => {
    // What routers go by, which a middleware in front may have rewritten; below a mount it lacks the prefix.
    const target = context.mountPath === undefined ? context.url : context.originalUrl;
    const { outcome, forward } = await judge(validator, context.req, target);
    if (outcome.ok) {
      context.state.auth = outcome.verified;
      if (typeof forward?.query === 'string') context.originalUrl = withQuery(context.originalUrl, forward.query);
      await next();
      return;
    }
    if (forwardErrors) throw errorOf(outcome);
    const { status, headers, body } = validator.answer(outcome);
    context.status = status;
    context.set(headers);
    context.body = body;
  };
}
