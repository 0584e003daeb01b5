//! Policy documents as text: nothing here needs a validator.

use jotgate::{Names, PolicyError, Reference, ReferenceFailure, Written};
use jotgate_edge::{Mistake, Problem};
use jotgate_tools::{Format, Import, ImportError, Product, Warning};
use napi::bindgen_prelude::{Either, Error, Result, Status, Uint8Array, Utf16String};
use napi_derive::napi;

/// Why a policy document was refused.
#[napi(object, object_from_js = false)]
pub struct PolicyProblem {
    /// Where in the document, for instance `issuers[0].audience`, or a line and a column of the text.
    pub path: String,
    /// What is wrong there.
    pub message: String,
    /// What to do about it, where the core has an idea.
    pub hint: Option<String>,
    /// Everything that is wrong, this first.
    pub problems: Vec<OneProblem>,
}

/// One thing that is wrong with a policy document.
#[napi(object, object_from_js = false)]
pub struct OneProblem {
    /// Where in the document.
    pub path: String,
    /// What is wrong there.
    pub message: String,
    /// What to do about it, where the core has an idea.
    pub hint: Option<String>,
    /// The line in the text, from 1 on, where it is known.
    pub line: Option<u32>,
    /// The column in that line, from 1 on.
    pub column: Option<u32>,
}

impl From<Mistake> for PolicyProblem {
    fn from(Mistake { path, message, hint, problems }: Mistake) -> Self {
        let known = |number: u32| (number > 0).then_some(number);
        let one = |Problem { path, message, hint, line, column }| OneProblem {
            path,
            message,
            hint,
            line: known(line),
            column: known(column),
        };
        Self { path, message, hint, problems: problems.into_iter().map(one).collect() }
    }
}

/// What is wrong, in the names of the options: of those that there are (`known`), these were given.
#[napi(catch_unwind)]
pub fn in_options(
    path: String, message: String, hint: Option<String>, given: Vec<String>, known: Vec<String>,
) -> OneProblem {
    let [given, known] = [&given, &known].map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
    let written = Written { given: &given, known: &known };
    let told = Names::NodeOptions.told(&path, &message, hint.as_deref(), written);
    OneProblem { path: told.path, message: told.message, hint: told.hint, line: None, column: None }
}

/// A place in a text.
#[napi(object, object_from_js = false)]
pub struct TextPlace {
    /// From 1 on.
    pub line: u32,
    /// In characters, from 1 on.
    pub column: u32,
}

/// Where the paths of a document lie in its text.
#[napi(catch_unwind)]
pub fn places(text: String, format: String, paths: Vec<String>) -> Vec<Option<TextPlace>> {
    let places = Format::from_name(&format).map(|format| jotgate_tools::places(&text, format, &paths));
    let place = |(line, column)| TextPlace { line, column };
    places.unwrap_or_default().into_iter().map(|found| found.map(place)).collect()
}

/// A text that a document leaves to the host to read.
#[napi(object, object_from_js = false)]
pub struct TextReference {
    /// `env` or `file`.
    pub kind: &'static str,
    /// The name of the variable, or the path of the file.
    pub name: String,
    /// So many bytes are read, and no more.
    pub read_bytes: u32,
}

/// What a document in JSON leaves to the host to read.
#[napi(catch_unwind)]
pub fn references(policy: String) -> Either<Vec<TextReference>, PolicyProblem> {
    match jotgate::references(&policy) {
        Ok(wanted) => Either::A(wanted.into_iter().map(TextReference::from).collect()),
        Err(error) => Either::B(Mistake::from(&error).into()),
    }
}

impl From<Reference> for TextReference {
    fn from(wanted: Reference) -> Self {
        let read_bytes = wanted.read_bytes.try_into().unwrap_or(u32::MAX);
        Self { kind: wanted.kind.name(), name: wanted.name, read_bytes }
    }
}

/// The document with what the host has read: bytes, or whether there was something that cannot be read.
#[napi(catch_unwind)]
pub fn fill_references(policy: String, read: Vec<Either<Uint8Array, bool>>) -> Either<String, PolicyProblem> {
    let read: Vec<_> = read
        .iter()
        .map(|read| match read {
            Either::A(bytes) => Ok(bytes.to_vec()),
            Either::B(true) => Err(ReferenceFailure::Unreadable),
            Either::B(false) => Err(ReferenceFailure::Missing),
        })
        .collect();
    told(jotgate::fill_references(&policy, &read))
}

/// The text of a document, which a string of JavaScript and the bytes of a file need not be.
#[napi(catch_unwind)]
pub fn policy_text(given: Either<Utf16String, Uint8Array>) -> Either<String, PolicyProblem> {
    let bytes = match &given {
        Either::A(units) => octets(units),
        Either::B(bytes) => bytes.to_vec(),
    };
    told(jotgate::policy_text(&bytes).map(str::to_owned))
}

/// UTF-8, with an octet that is none for each half of a surrogate pair.
fn octets(units: &[u16]) -> Vec<u8> {
    char::decode_utf16(units.iter().copied()).fold(Vec::with_capacity(units.len()), |mut octets, read| {
        match read {
            Ok(character) => octets.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(_) => octets.push(0xff),
        }
        octets
    })
}

/// The document as JSON text; `undefined` when there is no such format.
#[napi(catch_unwind)]
pub fn policy_json(text: String, format: String) -> Option<Either<String, PolicyProblem>> {
    let format = Format::from_name(&format)?;
    Some(told(jotgate_tools::policy_json(&text, format)))
}

/// The JSON of a list of warnings about a document in JSON.
#[napi(catch_unwind)]
pub fn lint(policy: String) -> Either<String, PolicyProblem> {
    told(jotgate_tools::lint(&policy).map(|warnings| Warning::list_to_json(&warnings)))
}

/// The JSON Schema of policy documents.
#[napi(catch_unwind)]
pub fn schema() -> &'static str {
    jotgate::schema()
}

/// A file that a policy of another product names.
#[napi(object, object_to_js = false)]
pub struct ImportFile {
    /// The file's name; folders in front of it do not count.
    pub name: String,
    /// What is in it.
    pub content: Uint8Array,
}

/// What stands in the place of a template.
#[napi(object, object_to_js = false)]
pub struct ImportValue {
    /// The name of the template.
    pub name: String,
    /// What stands there.
    pub value: String,
}

/// A policy of another product read into ours: the JSON of an import; `undefined` when there is no such product.
#[napi(catch_unwind)]
pub fn import_policy(
    product: String, text: String, files: Vec<ImportFile>, values: Vec<ImportValue>,
) -> Result<Option<Either<String, PolicyProblem>>> {
    let Some(product) = Product::from_name(&product) else { return Ok(None) };
    let files: Vec<(&str, &[u8])> = files.iter().map(|file| (file.name.as_str(), &*file.content)).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|value| (value.name.as_str(), value.value.as_str())).collect();
    imported(jotgate_tools::import_with(product, &text, &files, &values)).map(Some)
}

/// The names of all products.
#[napi(catch_unwind)]
pub fn products() -> Vec<&'static str> {
    Product::ALL.iter().map(|product| product.name()).collect()
}

fn imported(import: std::result::Result<Import, ImportError>) -> Result<Either<String, PolicyProblem>> {
    match import {
        Ok(import) => serde_json::to_string(&import)
            .map(Either::A)
            .map_err(|_| Error::new(Status::GenericFailure, "the import is no JSON")),
        Err(error) => Ok(Either::B(Mistake::from(&error).into())),
    }
}

fn told(result: std::result::Result<String, PolicyError>) -> Either<String, PolicyProblem> {
    match result {
        Ok(text) => Either::A(text),
        Err(error) => Either::B(Mistake::from(&error).into()),
    }
}
