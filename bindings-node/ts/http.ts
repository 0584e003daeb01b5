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
import { guardOf, judge, send, type AuthOptions } from './middleware.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

/** A request that may pass. */
export type AuthRequest = IncomingMessage & {
  /** The verified token; undefined when the request needed none. */
  auth?: Verified | undefined;
};

/**
 * Calls `listener` for requests with a good token, with `req.auth` set to what was verified, and for those that the
 * policy's `routes` let through without one, with `req.auth` undefined. Answers all others as the policy's `responses` says.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(
  optionsOrValidator: AuthOptions | Validator,
  listener: (request: AuthRequest, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => void {
  if (typeof listener !== 'function') throw new TypeError('listener must be a function');
  const { validator } = guardOf(optionsOrValidator);
  return (request, response) => {
    const pass = async (): Promise<void> => {
      const { outcome } = await judge(validator, request);
      if (!outcome.ok) {
        send(response, validator.answer(outcome));
        return;
      }
      (request as AuthRequest).auth = outcome.verified;
      await listener(request, response);
    };
    // What the listener throws is as unhandled as if it were the server's own.
    void pass();
  };
}
