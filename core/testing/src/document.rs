//! The application's policy as its author wrote it, with the keys of some entries taken out and others put in.

use crate::Error;
use jotgate::{Algorithm, defaults};
use serde_json::{Map, Value, json};
use std::time::Duration;

pub(crate) type Object = Map<String, Value>;

/// A policy document. What is wrong with it, the core says when a validator is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        Ok(Self(jotgate::strict_json(text)?))
    }

    /// The smallest policy of one issuer.
    pub(crate) fn of_issuer(issuer: &str, audience: &Value) -> Self {
        Self(json!({ "version": 1, "issuers": [{ "issuer": issuer, "audience": audience }] }))
    }

    pub(crate) fn text(&self) -> String {
        self.0.to_string()
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &Object> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }

    /// The name of the first issuer that a token can have.
    pub(crate) fn first_issuer(&self) -> Option<String> {
        let entry = self.list("issuers").next()?;
        // The word alone is the waiver; in a list it is a name.
        let is_waiver = |name: &str| entry.get(name).and_then(Value::as_str) == Some("any");
        if is_waiver("issuer") {
            return Some(ANY_ISSUER.to_owned());
        }
        let written = texts(entry.get("issuer")).into_iter().next()?;
        let (before, rest) = match written.split_once('{') {
            Some(parts) if entry.contains_key("tenants") => parts,
            _ => return Some(written),
        };
        let tenant = texts(entry.get("tenants")).into_iter().next().filter(|_| !is_waiver("tenants"));
        let after = rest.split_once('}').map_or("", |(_, after)| after);
        Some(format!("{before}{}{after}", tenant.as_deref().unwrap_or("test-tenant")))
    }

    /// The entries whose tokens this issuer makes.
    pub(crate) fn entries(&self, issuer: &str) -> impl Iterator<Item = &Object> {
        self.list("issuers").filter(move |entry| is_of(entry, issuer))
    }

    /// All issuers, as they are written.
    pub(crate) fn issuers(&self) -> String {
        self.list("issuers").flat_map(|entry| texts(entry.get("issuer"))).collect::<Vec<_>>().join(", ")
    }

    /// The same document, with what `keys` gives in place of the keys of this issuer's entries; everything else stands as it was.
    pub(crate) fn with_keys(
        &self, issuer: &str, mut keys: impl FnMut(&Object) -> Result<Value, Error>,
    ) -> Result<Self, Error> {
        let mut changed = self.0.clone();
        let entries = changed.get_mut("issuers").and_then(Value::as_array_mut);
        let mut found = false;
        for entry in entries.into_iter().flatten().filter_map(Value::as_object_mut) {
            if !is_of(entry, issuer) {
                continue;
            }
            found = true;
            if !is_unsigned(entry) {
                let keys = keys(entry)?;
                entry.insert("keys".to_owned(), keys);
            }
        }
        if found { Ok(Self(changed)) } else { Err(self.no_entry(issuer)) }
    }

    pub(crate) fn no_entry(&self, issuer: &str) -> Error {
        let issuers = self.issuers();
        Error::new(format!("the policy has no entry for the issuer {issuer}"))
            .with_hint(format!("give the issuer one of its names: {issuers}"))
    }
}

/// The algorithms of an entry; without a list, those that its keys are for.
pub(crate) fn algorithms(entry: &Object, wanted: Option<Algorithm>) -> Result<Vec<Algorithm>, Error> {
    let listed = texts(entry.get("algorithms"));
    if listed.is_empty() {
        let secret = entry.get("keys").is_some_and(|keys| keys.get("secret").is_some());
        return Ok(vec![wanted.unwrap_or(if secret { Algorithm::Hs256 } else { Algorithm::Rs256 })]);
    }
    let named = |name: &String| {
        Algorithm::from_name(name)
            .ok_or_else(|| Error::new(format!("the policy lists an algorithm that is none: {name}")))
    };
    let mut algorithms = listed.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    // What comes first is what tokens are signed with.
    algorithms.sort_by_key(|algorithm| Some(*algorithm) != wanted);
    Ok(algorithms)
}

/// What stands in the place of a template's placeholder, and the placeholder's name.
pub(crate) fn tenant<'i>(entry: &Object, issuer: &'i str) -> Option<(String, &'i str)> {
    entry.get("tenants")?;
    let template = texts(entry.get("issuer")).into_iter().find(|name| fits(name, issuer))?;
    let (wanted, found) = template.split('/').zip(issuer.split('/')).find(|(wanted, _)| wanted.starts_with('{'))?;
    Some((wanted.trim_matches(['{', '}']).to_owned(), found))
}

/// Whether the entry takes what anyone can write.
pub(crate) fn is_unsigned(entry: &Object) -> bool {
    entry.get("keys").and_then(|keys| keys.get("accept_unsigned")) == Some(&Value::Bool(true))
}

/// One text, or a list of texts.
pub(crate) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A duration of an entry; `None` where it says nothing.
pub(crate) fn duration(entry: &Object, name: &str) -> Option<Duration> {
    entry.get(name).and_then(defaults::duration)
}

/// In whole seconds, of which a started one counts.
pub(crate) fn seconds(duration: Duration) -> i64 {
    let started = u64::from(duration.subsec_nanos() > 0);
    i64::try_from(duration.as_secs().saturating_add(started)).unwrap_or(i64::MAX)
}

fn is_of(entry: &Object, issuer: &str) -> bool {
    match entry.get("issuer") {
        Some(Value::String(word)) if word == "any" => true,
        written => {
            texts(written).iter().any(|name| name == issuer || (entry.contains_key("tenants") && fits(name, issuer)))
        }
    }
}

/// Whether a template has the issuer's segments but for the one in braces.
fn fits(template: &str, issuer: &str) -> bool {
    let (template, issuer): (Vec<_>, Vec<_>) = (template.split('/').collect(), issuer.split('/').collect());
    let same = |(wanted, found): (&&str, &&str)| wanted == found || (wanted.starts_with('{') && wanted.ends_with('}'));
    template.len() == issuer.len() && template.iter().zip(&issuer).all(same)
}

/// For policies that take any issuer.
const ANY_ISSUER: &str = "https://issuer.test/";

#[cfg(test)]
mod tests {
    use super::Document;
    use serde_json::json;

    #[test]
    fn the_first_issuer_is_a_name_that_a_token_can_have() {
        for (entry, name) in [
            (json!({"issuer": ["https://a.test/", "https://b.test/"]}), "https://a.test/"),
            (json!({"issuer": "any"}), "https://issuer.test/"),
            (json!({"issuer": ["any"]}), "any"),
            (json!({"issuer": "https://a.test/{tid}", "tenants": ["any"]}), "https://a.test/any"),
            (json!({"issuer": "https://a.test/{tid}/v2", "tenants": ["one", "two"]}), "https://a.test/one/v2"),
            (json!({"issuer": "https://a.test/{tid}", "tenants": "any"}), "https://a.test/test-tenant"),
        ] {
            let document = Document(json!({"issuers": [entry]}));
            assert_eq!(document.first_issuer().as_deref(), Some(name));
            assert_eq!(document.entries(name).count(), 1);
            assert_eq!(document.entries("https://other.test/").count(), usize::from(name == "https://issuer.test/"));
        }
    }
}
