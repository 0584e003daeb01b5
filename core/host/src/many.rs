//! Many questions, one call.

use crate::spread::spread;
use jotgate::{Question, Rejection, Timestamp, Validator, Verdict};

/// The verdict on each question, in their order.
///
/// `threads` is the most threads to use, the calling one among them; 0 is one for each processor. Each verdict is what
/// [`Validator::validate`] gives, [`Verdict::KeysNeeded`] included: the host does that work once for all of them and asks
/// again about those. A question that panics is refused with [`Code::InternalError`](jotgate::Code::InternalError).
pub fn validate_many(
    validator: &Validator, questions: &[Question<'_>], now: Timestamp, threads: usize,
) -> Vec<Verdict> {
    let panicked = || Verdict::Rejected(Rejection::internal_error("the validation panicked; this is a bug"));
    spread(questions, threads, |question| validator.validate(*question, now), panicked)
}
