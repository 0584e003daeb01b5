import { PolicyError } from './errors.js';
import { guardOf, type AuthOptions, type Guard } from './middleware.js';
import { internalError, type RequestOutcome } from './outcome.js';
import type { IncomingRequest } from './request.js';
import { Validator } from './validator.js';

/** How events are read. */
export interface LambdaSettings {
  /** A prefix of the paths that is not the application's, such as that of a custom domain name. Default: none. */
  basePath?: string | undefined;
}

/** A validator, or the options for one, and how events are read. */
export type LambdaOptions = LambdaSettings & AuthOptions;

/**
 * The validator, and the settings, which stand among its options.
 * @internal
 */
export function setUp(given: LambdaOptions | Validator): { guard: Guard; basePath: string } {
  const isBare = given instanceof Validator || typeof given !== 'object' || (given as unknown) === null;
  const { basePath = '', ...options } = isBare ? {} : given;
  if (typeof basePath !== 'string') throw new TypeError('basePath must be a string');
  const guard = guardOf(isBare ? given : options);
  if (guard.validator.forwards) throw new PolicyError(FORWARDS);
  return { guard, basePath };
}

/**
 * Judges a request. A policy that came later by `replace` may have a `forward`, and then nothing may pass that it should have changed.
 * @internal
 */
export async function judged(validator: Validator, request: IncomingRequest): Promise<RequestOutcome> {
  const outcome = await validator.tryValidateRequest(request);
  return outcome.ok && validator.forwards ? internalError(FORWARDS.message) : outcome;
}

const FORWARDS = {
  path: 'forward',
  message: 'events of Lambda are not changed',
  hint: 'leave forward out, and read event.auth',
};
