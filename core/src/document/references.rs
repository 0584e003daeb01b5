//! Texts and key sets that are not written in the document: `{env: NAME}` and `{file: PATH}`. The core says which they are, the host
//! reads them, and the core puts them in their places.

use super::error::PolicyError;
use super::mistakes::all;
use super::steps::{Step, at, path_of, walk};
use super::strict::strict_json;
use crate::key::without_mark;
use crate::limits;
use serde_json::Value;

/// A text that the host is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// What kind of thing it lies in.
    pub kind: ReferenceKind,
    /// The name of the variable, or the path of the file. A path that is not absolute starts at the folder of the policy file, or
    /// at the working directory where the policy is no file.
    pub name: String,
    /// The host reads so many bytes and no more.
    pub read_bytes: usize,
    /// Where in the document it is named, such as `issuers[0].audience`.
    pub path: String,
}

/// What a text lies in that is not written in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceKind {
    /// A variable of the environment.
    Environment,
    /// A file.
    File,
}

/// Why a host could not read a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceFailure {
    /// There is no such variable or file.
    Missing,
    /// It is there, and cannot be read.
    Unreadable,
}

impl ReferenceKind {
    /// The name, as the document has it: `env` or `file`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::File => "file",
        }
    }
}

/// What a document, as JSON, leaves to the host to read, in order. Most documents leave nothing.
///
/// ```
/// let document = r#"{"version": 1, "issuers": [{
///     "issuer": "https://idp.example.com/", "audience": {"env": "JWT_AUDIENCE"}
/// }]}"#;
/// let wanted = jotgate::references(document)?;
/// assert_eq!(wanted[0].name, "JWT_AUDIENCE");
/// let filled = jotgate::fill_references(document, &[Ok(b"orders".to_vec())])?;
/// assert!(jotgate::Policy::from_json(&filled).is_ok());
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The text is no strict JSON object, or what names a variable or a file does not.
pub fn references(document: &str) -> Result<Vec<Reference>, PolicyError> {
    // Documents without any are not read twice.
    if !mentions(document) {
        return Ok(Vec::new());
    }
    let places = places(&strict_json(document)?);
    all(places.into_iter().map(|(steps, kind, name)| {
        let read_bytes = limits::REFERENCE_BYTES.saturating_add(1);
        let path = path_of(&steps);
        check_name(kind, name.as_deref(), &steps).map(|name| Reference { kind, name, read_bytes, path })
    }))
}

/// The document with the texts that the host has read, in the order of [`references`].
///
/// # Errors
///
/// A text is not there, cannot be read, is empty, is no UTF-8 or is longer than 1 MiB, or is to be a key set and is no JSON object.
/// The error names the variable or the file, and nothing of what is in it.
pub fn fill_references(document: &str, read: &[Result<Vec<u8>, ReferenceFailure>]) -> Result<String, PolicyError> {
    if !mentions(document) {
        return Ok(document.to_owned());
    }
    let mut value = strict_json(document)?;
    all(fill(&mut value, read).into_iter().map(Err::<(), _>))?;
    Ok(value.to_string())
}

/// Puts what the host has read in its places, and a text in each that stays empty. What is wrong with those is told, by their
/// paths.
pub(super) fn fill(value: &mut Value, read: &[Result<Vec<u8>, ReferenceFailure>]) -> Vec<PolicyError> {
    let mut read = read.iter();
    let mut wrong = Vec::new();
    for (steps, kind, name) in places(value) {
        let written = check_name(kind, name.as_deref(), &steps).and_then(|name| {
            let read = read.next().unwrap_or(&Err(ReferenceFailure::Unreadable));
            written(kind, &name, read, &steps)
                .map_err(|(message, hint)| PolicyError::new(path_of(&steps), message).with_hint(hint))
        });
        let written = written.unwrap_or_else(|error| {
            wrong.push(error);
            Value::from(UNKNOWN)
        });
        if let Some(place) = at(value, &steps) {
            *place = written;
        }
    }
    wrong
}

/// What is said where a reference or a template stands that nobody has filled in.
pub(super) fn unfilled(value: &Value) -> Vec<PolicyError> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut |steps, value| {
        let Value::String(text) = value else { return };
        let Some(name) = template(text) else { return };
        // A secret may hold anything; as a whole it is no template by chance.
        if takes_reference(steps) && (text.len() == name.len().saturating_add(3) || !is_secret(steps)) {
            let error = PolicyError::new(path_of(steps), "${…} is not filled in");
            found.push(error.with_hint(format!("write  {{ env: {name} }}  in place of the whole text")));
        }
    });
    found
}

/// What to do about an object in the place of a text.
pub(super) fn hint(value: &Value, steps: &[Step]) -> Option<&'static str> {
    reference(value)?;
    Some(match takes_reference(steps) {
        true => "the host has to fill it in before (references, fill_references)",
        false => {
            "env and file stand for texts about issuers, audiences, tenants, clients and keys, for a key set, and for nothing else"
        }
    })
}

fn mentions(document: &str) -> bool {
    [r#""env""#, r#""file""#, r"\u"].iter().any(|word| document.contains(word))
}

/// All references, with what names the thing if it is a text.
fn places(value: &Value) -> Vec<(Vec<Step>, ReferenceKind, Option<String>)> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut |steps, value| {
        if let Some((kind, name)) = reference(value).filter(|_| takes_reference(steps)) {
            found.push((steps.to_vec(), kind, name.as_str().map(str::to_owned)));
        }
    });
    found
}

/// An object with nothing but `env` or `file`.
fn reference(value: &Value) -> Option<(ReferenceKind, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    let (name, value) = members.iter().next()?;
    let kind = [ReferenceKind::Environment, ReferenceKind::File].into_iter().find(|kind| kind.name() == name)?;
    Some((kind, value))
}

/// Where a text or a key set may come from elsewhere. Claims and header fields may be called `env` too, so nowhere else.
fn takes_reference(steps: &[Step]) -> bool {
    let [Step::Name(list), Step::Index(_), within @ ..] = steps else { return false };
    let within = match within {
        [within @ .., Step::Index(_)] => within,
        within => within,
    };
    let names: Option<Vec<&str>> = within.iter().map(Step::name).collect();
    matches!(
        (list.as_str(), names.as_deref().unwrap_or_default()),
        ("issuers", ["issuer" | "audience" | "tenants"])
            | ("issuers", ["keys", "jwks_uri" | "discovery" | "pem" | "jwks"])
            | ("issuers", ["keys", "secret", "text" | "base64url" | "hex"])
            | ("issuers", ["keys", "trust_store", "base64" | "text" | "password"])
            | ("routes", ["issuers" | "audience"])
            | ("issuers" | "routes", ["client_id", "allowed"])
    )
}

fn is_secret(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.name(), Some("secret" | "password")))
}

/// The name in the first `${NAME}` of a text.
fn template(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("${")?;
    let (name, _) = behind.split_once('}')?;
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (name.bytes().all(is_name) && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())).then_some(name)
}

fn check_name(kind: ReferenceKind, name: Option<&str>, steps: &[Step]) -> Result<String, PolicyError> {
    let path = || format!("{}.{}", path_of(steps), kind.name());
    let (expected, fits) = match kind {
        ReferenceKind::Environment => (
            "expected the name of an environment variable",
            name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'=')),
        ),
        ReferenceKind::File => {
            ("expected the path of a file", name.is_some_and(|name| !name.chars().any(char::is_control)))
        }
    };
    name.filter(|name| fits && !name.is_empty()).map(str::to_owned).ok_or_else(|| PolicyError::new(path(), expected))
}

/// What is written elsewhere, as it would stand in the document: a key set is an object, everything else a text.
fn written(
    kind: ReferenceKind, name: &str, read: &Result<Vec<u8>, ReferenceFailure>, steps: &[Step],
) -> Result<Value, (String, String)> {
    let text = text_of(kind, name, read)?;
    if !is_key_set(steps) {
        return Ok(Value::String(text));
    }
    // Editors of Windows write a mark in front, which a fetched set may have, too.
    strict_json(without_mark(&text)).map_err(|_| {
        let hint =
            "a key set is a JSON object with the list  keys  (RFC 7517 section 5); one key in PEM belongs to keys.pem";
        (format!("{} is not one JSON object without duplicate members", what(kind, name)), hint.to_owned())
    })
}

fn is_key_set(steps: &[Step]) -> bool {
    steps.last().and_then(Step::name) == Some("jwks")
}

fn what(kind: ReferenceKind, name: &str) -> String {
    match kind {
        ReferenceKind::Environment => format!("the environment variable {name}"),
        ReferenceKind::File => format!("the file {name}"),
    }
}

/// The text, or what is wrong and what to do. None of what was read is in that.
fn text_of(
    kind: ReferenceKind, name: &str, read: &Result<Vec<u8>, ReferenceFailure>,
) -> Result<String, (String, String)> {
    let what = what(kind, name);
    let bytes = read.as_ref().map_err(|failure| match (failure, kind) {
        (ReferenceFailure::Missing, ReferenceKind::Environment) => {
            (format!("{what} is not set"), "set it where the program is started".to_owned())
        }
        (ReferenceFailure::Missing, ReferenceKind::File) => (format!("{what} is not there"), WHERE.to_owned()),
        (ReferenceFailure::Unreadable, _) => {
            (format!("{what} cannot be read"), "let the program's user read it".to_owned())
        }
    })?;
    if bytes.len() > limits::REFERENCE_BYTES {
        return Err((format!("{what} is longer than 1 MiB"), "see whether it is the right one".to_owned()));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| (format!("{what} is not UTF-8"), "write the octets as base64url, base64 or hex".to_owned()))?;
    // Editors and `echo` end a file so; nobody means it as a part of a secret.
    let text = match kind {
        ReferenceKind::File => text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text)),
        ReferenceKind::Environment => text,
    };
    if text.trim().is_empty() {
        return Err((format!("{what} is empty"), "put the value there".to_owned()));
    }
    Ok(text.to_owned())
}

/// What stands where nothing could be read. Nothing is made of such a document.
const UNKNOWN: &str = "unknown";
const WHERE: &str = "a path that is not absolute starts at the policy file's folder, or at the working directory where the policy is no file";

#[cfg(test)]
mod tests {
    use super::{ReferenceFailure, ReferenceKind, fill_references, references};
    use crate::Policy;

    const DOCUMENT: &str = r#"{"version": 1, "issuers": [{"issuer": {"env": "ISS"}, "audience": ["a", {"env": "AUD"}],
        "keys": {"secret": {"hex": {"file": "key"}}}, "claim_mapping": {"env": "b"},
        "claims": [{"claim": "c", "equals": {"env": "X"}}]}]}"#;

    fn filled(secret: Result<&[u8], ReferenceFailure>) -> Result<String, crate::PolicyError> {
        // In the order of the document: members by their names.
        fill_references(
            DOCUMENT,
            &[Ok(b"orders".to_vec()), Ok(b"https://idp.test/".to_vec()), secret.map(<[u8]>::to_vec)],
        )
    }

    #[test]
    fn texts_are_filled_in_where_texts_may_be_named() {
        let wanted: Vec<_> =
            references(DOCUMENT).unwrap().into_iter().map(|wanted| (wanted.kind, wanted.name)).collect();
        let (env, file) = (ReferenceKind::Environment, ReferenceKind::File);
        assert_eq!(wanted, [(env, "AUD".into()), (env, "ISS".into()), (file, "key".into())]);
        let document = filled(Ok(format!("{}\r\n", "5a".repeat(32)).as_bytes())).unwrap();
        assert!(Policy::from_json(&document).is_ok(), "{document}");
        assert_eq!(references(r#"{"version": 1}"#), Ok(Vec::new()));
        let hint = Policy::from_json(DOCUMENT).unwrap_err();
        assert!(hint.to_string().contains("fill_references"), "{hint}");
    }

    #[test]
    fn what_cannot_be_read_is_told_without_its_value() {
        let long = vec![b'x'; 1024 * 1024 + 1];
        for (read, said) in [
            (Err(ReferenceFailure::Missing), "the file key is not there"),
            (Err(ReferenceFailure::Unreadable), "cannot be read"),
            (Ok(&b" \n"[..]), "is empty"),
            (Ok(&b"\xff"[..]), "is not UTF-8"),
            (Ok(&long[..]), "longer than 1 MiB"),
        ] {
            let error = filled(read).unwrap_err();
            assert_eq!(error.path(), "issuers[0].keys.secret.hex");
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.to_string().len() < 300);
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_else_is_wrong() {
        let document = DOCUMENT.replace(r#""claim_mapping""#, r#""leeway": "1h", "audiance": 1, "claim_mapping""#);
        let read = [Ok(b"orders".to_vec()), Err(ReferenceFailure::Missing), Err(ReferenceFailure::Missing)];
        let error = Policy::from_json_filled(&document, &read, &crate::key::NoTrustStores).unwrap_err();
        let paths: Vec<_> = error.problems().map(crate::PolicyProblem::path).collect();
        let wanted = ["issuer", "keys.secret.hex", "audiance", "leeway"].map(|field| format!("issuers[0].{field}"));
        assert_eq!(paths, wanted, "{error}");
    }

    #[test]
    fn a_key_set_is_an_object() {
        let document =
            r#"{"version": 1, "issuers": [{"issuer": "i", "audience": "a", "keys": {"jwks": {"file": "f"}}}]}"#;
        let filled = |text: &str| fill_references(document, &[Ok(text.as_bytes().to_vec())]);
        assert!(filled("\u{feff}{\"keys\": []}\n").unwrap().contains(r#""jwks":{"keys":[]}"#));
        for text in ["7", "[]", "secret", r#"{"keys": [], "keys": []}"#] {
            let error = filled(text).unwrap_err();
            assert_eq!(error.path(), "issuers[0].keys.jwks");
            assert!(
                error.to_string().contains("the file f is not one JSON object")
                    && !error.to_string().contains("secret")
            );
        }
        assert_eq!(references(document).unwrap()[0].path, "issuers[0].keys.jwks");
    }

    #[test]
    fn templates_of_other_programs_are_told_from_texts() {
        let error = |issuer: &str, secret: &str| {
            let document = format!(
                r#"{{"version":1,"issuers":[{{"issuer":"{issuer}","audience":"a","keys":{{"secret":{{"text":"{secret}"}}}}}}]}}"#
            );
            Policy::from_json(&document).map(|_| ()).map_err(|error| error.to_string())
        };
        let random = "f0${A}41a2b3c4d5e6f708192a3b4c5d6e7f8091";
        assert_eq!(error("https://idp.test/", random), Ok(()));
        let wanted = "issuers[0].issuer: ${…} is not filled in (write  { env: ISSUER }  in place of the whole text)";
        for issuer in ["${ISSUER}", "https://${ISSUER:-idp}/"] {
            assert_eq!(error(issuer, random), Err(wanted.to_owned()));
        }
        assert!(error("https://idp.test/", "${SECRET}").unwrap_err().starts_with("issuers[0].keys.secret.text: ${…}"));
    }
}
