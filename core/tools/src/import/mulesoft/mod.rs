//! MuleSoft: the JWT validation policy of Mule and Flex gateways.

mod claims;
mod envelope;
mod keys;
mod request;

use super::dataweave;
use super::files::Files;
use super::notes::{Import, Notes};
use super::{ImportError, dataweave::Refused};
use envelope::Found;
use serde_json::{Map, Value, json};

/// The parameters of the policy, by which a bare configuration is known and mistyped names are found.
pub(super) const PARAMETERS: [&str; 21] = [
    "signingMethod",
    "signingKeyLength",
    "textKey",
    "jwtOrigin",
    "jwtKeyOrigin",
    "jwksUrl",
    "jwksServiceTimeToLive",
    "jwksServiceConnectionTimeout",
    "validateAudClaim",
    "mandatoryAudClaim",
    "mandatoryNbfClaim",
    "mandatoryExpClaim",
    "supportedAudiences",
    "validateCustomClaim",
    "mandatoryCustomClaims",
    "nonMandatoryCustomClaims",
    "jwtExpression",
    "skipClientIdValidation",
    "clientIdExpression",
    "customKeyExpression",
    "claimsToHeaders",
];

pub(super) fn import(text: &str, files: &mut Files<'_>) -> Result<Import, ImportError> {
    let mut notes = Notes::default();
    let Found { mut config, conditions } = envelope::find(text, &mut notes)?;
    let mut entry = Entry::default();
    let mut policy = Map::new();

    entry.members.insert("issuer".to_owned(), "any".into());
    notes.changed(
        "",
        Some("issuers[0].issuer"),
        "the gateway checks no issuer; name yours here, and others are refused",
    );
    keys::keys(&mut config, &mut entry, &mut notes);
    claims::audience(&mut config, &mut entry, &mut notes);
    claims::required(&mut config, &mut entry, &mut notes);
    claims::client_id(&mut config, &mut entry, &mut notes);
    claims::custom(&mut config, &mut entry, &mut notes);
    policy.insert("token".to_owned(), json!({"sources": [request::token_source(&mut config, &mut notes)]}));
    if let Some(forward) = claims::to_headers(&mut config, &mut notes) {
        policy.insert("forward".to_owned(), forward);
    }
    config.refuse_rest(&PARAMETERS, &mut notes);
    if let Some(routes) = request::routes(conditions, &mut notes) {
        policy.insert("routes".to_owned(), routes);
    }
    notes.carried("", "responses", "the gateway's answers: 400 without a token, 401 for a bad one, 503 without keys");
    files.remark_unused(&mut notes);

    policy.insert("version".to_owned(), 1.into());
    policy.insert("responses".to_owned(), "mulesoft".into());
    policy.insert("issuers".to_owned(), json!([entry.finish()]));
    Ok(notes.finish(Value::Object(policy)))
}

/// The issuer entry as it grows.
#[derive(Debug, Default)]
struct Entry {
    members: Map<String, Value>,
    /// Its member `jwks`: the settings of key sets.
    settings: Map<String, Value>,
    /// Its member `required_claims`.
    required: Vec<&'static str>,
    /// Its member `claims`.
    rules: Vec<Value>,
}

impl Entry {
    fn finish(mut self) -> Map<String, Value> {
        if !self.settings.is_empty() {
            self.members.insert("jwks".to_owned(), self.settings.into());
        }
        self.members
    }
}

/// Whether a value is filled in when the gateway starts, from a place that is not in this text.
fn is_filled_in_later(text: &str) -> bool {
    text.contains("${") || text.trim_start().starts_with("![") || text.contains("{{")
}

const FILLED_IN_LATER: &str =
    "filled in from the gateway's properties, which are not in this text; write the value itself";

/// A refusal of an expression, as the message of a note.
fn refusal(Refused(reason): Refused) -> String {
    format!("this DataWeave cannot be carried over: {reason}; write it in CEL")
}
