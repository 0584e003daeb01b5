//! An object of a source whose members are taken one by one, so that none of them is forgotten.

use super::notes::Notes;
use jotgate::likeness::{self, ALIKE};
use serde_json::{Map, Value};

#[derive(Debug)]
pub(super) struct Section {
    path: String,
    members: Map<String, Value>,
}

impl Section {
    pub(super) fn new(path: impl Into<String>, members: Map<String, Value>) -> Self {
        Self { path: path.into(), members }
    }

    /// Its own path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The path of a member.
    pub(super) fn at(&self, name: &str) -> String {
        below(&self.path, name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Takes a member, whatever its type. `null` is how exported documents write what is not set.
    pub(super) fn take(&mut self, name: &str, notes: &mut Notes) -> Option<Value> {
        match self.members.remove(name)? {
            Value::Null => {
                notes.changed(self.at(name), None, "null: counts as not set");
                None
            }
            value => Some(value),
        }
    }

    /// A member that is a text, which stays.
    pub(super) fn peek_text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// Takes a member as it is, without a remark on anything.
    pub(super) fn remove(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    pub(super) fn text(&mut self, name: &str, notes: &mut Notes) -> Option<String> {
        match self.take(name, notes)? {
            Value::String(text) => Some(text),
            _ => self.refuse(name, "a text", notes),
        }
    }

    /// A boolean, or its name as a text.
    pub(super) fn flag(&mut self, name: &str, notes: &mut Notes) -> Option<bool> {
        match self.take(name, notes)? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => self.refuse(name, "true or false", notes),
        }
    }

    /// A number without fraction or sign, perhaps as a text.
    pub(super) fn whole(&mut self, name: &str, notes: &mut Notes) -> Option<u64> {
        let value = self.take(name, notes)?;
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            value => value.as_u64(),
        };
        if number.is_some() { number } else { self.refuse(name, "a whole number", notes) }
    }

    pub(super) fn list(&mut self, name: &str, notes: &mut Notes) -> Option<Vec<Value>> {
        match self.take(name, notes)? {
            Value::Array(elements) => Some(elements),
            _ => self.refuse(name, "a list", notes),
        }
    }

    pub(super) fn section(&mut self, name: &str, notes: &mut Notes) -> Option<Self> {
        match self.take(name, notes)? {
            Value::Object(members) => Some(Self::new(self.at(name), members)),
            _ => self.refuse(name, "an object", notes),
        }
    }

    fn refuse<T>(&self, name: &str, expected: &str, notes: &mut Notes) -> Option<T> {
        notes.cannot(self.at(name), None, format!("expected {expected}"));
        None
    }

    /// Takes whichever of the members are there, with one remark for all of them.
    pub(super) fn remark(&mut self, names: &[&str], message: &str, notes: &mut Notes) {
        for name in names {
            if self.members.remove(*name).is_some() {
                notes.changed(self.at(name), None, message);
            }
        }
    }

    /// Names what nobody has taken. Each is a `cannot`, with the nearest of the `known` names.
    pub(super) fn refuse_rest(self, known: &[&str], notes: &mut Notes) {
        for name in self.members.keys() {
            notes.cannot(below(&self.path, name), None, unknown(name, known));
        }
    }

    /// Names what nobody has taken: a `cannot` when it looks like one of the `known` names, else a remark.
    pub(super) fn remark_rest(self, known: &[&str], message: &str, notes: &mut Notes) {
        for name in self.members.keys() {
            let path = below(&self.path, name);
            match nearest(name, known) {
                Some(_) => notes.cannot(path, None, unknown(name, known)),
                None => notes.changed(path, None, message),
            }
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn unknown(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("unknown name, which the gateway ignores; did you mean {nearest}?"),
        None => "unknown name".to_owned(),
    }
}

/// The known name that this one is meant to be, as far as one can tell.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.to_ascii_lowercase();
    // People add words to a name or leave some out: jwtSigningMethod for signingMethod.
    let contained = |other: &&str| {
        let other = other.to_ascii_lowercase();
        lower.len() >= 4 && (other.contains(&lower) || lower.contains(&other))
    };
    let (best, _) = likeness::nearest(name, known.iter().copied().filter(contained))
        .or_else(|| likeness::nearest(name, known.iter().copied()).filter(|(_, likeness)| *likeness >= ALIKE))?;
    (best != name).then_some(best)
}
