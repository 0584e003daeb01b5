/**
 * For servers of `node:http` and `node:https` without a framework.
 *
 * ```js
 * import { createServer } from 'node:http';
 * import { auth } from 'jotgate/http';
 *
 * const server = createServer(auth({ issuer, audience, jwksUri }, (req, res) => res.end(req.auth.payload.sub)));
 * ```
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import process from 'node:process';
import type { Answer } from './answer.js';
import { endpoints, passed, type Refusal } from './endpoint.js';
import { guardOf, judge, send, type AuthOptions } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

/** A request that may pass. */
export type AuthRequest = IncomingMessage & {
  /** The verified token; undefined when the request needed none. */
  auth?: Verified | undefined;
};

/** What is called for requests that may pass. */
export type Listener = (request: AuthRequest, response: ServerResponse) => unknown;

/**
 * Calls `listener` for requests with a good token, with `req.auth` set to what was verified, and for those that the
 * policy's `routes` let through without one, with `req.auth` undefined. Answers all others as the policy's `responses` says.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(
  optionsOrValidator: AuthOptions | Validator,
  listener: Listener,
): (request: IncomingMessage, response: ServerResponse) => void {
  callable(listener);
  const { validator } = guardOf(optionsOrValidator);
  return (request, response) => {
    const pass = async (): Promise<void> => {
      const { outcome } = await judge(validator, request);
      if (!outcome.ok) {
        send(response, validator.answer(outcome));
        return;
      }
      (request as AuthRequest).auth = outcome.verified;
      // There is no handler of errors to which they could be handed.
      passed(request, { validator, forwardErrors: false }, outcome.verified);
      await listener(request, response);
    };
    // What the listener throws is as unhandled as if it were the server's own.
    void pass();
  };
}

/**
 * What listeners behind `auth` ask for: each makes of a listener one that only requests reach which have it. The core judges;
 * `claimCheck` alone is a function of the application. A request that lacks something is answered as `auth` would.
 *
 * ```js
 * const createOrder = requiredScopes('orders:write')((req, res) => res.end('created'));
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } = endpoints<
  (listener: Listener) => Listener
>((ask) => (listener) => {
  callable(listener);
  return async (request, response) => {
    const refusal = await ask(request);
    if (refusal !== undefined) send(response, answerOf(refusal));
    else await listener(request, response);
  };
});

export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

function callable(listener: unknown): void {
  if (typeof listener !== 'function') throw new TypeError('listener must be a function');
}

/** Without `auth` in front there is no validator to ask, and no handler of errors: the request ends here, and a warning says so. */
function answerOf(refusal: Exclude<Refusal, undefined>): Answer {
  if ('answer' in refusal) return refusal.answer;
  if (!warned) process.emitWarning(refusal.error.message, 'JotgateWarning');
  warned = true;
  return { status: 500, headers: {}, body: '' };
}

let warned = false;
