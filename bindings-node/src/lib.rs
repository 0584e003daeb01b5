//! The native half of the `jotgate` npm package: it carries strings and numbers across, and decides nothing.
//!
//! [`create_core`] makes one validator and hands it to JavaScript as an object of bound closures. Closures, because a
//! method of a native class costs 350 ns per call and a closure 14 ns. Every closure catches panics at its edge, and
//! the TypeScript half turns whatever a closure throws into an `InternalError`, so a bug refuses the token.

mod arguments;
mod batch;
pub mod command;
pub mod policy;
pub mod requirement;
mod session;
pub mod testing;
mod text;
mod verdict;
mod work;

use crate::policy::PolicyProblem;
use jotgate::{Code, Timestamp, Validator};
use jotgate_edge::{Options, open, open_after};
use napi::Env;
use napi::bindgen_prelude::{Either, External, Object, Result};
use napi_derive::napi;
use std::rc::Rc;
use std::sync::Arc;

/// One line of the core's table of codes.
#[napi(object, object_from_js = false)]
pub struct CodeEntry {
    /// The number that the closures of [`create_core`] give back.
    pub number: u32,
    /// The stable name.
    pub name: &'static str,
    /// What kind of thing the code is about, in lower case.
    pub class: String,
}

/// What the JavaScript half answers and does for a validator.
#[napi(object, object_to_js = false)]
pub struct Host {
    /// It asks the application about clients where the policy leaves that to it.
    pub client_lookup: bool,
    /// It asks the application whether tokens were revoked.
    pub revocation_check: bool,
    /// It has a store of key sets that processes share.
    pub store: bool,
}

/// Makes a validator from the text of a policy document, or says what is wrong with the document.
///
/// `seed` is any random number; it spreads refreshes of many processes over time.
#[napi(catch_unwind)]
pub fn create_core(env: &Env, policy: String, seed: f64, host: Host) -> Result<Either<Object<'_>, PolicyProblem>> {
    let Host { client_lookup, revocation_check, store } = host;
    match open(policy.as_bytes(), Options { seed: seed as u64, client_lookup, revocation_check, store }) {
        Ok(validator) => Ok(Either::A(Rc::new(session::Session::new(validator)).into_object(env)?)),
        Err(mistake) => Ok(Either::B(mistake.into())),
    }
}

/// Makes the validator of another policy in the place of the one whose `native` this is, or says what is wrong with the document.
#[napi(catch_unwind)]
pub fn replace_core<'env>(
    env: &'env Env, before: &External<Arc<Validator>>, policy: String, now: f64,
) -> Result<Either<Object<'env>, PolicyProblem>> {
    match open_after(before, policy.as_bytes(), Timestamp::from_millis(now as i64)) {
        Ok(validator) => Ok(Either::A(Rc::new(session::Session::new(validator)).into_object(env)?)),
        Err(mistake) => Ok(Either::B(mistake.into())),
    }
}

/// The core's table of codes.
#[napi(catch_unwind)]
pub fn codes() -> Vec<CodeEntry> {
    let entry = |code: &Code| CodeEntry {
        number: code.number(),
        name: code.name(),
        class: format!("{:?}", code.class()).to_lowercase(),
    };
    Code::ALL.iter().map(entry).collect()
}

/// The version of this addon: the JavaScript half works with its own alone.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
