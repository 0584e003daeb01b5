import { randomInt } from 'node:crypto';
import { PolicyError } from './errors.js';
import { globalFetcher, type Fetcher } from './fetcher.js';
import { native } from './native.js';
import { policyOf, type ValidatorOptions } from './options.js';
import type { Clock, PolicyDocument } from './policy.js';
import { Validator } from './validator.js';

/**
 * Makes a validator for the tokens of one issuer.
 *
 * ```js
 * const validator = createValidator({
 *   issuer: 'https://idp.example.com/',
 *   audience: 'https://api.example.com',
 *   jwksUri: 'https://idp.example.com/.well-known/jwks.json',
 * });
 * ```
 *
 * Several issuers, or a policy kept in a file: `createValidatorFromPolicy`.
 *
 * @throws PolicyError when an option is missing, unknown, or contradicts another.
 */
export function createValidator(options: ValidatorOptions): Validator {
  const { fetch, clock, ...policy } = options;
  return compile(JSON.stringify(policyOf(policy)), fetch, clock);
}

/**
 * Makes a validator from a policy document: its JSON text, or the object that the text stands for.
 *
 * @throws PolicyError when the document is wrong; `path` says where.
 */
export function createValidatorFromPolicy(
  document: PolicyDocument | string,
  { fetch, clock }: { fetch?: Fetcher; clock?: Clock } = {},
): Validator {
  return compile(typeof document === 'string' ? document : JSON.stringify(document), fetch, clock);
}

function compile(policy: string, fetch: Fetcher = globalFetcher, clock: Clock = Date.now): Validator {
  if (typeof fetch !== 'function') throw new TypeError('fetch must be a function');
  if (typeof clock !== 'function') throw new TypeError('clock must be a function');
  const core = native.createCore(policy, randomInt(2 ** 48 - 1));
  if ('path' in core) throw new PolicyError(core);
  return new Validator(core, fetch, clock);
}
