import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { asWritten, bearerNames, renamed, type BearerOptions } from './bearer-names.js';
import { createNamed } from './create.js';
import { PolicyError } from './errors.js';
import { change, type Forward } from './forward.js';
import type { ValidatorOptions } from './options.js';
import { internalError, type RequestOutcome } from './outcome.js';
import type { IncomingRequest } from './request.js';
import { Validator } from './validator.js';

/** How a middleware treats requests that may not pass. */
export interface AuthSettings {
  /** Hands the error on and leaves the answer to the application's error handler. Default false. */
  forwardErrors?: boolean;
}

/**
 * What `auth` takes: a validator, or the options for one, under the names of `createValidator` or of
 * express-oauth2-jwt-bearer. What is not given is read from the environment: `AUDIENCE`, and where no option names the issuer,
 * `ISSUER` or `ISSUER_BASE_URL`, `JWKS_URI`, `TOKEN_SIGNING_ALG`, and `SECRET` for an algorithm that takes one.
 */
export type AuthOptions = AuthSettings &
  ((Partial<ValidatorOptions> & BearerOptions & { validator?: undefined }) | { validator: Validator });

/**
 * The validator that was given, or one of the options, and how the middleware works.
 * @internal
 */
export function guardOf(given: AuthOptions | Validator = {}, settings: AuthSettings = {}): Guard {
  if (given instanceof Validator) return { validator: given, forwardErrors: settings.forwardErrors === true };
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw new TypeError('auth takes options or a validator, which createValidator makes');
  }
  const { forwardErrors = settings.forwardErrors, ...rest } = given;
  const options = rest as Record<string, unknown>;
  const validator = options['validator'] === undefined ? madeOf(options) : alone(options);
  return { validator, forwardErrors: forwardErrors === true };
}

/**
 * A validator, and how a middleware works with it.
 * @internal
 */
export interface Guard {
  validator: Validator;
  forwardErrors: boolean;
}

function alone({ validator, ...others }: Record<string, unknown>): Validator {
  if (!isValidator(validator)) {
    const hint = 'createValidator, createValidatorFromPolicy and createValidatorFromFile make one';
    throw new PolicyError({ path: 'validator', message: 'this is no validator', hint });
  }
  const [unknown] = Object.keys(others).filter((name) => others[name] !== undefined);
  if (unknown === undefined) return validator;
  const hint = 'give it to what makes the validator';
  throw new PolicyError({ path: unknown, message: 'this option does not go with a validator', hint });
}

function isValidator(value: unknown): value is Validator {
  return value instanceof Validator;
}

function madeOf(given: Record<string, unknown>): Validator {
  const { options, written, anonymous } = renamed(given);
  return createNamed(options as unknown as ValidatorOptions, {
    others: bearerNames(),
    policy: anonymous ? { routes: [{ path_regex: '.*', optional: true }] } : {},
    told: (problem) => {
      const path = asWritten(
        problem.path === 'discovery' && !('discovery' in options) ? 'issuer' : problem.path,
        written,
      );
      const hint = problem.path in options ? undefined : MISSING[problem.path];
      return hint === undefined ? { ...problem, path } : { ...problem, path, hint };
    },
  });
}

/** A request of `node:http` as the validator takes it. */
function incoming(request: IncomingMessage, url = request.url): IncomingRequest {
  return { method: request.method, url, headers: request.rawHeaders };
}

/**
 * Judges a request, and changes it as the policy's `forward` says when it may go on.
 * @internal
 */
export async function judge(
  validator: Validator,
  request: IncomingMessage,
  url?: string,
): Promise<{ outcome: RequestOutcome; forward: Forward | undefined }> {
  const asked = incoming(request, url);
  const outcome = await validator.tryValidateRequest(asked);
  if (!outcome.ok || !validator.forwards) return { outcome, forward: undefined };
  try {
    const forward = validator.forward(asked, outcome.verified);
    change(request, forward);
    return { outcome, forward };
  } catch {
    return { outcome: internalError('the request could not be changed as the policy says'), forward: undefined };
  }
}

/** What Express adds to a request. */
type MountedRequest = IncomingMessage & { originalUrl?: string; baseUrl?: string };

/**
 * The target by which the routers behind go, the prefix included below which this one is mounted: the one that came, or
 * what a middleware in front has put in its place. Only Express tells (Connect has no `baseUrl`).
 * @internal
 */
export function targetOf({ originalUrl, baseUrl, url = '' }: MountedRequest): string | undefined {
  if (originalUrl === undefined || baseUrl === undefined) return originalUrl;
  const [, authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(.*)$/is.exec(url) ?? [];
  const target = `${authority}${baseUrl}${rest}`;
  // To a router at `/shop`, `/shop?a` is `/?a`.
  const asItCame = [target, `${authority}${baseUrl}${rest.replace(/^\//, '')}`].includes(originalUrl);
  return asItCame ? originalUrl : target;
}

/** @internal */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}

/** What to do about an option that is missing. */
const MISSING: Record<string, string> = {
  issuer: 'give it or issuerBaseURL, or set ISSUER_BASE_URL in the environment',
  audience: 'give it, or set AUDIENCE in the environment',
};
