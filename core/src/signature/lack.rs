//! What the provider of this build has not. A policy may name every algorithm; one that nobody here can verify is an error of it.

use super::{Provider as _, Verifier};
use crate::algorithm::Algorithm;

/// What an author has to know about an algorithm that this build does not verify; `None` for all others.
pub(crate) fn lack(algorithm: Algorithm) -> Option<String> {
    let name = Verifier::NAME;
    (!Verifier::knows(algorithm)).then(|| format!("this build verifies with {name}, which has no {algorithm}"))
}
