//! The options of each language that has options for a policy of one issuer.

use super::cases::{camel, snake};
use super::options::{Options, Row};

const fn row(place: &'static str, name: &'static str) -> Row {
    Row { place, name, members: None }
}

pub(super) const PYTHON: Options = Options {
    rows: SNAKE_ROWS,
    case: snake,
    waiver: None,
    no_keys: "one issuer that is an https URL is enough, if it has metadata; else set discovery to the URL of the metadata, or jwks_uri, jwks, pem or secret",
    no_other_keys: "set jwks_uri, jwks, pem or secret, or leave discovery=False out",
};

pub(super) const RUBY: Options = Options {
    rows: SNAKE_ROWS,
    case: snake,
    waiver: None,
    no_keys: "one issuer that is an https URL is enough, if it has metadata; else set discovery to the URL of the metadata, or jwks_uri, jwks, pem or secret",
    no_other_keys: "set jwks_uri, jwks, pem or secret, or leave discovery: false out",
};

pub(super) const NODE: Options = Options {
    rows: &[
        row("issuers[0].keys.accept_unsigned", "acceptUnsigned"),
        row("issuers[0].keys.discovery", "discovery"),
        row("issuers[0].keys.jwks_uri", "jwksUri"),
        row("issuers[0].keys.jwks", "jwks"),
        row("issuers[0].keys.pem", "pem"),
        row("issuers[0].keys.secret", "secret"),
        row("issuers[0].leeway", "clockTolerance"),
        row("issuers[0].leeway", "leeway"),
        row("issuers[0].max_age", "maxTokenAge"),
        row("issuers[0].max_age", "maxAge"),
        Row { place: "issuers[0].jwks", name: "keySet", members: Some(camel) },
        Row { place: "limits", name: "limits", members: Some(camel) },
        row("responses", "responses"),
    ],
    case: camel,
    waiver: Some("acceptUnsigned: true"),
    no_keys: "one issuer that is an https URL is enough, if it has metadata; else set discovery to the URL of the metadata, or jwksUri, jwks, pem or secret",
    no_other_keys: "set jwksUri, jwks, pem or secret, or leave discovery: false out",
};

pub(super) const JAVA: Options = Options {
    rows: &[
        row("issuers[0].keys.discovery", "discovery"),
        row("issuers[0].keys.jwks_uri", "jwksUri"),
        row("issuers[0].keys.jwks", "jwks"),
        row("issuers[0].keys.pem", "pem"),
        row("issuers[0].keys.secret", "secret"),
        row("issuers[0].keys.secret.hex", "secret"),
        row("issuers[0].typ", "type"),
        row("issuers[0].confirmation", "ignoreConfirmation"),
        row("issuers[0].leeway", "acceptLeeway"),
        row("issuers[0].reject_future_iat", "rejectFutureIssuedAt"),
        row("issuers[0].client_id", "clientIds"),
        row("issuers[0].client_id.allowed", "clientIds"),
        row("issuers[0].client_id.allowed", "clientIdsByLookup"),
        row("issuers[0].scopes", "requiredScopes"),
        row("issuers[0].scopes.all", "requiredScopes"),
        row("issuers[0].jwks.ttl", "jwksTtl"),
        row("issuers[0].jwks.max_stale", "jwksMaxStale"),
        row("issuers[0].jwks.timeout", "jwksTimeout"),
        row("issuers[0].jwks.cooldown", "jwksCooldown"),
        row("issuers[0].jwks.max_body", "jwksMaxBody"),
        row("limits", "maxTokenBytes"),
        row("limits.token_bytes", "maxTokenBytes"),
    ],
    case: camel,
    waiver: None,
    no_keys: "one issuer that is an https URL is enough, if it has metadata; else call discovery with the URL of the metadata, or jwksUri, jwks, pem or secret",
    no_other_keys: "call jwksUri, jwks, pem or secret, or leave discovery(false) out",
};

/// Of languages whose options have the names of their fields.
const SNAKE_ROWS: &[Row] = &[
    row("issuers[0].keys.discovery", "discovery"),
    row("issuers[0].keys.jwks_uri", "jwks_uri"),
    row("issuers[0].keys.jwks", "jwks"),
    row("issuers[0].keys.pem", "pem"),
    row("issuers[0].keys.secret", "secret"),
    row("issuers[0].jwks", "jwks_options"),
];
