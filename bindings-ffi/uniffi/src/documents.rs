//! Functions that need no validator.

use crate::failure::{CallFailure, held, text};
use crate::mistake::{PolicyMistake, Problem, document, policy_text, read};
use crate::numbers::Format;
use jotgate::{Code, Names, ReferenceFailure, Written};
use jotgate_edge::Mistake;
use jotgate_edge::guard::guard;
use jotgate_tools::{Product, Warning};

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Place {
    /// The line from 1 on; 0 where it is not known.
    pub line: u32,
    /// The column from 1 on; 0 where it is not known.
    pub column: u32,
}

/// One problem, in the names that its author has written.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Told {
    /// Where.
    pub path: Vec<u8>,
    /// What is wrong.
    pub text: Vec<u8>,
    /// What to do about it.
    pub hint: Option<Vec<u8>>,
}

/// A text that a document leaves to the host to read.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Reference {
    /// `env` or `file`.
    pub kind: String,
    /// The name of the variable or the path of the file.
    pub name: String,
    /// How many bytes to read at most.
    pub read_bytes: u64,
}

/// What the host has read for a [`Reference`].
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Given {
    /// These bytes.
    Read {
        /// As they stood there.
        bytes: Vec<u8>,
    },
    /// There is no such variable or file.
    Missing,
    /// It cannot be read.
    Unreadable,
}

/// A further file of an import.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct NamedText {
    /// The name under which the policy mentions it.
    pub name: Vec<u8>,
    /// What it holds.
    pub content: Vec<u8>,
}

/// The policy of a gateway as ours.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Imported {
    /// The import with a note on each parameter, as JSON text.
    pub json: String,
    /// The policy alone, as JSON text.
    pub policy: String,
}

/// One code.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CodeName {
    /// Its number, which is stable.
    pub number: u32,
    /// Its name, which is stable.
    pub name: String,
}

/// A document as JSON text.
///
/// # Errors
///
/// The text cannot be read, or is no policy document.
#[uniffi::export]
pub fn policy_json(policy: Vec<u8>, format: Format) -> Result<String, PolicyMistake> {
    read(|| {
        let format = format_of(format)?;
        jotgate_tools::policy_json(policy_text(&policy)?, format).map_err(|error| Mistake::from(&error))
    })
}

/// Where in a document the fields of these paths stand.
///
/// # Errors
///
/// A text is not UTF-8.
#[uniffi::export]
pub fn places(policy: Vec<u8>, format: Format, paths: Vec<Vec<u8>>) -> Result<Vec<Place>, CallFailure> {
    held(|| {
        let format = format_of(format).map_err(|_| CallFailure::Unexpected)?;
        let paths = paths.iter().map(|path| text(path, "a path")).collect::<Result<Vec<_>, _>>()?;
        let places = jotgate_tools::places(text(&policy, "the policy document")?, format, &paths);
        Ok(places.into_iter().map(Option::unwrap_or_default).map(|(line, column)| Place { line, column }).collect())
    })
}

/// Problems of a document in the names of a language's options, a number of the core's `Names`. `given` are the options that the
/// program has written, `known` those that there are.
///
/// # Errors
///
/// A text is not UTF-8, or the number names nothing.
#[uniffi::export]
pub fn told(
    names: u32, given: Vec<Vec<u8>>, known: Vec<Vec<u8>>, problems: Vec<Told>,
) -> Result<Vec<Problem>, CallFailure> {
    held(|| {
        let names = Names::from_number(names).ok_or_else(|| CallFailure::argument("there are no such names"))?;
        let given = given.iter().map(|name| text(name, "an option")).collect::<Result<Vec<_>, _>>()?;
        let known = known.iter().map(|name| text(name, "an option")).collect::<Result<Vec<_>, _>>()?;
        let tell = |problem: &Told| {
            let (path, message) = (text(&problem.path, "a path")?, text(&problem.text, "a text")?);
            let hint = problem.hint.as_deref().map(|hint| text(hint, "a hint")).transpose()?;
            let told = names.told(path, message, hint, Written { given: &given, known: &known });
            let (path, text, hint) = (told.path, told.message, told.hint);
            Ok(Problem { path, text, hint, line: 0, column: 0 })
        };
        problems.iter().map(tell).collect()
    })
}

/// What a document leaves to the host to read, from variables and files.
///
/// # Errors
///
/// The text cannot be read.
#[uniffi::export]
pub fn references(policy: Vec<u8>) -> Result<Vec<Reference>, PolicyMistake> {
    read(|| {
        let wanted = jotgate::references(policy_text(&policy)?);
        let wanted = wanted.map_err(|error| Mistake::from(&error))?;
        let reference = |wanted: jotgate::Reference| Reference {
            kind: wanted.kind.name().to_owned(),
            name: wanted.name.to_string(),
            read_bytes: u64::try_from(wanted.read_bytes).unwrap_or(u64::MAX),
        };
        Ok(wanted.into_iter().map(reference).collect())
    })
}

/// The document with what was read, one for each that [`references`] has named, in that order.
///
/// # Errors
///
/// What was read cannot be used.
#[uniffi::export]
pub fn fill_references(policy: Vec<u8>, read_texts: Vec<Given>) -> Result<String, PolicyMistake> {
    read(|| {
        let texts = read_texts.into_iter().map(|text| match text {
            Given::Read { bytes } => Ok(bytes),
            Given::Missing => Err(ReferenceFailure::Missing),
            Given::Unreadable => Err(ReferenceFailure::Unreadable),
        });
        let texts: Vec<_> = texts.collect();
        jotgate::fill_references(policy_text(&policy)?, &texts).map_err(|error| Mistake::from(&error))
    })
}

/// What a policy allows and its author may not have meant, the worst first, as JSON text.
///
/// # Errors
///
/// The text is no policy.
#[uniffi::export]
pub fn lint(policy: Vec<u8>) -> Result<String, PolicyMistake> {
    read(|| {
        let warnings = jotgate_tools::lint(policy_text(&policy)?);
        warnings.map(|warnings| Warning::list_to_json(&warnings)).map_err(|error| Mistake::from(&error))
    })
}

/// The policy of a gateway as ours. The product is one of [`products`].
///
/// # Errors
///
/// The text cannot be read, or there is no such product.
#[uniffi::export]
pub fn import_policy(product: Vec<u8>, policy: Vec<u8>, files: Vec<NamedText>) -> Result<Imported, PolicyMistake> {
    read(|| {
        let product = Product::from_name(document(&product, "the product's name")?);
        let product = product.ok_or_else(|| Mistake::of_call("there is no such product"))?;
        let named = files.iter().map(|file| Ok((document(&file.name, "a file's name")?, file.content.as_slice())));
        let files = named.collect::<Result<Vec<_>, Mistake>>()?;
        let import = jotgate_tools::import(product, document(&policy, "the policy")?, &files);
        let import = import.map_err(|error| Mistake::from(&error))?;
        let json = serde_json::to_string(&import).map_err(|_| Mistake::of_call("the import cannot be written"))?;
        Ok(Imported { json, policy: import.policy.to_string() })
    })
}

/// The names of all products whose policies can be imported.
#[uniffi::export]
pub fn products() -> Vec<String> {
    guard(Vec::new(), || Product::ALL.iter().map(|product| product.name().to_owned()).collect())
}

/// The JSON Schema of the policy document.
#[uniffi::export]
pub fn schema() -> String {
    guard(String::new(), || jotgate::schema().to_string())
}

/// All codes.
#[uniffi::export]
pub fn codes() -> Vec<CodeName> {
    guard(Vec::new(), || {
        Code::ALL.iter().map(|code| CodeName { number: code.number(), name: code.name().to_owned() }).collect()
    })
}

/// The version of the library.
#[uniffi::export]
pub fn version() -> String {
    guard(String::new(), || env!("CARGO_PKG_VERSION").to_owned())
}

fn format_of(format: Format) -> Result<jotgate_tools::Format, Mistake> {
    jotgate_tools::Format::from_number(format.number()).ok_or_else(|| Mistake::of_call("there is no such format"))
}
