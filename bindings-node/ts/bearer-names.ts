import { PolicyError } from './errors.js';
import { keySourceOf } from './naming.js';
import { environment } from './platform.js';

/**
 * The option names of express-oauth2-jwt-bearer, which `auth` of the frameworks takes beside those of `createValidator`. They
 * are names alone: what an option means, and whether it is right, says the core.
 */
export interface BearerOptions {
  /** The same as `issuer`, or with an `issuer` beside it, or as the URL of metadata, where `discovery` looks. */
  issuerBaseURL?: string | URL | undefined;
  /** The same as `algorithms`, for one. */
  tokenSigningAlg?: string | undefined;
  /** The same as `pem` or `jwks`, for one key or several. */
  publicKey?: string | object | undefined;
  /** `true` is the same as `profile: 'rfc9068'`. */
  strict?: boolean | undefined;
  /** `false`: requests without a token pass, with no claims; one that is there must be good. Default true. */
  authRequired?: boolean | undefined;
  /** Milliseconds; `keySet.cooldown`. */
  cooldownDuration?: number | undefined;
  /** Milliseconds; `keySet.timeout`. */
  timeoutDuration?: number | undefined;
  /** Milliseconds; `keySet.ttl`. */
  cacheMaxAge?: number | undefined;
}

/**
 * Options under this package's names.
 * @internal
 */
export interface Renamed {
  options: Record<string, unknown>;
  /** What an option, or a member of one, was called by whoever wrote it. */
  written: Map<string, string>;
  /** Whether requests without a token pass. */
  anonymous: boolean;
}

/**
 * The options of `auth` under the names that `createValidator` knows. What they leave open, the environment says.
 *
 * @throws PolicyError for an option of express-oauth2-jwt-bearer that has no name here, or that contradicts another.
 * @internal
 */
export function renamed(given: Record<string, unknown>): Renamed {
  const all = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const written = new Map<string, string>();
  for (const [variable, option] of missing(all)) {
    all.set(option, environment(variable));
    written.set(option, variable);
  }
  const options = new Map<string, unknown>();
  for (const [name, value] of all) {
    const wrong = WITHOUT_NAME.get(name);
    if (wrong !== undefined) throw new PolicyError({ path: name, ...wrong });
    if (!TABLE.has(name) && name !== 'authRequired') options.set(name, value);
  }
  for (const [name, value] of all) {
    const [option, translated] = TABLE.get(name)?.(value, all) ?? [];
    if (option === undefined) continue;
    const [outer = '', member] = option.split('.');
    const isThere = member === undefined ? options.has(outer) : member in membersOf(options.get(outer));
    const as = written.get(name) ?? name;
    if (isThere) {
      throw new PolicyError({ path: as, message: `${written.get(option) ?? option} says it too`, hint: ONE_OF_THEM });
    }
    options.set(outer, member === undefined ? translated : { ...membersOf(options.get(outer)), [member]: translated });
    written.set(option, as);
  }
  return {
    options: Object.fromEntries(options),
    written,
    anonymous: !isTrue('authRequired', all.get('authRequired'), true),
  };
}

/**
 * Where an option, or a part of one, was written: under its own name or another one.
 * @internal
 */
export function asWritten(path: string, written: Map<string, string>): string {
  for (const [option, name] of written) {
    if (path === option || path.startsWith(`${option}[`) || path.startsWith(`${option}.`)) return name;
  }
  return path;
}

/** The names of all of them, for those who have mistaken one. @internal */
export function bearerNames(): string[] {
  return [...TABLE.keys(), 'authRequired'];
}

/**
 * The variables of the environment that stand for options which are not given: the issuer's where no option names one, those of
 * keys where no option says where they are either, and SECRET only for an algorithm that takes one.
 */
function missing(given: Map<string, unknown>): [variable: string, option: string][] {
  const set = (variable: string): boolean => (environment(variable) ?? '') !== '';
  const takes = (option: string, ...others: string[]): boolean => ![option, ...others].some((name) => given.has(name));
  const found: [string, string][] = [];
  const add = (variable: string, option: string): void => {
    if (set(variable)) found.push([variable, option]);
  };
  if (takes('audience')) add('AUDIENCE', 'audience');
  const names = !takes('issuer', 'issuerBaseURL');
  if (!names) {
    add('ISSUER', 'issuer');
    add('ISSUER_BASE_URL', 'issuerBaseURL');
  }
  const hasKeys = keySourceOf(Object.fromEntries(given)) !== undefined || !takes('keys', 'publicKey');
  if (hasKeys) return found;
  const hasAlgorithm = !takes('algorithms', 'tokenSigningAlg');
  const said = given.get('tokenSigningAlg') ?? [given.get('algorithms')].flat()[0];
  const algorithm = hasAlgorithm || names ? said : environment('TOKEN_SIGNING_ALG');
  if (typeof algorithm === 'string' && algorithm.startsWith('HS')) add('SECRET', 'secret');
  // The keys of one issuer must not count for another one, which the service names itself.
  if (names) return found;
  if (!hasAlgorithm) add('TOKEN_SIGNING_ALG', 'tokenSigningAlg');
  add('JWKS_URI', 'jwksUri');
  return found;
}

type Translation = (value: unknown, all: Map<string, unknown>) => [option: string, value: unknown] | undefined;

/** Each name that has another one here: which, and what its value is there. */
const TABLE = new Map<string, Translation>([
  ['issuerBaseURL', placeOfIssuer],
  ['tokenSigningAlg', (value) => ['algorithms', [value]]],
  ['publicKey', (value) => (typeof value === 'string' ? ['pem', value] : ['jwks', keySetOf(value)])],
  ['strict', (value) => (isTrue('strict', value, false) ? ['profile', 'rfc9068'] : undefined)],
  ['cooldownDuration', (value) => ['keySet.cooldown', milliseconds(value)]],
  ['timeoutDuration', (value) => ['keySet.timeout', milliseconds(value)]],
  ['cacheMaxAge', (value) => ['keySet.ttl', milliseconds(value)]],
]);

/** Options for which there is no name here, and what there is in their place. */
const WITHOUT_NAME = new Map<string, { message: string; hint: string }>(
  Object.entries({
    agent: 'fetch: fetchWith(fetch, { dispatcher }) has the requests for keys go through a proxy',
    cache: 'set keySet.ttl; key sets are kept for each issuer, and metadata with them',
    validators: 'write claim rules in a policy, use claimEquals, claimIncludes or claimCheck, or the hook isRevoked',
    mcd: 'write each issuer in a policy and pass createValidatorFromPolicy(policy)',
    dpop: "proofs are not checked here: tokens bound to a key are refused, unless confirmation: 'ignore'",
    mtls: "certificates of clients are not checked here: tokens bound to one are refused, unless confirmation: 'ignore'",
    getCertificate:
      "certificates of clients are not checked here: tokens bound to one are refused, unless confirmation: 'ignore'",
  }).map(([name, hint]) => [name, { message: 'there is no such option', hint }]),
);

/** The issuer itself, or where its metadata is when another option or nothing says who it is. */
function placeOfIssuer(value: unknown, all: Map<string, unknown>): [option: string, value: unknown] | undefined {
  const url = value instanceof URL ? value.href : value;
  if (typeof url !== 'string') return ['issuer', url];
  if (url.includes('/.well-known/')) return ['discovery', url];
  if (!all.has('issuer')) return ['issuer', url];
  if (keySourceOf(Object.fromEntries(all)) !== undefined) return undefined;
  return ['discovery', all.get('issuer') === url ? true : `${url.replace(/\/$/, '')}/.well-known/openid-configuration`];
}

function keySetOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !('keys' in value) ? { keys: [value] } : value;
}

function milliseconds(value: unknown): unknown {
  return typeof value === 'number' ? `${String(value)}ms` : value;
}

function membersOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function isTrue(path: string, value: unknown, unsaid: boolean): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? unsaid;
  throw new PolicyError({ path, message: 'expected true or false' });
}

const ONE_OF_THEM = 'give one of them';
