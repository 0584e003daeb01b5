//! `jotgate import`.

use super::arguments::Form;
use super::output::{CommandOutput, EXIT_REJECTED, Screen};
use super::report;
use crate::import::{Import, Note, NoteKind, Product, import_with};
use jotgate::PolicyError;
use jotgate::text::{Style, plain, plain_json, styled};

/// An import on its way: the files that the source names are read first, one after the other.
#[derive(Debug)]
pub(super) struct Importing {
    product: Product,
    pub(super) source: String,
    text: String,
    /// What is still to be read, the next one last.
    wanted: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
    values: Vec<(String, String)>,
    pub(super) form: Form,
}

impl Importing {
    pub(super) fn new(
        product: Product, source: &str, text: &str, mut wanted: Vec<String>, values: Vec<(String, String)>, form: Form,
    ) -> Self {
        wanted.reverse();
        Self { product, source: source.to_owned(), text: text.to_owned(), wanted, files: Vec::new(), values, form }
    }

    /// The file to read next.
    pub(super) fn wanted(&self) -> Option<&str> {
        self.wanted.last().map(String::as_str)
    }

    pub(super) fn take(&mut self, content: &[u8]) {
        self.files.extend(self.wanted.pop().map(|path| (path, content.to_vec())));
    }

    pub(super) fn read(&self) -> Result<Import, PolicyError> {
        let files: Vec<(&str, &[u8])> =
            self.files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        import_with(self.product, &self.text, &files, &values).map_err(|error| {
            let refusal = PolicyError::new(error.path(), error.message());
            match error.hint() {
                Some(hint) => refusal.with_hint(hint),
                None => refusal,
            }
        })
    }
}

/// The document alone goes to standard output, so that it can be piped into a file.
pub(super) fn output(import: &Import, path: &str, form: Form, screen: Screen) -> CommandOutput {
    let exit = if import.complete() { 0 } else { EXIT_REJECTED };
    if form == Form::Json {
        let stdout = plain_json(&serde_json::to_string(import).unwrap_or_default()) + "\n";
        return CommandOutput { stdout, exit, ..CommandOutput::default() };
    }
    let pretty = serde_json::to_string_pretty(&import.policy).unwrap_or_default();
    let stdout = if form == Form::Yaml { report::yaml(&pretty) } else { plain_json(&pretty) + "\n" };
    let lines: String = import.notes.iter().map(|note| line(note, screen.error_colour)).collect();
    let cannot = import.notes.iter().filter(|note| note.kind == NoteKind::Cannot).count();
    let summary = match cannot {
        0 => format!("{}: everything came along", plain(path)),
        1 => format!("{}: 1 thing has to be decided by hand", plain(path)),
        _ => format!("{}: {cannot} things have to be decided by hand", plain(path)),
    };
    CommandOutput { stdout, stderr: format!("{lines}\n{summary}\n"), exit }
}

fn line(note: &Note, colour: bool) -> String {
    let (kind, style) = match note.kind {
        NoteKind::Carried => ("carried", Style::Good),
        NoteKind::Changed => ("changed", Style::Warning),
        NoteKind::Cannot => ("CANNOT ", Style::Bad),
    };
    let source = if note.source.is_empty() { "(not said)".to_owned() } else { plain(&note.source) };
    let target = note.target.as_deref().map(|target| format!(" -> {}", plain(target))).unwrap_or_default();
    let place = styled(&format!("{source}{target}"), Style::Strong, colour);
    format!("{}  {place}: {}\n", styled(kind, style, colour), plain(&note.message))
}
