//! One validator as JavaScript holds it: an object of bound closures.

use crate::fetch::{NativeAnswer, NativeFetchRequest};
use crate::text::TextBuffer;
use crate::verdict::{Details, Returned, split};
use jotgate::{
    Code, Denial, Event, Explanation, FetchFailure, FetchId, FetchResponse, Request, Timestamp, Validator, Verdict,
};
use napi::bindgen_prelude::{
    BigInt, Either, FunctionCallContext, JsObjectValue, Object, Result, ToNapiValue, Uint8Array, Unknown,
};
use napi::{Env, Error, Status};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// A validator, the buffer its tokens are read into, and what there is to say about its last verdict.
///
/// It lives on one JavaScript thread; each worker thread makes its own. No borrow of a cell is held while JavaScript
/// runs, so no call can find one taken.
pub(crate) struct Session {
    validator: Validator,
    buffer: RefCell<TextBuffer>,
    details: RefCell<Details>,
}

impl Session {
    pub(crate) fn new(validator: Validator) -> Self {
        Self { validator, buffer: RefCell::new(TextBuffer::new()), details: RefCell::default() }
    }

    /// The object that `NativeCore` in `ts/native.ts` describes.
    pub(crate) fn into_object(self: Rc<Self>, env: &Env) -> Result<Object<'_>> {
        let mut object = Object::new(env)?;
        self.bind(env, &mut object, "validate", Self::validate)?;
        self.bind(env, &mut object, "validateAsOf", Self::validate_as_of)?;
        self.bind(env, &mut object, "validateRequest", Self::validate_request)?;
        self.bind(env, &mut object, "explain", Self::explain)?;
        self.bind(env, &mut object, "explainRequest", Self::explain_request)?;
        self.bind(env, &mut object, "forward", Self::forward)?;
        self.bind(env, &mut object, "headerLength", |session, _| Ok(session.details.borrow().header_length))?;
        self.bind(env, &mut object, "issuer", |session, _| Ok(index(session.details.borrow().issuer)))?;
        self.bind(env, &mut object, "route", |session, _| Ok(index(session.details.borrow().route)))?;
        self.bind(env, &mut object, "client", |session, _| Ok(session.client()))?;
        self.bind(env, &mut object, "claim", |session, _| Ok(session.claim()))?;
        self.bind(env, &mut object, "detail", |session, _| Ok(session.detail()))?;
        self.bind(env, &mut object, "retryAt", |session, _| Ok(session.retry_at()))?;
        self.bind(env, &mut object, "fetchDue", |session, call| Ok(session.validator.fetch_due(time(call, 0)?)))?;
        self.bind(env, &mut object, "neededFetches", |session, _| Ok(session.needed_fetches()))?;
        self.bind(env, &mut object, "dueFetches", Self::due_fetches)?;
        self.bind(env, &mut object, "completeFetch", Self::complete_fetch)?;
        self.bind(env, &mut object, "failFetch", Self::fail_fetch)?;
        self.bind(env, &mut object, "settleFetch", Self::settle_fetch)?;
        self.bind(env, &mut object, "exportDue", |session, _| Ok(session.validator.export_due()))?;
        self.bind(env, &mut object, "refreshKeys", |session, _| {
            session.validator.refresh_keys();
            Ok(())
        })?;
        self.bind(env, &mut object, "answer", Self::answer)?;
        self.bind(env, &mut object, "events", |session, _| session.events())?;
        self.bind(env, &mut object, "health", Self::health)?;
        self.bind(env, &mut object, "exportKeys", |session, _| Ok(session.validator.export_keys()))?;
        self.bind(env, &mut object, "importKeys", Self::import_keys)?;
        Ok(object)
    }

    fn bind<Return: ToNapiValue + 'static>(
        self: &Rc<Self>, env: &Env, object: &mut Object<'_>, name: &str,
        body: impl Fn(&Self, &FunctionCallContext<'_>) -> Result<Return> + 'static,
    ) -> Result<()> {
        let session = Rc::clone(self);
        let closure = move |call: FunctionCallContext<'_>| body(&session, &call);
        object.set_named_property(name, env.create_function_from_closure::<(), Return, _>(name, closure)?)
    }

    /// `validate(token, now)`: the verified header and payload, or a code.
    fn validate(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let now = time(call, 1)?;
        let token: Unknown<'_> = call.get(0)?;
        let mut buffer = self.buffer.borrow_mut();
        Ok(self.told(self.validator.validate(buffer.read(&token)?, now)))
    }

    /// `validateAsOf(token, asOf, now)`: as `validate`, with the token judged for the time `asOf`.
    fn validate_as_of(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (as_of, now) = (time(call, 1)?, time(call, 2)?);
        let token: Unknown<'_> = call.get(0)?;
        let mut buffer = self.buffer.borrow_mut();
        Ok(self.told(self.validator.validate_as_of(buffer.read(&token)?, as_of, now)))
    }

    /// `validateRequest(parts, count, asOf, now)`: `parts` is method, path, query, name, value, name, value, … joined by
    /// NUL.
    ///
    /// One string costs one crossing where an array of forty would cost eighty. `partsOf` in `ts/request.ts` sees to it
    /// that no part contains a NUL; should one do, the number of parts is wrong and the request is refused.
    fn validate_request(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (as_of, now) = (time(call, 2)?, time(call, 3)?);
        self.with_request(call, |request| self.told(self.validator.validate_request_as_of(request, as_of, now)))
    }

    /// `explain(token, asOf, now)`: an explanation as JSON, as text, and as text with colours.
    fn explain(&self, call: &FunctionCallContext<'_>) -> Result<Vec<String>> {
        let (as_of, now) = (time(call, 1)?, time(call, 2)?);
        let token: Unknown<'_> = call.get(0)?;
        let mut buffer = self.buffer.borrow_mut();
        Ok(told_of(&self.validator.explain_as_of(buffer.read(&token)?, as_of, now)))
    }

    /// `explainRequest(parts, count, asOf, now)`: as `explain`, for a request as in `validateRequest`.
    fn explain_request(&self, call: &FunctionCallContext<'_>) -> Result<Vec<String>> {
        let (as_of, now) = (time(call, 2)?, time(call, 3)?);
        self.with_request(call, |request| told_of(&self.validator.explain_request_as_of(request, as_of, now)))
    }

    /// `forward(parts, count, payload)`: how the request changes before it goes on, as JSON; without a token, `payload` is
    /// `null`.
    fn forward(&self, call: &FunctionCallContext<'_>) -> Result<String> {
        let payload: Option<String> = call.get(2)?;
        let forward = self.with_request(call, |request| self.validator.forward_claims(payload.as_deref(), request))?;
        serde_json::to_string(&forward).map_err(|_| invalid("the changes are no JSON"))
    }

    /// The request in arguments 0 and 1.
    fn with_request<Answer>(
        &self, call: &FunctionCallContext<'_>, ask: impl FnOnce(&Request<'_>) -> Answer,
    ) -> Result<Answer> {
        let (parts, count): (Unknown<'_>, u32) = (call.get(0)?, call.get(1)?);
        let mut buffer = self.buffer.borrow_mut();
        let text = std::str::from_utf8(buffer.read(&parts)?).map_err(|_| invalid("a request is not text"))?;
        let mut parts = text.split('\0');
        let (Some(method), Some(path), Some(query)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(invalid("a request needs method, path and query"));
        };
        let mut headers = Vec::new();
        while let Some(name) = parts.next() {
            headers.push((name, parts.next().ok_or_else(|| invalid("a header field has no value"))?));
        }
        if usize::try_from(count).ok() != headers.len().checked_mul(2).and_then(|fields| fields.checked_add(3)) {
            return Err(invalid("a part of the request contains a NUL"));
        }
        Ok(ask(&Request { method, path, query, headers: &headers }))
    }

    /// What JavaScript gets at once; the rest of the verdict is kept for when it asks.
    fn told(&self, verdict: Verdict) -> Returned {
        let (returned, details) = split(verdict);
        *self.details.borrow_mut() = details;
        returned
    }

    /// The client that the application must look up before the last token passes, and the claim that names it.
    fn client(&self) -> Option<Vec<String>> {
        let (client, claim) = self.details.borrow_mut().client.take()?;
        Some(vec![client, claim])
    }

    /// The claim that the last rejection is about.
    fn claim(&self) -> Option<String> {
        Some(self.details.borrow().rejection.as_ref()?.claim.as_ref()?.as_str().to_owned())
    }

    /// What the last rejection says to operators; empty when there was none.
    fn detail(&self) -> &'static str {
        self.details.borrow().rejection.as_ref().map_or("", |rejection| rejection.detail)
    }

    /// When keys may be had again, in milliseconds; only after `keys_unavailable`.
    fn retry_at(&self) -> Option<f64> {
        self.details.borrow().retry_at.map(millis)
    }

    /// The fetches that the last verdict asks for; empty when asked again.
    fn needed_fetches(&self) -> Vec<NativeFetchRequest> {
        std::mem::take(&mut self.details.borrow_mut().start).into_iter().map(NativeFetchRequest::from).collect()
    }

    /// `dueFetches(now)`: refreshes that are due and that nobody has to wait for.
    fn due_fetches(&self, call: &FunctionCallContext<'_>) -> Result<Vec<NativeFetchRequest>> {
        let now = time(call, 0)?;
        Ok(std::iter::from_fn(|| self.validator.poll_fetch(now)).map(NativeFetchRequest::from).collect())
    }

    /// `completeFetch(id, status, [name, value, …], body, now)`
    fn complete_fetch(&self, call: &FunctionCallContext<'_>) -> Result<()> {
        let (id, status, body): (FetchId, u16, Uint8Array) = (fetch_id(call)?, call.get(1)?, call.get(3)?);
        let fields: Vec<String> = call.get(2)?;
        let response = FetchResponse { status, headers: &header_pairs(&fields), body: &body };
        self.validator.complete_fetch(id, response, time(call, 4)?);
        Ok(())
    }

    /// `failFetch(id, failure, now)`
    fn fail_fetch(&self, call: &FunctionCallContext<'_>) -> Result<()> {
        let failure = FetchFailure::from_number(call.get(1)?).ok_or_else(|| invalid("not a number of a failure"))?;
        self.validator.fail_fetch(fetch_id(call)?, failure, time(call, 2)?);
        Ok(())
    }

    /// `settleFetch(id, snapshot, now)`: whether the fetch has ended by it, or why it is no snapshot.
    fn settle_fetch(&self, call: &FunctionCallContext<'_>) -> Result<Either<bool, String>> {
        let (snapshot, now): (String, Timestamp) = (call.get(1)?, time(call, 2)?);
        Ok(match self.validator.settle_fetch(fetch_id(call)?, &snapshot, now) {
            Ok(settled) => Either::A(settled),
            Err(error) => Either::B(error.to_string()),
        })
    }

    /// `answer(name, issuer, route, retryAfter)`: -1 stands for an entry or a number of milliseconds that is not known.
    fn answer(&self, call: &FunctionCallContext<'_>) -> Result<NativeAnswer> {
        let (name, issuer, route): (String, i32, i32) = (call.get(0)?, call.get(1)?, call.get(2)?);
        let retry_after: f64 = call.get(3)?;
        let code = Code::from_name(&name).unwrap_or(Code::InternalError);
        // Negative values and NaN fail the conversion and stand for "not known".
        let retry_after = Duration::try_from_secs_f64(retry_after / 1000.0).ok();
        let mut denial = Denial::new(code);
        denial.issuer = issuer.try_into().ok();
        denial.route = route.try_into().ok();
        denial.retry_after = retry_after;
        Ok(self.validator.answer(&denial).into())
    }

    /// The events since this was last asked, as a JSON list; `null` when there were none.
    fn events(&self) -> Result<Option<String>> {
        let events: Vec<Event> = std::iter::from_fn(|| self.validator.poll_event()).collect();
        if events.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(&events).map(Some).map_err(|_| invalid("the events are no JSON"))
    }

    /// `health(now)`: the core's health as JSON.
    fn health(&self, call: &FunctionCallContext<'_>) -> Result<String> {
        let health = self.validator.health(time(call, 0)?);
        serde_json::to_string(&health).map_err(|_| invalid("the health is no JSON"))
    }

    /// `importKeys(snapshot, now)`: for how many sources it was of use, or why it was of none.
    fn import_keys(&self, call: &FunctionCallContext<'_>) -> Result<Either<u32, String>> {
        let (snapshot, now): (String, Timestamp) = (call.get(0)?, time(call, 1)?);
        Ok(match self.validator.import_keys(&snapshot, now) {
            Ok(sources) => Either::A(sources.try_into().unwrap_or(u32::MAX)),
            Err(error) => Either::B(error.to_string()),
        })
    }
}

fn told_of(explanation: &Explanation) -> Vec<String> {
    vec![explanation.to_json(), explanation.to_text(false), explanation.to_text(true)]
}

/// An entry of the policy as a number; -1 when the verdict did not get that far.
fn index(entry: Option<usize>) -> i32 {
    entry.and_then(|index| index.try_into().ok()).unwrap_or(-1)
}

/// Argument `index`, milliseconds since the Unix epoch.
///
/// NaN would become the year 1970, in which no token has expired yet: it is an error.
#[expect(clippy::cast_possible_truncation, reason = "saturates, as the core's arithmetic does")]
pub(crate) fn time(call: &FunctionCallContext<'_>, index: usize) -> Result<Timestamp> {
    let millis: f64 = call.get(index)?;
    if millis.is_finite() { Ok(Timestamp::from_millis(millis.floor() as i64)) } else { Err(invalid("not a time")) }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds")]
fn millis(time: Timestamp) -> f64 {
    time.as_millis() as f64
}

/// Header fields of name, value, name, value, … in pairs.
pub(crate) fn header_pairs(fields: &[String]) -> Vec<(&str, &str)> {
    fields.as_chunks::<2>().0.iter().map(|[name, value]| (name.as_str(), value.as_str())).collect()
}

/// Argument 0, an id as [`NativeFetchRequest`] carries it.
pub(crate) fn fetch_id(call: &FunctionCallContext<'_>) -> Result<FetchId> {
    Ok(FetchId::from_number(call.get::<BigInt>(0)?.get_u64().1))
}

pub(crate) fn invalid(message: &'static str) -> Error {
    Error::new(Status::InvalidArg, message)
}
