//! What an HTTP answer is made of.

use jotgate::{Code, Denial, Timestamp};
use std::time::Duration;

/// The denial that an answer is written for. A number that names no code is an internal error; places below 0 are none.
#[must_use]
pub fn denial(code: u32, issuer: i32, route: i32, retry_after: Option<Duration>) -> Denial {
    let mut denial = Denial::new(Code::from_number(code).unwrap_or(Code::InternalError));
    denial.issuer = usize::try_from(issuer).ok();
    denial.route = usize::try_from(route).ok();
    denial.retry_after = retry_after;
    denial
}

/// How long it is until `retry_at_ms`, both in milliseconds since the Unix epoch.
#[must_use]
pub fn retry_after(retry_at_ms: i64, now_ms: i64) -> Duration {
    Timestamp::from_millis(retry_at_ms).since(Timestamp::from_millis(now_ms))
}
