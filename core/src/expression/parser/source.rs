//! The text of an expression, and how an error says where in it something is wrong.

use crate::document::PolicyError;

#[derive(Clone, Copy)]
pub(super) struct Source<'p> {
    pub(super) text: &'p str,
    /// Where in the policy the expression stands.
    pub(super) path: &'p str,
}

impl Source<'_> {
    /// An error at so many bytes into the text. The place stands behind what is wrong, and before what explains it.
    pub(super) fn error(&self, at: usize, message: impl AsRef<str>) -> PolicyError {
        let (wrong, explained) = match message.as_ref().split_once(": ") {
            Some((wrong, why)) => (wrong, format!(": {why}")),
            None => (message.as_ref(), String::new()),
        };
        PolicyError::new(self.path, format!("{wrong} {}{explained}", self.place(at)))
    }

    /// As people count: characters, from 1, in each line.
    fn place(&self, at: usize) -> String {
        if at >= self.text.len() {
            return "at the end".to_owned();
        }
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let character = line.chars().count().saturating_add(1);
        if !self.text.contains('\n') {
            return format!("at character {character}");
        }
        let number = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
        format!("at line {number}, character {character}")
    }
}
