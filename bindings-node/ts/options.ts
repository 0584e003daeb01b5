import { PolicyError } from './errors.js';
import type { HostOptions } from './host.js';
import { keySourceOf, placeOf, snakeCase } from './naming.js';
import { base64url } from './platform.js';
import type { Duration, PolicyDocument } from './policy.js';

/** A policy of one issuer, in the spelling of JavaScript. Defaults are the core's; what is left out is not sent. */
export interface ValidatorOptions extends HostOptions {
  /** The `iss` values to accept, byte for byte; `'any'` is the waiver. */
  issuer: string | string[];
  /** Any of these must be in `aud`; `'any'` is the waiver. */
  audience: string | string[];
  /**
   * The issuer's metadata says where its keys are (OpenID Connect Discovery, RFC 8414): `true`, or the URL of the metadata.
   * Default: `true` where no other source of keys is given, which takes one issuer that is a URL; else `false`.
   */
  discovery?: boolean | string | URL;
  /** Where the issuer publishes its keys; `https`, or `http` on loopback. */
  jwksUri?: string | URL | (string | URL)[];
  /** A key set as it is. */
  jwks?: object;
  /** A public key: `PUBLIC KEY` or `RSA PUBLIC KEY`. */
  pem?: string;
  /** A secret for HS256, HS384, HS512; at least 32 bytes. A string stands for its UTF-8 bytes. */
  secret?: string | Uint8Array | { text: string } | { base64url: string } | { hex: string };
  /** The waiver that lets tokens without signature pass; excludes every other key source. */
  acceptUnsigned?: boolean;
  /** Default: every asymmetric algorithm that fits a key; for a secret, HS of its length. */
  algorithms?: string[];
  /** Accepted header types, such as `'at+jwt'`. Default: any but those of other things than access tokens. */
  typ?: string | string[];
  /** `'rfc9068'`: the type `at+jwt`, and the claims of that standard must be there. Default: none. */
  profile?: 'rfc9068';
  /** Default `['exp']`. */
  requiredClaims?: string[];
  /** Tolerance for `exp`, `nbf` and `iat`, up to 300 s. Default 5 s. A number counts seconds. */
  clockTolerance?: Duration;
  /** The same as `clockTolerance`. */
  leeway?: Duration;
  /** The longest time since `iat`. A number counts seconds. */
  maxTokenAge?: Duration;
  /** The same as `maxTokenAge`. */
  maxAge?: Duration;
  /** The longest time from `iat` to `exp`. A number counts seconds. */
  maxLifetime?: Duration;
  /** Refuses an `iat` that lies ahead. Default false. */
  rejectFutureIat?: boolean;
  /** `'ignore'` takes tokens that are bound to a key (`cnf`) as bearer tokens. Default: they are refused. */
  confirmation?: 'ignore';
  /**
   * The clients that may pass, or `'host'`: `clientLookup` knows. The first claim of `claims` that is present names the
   * client, or an expression does.
   */
  clientId?: { claims?: string[]; expression?: string; allowed: string[] | 'host' };
  /** The scopes that are needed: `all` of these and one of `any`. */
  scopes?: { claims?: string[]; all?: string[]; any?: string[] };
  /** Other names for claims, which the application sees: the name in the token, and that one. */
  claimMapping?: Record<string, string>;
  /** WSO2's names for the claims of OpenID Connect, behind `claimMapping`. Default false. */
  defaultClaimMapping?: boolean;
  /** Tries up to four fitting keys for a token without `kid`. Default false. */
  tryAllKeys?: boolean;
  /** How fetched key sets are kept fresh; see `KeySetSettings` for units and defaults. */
  keySet?: {
    ttl?: Duration;
    maxStale?: Duration;
    timeout?: Duration;
    cooldown?: Duration;
    maxBody?: number;
    maxKeys?: number;
    allowHttp?: boolean;
  };
  /** The longest token in bytes (default 16384), the deepest nesting of its JSON (default 32). */
  limits?: { tokenBytes?: number; jsonDepth?: number };
  /** Whose manner of answering HTTP requests to take. Default `'rfc6750'`. */
  responses?: PolicyDocument['responses'];
}

const translations = new Map<string, (value: unknown) => unknown>([
  ['discovery', hrefOf],
  ['jwksUri', (value) => (Array.isArray(value) ? value.map(hrefOf) : hrefOf(value))],
  ['keySet', snakeCaseNames],
  ['limits', snakeCaseNames],
  ['secret', secretOf],
]);

/**
 * The policy document that the options stand for.
 *
 * An option that is not known here goes into the issuer's entry under its name in snake case: the core knows the field,
 * or refuses the document with the path and the field that was probably meant. Nothing is dropped silently, not even an
 * option named `__proto__`; hence the maps.
 * @internal
 */
export function policyOf(options: Omit<ValidatorOptions, keyof HostOptions>): object {
  const fields = {
    document: new Map<string, unknown>(),
    issuer: new Map<string, unknown>(),
    keys: new Map<string, unknown>(),
  };
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const [place, field] = placeOf(option);
    if (fields[place].has(field)) {
      throw new PolicyError({ path: option, message: `another option sets ${field} too`, hint: 'give one of them' });
    }
    fields[place].set(field, translations.get(option)?.(value) ?? value);
  }
  const source = keySourceOf(given(options));
  if (source !== undefined && fields.issuer.has('keys')) {
    throw new PolicyError({ path: 'keys', message: `${source} sets keys too`, hint: 'give one of them' });
  }
  const keys = Object.fromEntries(fields.keys);
  return {
    version: 1,
    issuers: [{ keys, ...Object.fromEntries(fields.issuer) }],
    ...Object.fromEntries(fields.document),
  };
}

/**
 * The options that are not undefined, which is as good as not given.
 * @internal
 */
export function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function hrefOf(value: unknown): unknown {
  return value instanceof URL ? value.href : value;
}

function secretOf(value: unknown): unknown {
  if (typeof value === 'string') return { text: value };
  if (value instanceof Uint8Array) return { base64url: base64url(value) };
  return value;
}

function snakeCaseNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [snakeCase(name), entry as unknown]));
}

/**
 * The names of all options, for those who have mistaken one.
 * @internal
 */
export const optionNames = Object.keys({
  issuer: 0,
  audience: 0,
  discovery: 0,
  jwksUri: 0,
  jwks: 0,
  pem: 0,
  secret: 0,
  acceptUnsigned: 0,
  algorithms: 0,
  typ: 0,
  profile: 0,
  requiredClaims: 0,
  clockTolerance: 0,
  leeway: 0,
  maxTokenAge: 0,
  maxAge: 0,
  maxLifetime: 0,
  rejectFutureIat: 0,
  confirmation: 0,
  clientId: 0,
  scopes: 0,
  claimMapping: 0,
  defaultClaimMapping: 0,
  tryAllKeys: 0,
  keySet: 0,
  limits: 0,
  responses: 0,
  fetch: 0,
  store: 0,
  clock: 0,
  onEvent: 0,
  waitUntil: 0,
  clientLookup: 0,
  isRevoked: 0,
  transform: 0,
  claimsSchema: 0,
} satisfies Record<keyof ValidatorOptions, 0>);
