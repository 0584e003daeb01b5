/**
 * Plugin for Fastify 4 and 5.
 *
 * ```js
 * import jotgate from 'jotgate/fastify';
 *
 * await app.register(jotgate, { issuer, audience, jwksUri });
 * app.get('/orders', async (request) => ({ sub: request.auth.payload.sub }));
 * ```
 *
 * @packageDocumentation
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './answer.js';
import { endpoints, passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { prune } from './forward.js';
import { guardOf, judge, type AuthOptions } from './middleware.js';
import type { Verified } from './verified.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified token; set by the plugin of jotgate, undefined when the request needed none. */
    auth?: Verified | undefined;
  }
  interface FastifyInstance {
    /** An `onRequest` hook for the routes that need a token; there with `global: false` of jotgate's plugin. */
    authenticate(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>;
  }
}

/** How the plugin works. */
export interface PluginSettings {
  /**
   * Whether every route of the scope in which the plugin is registered is protected. With `false` none is, and routes ask
   * for it by `onRequest: [app.authenticate]`. Default true.
   */
  global?: boolean;
}

/** What the plugin is registered with: a validator, or the options for one. */
export type PluginOptions = PluginSettings & AuthOptions;

/**
 * Lets requests with a good token pass, with `request.auth` set to what was verified: `request.auth.payload`.
 * Requests that the policy's `routes` let through without a token pass with `request.auth` undefined.
 * Answers all others itself, as the policy's `responses` says: 401, 403, or 503 when the keys are not at hand.
 *
 * With `forwardErrors` it throws, and `validator.answer(error)` gives an error handler the same answer.
 *
 * Fails with a PolicyError when options are given and wrong.
 */
export function jotgate(app: FastifyInstance, options: PluginOptions, done: (error?: Error) => void): void {
  let authenticate;
  try {
    authenticate = hookOf(options);
  } catch (error) {
    done(error as Error);
    return;
  }
  if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth', undefined);
  if (options.global === false) app.decorate('authenticate', authenticate);
  else app.addHook('onRequest', authenticate);
  done();
}

export default jotgate;

/** A hook that Fastify calls before a handler. */
export type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * What routes behind the plugin ask for, each a `preHandler`. The core judges; `claimCheck` alone is a function of the
 * application. A request that lacks something is answered as the plugin would, or its error thrown.
 *
 * ```js
 * app.post('/orders', { preHandler: requiredScopes('orders:write') }, createOrder);
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } = endpoints<Hook>(
  (ask) => async (request, reply) => {
    const refusal = await ask(request.raw);
    if (refusal === undefined) return undefined;
    if ('error' in refusal) throw refusal.error;
    return send(reply, refusal.answer);
  },
);

export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

/** What Fastify itself puts among the options of a plugin. */
const OF_FASTIFY = ['prefix', 'logLevel', 'logSerializers'];

function hookOf({ global, ...rest }: PluginOptions): FastifyInstance['authenticate'] {
  if (global !== undefined && typeof global !== 'boolean') throw new TypeError('global must be true or false');
  const options = Object.fromEntries(Object.entries(rest).filter(([name]) => !OF_FASTIFY.includes(name)));
  const guard = guardOf(options);
  const { validator, forwardErrors } = guard;
  return async (request, reply) => {
    const { outcome, forward } = await judge(validator, request.raw);
    if (outcome.ok) {
      request.auth = outcome.verified;
      passed(request.raw, guard, outcome.verified);
      if (typeof forward?.query === 'string') prune(request.query, forward.query);
      return undefined;
    }
    if (forwardErrors) throw errorOf(outcome);
    return send(reply, validator.answer(outcome));
  };
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  // As bytes, for Fastify adds a charset to the type of a text.
  return reply.code(status).headers(headers).send(Buffer.from(body));
}

// What fastify-plugin would set: the hook is for the scope that registers the plugin, not for one of the plugin's own.
Object.assign(jotgate, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'jotgate',
  [Symbol.for('plugin-meta')]: { name: 'jotgate', fastify: '4.x || 5.x' },
});
