//! What an import brings: a document, and a note on each thing that it met.

use crate::store::JavaStores;
use jotgate::{Policy, PolicyError};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// A policy document made from another product's policy, and what became of each of its parameters.
///
/// An import that is not [complete](Import::complete) says less, or something else, than its source does. Its document is for
/// an operator to finish: refuse it, unless the caller has said that what the `cannot` notes name may be left out.
///
/// It serialises as `{"complete", "policy", "notes"}`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Import {
    /// The document, for [`policy`](crate::policy) as text. It compiles whenever the import is complete.
    pub policy: Value,
    /// In the order in which the parameters were read.
    pub notes: Vec<Note>,
}

/// What became of one parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// How well it came over.
    pub kind: NoteKind,
    /// The parameter's path in the source, as in `spec.config.jwksUrl`; empty for what the source does not say.
    pub source: String,
    /// Where it stands in the document, as in `issuers[0].keys`; `None` when nothing there speaks of it.
    pub target: Option<String>,
    /// What was done, or what to do. It never holds a key, a secret or a password.
    pub message: String,
}

/// How well a parameter came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoteKind {
    /// The document means the same.
    Carried,
    /// The document means something stricter or says it in another way, or the parameter has no bearing on verdicts.
    Changed,
    /// The document does not mean what the source does, or the parameter's name is mistyped. Somebody has to decide.
    Cannot,
}

impl Import {
    /// Whether everything that bears on verdicts came over. Then the document compiles.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.notes.iter().all(|note| note.kind != NoteKind::Cannot)
    }
}

impl Serialize for Import {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut import = serializer.serialize_struct("Import", 3)?;
        import.serialize_field("complete", &self.complete())?;
        import.serialize_field("policy", &self.policy)?;
        import.serialize_field("notes", &self.notes)?;
        import.end()
    }
}

/// Notes as they are taken.
#[derive(Debug, Default)]
pub(super) struct Notes {
    taken: Vec<Note>,
    /// Parameters whose values are not in the text, and why; by their paths.
    open: BTreeMap<String, &'static str>,
    /// Places in the document that are narrower than the target of a note, and the parameters that stand there.
    places: Vec<(String, String)>,
}

impl Notes {
    pub(super) fn carried(&mut self, source: impl Into<String>, target: &str, message: impl Into<String>) {
        self.push(NoteKind::Carried, source.into(), Some(target), message.into());
    }

    pub(super) fn changed(&mut self, source: impl Into<String>, target: Option<&str>, message: impl Into<String>) {
        self.push(NoteKind::Changed, source.into(), target, message.into());
    }

    pub(super) fn cannot(&mut self, source: impl Into<String>, target: Option<&str>, message: impl Into<String>) {
        self.push(NoteKind::Cannot, source.into(), target, message.into());
    }

    fn push(&mut self, kind: NoteKind, source: String, target: Option<&str>, message: String) {
        self.taken.push(Note { kind, source, target: target.map(str::to_owned), message });
    }

    /// Notes that the value of a parameter is not in the text. Whether that matters is seen at the end.
    pub(super) fn open(&mut self, source: &str, why: &'static str) {
        self.open.insert(source.to_owned(), why);
    }

    /// A parameter whose value does not matter.
    pub(super) fn settle(&mut self, source: &str) {
        self.open.remove(source);
    }

    /// Remembers which parameter stands at a place, for a mistake that is found there.
    pub(super) fn stands_at(&mut self, place: String, source: &str) {
        self.places.push((place, source.to_owned()));
    }

    #[cfg(test)]
    pub(super) fn open_paths(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// Says of each open parameter that came along that it is open. One that stays behind does not matter.
    fn refuse_open(&mut self) {
        for (source, why) in std::mem::take(&mut self.open) {
            let of_it = |note: &Note| is_below(&source, &note.source) && !note.source.is_empty();
            let longest = self.taken.iter().filter(|note| of_it(note)).map(|note| note.source.len()).max();
            let nearest = |note: &&mut Note| of_it(note) && Some(note.source.len()) == longest;
            let mut notes: Vec<&mut Note> = self.taken.iter_mut().filter(nearest).collect();
            let own = longest == Some(source.len());
            let counts = |note: &Note| note.kind != NoteKind::Changed || note.target.is_some();
            let Some(index) = notes
                .iter()
                .position(|note| note.kind == NoteKind::Cannot)
                .or_else(|| notes.iter().position(|note| counts(note)))
            else {
                continue;
            };
            let Some(note) = notes.get_mut(index) else { continue };
            if own {
                note.kind = NoteKind::Cannot;
                note.message = why.to_owned();
            } else {
                let target = note.target.clone();
                self.cannot(source, target.as_deref(), why);
            }
        }
    }

    /// The import, with a note when its document does not compile.
    pub(super) fn finish(mut self, policy: Value) -> Import {
        self.refuse_open();
        if let Err(error) = Policy::from_json_with(&policy.to_string(), &JavaStores) {
            // A note that already names the place has said why.
            let leads_there = |target: &str| is_below(error.path(), target) || is_below(target, error.path());
            let mut refusals = self.taken.iter().filter(|note| note.kind == NoteKind::Cannot);
            let known = refusals.any(|note| note.target.as_deref().is_some_and(leads_there));
            if !known {
                let source = self.source_of(&error);
                self.cannot(source, Some(error.path()), format!("the policy refuses it: {}", told(&error)));
            }
        }
        Import { policy, notes: self.taken }
    }

    /// The parameter that stands where the policy has its mistake.
    fn source_of(&self, error: &PolicyError) -> String {
        let targets = self.taken.iter().filter_map(|note| Some((note.target.as_deref()?, &note.source)));
        let places = self.places.iter().map(|(place, source)| (place.as_str(), source));
        let fitting =
            targets.chain(places).filter(|(place, _)| is_below(error.path(), place) || is_below(place, error.path()));
        fitting.max_by_key(|(place, _)| place.len()).map(|(_, source)| source.clone()).unwrap_or_default()
    }
}

/// Whether the path is the other one or leads on from it.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What a policy error says, as a sentence of a note.
fn told(error: &PolicyError) -> String {
    match error.hint() {
        Some(hint) => format!("{} ({hint})", error.message()),
        None => error.message().to_owned(),
    }
}
