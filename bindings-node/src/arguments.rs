//! Arguments of the closures that more than one of them takes.

use jotgate::{FetchResponse, Report, Timestamp, WorkFailure, WorkId};
use napi::bindgen_prelude::{BigInt, FunctionCallContext, Result, Uint8Array};
use napi::{Error, Status};

/// Argument `index`, milliseconds since the Unix epoch.
///
/// NaN would become the year 1970, in which no token has expired yet: it is an error.
#[expect(clippy::cast_possible_truncation, reason = "saturates, as the core's arithmetic does")]
pub(crate) fn time(call: &FunctionCallContext<'_>, index: usize) -> Result<Timestamp> {
    let millis: f64 = call.get(index)?;
    if millis.is_finite() { Ok(Timestamp::from_millis(millis.floor() as i64)) } else { Err(invalid("not a time")) }
}

/// Argument 0, an id as [`NativeWork`](crate::work::NativeWork) carries it.
pub(crate) fn work_id(call: &FunctionCallContext<'_>) -> Result<WorkId> {
    Ok(WorkId::from_number(call.get::<BigInt>(0)?.get_u64().1))
}

/// `reportFetched(id, status, [name, value, …], body, now)`, handed to `report`.
pub(crate) fn fetched<Told>(
    call: &FunctionCallContext<'_>, most: impl FnOnce(WorkId) -> usize,
    report: impl FnOnce(WorkId, Report<'_>, Timestamp) -> Told,
) -> Result<Told> {
    let (status, fields, body): (u16, Vec<String>, Uint8Array) = (call.get(1)?, call.get(2)?, call.get(3)?);
    let headers: Vec<(&str, &str)> =
        fields.as_chunks::<2>().0.iter().map(|[name, value]| (name.as_str(), value.as_str())).collect();
    let id = work_id(call)?;
    let response = FetchResponse { status, headers: &headers, body: &jotgate_host::expanded(&body, most(id)) };
    Ok(report(id, Report::Fetched(response), time(call, 4)?))
}

/// `reportFailed(id, failure, cause, now)`, handed to `report`.
pub(crate) fn failed<Told>(
    call: &FunctionCallContext<'_>, report: impl FnOnce(WorkId, Report<'_>, Timestamp) -> Told,
) -> Result<Told> {
    let failure = WorkFailure::from_number(call.get(1)?).ok_or_else(|| invalid("not a number of a failure"))?;
    let cause: String = call.get(2)?;
    Ok(report(work_id(call)?, Report::Failed { failure, cause: &cause }, time(call, 3)?))
}

pub(crate) fn invalid(message: &'static str) -> Error {
    Error::new(Status::InvalidArg, message)
}
