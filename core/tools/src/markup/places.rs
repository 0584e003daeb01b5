//! Where in its text the fields of a document stand, for messages about them.

use jotgate::strict_json;
use saphyr_parser::{Event, Parser, Span};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// The places of all fields and elements of a text, by their paths.
pub(crate) struct Places<'t> {
    text: &'t str,
    spots: BTreeMap<String, Spot>,
}

#[derive(Clone, Copy)]
enum Spot {
    /// In bytes.
    Offset(usize),
    Line(usize, usize),
}

impl<'t> Places<'t> {
    /// Of JSON. What a strict reader refuses has none: what is said of that is about the whole text.
    pub(crate) fn of_json(text: &'t str) -> Self {
        let mut places = Self { text, spots: BTreeMap::new() };
        if strict_json(text).is_ok() {
            _ = JsonPlaces { rest: text, places: &mut places }.value(String::new());
        }
        places
    }

    /// The same of YAML.
    pub(crate) fn of_yaml(text: &'t str) -> Self {
        let mut places = Self { text, spots: BTreeMap::new() };
        places.add_yaml();
        places
    }

    /// The same of TOML.
    pub(crate) fn of_toml(text: &'t str) -> Self {
        let mut places = Self { text, spots: BTreeMap::new() };
        if let Ok(table) = DeTable::parse(text) {
            places.add_toml_table(table.get_ref(), "");
        }
        places
    }

    /// Line and column, from 1 on, of what is at this path; for a field that is not there, of the object that lacks it.
    pub(crate) fn find(&self, path: &str) -> Option<(u32, u32)> {
        let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
        let ends: Vec<usize> = ends.chain([path.len()]).collect();
        let spot = ends.into_iter().rev().find_map(|end| self.spots.get(path.get(..end)?))?;
        let (line, column) = match *spot {
            Spot::Line(line, column) => (line, column),
            Spot::Offset(offset) => {
                let before = self.text.get(..offset)?;
                let line = before.bytes().filter(|byte| *byte == b'\n').count().checked_add(1)?;
                (line, before.rsplit('\n').next()?.chars().count().checked_add(1)?)
            }
        };
        Some((line.try_into().ok()?, column.try_into().ok()?))
    }

    fn add(&mut self, path: String, spot: Spot) {
        if path != TOO_LONG {
            // The first: a table of TOML that is begun twice stands where its name does.
            self.spots.entry(path).or_insert(spot);
        }
    }

    fn add_toml_table(&mut self, table: &DeTable<'_>, path: &str) {
        for (name, value) in table {
            let path = member(path, name.get_ref());
            self.add(path.clone(), Spot::Offset(name.span().start));
            self.add_toml(value.get_ref(), &path);
        }
    }

    fn add_toml(&mut self, value: &DeValue<'_>, path: &str) {
        if let Some(table) = value.as_table() {
            self.add_toml_table(table, path);
        }
        for (index, element) in value.as_array().into_iter().flat_map(|list| list.iter()).enumerate() {
            let path = element_of(path, index);
            self.add(path.clone(), Spot::Offset(element.span().start));
            self.add_toml(element.get_ref(), &path);
        }
    }

    fn add_yaml(&mut self) {
        let mut open: Vec<Open> = Vec::new();
        let mut parser = Parser::new_from_str(self.text);
        while let Some(Ok((event, span))) = parser.next_event() {
            // Deeper than any reader goes.
            if open.len() > MOST_DEPTH {
                return;
            }
            match event {
                Event::Scalar(text, ..) => match open.last_mut() {
                    // The name of a member; what comes next is its value.
                    Some(Open { name: name @ None, path, count: None }) => {
                        let path = member(path, &text);
                        *name = Some(path.clone());
                        self.add(path, line_of(span));
                    }
                    _ => _ = self.begin_yaml(&mut open, span),
                },
                Event::SequenceStart(..) => {
                    let path = self.begin_yaml(&mut open, span);
                    open.push(Open { path, name: None, count: Some(0) });
                }
                Event::MappingStart(..) => {
                    let path = self.begin_yaml(&mut open, span);
                    open.push(Open { path, name: None, count: None });
                }
                Event::SequenceEnd | Event::MappingEnd => _ = open.pop(),
                _ => {}
            }
        }
    }

    /// The path of a value that begins.
    fn begin_yaml(&mut self, open: &mut [Open], span: Span) -> String {
        match open.last_mut() {
            None => String::new(),
            Some(Open { path, count: Some(count), .. }) => {
                let path = element_of(path, *count);
                *count = count.saturating_add(1);
                self.add(path.clone(), line_of(span));
                path
            }
            Some(Open { name, path, .. }) => name.take().unwrap_or_else(|| path.clone()),
        }
    }
}

/// A list or an object that has not ended yet.
struct Open {
    path: String,
    /// The path of the member whose value is next.
    name: Option<String>,
    /// Of a list: the elements so far.
    count: Option<usize>,
}

fn line_of(span: Span) -> Spot {
    Spot::Line(span.start.line(), span.start.col().saturating_add(1))
}

fn member(path: &str, name: &str) -> String {
    match path {
        "" if name.len() <= MOST_PATH => name.to_owned(),
        TOO_LONG | "" => TOO_LONG.to_owned(),
        path if path.len().saturating_add(name.len()) > MOST_PATH => TOO_LONG.to_owned(),
        path => format!("{path}.{name}"),
    }
}

fn element_of(path: &str, index: usize) -> String {
    if path == TOO_LONG || path.len() > MOST_PATH { TOO_LONG.to_owned() } else { format!("{path}[{index}]") }
}

/// Stands for paths that nobody looks up: a document of few bytes could have many of great length.
const TOO_LONG: &str = "\0";

const MOST_PATH: usize = 1024;

const MOST_DEPTH: usize = 64;

/// Goes over JSON that a strict reader has taken: that bounds how deep it is, and each step comes to an end.
struct JsonPlaces<'t, 'p, 'm> {
    rest: &'t str,
    places: &'m mut Places<'p>,
}

impl JsonPlaces<'_, '_, '_> {
    /// `None` at the end of what can be read.
    fn value(&mut self, path: String) -> Option<()> {
        match self.next()? {
            b'{' => self.elements(b'}', |this, _| {
                let offset = this.offset()?;
                let name = this.text()?;
                let path = member(&path, &name);
                this.places.add(path.clone(), Spot::Offset(offset));
                this.take(b':')?;
                this.value(path)
            }),
            b'[' => self.elements(b']', |this, index| {
                let path = element_of(&path, index);
                let offset = this.offset()?;
                this.places.add(path.clone(), Spot::Offset(offset));
                this.value(path)
            }),
            b'"' => self.text().map(|_| ()),
            _ => {
                let end = self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(self.rest.len());
                self.rest = self.rest.get(end..)?;
                Some(())
            }
        }
    }

    fn elements(&mut self, end: u8, mut element: impl FnMut(&mut Self, usize) -> Option<()>) -> Option<()> {
        self.rest = self.rest.get(1..)?;
        for index in 0.. {
            match self.next()? {
                byte if byte == end => return self.take(end),
                b',' => self.take(b',')?,
                _ => {}
            }
            element(self, index)?;
        }
        None
    }

    /// The text in quotes that is next.
    fn text(&mut self) -> Option<String> {
        self.next()?;
        let inner = self.rest.strip_prefix('"')?;
        let mut escaped = false;
        let end = inner.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        let whole = self.rest.get(..end.checked_add(2)?)?;
        self.rest = self.rest.get(whole.len()..)?;
        serde_json::from_str(whole).ok()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.rest.get(1..).map(|rest| self.rest = rest))?
    }

    /// The next byte behind white space.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.bytes().next()
    }

    fn offset(&mut self) -> Option<usize> {
        self.next()?;
        self.places.text.len().checked_sub(self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn a_field_is_found_in_every_spelling() {
        let yaml =
            "version: 1\nissuers:\n  - issuer: a\n    keys: {\n      pem: x }\n  - issuer: [b, \u{e9},\n        c]\n";
        let json = "{\"version\": 1,\n \"issuers\": [ {\"issuer\": \"\\\"a\",\n\"keys\": {\"pem\": 1.5e3}},\n\t{\"issuer\": [\"\u{e9}\", \"b\",\n\"c\"]}]}";
        let toml = "version = 1\n[[issuers]]\nissuer = 'a'\n[issuers.keys]\n  pem = 'x'\n[[issuers]]\nissuer = ['\u{e9}', 'b',\n 'c']";
        for (places, wanted) in [
            (Places::of_yaml(yaml), [(1, 1), (3, 5), (5, 7), (6, 5), (7, 9), (6, 5)]),
            (Places::of_json(json), [(1, 2), (2, 16), (3, 10), (4, 3), (5, 1), (4, 2)]),
            (Places::of_toml(toml), [(1, 1), (3, 1), (5, 3), (7, 1), (8, 2), (6, 1)]),
        ] {
            let paths = [
                "version",
                "issuers[0].issuer",
                "issuers[0].keys.pem",
                "issuers[1].issuer",
                "issuers[1].issuer[2]",
                "issuers[1].audience",
            ];
            let found = paths.map(|path| places.find(path).unwrap());
            assert_eq!(found, wanted);
            assert_eq!(places.find("nothing"), None);
            assert_eq!(places.find(""), None);
        }
    }

    #[test]
    fn texts_that_are_no_document_come_to_an_end() {
        let broken = "{\"version\": 1, \"issuers\": [i\"{ss\": [{\"issuer\": \"any\"}]}\u{12}";
        let deep = "[".repeat(200_000);
        let named = format!("{{{}", "\"a\":{".repeat(200_000));
        for text in [broken, &deep, &named] {
            assert_eq!(Places::of_json(text).find("issuers[0]"), None);
            assert!(Places::of_yaml(text).spots.len() < 200);
            assert!(Places::of_toml(text).spots.len() < 200);
        }
    }

    #[test]
    fn long_names_are_not_repeated_for_each_element() {
        let name = "n".repeat(100_000);
        let list = vec!["1"; 100_000].join(",");
        let text = format!("{{\"{name}\": [{list}], \"b\": 1}}");
        for places in [Places::of_json(&text), Places::of_yaml(&text)] {
            assert_eq!(places.spots.keys().collect::<Vec<_>>(), ["b"]);
        }
    }
}
