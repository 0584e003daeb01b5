// Made by tests/policy_types/generate.py from core/policy.schema.json.

/** A number of seconds, or a number with a unit: `'500ms'`, `'30s'`, `'15m'`, `'1h'`, `'1d'`. */
export type Duration = number | string;

/** A text that is written elsewhere: in an environment variable, or in a file. */
export type TextReference = { env: string } | { file: string };

/** What a policy says: which tokens may pass, and what becomes of the others. */
export interface PolicyDocument {
  /**
   * Keeps verified tokens, so that the same token costs no second signature check while its key is there. Everything
   * else is checked each time. Default: none.
   */
  cache?: Cache;
  /** What goes on to the application behind. Default: the request as it came. */
  forward?: ForwardSettings;
  /** The issuers whose tokens may pass, each with its own keys and rules; at least one. */
  issuers: IssuerPolicy[];
  /** Bounds on what is read of a token. */
  limits?: TokenLimits;
  /** In whose manner refused requests are answered. Default `rfc6750`. */
  responses?: 'rfc6750' | 'mulesoft' | 'mulesoft-2020' | 'wso2';
  /** What is asked of some requests; the first that fits a request counts. Default: every request needs a token. */
  routes?: RoutePolicy[];
  /** Which request targets are taken although servers read them in more than one way. */
  targets?: Targets;
  /** Where in a request the token is. */
  token?: TokenSettings;
  /**
   * What becomes of requests that no route names: `token` (they need one, and no more) or `deny` (they are refused).
   * It must be written where a route asks for more than a token. Default `token`.
   */
  unmatched?: 'token' | 'deny';
  /** The version of this form of documents: 1. */
  version: 1;
}

/** The pauses after failed fetches. */
export interface BackoffSettings {
  /** The longest pause after the first failure; it doubles. Default 1 s. */
  first?: Duration;
  /** The longest pause at all. Default 300 s. */
  max?: Duration;
}

/** How much a cache of verified tokens may hold; the tokens that were of no use lately make room for others. */
export interface Cache {
  /**
   * The most bytes of memory for them, 65536 to 1073741824, and at least four times `limits.token_bytes`. Default
   * 16777216.
   */
  bytes?: number;
  /** The most tokens, 8 to 1048576. Default 4096. */
  entries?: number;
}

/** What is asked of a claim: at most one of the operators from `equals` to `max`, and an expression. */
export interface ClaimRule {
  /** The claim is a list that holds all of these; a single value is a list of one. */
  all_of?: unknown[];
  /** The claim is one of these, or a list that holds one of them: texts, numbers, booleans. */
  any_of?: unknown[];
  /** A claim, or the path to one inside of others. Without it the rule is an expression alone. */
  claim?: string | string[];
  /** The claim is a list that holds this value, or a text with this text in it. */
  contains?: unknown;
  /** The claim is this value. */
  equals?: unknown;
  /**
   * A condition in CEL over `claims`, `value` (this claim), `header`, `request` and `now`. Whatever is not `true`
   * refuses.
   */
  expression?: string;
  /** Whether the claim must be there. Default true. */
  mandatory?: boolean;
  /** The claim is a text that this regular expression matches whole. */
  matches?: string;
  /** The claim is a number, at most this. */
  max?: number;
  /** The claim is a number, at least this. */
  min?: number;
  /** The claim is none of these, nor a list that holds one. */
  none_of?: unknown[];
  /** The claim is a text that begins so. */
  prefix?: string;
  /** Splits a text into a list first. */
  separator?: string;
  /** The claim is a text that ends so. */
  suffix?: string;
}

/** Which clients may use a token. */
export interface ClientPolicy {
  /** The clients that may; or the word `host` alone, and the host looks each up. */
  allowed: string[] | 'host';
  /** Claims that name the client; the first that is there counts. Default `client_id`, `azp`, `cid`. */
  claims?: string[];
  /** An expression (CEL) that gives the client's id as a text, in place of `claims`. It stands with a list of clients. */
  expression?: string;
}

/** What of an accepted token goes on to the application behind, when a gateway or a middleware hands requests on. */
export interface ForwardSettings {
  /**
   * Header fields that are set from claims, by the names of the claims as the application sees them. A field of that
   * name which the client has sent is removed, whether the claim is there or not.
   */
  claims_to_headers?: Record<string, string>;
  /** Takes the token out of the request, wherever `token.sources` finds it. Default false. */
  strip_token?: boolean;
}

/** An issuer with its own keys and rules: nothing of it ever counts for the tokens of another. */
export interface IssuerPolicy {
  /**
   * The algorithms that may sign. Default: every asymmetric one that fits a key; for a secret, those HS algorithms
   * whose hash is no longer than it.
   */
  algorithms?: string[];
  /** The `aud` values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word `any` alone. */
  audience: string | TextReference | (string | TextReference)[];
  /**
   * Other names for claims, from the name in the token to the one that rules and the application see. A registered
   * claim (RFC 7519 section 4.1) gets the other name beside its own. Default: none.
   */
  claim_mapping?: Record<string, string>;
  /** Further rules about claims; all must hold. */
  claims?: ClaimRule[];
  /** Which clients may use a token. Default: any. */
  client_id?: ClientPolicy;
  /**
   * What becomes of tokens that are bound to a key of the client (`cnf`: DPoP, RFC 9449; client certificates, RFC
   * 8705). Default: they are refused; the waiver is the word `ignore`.
   */
  confirmation?: 'ignore';
  /**
   * Puts the names of WSO2's dialect behind `claim_mapping`, such as `http://wso2.org/claims/emailaddress` for
   * `email`. Default false.
   */
  default_claim_mapping?: boolean;
  /**
   * The `iss` values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole segment of
   * its path left open, such as `{tid}`. The waiver is the word `any` alone.
   */
  issuer: string | TextReference | (string | TextReference)[];
  /** How fetched key sets are kept fresh. */
  jwks?: KeySetSettings;
  /**
   * Where the keys come from. Default: the issuer's metadata says it (`discovery: true`), which takes one issuer that
   * is a URL.
   */
  keys?: KeySources;
  /** Tolerance for `exp`, `nbf` and `iat`, at most 300 s. Default 5 s. */
  leeway?: Duration;
  /** The longest time since `iat`, which must be there then and not lie ahead. */
  max_age?: Duration;
  /** The longest time from `iat` to `exp`. */
  max_lifetime?: Duration;
  /**
   * Takes whole numbers in `sub` and `jti`, which are texts (RFC 7519 sections 4.1.2 and 4.1.7), and shows them as
   * texts to rules and the application. Default false.
   */
  numeric_ids?: boolean;
  /**
   * A standard for access tokens that these tokens follow. `rfc9068`: the type `at+jwt`, and `exp`, `sub`,
   * `client_id`, `iat` and `jti` must be there (RFC 9068 sections 2.1, 2.2 and 4). Default: none.
   */
  profile?: 'rfc9068';
  /** Refuses an `iat` that lies ahead. Default false. */
  reject_future_iat?: boolean;
  /** Claims that must be there. Default `exp`; the waiver is a list without it. */
  required_claims?: string[];
  /** Scopes that a token needs. Default: none. */
  scopes?: ScopePolicy;
  /** For a template: the values that may stand in it, or the word `any`. */
  tenants?: string | TextReference | (string | TextReference)[];
  /** Tries up to four fitting keys for a token that names none. Default false. */
  try_all_keys?: boolean;
  /**
   * Accepted header types, such as `at+jwt` (RFC 8725 section 3.11). Default: any but those that are registered for
   * other things than access tokens, such as `logout+jwt` and `dpop+jwt`.
   */
  typ?: string | string[];
}

/** How fetched key sets are kept fresh. */
export interface KeySetSettings {
  /** Allows `http` URLs beyond loopback. Default false. */
  allow_http?: boolean;
  /** The pauses after failed fetches. */
  backoff?: BackoffSettings;
  /** The window in which unknown key ids cause at most two fetches. Default 30 s. */
  cooldown?: Duration;
  /** The longest answer, in bytes. Default 524288. */
  max_body?: number;
  /** The number of keys that are read of one set. Default 500. */
  max_keys?: number;
  /** How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry. */
  max_stale?: Duration;
  /** The least that they may shorten it to. Default 60 s. */
  min_ttl?: Duration;
  /** After which part of its freshness a set is refreshed, 0.1 to 1. Default 0.8. */
  refresh_ahead?: number;
  /** Whether the answer's header fields may shorten `ttl` (RFC 9111 section 4.2). Default true. */
  respect_cache_control?: boolean;
  /** The longest time for one fetch. Default 10 s. */
  timeout?: Duration;
  /** How long a set is fresh when its answer says nothing, and at most. Default 60 min. */
  ttl?: Duration;
}

/** Where the keys of an issuer come from; several sources may stand beside each other. */
export interface KeySources {
  /** The waiver that lets tokens without signature pass; excludes every other source. Default false. */
  accept_unsigned?: boolean;
  /** Takes the keys of certificates outside their period of validity. Default false. */
  allow_expired_certificates?: boolean;
  /**
   * The ids (`kid`, or alias in a trust store) of keys that must not be used any more, wherever they come from. The
   * same key under another id beside it is not used either. Default: none.
   */
  denied_kids?: string[];
  /**
   * The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): `true`, or the URL of the
   * metadata. Default: `true` where no other source is named, else `false`.
   */
  discovery?: boolean | string | TextReference;
  /**
   * A key set as it is (RFC 7517 section 5), or `{ file: PATH }` with its JSON; the only kind in which a symmetric key
   * counts.
   */
  jwks?: object;
  /** Absolute `https` URLs of key sets; `http` on loopback only, unless `jwks.allow_http`. */
  jwks_uri?: string | TextReference | (string | TextReference)[];
  /** A public key or an X.509 certificate, with or without the lines around it. */
  pem?: string | TextReference;
  /** A secret for HS256, HS384 and HS512; at least 32 bytes. */
  secret?: SecretText;
  /** Certificates in a store; the alias is the key id. */
  trust_store?: TrustStore;
}

/** Bounds on what is read of a token. */
export interface TokenLimits {
  /** The deepest nesting of its JSON. Default 32. */
  json_depth?: number;
  /** The longest token, in bytes. Default 16384. */
  token_bytes?: number;
}

/** Which requests are meant, and what is asked of them. */
export interface RoutePolicy {
  /** The `aud` values of which a token must carry one, beside one of the issuer's. */
  audience?: string | TextReference | (string | TextReference)[];
  /** Rules about claims that hold here, beside those of the issuer. */
  claims?: ClaimRule[];
  /** Which clients may use a token here, beside what the issuer's entry says. */
  client_id?: RouteClientId;
  /** The issuers whose tokens are taken, as they are written in `issuers`. Default: all. */
  issuers?: string | TextReference | (string | TextReference)[];
  /** HTTP methods, as a list or with bars between them: `GET|HEAD`. Default: any. */
  methods?: string | string[];
  /** Needs no token; one that is there must be good. Default false. */
  optional?: boolean;
  /**
   * A path as a template, matched whole: `/orders/{id}`. Where the route asks for a token, in any letter case and with
   * a slash at the end or without.
   */
  path?: string;
  /** A path as a regular expression, matched whole; where the route asks for a token, as `path` is. */
  path_regex?: string;
  /** Scopes that these requests need beside those of the issuer. */
  scopes?: RouteScopes;
  /** Needs no token, and looks at none. Default false. */
  skip?: boolean;
}

/** Which clients may use a token on a route. */
export interface RouteClientId {
  /** The clients that may. What names the client is what the issuer's `client_id` says. */
  allowed: string[];
}

/** Scopes that a route needs. */
export interface RouteScopes {
  /** Every one of these. */
  all?: string[];
  /** One of these at least. */
  any?: string[];
}

/** Scopes that a token needs. */
export interface ScopePolicy {
  /** Every one of these. */
  all?: string[];
  /** One of these at least. */
  any?: string[];
  /** Claims that hold scopes, as a list or a text with spaces; the first that is there counts. Default `scope`, `scp`. */
  claims?: string[];
}

/** An HMAC secret; exactly one member says how its octets are written. */
export type SecretText =
  | {
      /** The octets of this text in UTF-8. */
      text: string | TextReference;
    }
  | {
      /** The octets in base64url without padding. */
      base64url: string | TextReference;
    }
  | {
      /** The octets in hexadecimal. */
      hex: string | TextReference;
    };

/**
 * Request targets that servers read in more than one way. Where a request could pass somewhere because of that, they
 * are refused, unless they are allowed here.
 */
export interface Targets {
  /**
   * What may stand in a path. Such a path takes the routes of everything that it can be read as, all of which must
   * hold, and none that lets it pass without a token.
   */
  allow?: (
    | 'encoded_slash'
    | 'backslash'
    | 'path_parameters'
    | 'empty_segments'
    | 'encoded_delimiters'
    | 'outer_spaces'
    | 'stray_percent'
    | 'not_utf8'
  )[];
}

/** Where in a request the token is. */
export interface TokenSettings {
  /**
   * The places to look in, all of them. Default: the header `Authorization` with the scheme `Bearer` (RFC 6750 section
   * 2.1).
   */
  sources?: TokenSource[];
}

/** One place to look for the token in; exactly one of header, cookie, query and expression. */
export type TokenSource =
  | {
      /** A header field. Without a scheme its whole value is the token. */
      header: string;
      /** The scheme in front of the token in that header field or cookie, such as `Bearer`, with spaces behind it. */
      scheme?: string;
    }
  | {
      /** A cookie. Double quotes around its value are no part of it. Without a scheme the value is the token. */
      cookie: string;
    }
  | {
      /** A parameter of the query (RFC 6750 section 2.3 advises against it). */
      query: string;
    }
  | {
      /**
       * A CEL expression over `request` whose value is the token. There is none where the value is `null`, or where
       * what the expression looks up is not there.
       */
      expression: string;
    };

/** A store of certificates; exactly one of `base64` and `text` holds it. */
export interface TrustStore {
  /** The store in base64. */
  base64?: string | TextReference;
  /** The alias for tokens that name no key. Default `gateway_certificate_alias`. */
  default_alias?: string;
  /** The password of the store. */
  password?: string | TextReference;
  /** A bundle of PEM certificates. */
  text?: string | TextReference;
  /** The format. */
  type: 'jks' | 'pkcs12' | 'pem';
}
