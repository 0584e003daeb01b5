//! What the test kits stand on: words and JSON; the crate `jotgate-testing` does the rest.

use crate::mistake::{PolicyMistake, document, read};
use jotgate_edge::Mistake;
use jotgate_edge::guard::guard;
use jotgate_testing::{Issuer, recipes_json};
use std::fmt;

/// An issuer that mints good tokens and bad ones, without sockets.
#[derive(uniffi::Object)]
pub struct TestIssuer(Issuer);

#[uniffi::export]
impl TestIssuer {
    /// An issuer of these options, JSON text in UTF-8.
    ///
    /// # Errors
    ///
    /// What is wrong with the options.
    #[uniffi::constructor]
    pub fn new(options: Vec<u8>) -> Result<Self, PolicyMistake> {
        read(|| {
            let options = document(&options, "the text of the options")?;
            Issuer::from_json(options).map(Self).map_err(|error| Mistake::from(&error))
        })
    }

    /// What comes of a word and its arguments, JSON text in UTF-8, as JSON text.
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments.
    pub fn call(&self, word: Vec<u8>, arguments: Vec<u8>) -> Result<String, PolicyMistake> {
        read(|| {
            let (word, arguments) = (document(&word, "the word")?, document(&arguments, "the text of the arguments")?);
            self.0.call(word, arguments).map_err(|error| Mistake::from(&error))
        })
    }
}

/// What the kit makes of each code, as JSON text.
#[uniffi::export]
pub fn test_recipes() -> String {
    guard(String::new(), || recipes_json().to_string())
}

impl fmt::Debug for TestIssuer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TestIssuer").finish_non_exhaustive()
    }
}
