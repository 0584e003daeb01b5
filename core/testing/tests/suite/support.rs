//! What the tests share: policies, and the core's word on a token.

use jotgate::{Code, HostAnswer, HostQuestion, Policy, Question, Timestamp, Validator, Verdict};
use jotgate_testing::Issuer;

/// A time to which the clock of a test can be set.
pub(super) const NOW: i64 = 1_800_000_000;

/// A policy with everything in it.
pub(super) const FULL: &str = r#"{
    "version": 1,
    "issuers": [{
        "issuer": "https://idp.example.com/",
        "audience": ["orders", "https://api.example.com"],
        "keys": { "jwks_uri": "https://idp.example.com/jwks" },
        "jwks": { "ttl": "30m" },
        "algorithms": ["ES256", "RS256"],
        "required_claims": ["exp", "sub", "tenant"],
        "leeway": "30s",
        "max_age": "1h",
        "max_lifetime": "2h",
        "client_id": { "claims": ["azp"], "allowed": ["storefront"] },
        "scopes": { "all": ["orders:read"] },
        "claims": [{ "claim": ["realm_access", "roles"], "any_of": ["clerk", "admin"] }]
    }],
    "routes": [
        { "methods": "GET", "path": "/health", "skip": true },
        { "methods": ["PUT"], "path": "/orders/{id}", "scopes": { "all": ["orders:write"] } },
        { "methods": ["GET"], "path": "/orders" }
    ],
    "unmatched": "deny"
}"#;

/// A small policy.
pub(super) const SMALL: &str = r#"{"version": 1, "issuers": [
    {"issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"]}
]}"#;

/// The policy of one entry with these members beside the issuer and the audience.
pub(super) fn policy(members: &str) -> String {
    format!(
        r#"{{"version": 1, "issuers": [{{"issuer": "https://idp.example.com/", "audience": "orders", {members}}}]}}"#
    )
}

/// A validator as an application makes it, from the issuer's policy.
pub(super) fn validator(issuer: &Issuer) -> Validator {
    validator_of(&issuer.policy().unwrap())
}

pub(super) fn validator_of(policy: &str) -> Validator {
    Validator::new(Policy::from_json(policy).unwrap(), 7).with_client_lookup()
}

/// What the core says in one word: nothing where it accepts.
pub(super) fn code<'q>(validator: &Validator, question: impl Into<Question<'q>>) -> Option<Code> {
    code_at(validator, question, Timestamp::from(std::time::SystemTime::now()))
}

pub(super) fn code_at<'q>(validator: &Validator, question: impl Into<Question<'q>>, now: Timestamp) -> Option<Code> {
    let mut verdict = validator.validate(question, now);
    loop {
        verdict = match verdict {
            Verdict::Accepted(_) => return None,
            Verdict::Rejected(rejection) => return Some(rejection.code),
            Verdict::Undecided(undecided) => {
                let known = HostAnswer::from(matches!(undecided.question(), HostQuestion::Client { .. }));
                undecided.answer(known)
            }
            other => panic!("no verdict: {other:?}"),
        };
    }
}
