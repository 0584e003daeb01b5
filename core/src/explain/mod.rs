//! Why a token passes or does not: every check in its order, with what it expected and what it found.
//!
//! Nothing here decides. An explanation is the code of a validation with somebody who looks on, so it cannot say anything
//! else than the validation does.

mod explanation;
mod facts;
mod observer;
mod text;

pub use explanation::{Check, CheckOutcome, Explanation, KeySource};
pub(crate) use facts::{Facts, NOT_ASKED, date, span, told};
pub(crate) use observer::{Observer, Recorder, Silent};
