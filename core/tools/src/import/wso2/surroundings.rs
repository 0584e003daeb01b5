//! What stands around the issuers: settings that all of them share, and what a policy has no words for.

use crate::import::notes::Notes;
use crate::import::section::Section;
use serde_json::{Map, Value, json};

/// What every issuer entry gets.
pub(super) struct Shared {
    pub(super) leeway: Option<Value>,
}

pub(super) fn shared(
    root: &mut Section, apim: &mut Section, policy: &mut Map<String, Value>, notes: &mut Notes,
) -> Shared {
    let mut leeway = None;
    if let Some(mut oauth) = root.section("oauth", notes) {
        if let Some(seconds) = oauth.whole("timestamp_skew", notes) {
            notes.carried(oauth.at("timestamp_skew"), "issuers[0].leeway", "seconds, for every issuer; at most 300");
            leeway = Some(seconds.into());
        }
        oauth.remark_rest(&["timestamp_skew"], ISSUING, notes);
    }
    if let Some(section) = apim.section("oauth_config", notes) {
        oauth_config(section, policy, notes);
    }
    if let Some(mut section) = apim.section("jwt_authenitcation", notes) {
        let name = "subscription_validation_via_km";
        if section.flag(name, notes).is_some() {
            notes.changed(
                section.at(name),
                Some("issuers[0].client_id.allowed"),
                "the application looks clients up either way",
            );
        }
        section.refuse_rest(&[name], notes);
    }
    if let Some(section) = apim.section("cache", notes) {
        section.remark_rest(&[], "how fast verdicts come, and not which; see cache of the document", notes);
    }
    Shared { leeway }
}

fn oauth_config(mut section: Section, policy: &mut Map<String, Value>, notes: &mut Notes) {
    if let Some(header) = section.text("auth_header", notes) {
        notes.carried(section.at("auth_header"), "token.sources[0]", "under the scheme Bearer");
        policy.insert("token".to_owned(), json!({"sources": [{"header": header, "scheme": "Bearer"}]}));
    }
    if let Some(keeps) = section.flag("enable_outbound_auth_header", notes) {
        notes.carried(section.at("enable_outbound_auth_header"), "forward.strip_token", "said the other way round");
        policy.insert("forward".to_owned(), json!({"strip_token": !keeps}));
    }
    match section.flag("enable_certificate_bound_access_token", notes) {
        Some(true) => {
            let message = "tokens that are bound to a client certificate: the document does not check cnf";
            notes.cannot(section.at("enable_certificate_bound_access_token"), None, message);
        }
        Some(false) => notes.changed(section.at("enable_certificate_bound_access_token"), None, "off here as there"),
        None => {}
    }
    let message = "revoked tokens are the application's to know: give it a revocation check";
    section.remark(&["revoke_endpoint"], message, notes);
    section.remark(&["enable_token_encryption", "enable_token_hashing"], "how the gateway stores tokens", notes);
    section.remark_rest(&KNOWN_OAUTH, ISSUING, notes);
}

/// `[apim.jwt]` without the issuers: tokens that the gateway makes for the applications behind it.
pub(super) fn backend_tokens(mut jwt: Section, notes: &mut Notes) {
    let message = "the gateway makes a token for the application behind it, which no verdict depends on; here the application sees the verified claims themselves";
    match jwt.flag("enable", notes) {
        Some(true) => notes.changed(jwt.at("enable"), None, message),
        Some(false) => notes.changed(jwt.at("enable"), None, "off here as there"),
        None => {}
    }
    jwt.remark(&BACKEND_TOKENS, "about the token that the gateway makes for the application behind it", notes);
    jwt.refuse_rest(&["issuer", "enable"], notes);
}

pub(super) fn rest(root: Section, apim: Section, notes: &mut Notes) {
    let known = ["jwt", "jwt_authenitcation", "oauth_config", "cache"];
    apim.remark_rest(&known, "not about which tokens pass", notes);
    root.remark_rest(&["apim", "oauth", "truststore"], "not about which tokens pass", notes);
}

const ISSUING: &str = "about tokens that the server makes";
const KNOWN_OAUTH: [&str; 3] = ["auth_header", "enable_outbound_auth_header", "enable_certificate_bound_access_token"];
const BACKEND_TOKENS: [&str; 17] = [
    "encoding",
    "generator_impl",
    "claim_dialect",
    "convert_dialect",
    "header",
    "signing_algorithm",
    "enable_user_claims",
    "claims_extractor_impl",
    "use_kid_property",
    "use_sha256_hash",
    "enable_jwks_api",
    "enable_tenant_based_signing",
    "encode_x5t_without_padding",
    "enable_base64_padding",
    "binding_federated_user_claims",
    "gateway_generator",
    "expiry_time",
];
