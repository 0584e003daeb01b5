//! MuleSoft: the JWT validation policy of Mule and Flex gateways.

mod claims;
mod entry;
mod envelope;
mod keys;
mod parameters;
mod request;

use super::error::ImportError;
use super::files::Files;
use super::notes::{Import, Notes};
use super::templates::Templates;
use entry::Entry;
use envelope::Found;
pub(super) use parameters::PARAMETERS;
use serde_json::{Map, Value, json};

pub(super) fn import(text: &str, templates: &Templates<'_>, files: &mut Files<'_>) -> Result<Import, ImportError> {
    let mut notes = Notes::default();
    let Found { mut config, conditions } = envelope::find(text, templates, &mut notes)?;
    let mut entry = Entry::default();
    let mut policy = Map::new();

    keys::keys(&mut config, &mut entry, &mut notes);
    claims::audience(&mut config, &mut entry, &mut notes);
    claims::required(&mut config, &mut entry, &mut notes);
    claims::client_id(&mut config, &mut entry, &mut notes);
    claims::custom(&mut config, &mut entry, &mut notes);
    claims::issuer(&mut entry, &mut notes);
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
    templates.remark_unused(&mut notes);

    policy.insert("version".to_owned(), 1.into());
    policy.insert("responses".to_owned(), "mulesoft".into());
    policy.insert("issuers".to_owned(), json!([entry.finish()]));
    Ok(notes.finish(Value::Object(policy)))
}
