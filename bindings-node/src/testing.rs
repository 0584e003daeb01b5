//! The test kit, for `jotgate/testing` alone: words and JSON cross, and the crate `jotgate-testing` does the rest.

use crate::policy::PolicyProblem;
use jotgate_testing::{Error, Issuer, recipes_json};
use napi::bindgen_prelude::{Either, External};
use napi_derive::napi;

/// An issuer of the test kit, or why there is none.
#[napi(catch_unwind)]
pub fn create_test_issuer(options: String) -> Either<External<Issuer>, PolicyProblem> {
    match Issuer::from_json(&options) {
        Ok(issuer) => Either::A(External::new(issuer)),
        Err(error) => Either::B(problem(&error)),
    }
}

/// Does what the word names, with arguments that are a JSON object, and gives JSON.
#[napi(catch_unwind)]
pub fn call_test_issuer(issuer: &External<Issuer>, word: String, arguments: String) -> Either<String, PolicyProblem> {
    match issuer.call(&word, &arguments) {
        Ok(answer) => Either::A(answer),
        Err(error) => Either::B(problem(&error)),
    }
}

/// What the kit makes of each code, as a list in JSON.
#[napi(catch_unwind)]
pub fn test_recipes() -> String {
    recipes_json()
}

fn problem(error: &Error) -> PolicyProblem {
    let hint = error.hint().map(str::to_owned);
    PolicyProblem { path: String::new(), message: error.message().to_owned(), hint, problems: Vec::new() }
}
