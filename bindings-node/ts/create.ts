import { randomInt } from 'node:crypto';
import { documentText, filled, type PolicyFormat, withFile } from './document.js';
import { PolicyError } from './errors.js';
import { globalFetcher } from './fetchers.js';
import { hostOf, type HostOptions } from './host.js';
import { inOptions } from './naming.js';
import { native, type OneProblem } from './native.js';
import { given, optionNames, policyOf, type ValidatorOptions } from './options.js';
import type { PolicyDocument } from './policy.js';
import { SharedSets } from './store.js';
import { Validator } from './validator.js';

/**
 * Makes a validator for the tokens of one issuer.
 *
 * ```js
 * const validator = createValidator({
 *   issuer: 'https://idp.example.com/',
 *   audience: 'https://api.example.com',
 * });
 * ```
 *
 * The issuer's metadata says where its keys are; `discovery`, `jwksUri`, `jwks`, `pem` and `secret` say it otherwise.
 *
 * Several issuers, or a policy kept in a file: `createValidatorFromPolicy`.
 *
 * @throws PolicyError when an option is missing, unknown, or contradicts another; `path` names it.
 */
export function createValidator(options: ValidatorOptions): Validator {
  const [host, policy] = hostOf(options);
  return compile(documentText(policyOf(policy)), host, (problem) => inOptions(problem, given(policy), optionNames));
}

/**
 * Makes a validator from a policy document: its JSON text, or the object that the text stands for. A path of `{ file: … }` in
 * it starts at the working directory.
 *
 * @throws PolicyError when the document is wrong; `path` says where.
 */
export function createValidatorFromPolicy(document: PolicyDocument | string, options: HostOptions = {}): Validator {
  return compile(documentText(document), hostAlone(options));
}

/**
 * Makes a validator from a policy document in a file: JSON, YAML or TOML, as its extension or `format` says. The file is
 * read once, now. A path of `{ file: … }` in it starts at its folder.
 *
 * @throws PolicyError when the document is wrong; an error of `node:fs` when there is no such file.
 */
export function createValidatorFromFile(
  path: string | URL,
  options: HostOptions & { format?: PolicyFormat } = {},
): Validator {
  const { format, ...host } = options;
  return withFile(path, format, (document, folder) => compile(document, hostAlone(host), undefined, folder));
}

function hostAlone(options: HostOptions): HostOptions {
  const [host, rest] = hostOf(options);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`there is no option ${unknown} beside a policy document`);
  return host;
}

function compile(
  policy: string,
  { fetch, store, clock, onEvent, ...hooks }: HostOptions,
  told: (problem: OneProblem) => OneProblem = (problem) => problem,
  folder?: string,
): Validator {
  const core = native.createCore(filled(policy, folder), randomInt(2 ** 48 - 1), {
    clientLookup: hooks.clientLookup !== undefined,
    revocationCheck: hooks.isRevoked !== undefined,
    store: store !== undefined,
  });
  if ('path' in core) {
    const problems = (core.problems ?? [core]).map(told);
    throw new PolicyError({ ...told(core), problems });
  }
  const shared = store && new SharedSets(core, store);
  const validator = new Validator(core, fetch ?? globalFetcher, shared, clock ?? Date.now, hooks);
  if (onEvent !== undefined) validator.subscribe(onEvent);
  return validator;
}
