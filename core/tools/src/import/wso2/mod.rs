//! WSO2 API Manager: the issuers in `deployment.toml`, and what else of it is about tokens.

mod issuer;
mod surroundings;
mod trust_store;

use super::error::ImportError;
use super::files::Files;
use super::notes::{Import, Notes};
use super::section::{Section, nearest};
use super::templates::Templates;
use crate::markup::toml;
use serde_json::{Map, Value};
use trust_store::Store;

pub(super) fn import(text: &str, templates: &Templates<'_>, files: &mut Files<'_>) -> Result<Import, ImportError> {
    let mut notes = Notes::default();
    let mut read = toml::read(text)?;
    templates.put_back(&mut read, "", &mut notes);
    let Value::Object(members) = read else {
        return Err(ImportError::new("", "the text is no table"));
    };
    let mut root = Section::new("", members);
    let mut policy = Map::new();
    policy.insert("version".to_owned(), 1.into());
    policy.insert("responses".to_owned(), "wso2".into());
    notes.carried("", "responses", "the gateway's answers, with its codes");

    let mut apim = root.section("apim", &mut notes).ok_or_else(|| no_issuer(None))?;
    let mut jwt = apim.section("jwt", &mut notes).ok_or_else(|| no_issuer(None))?;
    let issuers = issuers(&mut jwt)?;
    let shared = surroundings::shared(&mut root, &mut apim, &mut policy, &mut notes);
    let mut store = Store::read(&mut root, files, &mut notes);
    let mut entries = Vec::new();
    for (index, members) in issuers.into_iter().enumerate() {
        let section = Section::new(format!("apim.jwt.issuer[{index}]"), members);
        entries.push(issuer::entry(section, index, &shared, &mut store, &mut notes));
    }
    store.remark_unused(&mut notes);
    policy.insert("issuers".to_owned(), entries.into());
    surroundings::backend_tokens(jwt, &mut notes);
    surroundings::rest(root, apim, &mut notes);
    files.remark_unused(&mut notes);
    templates.remark_unused(&mut notes);
    Ok(notes.finish(Value::Object(policy)))
}

/// The tables of `[[apim.jwt.issuer]]`; without them there is nothing to import.
fn issuers(jwt: &mut Section) -> Result<Vec<Map<String, Value>>, ImportError> {
    let elements = match jwt.remove("issuer") {
        Some(Value::Array(elements)) if !elements.is_empty() => elements,
        Some(Value::Object(_)) => {
            return Err(ImportError::new("apim.jwt.issuer", "expected a list").with_hint("write [[apim.jwt.issuer]]"));
        }
        _ => return Err(no_issuer(jwt.names().find(|name| nearest(name, &["issuer"]).is_some()))),
    };
    let tables = elements.into_iter().enumerate().map(|(index, element)| match element {
        Value::Object(members) => Ok(members),
        _ => Err(ImportError::new(format!("apim.jwt.issuer[{index}]"), "expected a table")),
    });
    tables.collect()
}

fn no_issuer(mistyped: Option<&str>) -> ImportError {
    match mistyped {
        Some(name) => ImportError::new(format!("apim.jwt.{name}"), "unknown name").with_hint("did you mean issuer?"),
        None => ImportError::new("apim.jwt.issuer", "the text names no issuer of tokens")
            .with_hint("issuers stand in deployment.toml under [[apim.jwt.issuer]]"),
    }
}
