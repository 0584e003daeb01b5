/**
 * Strategy for passport.
 *
 * ```js
 * import { Strategy } from 'jotgate/passport';
 *
 * passport.use(new Strategy({ issuer, audience }));
 * app.get('/orders', passport.authenticate('jotgate', { session: false }), (req, res) => res.json({ sub: req.user.sub }));
 * ```
 *
 * @packageDocumentation
 */
import type { IncomingMessage } from 'node:http';
import { passed } from './endpoint.js';
import { errorOf } from './errors.js';
import { guardOf, judge, targetOf, type AuthOptions, type Guard } from './middleware.js';
import { internalError, type Rejected, type Unavailable } from './outcome.js';
import { Requirement } from './requirement.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

export type { AuthOptions } from './middleware.js';

/** What is read of a request, and of its answer. */
export type PassportRequest = IncomingMessage & {
  originalUrl?: string;
  baseUrl?: string;
  res?: { setHeader(name: string, value: string): unknown } | undefined;
};

/** Options of `passport.authenticate` that are this strategy's. */
export interface AuthenticateOptions {
  /** Scopes that a token must all have. */
  scope?: string | readonly string[] | undefined;
}

/**
 * The user of a token, or a promise: what becomes `req.user`. A user that there is not (false, null, undefined) fails. What it
 * throws goes to the handler of errors.
 */
export type FindUser = (verified: Verified, request: PassportRequest) => unknown;

/** What passport gives a strategy for the time of a request. */
interface Action {
  success(user: unknown, info: unknown): void;
  fail(challenge: string | undefined, status: number): void;
  pass(): void;
  error(error: unknown): void;
}

/**
 * Authenticates requests by the policy, as the strategy `jotgate`: `req.user` is what `findUser` says, or the claims, and
 * `req.authInfo` what was verified. Else it fails with the challenge and the status of the core's answer, which passport sends;
 * a handler of errors gets what is no fault of the token. Requests that the policy's `routes` let through without a token
 * pass without a user.
 *
 * `requiredScopes` and its kin of `jotgate/express` work behind it.
 */
export class Strategy {
  /** What `passport.authenticate` knows it by; another one as `passport.use(name, strategy)`. */
  readonly name: string = 'jotgate';
  readonly #guard: Guard;
  readonly #findUser: FindUser;
  /** Those that routes have asked for: they are few, and written by the application. */
  readonly #scopes = new Map<string, Requirement>();

  /** @throws PolicyError when options are given and wrong. */
  constructor(optionsOrValidator?: AuthOptions | Validator, findUser: FindUser = (verified) => verified.payload) {
    if (typeof findUser !== 'function') throw new TypeError('findUser must be a function of what was verified');
    this.#guard = guardOf(optionsOrValidator);
    this.#findUser = findUser;
    // Passport calls it on an object of its own, whose prototype this is.
    const authenticate = this.#authenticate.bind(this);
    this.authenticate = function (this: unknown, request, options = {}) {
      const action = this as Action;
      authenticate(action, request, options).catch((error: unknown) => {
        action.error(error);
      });
    };
  }

  /** Called by passport. */
  readonly authenticate: (request: PassportRequest, options?: AuthenticateOptions) => void;

  async #authenticate(action: Action, request: PassportRequest, { scope }: AuthenticateOptions): Promise<void> {
    const { validator } = this.#guard;
    const { outcome } = await judge(validator, request, targetOf(request));
    if (!outcome.ok) {
      this.#refuse(action, request, outcome);
      return;
    }
    const { verified } = outcome;
    const requirement = scope === undefined ? undefined : this.#asking(scope);
    if (requirement !== undefined) {
      const asked = verified === undefined ? MISSING : validator.tryRequire(verified, requirement);
      if (!asked.ok) {
        this.#refuse(action, request, asked, requirement);
        return;
      }
    }
    if (verified === undefined) {
      passed(request, this.#guard, undefined);
      action.pass();
      return;
    }
    const user = await this.#findUser(verified, request);
    if (user === undefined || user === null || user === false) {
      this.#refuse(action, request, { ...UNKNOWN_USER, issuerIndex: verified.issuerIndex });
      return;
    }
    passed(request, this.#guard, verified);
    action.success(user, verified);
  }

  #asking(scope: string | readonly string[]): Requirement {
    const all = typeof scope === 'string' ? scope.split(' ') : [...scope];
    const key = all.join(' ');
    const made = this.#scopes.get(key) ?? Requirement.scopes(...all);
    this.#scopes.set(key, made);
    return made;
  }

  #refuse(action: Action, request: PassportRequest, refused: Rejected | Unavailable, requirement?: Requirement): void {
    const { status, headers } = this.#guard.validator.answer(refused, requirement);
    if (status === 500) {
      action.error(errorOf(refused));
      return;
    }
    const { 'WWW-Authenticate': challenge, 'Retry-After': retryAfter } = headers;
    if (retryAfter !== undefined) request.res?.setHeader('Retry-After', retryAfter);
    // Passport sends challenges with 401 alone.
    if (challenge !== undefined && status !== 401) request.res?.setHeader('WWW-Authenticate', challenge);
    action.fail(challenge, status);
  }
}

const MISSING: Rejected = { ...internalError('the route asks for a token'), code: 'missing_token' };

const UNKNOWN_USER: Rejected = { ...internalError('findUser knows no such user'), code: 'claim_rejected' };
