//! Options that stand for a policy of one issuer: which of them a problem is about.

use super::meant;
use super::told::{Told, Written};
use super::words::{in_words, names_field, spelled};

/// The options of one language.
pub(super) struct Options {
    /// Those that have another name than their field, and those whose place is not the issuer's entry.
    pub(super) rows: &'static [Row],
    /// How the names of the others follow from those of their fields.
    pub(super) case: fn(&str) -> String,
    /// How one writes that tokens need no signature, where options can say so.
    pub(super) waiver: Option<&'static str>,
    /// What to do where nothing says where keys are: at all, and with discovery switched off.
    pub(super) no_keys: &'static str,
    pub(super) no_other_keys: &'static str,
}

/// An option and the place of the document that it stands for.
pub(super) struct Row {
    pub(super) place: &'static str,
    pub(super) name: &'static str,
    /// How the names of its members follow from those of the document, where it has members of its own.
    pub(super) members: Option<fn(&str) -> String>,
}

impl Row {
    fn is_key_source(&self) -> bool {
        self.place.strip_prefix(KEYS).is_some_and(|rest| rest.starts_with('.'))
    }
}

impl Options {
    pub(super) fn told(&self, path: &str, message: &str, hint: Option<&str>, written: Written<'_>) -> Told {
        let Written { given, known } = written;
        let message = message.to_owned();
        if path == KEYS && !given.contains(&RAW_KEYS) {
            let (path, hint) = self.about_keys(&message, hint, given);
            return Told { path, message, hint };
        }
        let found = self.row(path, given);
        let path = self.option(path, given);
        if message == UNKNOWN && !path.contains(['.', '[']) && !known.is_empty() && !known.contains(&path.as_str()) {
            let hint = meant::nearest(&path, known).map(|meant| format!("did you mean {meant}?"));
            return Told { path, message: "unknown option".to_owned(), hint };
        }
        let hint = hint.map(|hint| self.in_hint(hint, found.and_then(|(row, _)| row.members), given));
        Told { path, message, hint }
    }

    /// The option for something that is wrong with several of them at once.
    fn about_keys(&self, message: &str, hint: Option<&str>, given: &[&str]) -> (String, Option<String>) {
        if message == NO_SOURCE {
            let hint = if given.contains(&DISCOVERY) { self.no_other_keys } else { self.no_keys };
            return (DISCOVERY.to_owned(), Some(hint.to_owned()));
        }
        let is_source = |name: &&&str| self.rows.iter().any(|row| row.is_key_source() && row.name == **name);
        let source = given.iter().find(is_source).copied().unwrap_or(DISCOVERY);
        (source.to_owned(), hint.map(|hint| self.in_hint(hint, None, given)))
    }

    /// The option at a path of the document, with the rest of the path behind it.
    fn option(&self, path: &str, given: &[&str]) -> String {
        if let Some((row, rest)) = self.row(path, given) {
            return row.name.to_owned() + &row.members.map_or_else(|| rest.to_owned(), |name| spelled(rest, name));
        }
        // What has no row has the name of its field; within one that the author calls `keys`, it is the document's.
        let inside = path.strip_prefix(ENTRY).unwrap_or(path);
        let (field, rest) = inside.split_at(inside.find(['.', '[']).unwrap_or(inside.len()));
        (self.case)(field) + rest
    }

    /// The row of the option that stands at this path, and the rest of the path within it.
    fn row<'p>(&self, path: &'p str, given: &[&str]) -> Option<(&Row, &'p str)> {
        let raw = given.contains(&RAW_KEYS);
        let within = |row: &Row| {
            let rest = path.strip_prefix(row.place)?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
        };
        let rows = self.rows.iter().rev().filter(|row| !(raw && row.is_key_source()));
        // The longest place; then the option that was given; then the first of the table, which is the last to come.
        rows.filter_map(|row| Some((row, within(row)?)))
            .max_by_key(|(row, _)| (row.place.len(), given.contains(&row.name)))
    }

    /// A hint with the names that the options have; `members` spells those within one.
    fn in_hint(&self, hint: &str, members: Option<fn(&str) -> String>, given: &[&str]) -> String {
        let hint = match self.waiver {
            Some(waiver) => hint.replace(UNSIGNED, waiver),
            None => hint.to_owned(),
        };
        in_words(&hint, |word| {
            if !names_field(word) {
                return None;
            }
            if let (Some(name), false) = (members, word.contains('.')) {
                return Some(name(word));
            }
            let in_entry = format!("{ENTRY}{word}");
            let of_keys = format!("{KEYS}.{word}");
            let is_row = |place: &str| self.rows.iter().any(|row| row.place == place);
            let place = match is_row(&of_keys) {
                true => of_keys,
                false if self.row(&in_entry, given).is_some() => in_entry,
                false => word.to_owned(),
            };
            Some(match self.row(&place, given) {
                Some(_) => self.option(&place, given),
                None => spelled(word, self.case),
            })
        })
    }
}

/// What the core says of a field that it does not know.
const UNKNOWN: &str = "unknown field";

/// What the core says of a policy that does not say where keys are.
const NO_SOURCE: &str = "no key source";

/// How the core writes the waiver of signatures.
const UNSIGNED: &str = "keys: { accept_unsigned: true }";

const ENTRY: &str = "issuers[0].";
const KEYS: &str = "issuers[0].keys";
const DISCOVERY: &str = "discovery";

/// The name under which an author may give the document's field in place of the options for it.
const RAW_KEYS: &str = "keys";
