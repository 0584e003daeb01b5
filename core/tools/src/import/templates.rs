//! Templates in a source: places that something else fills in before the gateway reads it.
//!
//! A template need not be valid YAML or TOML before it is filled in (`url: {{ .Values.url }}` is not), and a value must not
//! be able to change what the text around it says. So each place is taken out of the text before it is read, and put back, or
//! filled in, inside the strings that were read.

use super::error::ImportError;
use super::notes::Notes;
use serde_json::Value;

/// The places of a text, and the values that the caller gives for some of them.
#[derive(Debug)]
pub(super) struct Templates<'v> {
    values: &'v [(&'v str, &'v str)],
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    /// What stands there, with its braces.
    written: String,
    /// What it is called.
    name: String,
}

impl<'v> Templates<'v> {
    /// The text with a mark at each place.
    pub(super) fn take_out(text: &str, values: &'v [(&'v str, &'v str)]) -> Result<(String, Self), ImportError> {
        if text.contains([OPEN, CLOSE]) {
            return Err(ImportError::new("", "the text has characters of private use, which no gateway knows"));
        }
        let mut templates = Self { values, places: Vec::new() };
        let (mut marked, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, place, after)) = next(rest) {
            marked.push_str(before);
            marked.push_str(&format!("{OPEN}{}{CLOSE}", templates.places.len()));
            templates.places.push(place);
            rest = after;
        }
        marked.push_str(rest);
        Ok((marked, templates))
    }

    /// Fills in the values, puts back what has none, and notes where something was put back.
    pub(super) fn put_back(&self, value: &mut Value, path: &str, notes: &mut Notes) {
        match value {
            Value::String(text) => {
                if self.put_back_text(text) {
                    notes.open(path, TEMPLATE);
                } else if text.trim_start().starts_with("![") {
                    notes.open(path, ENCRYPTED);
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter_mut().enumerate() {
                    self.put_back(element, &format!("{path}[{index}]"), notes);
                }
            }
            Value::Object(members) => {
                for (mut name, mut member) in std::mem::take(members) {
                    self.put_back_text(&mut name);
                    let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.put_back(&mut member, &below, notes);
                    members.insert(name, member);
                }
            }
            _ => {}
        }
    }

    /// Whether something was put back as it was.
    fn put_back_text(&self, text: &mut String) -> bool {
        let mut left = false;
        // A value may hold anything, and nothing of it is looked at again.
        let mut rest = std::mem::take(text);
        let mut pieces = Vec::new();
        while let Some((before, mark, after)) = mark(&rest) {
            let place = mark.parse::<usize>().ok().and_then(|index| self.places.get(index));
            let given = place.and_then(|place| self.value(&place.name));
            left |= given.is_none();
            pieces.push(before.to_owned());
            pieces.push(
                given.map_or_else(|| place.map(|place| place.written.clone()).unwrap_or_default(), str::to_owned),
            );
            rest = after.to_owned();
        }
        *text = pieces.concat() + &rest;
        left
    }

    fn value(&self, name: &str) -> Option<&'v str> {
        self.values.iter().find(|(given, _)| bare(given) == name).map(|(_, value)| *value)
    }

    /// Says which values nobody has asked for.
    pub(super) fn remark_unused(&self, notes: &mut Notes) {
        for (name, _) in self.values {
            if !self.places.iter().any(|place| place.name == bare(name)) {
                notes.changed(*name, None, "no template of the text has this name, so its value stays behind");
            }
        }
    }

    /// What an error says besides, where a text with places cannot be read.
    pub(super) fn explain(&self, error: ImportError) -> ImportError {
        if self.places.is_empty() || error.hint().is_some() {
            return error;
        }
        error.with_hint(
            "the text is a template: only values can be filled in here, so fill it in with its own tool first",
        )
    }
}

/// The first place of a text, with what stands before and behind it.
fn next(text: &str) -> Option<(&str, Place, &str)> {
    let mut from = 0_usize;
    loop {
        let rest = text.get(from..)?;
        let begins = BRACES.iter().filter_map(|(open, close)| Some((rest.find(open)?, *open, *close)));
        let (offset, open, close) = begins.min_by_key(|(at, ..)| *at)?;
        let at = from.checked_add(offset)?;
        let found = place(text, at, open, close);
        if found.is_some() {
            return found;
        }
        from = at.checked_add(1)?;
    }
}

/// The place that begins here, unless it has no end on its line.
fn place<'t>(text: &'t str, at: usize, open: &str, close: &str) -> Option<(&'t str, Place, &'t str)> {
    let inside = text.get(at.checked_add(open.len())?..)?;
    let (name, after) = inside.split_once(close)?;
    if name.contains(['\n', '{', '}']) {
        return None;
    }
    let written = text.get(at..text.len().checked_sub(after.len())?)?.to_owned();
    Some((text.get(..at)?, Place { written, name: bare(name).to_owned() }, after))
}

/// Whether something in the text is still to be filled in.
pub(super) fn is_open(text: &str) -> bool {
    next(text).is_some()
}

/// The first mark of a text, with what stands before and behind it.
fn mark(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(OPEN)?;
    let (mark, after) = rest.split_once(CLOSE)?;
    Some((before, mark, after))
}

/// A name without what template languages write around it: `{{- .Values.url | quote }}` is `Values.url`.
fn bare(name: &str) -> &str {
    let name = name.split('|').next().unwrap_or_default();
    name.trim_matches(|c: char| c == '-' || c.is_whitespace()).trim_start_matches('.')
}

/// What is said of a place that is still open.
const TEMPLATE: &str = "a template, filled in from what is not in this text: write the value itself, or give it to the import (--set NAME=value)";
const ENCRYPTED: &str = "encrypted by the gateway's properties, whose key is not in this text: write the value itself";

/// Jinja, Helm and Mustache; property files and shells; WSO2's configuration.
const BRACES: [(&str, &str); 6] =
    [("{{", "}}"), ("${", "}"), ("$env{", "}"), ("$secret{", "}"), ("$ref{", "}"), ("$sys{", "}")];
/// Of Unicode's private use: YAML, TOML and JSON take them inside a plain word.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

#[cfg(test)]
mod tests {
    use super::{Notes, Templates};
    use serde_json::{Value, json};

    fn filled(text: &str, values: &[(&str, &str)]) -> (Value, Vec<String>) {
        let (marked, templates) = Templates::take_out(text, values).expect("a text");
        let mut value = json!({"a": [marked]});
        let mut notes = Notes::default();
        templates.put_back(&mut value, "", &mut notes);
        (value["a"][0].take(), notes.open_paths())
    }

    #[test]
    fn what_has_no_value_is_as_it_was() {
        for text in [
            "",
            "plain",
            "{{ a }}",
            "${a}/{{- b | quote -}}",
            "$env{A}$secret{b}",
            "{{",
            "${a",
            "}}{{ a\n }}",
            "a{{{b}}}",
        ] {
            assert_eq!(filled(text, &[]).0, text, "{text}");
        }
        assert_eq!(filled("x", &[]).1, Vec::<String>::new());
        assert_eq!(filled("x{{ a }}", &[]).1, ["a[0]"]);
    }

    #[test]
    fn values_go_where_their_names_are() {
        let values = [("url", "https://a.test"), (".Values.b", "${url}\"{{ url }}\n"), ("secure::x", "1")];
        assert_eq!(filled("{{ url }}/jwks", &values).0, "https://a.test/jwks");
        assert_eq!(filled("{{- .Values.b | quote }}", &values), (json!("${url}\"{{ url }}\n"), vec![]));
        assert_eq!(
            filled("$env{url}${secure::x}$ref{c}", &values),
            (json!("https://a.test1$ref{c}"), vec!["a[0]".to_owned()])
        );
    }

    #[test]
    fn a_name_that_nothing_has_is_told() {
        let values = [("url", "a"), ("ulr", "b")];
        let (_, templates) = Templates::take_out("{{ url }}", &values).expect("a text");
        let mut notes = Notes::default();
        templates.remark_unused(&mut notes);
        assert_eq!(notes.finish(json!({})).notes[0].source, "ulr");
        assert!(Templates::take_out("\u{e000}", &[]).is_err());
    }
}
