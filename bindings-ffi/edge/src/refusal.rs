//! What an HTTP answer is made of.

use jotgate::{Code, Refusal, Timestamp};
use std::time::Duration;

/// The refusal that an answer is written for. A number that names no code is an internal error; places below 0 are none.
#[must_use]
pub fn refused(code: u32, issuer: i32, route: i32, retry_after: Option<Duration>) -> Refusal {
    let mut refusal = Refusal::new(Code::from_number(code).unwrap_or(Code::InternalError));
    refusal.issuer = usize::try_from(issuer).ok();
    refusal.route = usize::try_from(route).ok();
    refusal.retry_after = retry_after;
    refusal
}

/// How long it is until `retry_at_ms`, both in milliseconds since the Unix epoch.
#[must_use]
pub fn retry_after(retry_at_ms: i64, now_ms: i64) -> Duration {
    Timestamp::from_millis(retry_at_ms).since(Timestamp::from_millis(now_ms))
}
