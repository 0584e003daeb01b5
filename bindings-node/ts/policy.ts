/**
 * The time that verdicts and key sets go by: milliseconds since the Unix epoch, like `Date.now`, or a Date.
 * The default is the system's clock.
 */
export type Clock = () => number | Date;

/** A number of seconds, or a number with a unit: `'500ms'`, `'30s'`, `'15m'`, `'1h'`, `'1d'`. */
export type Duration = number | string;

/** Where an issuer's keys come from; at least one source. */
export interface KeySources {
  /** Absolute `https` URLs of key sets; `http` on loopback only, unless `jwks.allow_http`. */
  jwks_uri?: string | string[];
  /** A key set as it is; the only kind of set in which a symmetric key counts. */
  jwks?: object;
  /** The issuer's metadata says where the key set lies (RFC 8414): `true`, or the URL of the metadata. */
  discovery?: boolean | string;
  /** A public key or an X.509 certificate, with or without the lines around it. */
  pem?: string;
  /** A secret for HS256, HS384, HS512; at least 32 bytes. */
  secret?: { text: string } | { base64url: string } | { hex: string };
  /** Certificates in a store; `base64` or `text` holds it. The alias `default_alias` is for tokens without `kid`. */
  trust_store?: {
    type: 'jks' | 'pkcs12' | 'pem';
    base64?: string;
    text?: string;
    password?: string;
    default_alias?: string;
  };
  /** Takes the keys of certificates whose time has passed. Default false. */
  allow_expired_certificates?: boolean;
  /** The waiver that lets tokens without signature pass; excludes every other source. */
  accept_unsigned?: boolean;
}

/** How fetched key sets are kept fresh. */
export interface KeySetSettings {
  /** How long a set is fresh when its answer says nothing, and at most. Default 60 min. */
  ttl?: Duration;
  /** Whether the answer's header fields may shorten `ttl`. Default true. */
  respect_cache_control?: boolean;
  /** The least that they may shorten it to. Default 60 s. */
  min_ttl?: Duration;
  /** After which part of its freshness a set is refreshed. Default 0.8. */
  refresh_ahead?: number;
  /** How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry. */
  max_stale?: Duration;
  /** The longest time for one fetch. Default 10 s. */
  timeout?: Duration;
  /** The window in which unknown key ids cause at most two fetches. Default 30 s. */
  cooldown?: Duration;
  /** The longest pause after the first failed fetch (default 1 s), which doubles up to `max` (default 300 s). */
  backoff?: { first?: Duration; max?: Duration };
  /** The longest body, in bytes. Default 512 KiB. */
  max_body?: number;
  /** The number of keys that are read of one set. Default 500. */
  max_keys?: number;
  /** Allows `http` URLs beyond loopback. Default false. */
  allow_http?: boolean;
}

/** What is asked of one claim: an operator, an expression, or both. */
export interface ClaimRule {
  /** The claim's name, or the path to a member of it; only a rule with an expression goes without. */
  claim?: string | string[];
  /** Whether a token without the claim is refused. Default true. */
  mandatory?: boolean;
  equals?: unknown;
  any_of?: unknown[];
  all_of?: unknown[];
  none_of?: unknown[];
  prefix?: string;
  suffix?: string;
  contains?: unknown;
  /** A regular expression for the whole text. */
  matches?: string;
  min?: number;
  max?: number;
  /** Splits a text into a list first. */
  separator?: string;
  /** A condition in CEL. */
  expression?: string;
}

/** A kind of request and what is asked of it; the first route that matches counts. */
export interface RoutePolicy {
  /** Methods in upper case: a list, or `'GET|HEAD'`. Default: all. */
  methods?: string | string[];
  /** A path in its normal form; `{id}` stands for one segment. Default: all paths. */
  path?: string;
  /** A regular expression for the whole path, in place of `path`. */
  path_regex?: string;
  /** The request needs no token, and one that it carries is not looked at. Default false. */
  skip?: boolean;
  /** The request needs no token, but one that it carries must be good. Default false. */
  optional?: boolean;
  /** Scopes that are needed beside those of the issuer's entry: `all` of these and one of `any`. */
  scopes?: { all?: string[]; any?: string[] };
}

/** A place to look for the token in: a header with its scheme, a cookie, or a query parameter. */
export type TokenSource = { header: string; scheme?: string } | { cookie: string } | { query: string };

/** One entry of a policy: an issuer with its own keys and rules. */
export interface IssuerPolicy {
  /** The `iss` values of this entry, byte for byte, or a template such as `…/{tenant}`; `'any'` is the waiver. */
  issuer: string | string[];
  /** For a template: the values to accept in its place; `'any'` is the waiver. */
  tenants?: string | string[];
  keys: KeySources;
  /** Any of these must be in `aud`; `'any'` is the waiver. */
  audience: string | string[];
  /** Default: every asymmetric algorithm that fits a key; for a secret, HS of its length. */
  algorithms?: string[];
  /** Accepted header types, such as `at+jwt`. Default: not checked. */
  typ?: string | string[];
  /** Default `['exp']`. */
  required_claims?: string[];
  /** Tolerance for `exp`, `nbf` and `iat`, up to 300 s. Default 0. */
  leeway?: Duration;
  /** The longest time since `iat`. */
  max_age?: Duration;
  /** The longest time from `iat` to `exp`. */
  max_lifetime?: Duration;
  /** Refuses an `iat` that lies ahead. Default false. */
  reject_future_iat?: boolean;
  /** The clients that may pass, or `'host'`: the hook `clientLookup` knows; the first claim of the list that is present names the client. */
  client_id?: { claims?: string[]; allowed: string[] | 'host' };
  /** The scopes that are needed: `all` of these and one of `any`. */
  scopes?: { claims?: string[]; all?: string[]; any?: string[] };
  /** Further conditions on claims. */
  claims?: ClaimRule[];
  /** Tries up to four fitting keys for a token without `kid`. Default false. */
  try_all_keys?: boolean;
  jwks?: KeySetSettings;
}

/** A policy document. The core checks it when a validator is made: an unknown field is an error. */
export interface PolicyDocument {
  version: 1;
  issuers: IssuerPolicy[];
  /** Where requests carry their token. Default: the bearer header alone. */
  token?: { sources?: TokenSource[] };
  /** Which requests need no token, or further scopes. Default: every request needs a token. */
  routes?: RoutePolicy[];
  limits?: {
    /** The longest token, in bytes. Default 16384. */
    token_bytes?: number;
    /** The deepest nesting of a token's JSON. Default 32. */
    json_depth?: number;
  };
  /** Whose manner of answering HTTP requests to take. Default `rfc6750`. */
  responses?: 'rfc6750' | 'mulesoft' | 'mulesoft-2020' | 'wso2';
}
