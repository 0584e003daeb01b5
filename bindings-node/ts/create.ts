import type { ClaimsSchema } from './claims-schema.js';
import { documentText, filled, type PolicyFormat, refusedPolicy, withFile } from './document.js';
import { globalFetcher } from './fetchers.js';
import { hostOf, type HostOptions } from './host.js';
import { inOptions } from './naming.js';
import { native, type OneProblem } from './native.js';
import { given, optionNames, policyOf, type ValidatorOptions } from './options.js';
import { randomNumber } from './platform.js';
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
export function createValidator<T extends object = object>(options: ValidatorOptions & Shape<T>): Validator<T> {
  return createNamed(options);
}

/**
 * As `createValidator`, for options that users have written otherwise.
 * @internal
 */
export function createNamed(
  options: ValidatorOptions,
  { others = [], policy = {}, told = (problem) => problem }: Naming = {},
): Validator {
  const [host, rest] = hostOf(options);
  const names = [...optionNames, ...others];
  return compile(documentText({ ...policyOf(rest), ...policy }), host, (problem) =>
    told(inOptions(problem, given(rest), names)),
  );
}

/** What types the claims. */
interface Shape<T extends object> {
  claimsSchema?: ClaimsSchema<T> | undefined;
}

interface Naming {
  /** Names that users may have meant, beside those of the options. */
  others?: readonly string[];
  /** What the document has besides. */
  policy?: object;
  /** How a problem is told, which has the names of the options. */
  told?: (problem: OneProblem) => OneProblem;
}

/**
 * Makes a validator from a policy document: its JSON text, or the object that the text stands for. A path of `{ file: … }` in
 * it starts at the working directory.
 *
 * @throws PolicyError when the document is wrong; `path` says where.
 */
export function createValidatorFromPolicy<T extends object = object>(
  document: PolicyDocument | string,
  options: HostOptions & Shape<T> = {},
): Validator<T> {
  return compile(documentText(document), hostAlone(options));
}

/**
 * Makes a validator from a policy document in a file: JSON, YAML or TOML, as its extension or `format` says. The file is
 * read once, now. A path of `{ file: … }` in it starts at its folder.
 *
 * @throws PolicyError when the document is wrong; an error of `node:fs` when there is no such file.
 */
export function createValidatorFromFile<T extends object = object>(
  path: string | URL,
  options: HostOptions & Shape<T> & { format?: PolicyFormat } = {},
): Validator<T> {
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
  { fetch, store, clock, onEvent, waitUntil, ...hooks }: HostOptions,
  told?: (problem: OneProblem) => OneProblem,
  folder?: string,
): Validator {
  const core = native.createCore(filled(policy, folder, told), randomNumber(), {
    clientLookup: hooks.clientLookup !== undefined,
    revocationCheck: hooks.isRevoked !== undefined,
    store: store !== undefined,
  });
  if ('path' in core) throw refusedPolicy(core, told);
  const shared = store && new SharedSets(core, store);
  const validator = new Validator(core, fetch ?? globalFetcher, shared, clock ?? Date.now, hooks, waitUntil);
  if (onEvent !== undefined) validator.subscribe(onEvent);
  return validator;
}
