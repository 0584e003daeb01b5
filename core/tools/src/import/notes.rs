//! What an import brings: a document, and a note on each thing that it met.

use crate::store::JavaStores;
use jotgate::{Policy, PolicyError};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value;

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
pub(super) struct Notes(Vec<Note>);

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
        self.0.push(Note { kind, source, target: target.map(str::to_owned), message });
    }

    /// The import, with a note when its document does not compile.
    pub(super) fn finish(mut self, policy: Value) -> Import {
        if let Err(error) = Policy::from_json_with(&policy.to_string(), &JavaStores) {
            // A note that already names the place has said why.
            let leads_there = |target: &str| is_below(error.path(), target) || is_below(target, error.path());
            let mut refusals = self.0.iter().filter(|note| note.kind == NoteKind::Cannot);
            let known = refusals.any(|note| note.target.as_deref().is_some_and(leads_there));
            if !known {
                let source = self.source_of(&error);
                self.cannot(source, Some(error.path()), format!("the policy refuses it: {}", told(&error)));
            }
        }
        Import { policy, notes: self.0 }
    }

    /// The parameter that stands where the policy has its mistake.
    fn source_of(&self, error: &PolicyError) -> String {
        let targets = self.0.iter().filter_map(|note| Some((note.target.as_deref()?, note)));
        let fitting = targets.filter(|(target, _)| is_below(error.path(), target) || is_below(target, error.path()));
        fitting.max_by_key(|(target, _)| target.len()).map(|(_, note)| note.source.clone()).unwrap_or_default()
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
