"""Types of the policy document, for those who write it in Python and let a type checker read along.

    policy: PolicyDocument = {"version": 1, "issuers": [{"issuer": ..., "audience": ..., "keys": {"jwks_uri": ...}}]}

Nothing here runs: the core reads the document, and says what is wrong with it.
"""

# Made by tests/policy_types/generate.py from core/policy.schema.json.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeAlias, TypedDict

Duration: TypeAlias = float | str | timedelta
"""A number of seconds, text with a unit (`500ms`, `30s`, `15m`, `1h`, `1d`), or a timedelta, which JSON has not."""


class Cache(TypedDict, total=False):
    """How much a cache of verified tokens may hold; the tokens that were of no use lately make room for others."""

    bytes: int
    """The most bytes of memory for them, 65536 to 1073741824, and at least four times `limits.token_bytes`. Default
    16777216."""
    entries: int
    """The most tokens, 8 to 1048576. Default 4096."""


class ForwardSettings(TypedDict, total=False):
    """What of an accepted token goes on to the application behind, when a gateway or a middleware hands requests
    on."""

    claims_to_headers: Mapping[str, str]
    """Header fields that are set from claims, by the names of the claims as the application sees them. A field of
    that name which the client has sent is removed, whether the claim is there or not."""
    strip_token: bool
    """Takes the token out of the request, wherever `token.sources` finds it. Default false."""


class ClaimRule(TypedDict, total=False):
    """What is asked of a claim: at most one of the operators from `equals` to `max`, and an expression."""

    all_of: Sequence[Any]
    """The claim is a list that holds all of these; a single value is a list of one."""
    any_of: Sequence[Any]
    """The claim is one of these, or a list that holds one of them: texts, numbers, booleans."""
    claim: str | Sequence[str]
    """A claim, or the path to one inside of others. Without it the rule is an expression alone."""
    contains: Any
    """The claim is a list that holds this value, or a text with this text in it."""
    equals: Any
    """The claim is this value."""
    expression: str
    """A condition in CEL over `claims`, `value` (this claim), `header`, `request` and `now`. Whatever is not `true`
    refuses."""
    mandatory: bool
    """Whether the claim must be there. Default true."""
    matches: str
    """The claim is a text that this regular expression matches whole."""
    max: float
    """The claim is a number, at most this."""
    min: float
    """The claim is a number, at least this."""
    none_of: Sequence[Any]
    """The claim is none of these, nor a list that holds one."""
    prefix: str
    """The claim is a text that begins so."""
    separator: str
    """Splits a text into a list first."""
    suffix: str
    """The claim is a text that ends so."""


class _ClientPolicyRequired(TypedDict):
    allowed: Sequence[str] | Literal["host"]
    """The clients that may; or the word `host` alone, and the host looks each up."""


class ClientPolicy(_ClientPolicyRequired, total=False):
    """Which clients may use a token."""

    claims: Sequence[str]
    """Claims that name the client; the first that is there counts. Default `client_id`, `azp`, `cid`."""
    expression: str
    """An expression (CEL) that gives the client's id as a text, in place of `claims`. It stands with a list of
    clients."""


class BackoffSettings(TypedDict, total=False):
    """The pauses after failed fetches."""

    first: Duration
    """The longest pause after the first failure; it doubles. Default 1 s."""
    max: Duration
    """The longest pause at all. Default 300 s."""


class KeySetSettings(TypedDict, total=False):
    """How fetched key sets are kept fresh."""

    allow_http: bool
    """Allows `http` URLs beyond loopback. Default false."""
    backoff: BackoffSettings
    """The pauses after failed fetches."""
    cooldown: Duration
    """The window in which unknown key ids cause at most two fetches. Default 30 s."""
    max_body: int
    """The longest answer, in bytes. Default 524288."""
    max_keys: int
    """The number of keys that are read of one set. Default 500."""
    max_stale: Duration
    """How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry."""
    min_ttl: Duration
    """The least that they may shorten it to. Default 60 s."""
    refresh_ahead: float
    """After which part of its freshness a set is refreshed, 0.1 to 1. Default 0.8."""
    respect_cache_control: bool
    """Whether the answer's header fields may shorten `ttl` (RFC 9111 section 4.2). Default true."""
    timeout: Duration
    """The longest time for one fetch. Default 10 s."""
    ttl: Duration
    """How long a set is fresh when its answer says nothing, and at most. Default 60 min."""


class SecretText(TypedDict, total=False):
    """An HMAC secret; exactly one member says how its octets are written."""

    base64url: str | Mapping[str, str]
    """The octets in base64url without padding."""
    hex: str | Mapping[str, str]
    """The octets in hexadecimal."""
    text: str | Mapping[str, str]
    """The octets of this text in UTF-8."""


class _TrustStoreRequired(TypedDict):
    type: Literal["jks", "pkcs12", "pem"]
    """The format."""


class TrustStore(_TrustStoreRequired, total=False):
    """A store of certificates; exactly one of `base64` and `text` holds it."""

    base64: str | Mapping[str, str]
    """The store in base64."""
    default_alias: str
    """The alias for tokens that name no key. Default `gateway_certificate_alias`."""
    password: str | Mapping[str, str]
    """The password of the store."""
    text: str | Mapping[str, str]
    """A bundle of PEM certificates."""


class KeySources(TypedDict, total=False):
    """Where the keys of an issuer come from; several sources may stand beside each other."""

    accept_unsigned: bool
    """The waiver that lets tokens without signature pass; excludes every other source. Default false."""
    allow_expired_certificates: bool
    """Takes the keys of certificates outside their period of validity. Default false."""
    denied_kids: Sequence[str]
    """The ids (`kid`, or alias in a trust store) of keys that must not be used any more, wherever they come from. The
    same key under another id beside it is not used either. Default: none."""
    discovery: bool | str | Mapping[str, str]
    """The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): `true`, or the URL of
    the metadata. Default: `true` where no other source is named, else `false`."""
    jwks: Mapping[str, Any]
    """A key set as it is (RFC 7517 section 5), or `{ file: PATH }` with its JSON; the only kind in which a symmetric
    key counts."""
    jwks_uri: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """Absolute `https` URLs of key sets; `http` on loopback only, unless `jwks.allow_http`."""
    pem: str | Mapping[str, str]
    """A public key or an X.509 certificate, with or without the lines around it."""
    secret: SecretText
    """A secret for HS256, HS384 and HS512; at least 32 bytes."""
    trust_store: TrustStore
    """Certificates in a store; the alias is the key id."""


class ScopePolicy(TypedDict, total=False):
    """Scopes that a token needs."""

    all: Sequence[str]
    """Every one of these."""
    any: Sequence[str]
    """One of these at least."""
    claims: Sequence[str]
    """Claims that hold scopes, as a list or a text with spaces; the first that is there counts. Default `scope`,
    `scp`."""


class _IssuerPolicyRequired(TypedDict):
    audience: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """The `aud` values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word `any`
    alone."""
    issuer: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """The `iss` values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole segment of
    its path left open, such as `{tid}`. The waiver is the word `any` alone."""


class IssuerPolicy(_IssuerPolicyRequired, total=False):
    """An issuer with its own keys and rules: nothing of it ever counts for the tokens of another."""

    algorithms: Sequence[str]
    """The algorithms that may sign. Default: every asymmetric one that fits a key; for a secret, those HS algorithms
    whose hash is no longer than it."""
    claim_mapping: Mapping[str, str]
    """Other names for claims, from the name in the token to the one that rules and the application see. A registered
    claim (RFC 7519 section 4.1) gets the other name beside its own. Default: none."""
    claims: Sequence[ClaimRule]
    """Further rules about claims; all must hold."""
    client_id: ClientPolicy
    """Which clients may use a token. Default: any."""
    confirmation: Literal["ignore"]
    """What becomes of tokens that are bound to a key of the client (`cnf`: DPoP, RFC 9449; client certificates, RFC
    8705). Default: they are refused; the waiver is the word `ignore`."""
    default_claim_mapping: bool
    """Puts the names of WSO2's dialect behind `claim_mapping`, such as `http://wso2.org/claims/emailaddress` for
    `email`. Default false."""
    jwks: KeySetSettings
    """How fetched key sets are kept fresh."""
    keys: KeySources
    """Where the keys come from. Default: the issuer's metadata says it (`discovery: true`), which takes one issuer
    that is a URL."""
    leeway: Duration
    """Tolerance for `exp`, `nbf` and `iat`, at most 300 s. Default 5 s."""
    max_age: Duration
    """The longest time since `iat`, which must be there then and not lie ahead."""
    max_lifetime: Duration
    """The longest time from `iat` to `exp`."""
    numeric_ids: bool
    """Takes whole numbers in `sub` and `jti`, which are texts (RFC 7519 sections 4.1.2 and 4.1.7), and shows them as
    texts to rules and the application. Default false."""
    profile: Literal["rfc9068"]
    """A standard for access tokens that these tokens follow. `rfc9068`: the type `at+jwt`, and `exp`, `sub`,
    `client_id`, `iat` and `jti` must be there (RFC 9068 sections 2.1, 2.2 and 4). Default: none."""
    reject_future_iat: bool
    """Refuses an `iat` that lies ahead. Default false."""
    required_claims: Sequence[str]
    """Claims that must be there. Default `exp`; the waiver is a list without it."""
    scopes: ScopePolicy
    """Scopes that a token needs. Default: none."""
    tenants: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """For a template: the values that may stand in it, or the word `any`."""
    try_all_keys: bool
    """Tries up to four fitting keys for a token that names none. Default false."""
    typ: str | Sequence[str]
    """Accepted header types, such as `at+jwt` (RFC 8725 section 3.11). Default: any but those that are registered for
    other things than access tokens, such as `logout+jwt` and `dpop+jwt`."""


class TokenLimits(TypedDict, total=False):
    """Bounds on what is read of a token."""

    json_depth: int
    """The deepest nesting of its JSON. Default 32."""
    token_bytes: int
    """The longest token, in bytes. Default 16384."""


class RouteClientId(TypedDict):
    """Which clients may use a token on a route."""

    allowed: Sequence[str]
    """The clients that may. What names the client is what the issuer's `client_id` says."""


class RouteScopes(TypedDict, total=False):
    """Scopes that a route needs."""

    all: Sequence[str]
    """Every one of these."""
    any: Sequence[str]
    """One of these at least."""


class RoutePolicy(TypedDict, total=False):
    """Which requests are meant, and what is asked of them."""

    audience: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """The `aud` values of which a token must carry one, beside one of the issuer's."""
    claims: Sequence[ClaimRule]
    """Rules about claims that hold here, beside those of the issuer."""
    client_id: RouteClientId
    """Which clients may use a token here, beside what the issuer's entry says."""
    issuers: str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
    """The issuers whose tokens are taken, as they are written in `issuers`. Default: all."""
    methods: str | Sequence[str]
    """HTTP methods, as a list or with bars between them: `GET|HEAD`. Default: any."""
    optional: bool
    """Needs no token; one that is there must be good. Default false."""
    path: str
    """A path as a template, matched whole: `/orders/{id}`. Where the route asks for a token, in any letter case and
    with a slash at the end or without."""
    path_regex: str
    """A path as a regular expression, matched whole; where the route asks for a token, as `path` is."""
    scopes: RouteScopes
    """Scopes that these requests need beside those of the issuer."""
    skip: bool
    """Needs no token, and looks at none. Default false."""


class Targets(TypedDict, total=False):
    """Request targets that servers read in more than one way. Where a request could pass somewhere because of that,
    they are refused, unless they are allowed here."""

    allow: Sequence[
        Literal[
            "encoded_slash",
            "backslash",
            "path_parameters",
            "empty_segments",
            "encoded_delimiters",
            "outer_spaces",
            "stray_percent",
            "not_utf8",
        ]
    ]
    """What may stand in a path. Such a path takes the routes of everything that it can be read as, all of which must
    hold, and none that lets it pass without a token."""


class TokenSource(TypedDict, total=False):
    """One place to look for the token in; exactly one of header, cookie, query and expression."""

    cookie: str
    """A cookie. Double quotes around its value are no part of it. Without a scheme the value is the token."""
    expression: str
    """A CEL expression over `request` whose value is the token. There is none where the value is `null`, or where
    what the expression looks up is not there."""
    header: str
    """A header field. Without a scheme its whole value is the token."""
    query: str
    """A parameter of the query (RFC 6750 section 2.3 advises against it)."""
    scheme: str
    """The scheme in front of the token in that header field or cookie, such as `Bearer`, with spaces behind it."""


class TokenSettings(TypedDict, total=False):
    """Where in a request the token is."""

    sources: Sequence[TokenSource]
    """The places to look in, all of them. Default: the header `Authorization` with the scheme `Bearer` (RFC 6750
    section 2.1)."""


class _PolicyDocumentRequired(TypedDict):
    issuers: Sequence[IssuerPolicy]
    """The issuers whose tokens may pass, each with its own keys and rules; at least one."""
    version: Literal[1]
    """The version of this form of documents: 1."""


class PolicyDocument(_PolicyDocumentRequired, total=False):
    """What a policy says: which tokens may pass, and what becomes of the others."""

    cache: Cache
    """Keeps verified tokens, so that the same token costs no second signature check while its key is there.
    Everything else is checked each time. Default: none."""
    forward: ForwardSettings
    """What goes on to the application behind. Default: the request as it came."""
    limits: TokenLimits
    """Bounds on what is read of a token."""
    responses: Literal["rfc6750", "mulesoft", "mulesoft-2020", "wso2"]
    """In whose manner refused requests are answered. Default `rfc6750`."""
    routes: Sequence[RoutePolicy]
    """What is asked of some requests; the first that fits a request counts. Default: every request needs a token."""
    targets: Targets
    """Which request targets are taken although servers read them in more than one way."""
    token: TokenSettings
    """Where in a request the token is."""
    unmatched: Literal["token", "deny"]
    """What becomes of requests that no route names: `token` (they need one, and no more) or `deny` (they are
    refused). It must be written where a route asks for more than a token. Default `token`."""
