//! One validator as JavaScript holds it: an object of bound closures.

mod endpoint;

use crate::arguments::{failed, fetched, invalid, time, work_id};
use crate::batch::{self, Judging, Tokens};
use crate::text::TextBuffer;
use crate::verdict::Returned;
use crate::work::{NativeAnswer, NativeWork};
use jotgate::{
    Code, Denial, Event, Explanation, HostAnswer, HostQuestion, Question, Report, Request, Timestamp, Undecided,
    Validator, Verdict,
};
use jotgate_edge::WorkRecord;
use jotgate_node_common::{Details, Refusals, split, with_request};
use napi::Env;
use napi::bindgen_prelude::{
    Array, AsyncTask, BigInt, Either, External, ExternalRef, FunctionCallContext, JsObjectValue, Object, Result,
    ToNapiValue, Unknown,
};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use std::vec;

/// A validator, the buffer its tokens are read into, and what there is to say about its last verdict.
///
/// It lives on one JavaScript thread; each worker thread makes its own, and other threads see the validator alone, while they
/// judge a batch. No borrow of a cell is held while JavaScript runs, so no call can find one taken.
pub(crate) struct Session {
    validator: Arc<Validator>,
    buffer: RefCell<TextBuffer>,
    /// The names of the header fields that are read, in their order.
    names: Box<[Box<str>]>,
    details: RefCell<Details>,
    /// The refusals that JavaScript has read.
    refusals: RefCell<Refusals>,
    /// The verdicts of a batch that JavaScript is reading.
    batch: RefCell<vec::IntoIter<batch::Told>>,
}

/// A token of which the application has to say something, as JavaScript holds it: opaque, and gone with whoever asked.
/// Empty once it was answered.
type Held = RefCell<Option<Undecided>>;

impl Session {
    pub(crate) fn new(validator: Validator) -> Self {
        let names = validator.reads().headers.unwrap_or_default();
        Self {
            names: names.into_iter().map(String::into_boxed_str).collect(),
            validator: Arc::new(validator),
            buffer: RefCell::new(TextBuffer::new()),
            details: RefCell::default(),
            refusals: RefCell::default(),
            batch: RefCell::default(),
        }
    }

    /// The object that `NativeCore` in `ts/native.ts` describes.
    pub(crate) fn into_object(self: Rc<Self>, env: &Env) -> Result<Object<'_>> {
        let mut object = Object::new(env)?;
        object.set_named_property("native", External::new(Arc::clone(&self.validator)))?;
        self.bind(env, &mut object, "validate", Self::validate)?;
        self.bind(env, &mut object, "validateRequest", Self::validate_request)?;
        self.bind(env, &mut object, "validateField", Self::validate_field)?;
        self.bind(env, &mut object, "judgeMany", Self::judge_many)?;
        self.bind(env, &mut object, "takeVerdicts", Self::take_verdicts)?;
        self.bind(env, &mut object, "nextVerdict", |session, _| session.next_verdict())?;
        self.bind(env, &mut object, "explain", Self::explain)?;
        self.bind(env, &mut object, "explainRequest", Self::explain_request)?;
        self.bind(env, &mut object, "reads", |session, _| session.reads())?;
        self.bind(env, &mut object, "forwards", |session, _| Ok(session.validator.forwards()))?;
        self.bind(env, &mut object, "forward", Self::forward)?;
        object.set_named_property("refusals", env.create_array(0)?)?;
        self.bind(env, &mut object, "code", |session, _| Ok(session.details.borrow().code()))?;
        self.bind(env, &mut object, "issuer", |session, _| Ok(index(session.details.borrow().issuer)))?;
        self.bind(env, &mut object, "route", |session, _| Ok(index(session.details.borrow().route)))?;
        self.bind(env, &mut object, "claim", |session, _| Ok(session.details.borrow().claim().map(str::to_owned)))?;
        self.bind(env, &mut object, "detail", |session, _| Ok(session.details.borrow().detail()))?;
        self.bind(env, &mut object, "retryAt", |session, _| Ok(session.details.borrow().retry_at().map(millis)))?;
        self.bind(env, &mut object, "undecided", |session, _| Ok(session.undecided()))?;
        self.bind(env, &mut object, "client", |_, call| client(call))?;
        self.bind(env, &mut object, "payload", |_, call| payload(call))?;
        self.bind(env, &mut object, "answerQuestion", Self::answer_question)?;
        self.bind(env, &mut object, "waitFor", |session, _| Ok(session.wait_for()))?;
        self.bind(env, &mut object, "patience", |session, _| Ok(session.patience()))?;
        self.bind(env, &mut object, "workDue", |session, call| Ok(session.validator.work_due(time(call, 0)?)))?;
        self.bind(env, &mut object, "pollWork", Self::poll_work)?;
        self.bind(env, &mut object, "reportFetched", |session, call| {
            let most = |id| session.validator.body_limit(id);
            fetched(call, most, |id, report, now| _ = session.validator.report(id, report, now))
        })?;
        self.bind(env, &mut object, "reportLoaded", Self::report_loaded)?;
        self.bind(env, &mut object, "reportSaved", Self::report_saved)?;
        self.bind(env, &mut object, "reportFailed", |session, call| {
            failed(call, |id, report, now| _ = session.validator.report(id, report, now))
        })?;
        self.bind(env, &mut object, "refreshKeys", |session, _| {
            session.validator.refresh_keys();
            Ok(())
        })?;
        self.bind(env, &mut object, "answer", Self::answer)?;
        self.bind(env, &mut object, "require", Self::require)?;
        self.bind(env, &mut object, "answerWith", Self::answer_with)?;
        self.bind(env, &mut object, "warnings", |session, _| Ok(session.warnings()))?;
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

    /// `validate(token, asOf, now)`: the verified token as `layout.rs` writes it, or a code.
    fn validate(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (as_of, now) = (time(call, 1)?, time(call, 2)?);
        let token: Unknown<'_> = call.get(0)?;
        let mut buffer = self.buffer.borrow_mut();
        Ok(self.told(self.validator.validate(Question::token(buffer.read(&token)?).as_of(as_of), now), now))
    }

    /// `validateField(method, path, query, place, value, asOf, now)`: as `validateRequest`, for a request of which one field is
    /// read: the name is that at this place of `reads`. Without one, the place is beyond them.
    ///
    /// That is nearly every request, and to join its parts would take more time than to read them one by one.
    fn validate_field(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (method, path, query): (Unknown<'_>, Unknown<'_>, Unknown<'_>) = (call.get(0)?, call.get(1)?, call.get(2)?);
        let (place, value): (u32, Unknown<'_>) = (call.get(3)?, call.get(4)?);
        let (as_of, now) = (time(call, 5)?, time(call, 6)?);
        let mut buffer = self.buffer.borrow_mut();
        let [method, path, query, value] = buffer.read_each([&method, &path, &query, &value])?.map(text_of);
        let (method, path, query, value) = (method?, path?, query?, value?);
        let name = usize::try_from(place).ok().and_then(|place| self.names.get(place));
        let field = name.map(|name| (&**name, &*value));
        let request = Request::new(&method, &path).with_query(&query).with_headers(field.as_slice());
        Ok(self.told(self.validator.validate(Question::request(&request).as_of(as_of), now), now))
    }

    /// `validateRequest(parts, count, asOf, now)`: `parts` is method, path, query, name, value, name, value, … joined by
    /// NUL.
    ///
    /// One string costs one crossing where an array of forty would cost eighty. `joined` in `ts/request.ts` sees to it
    /// that no part contains a NUL; should one do, the number of parts is wrong and the request is refused.
    fn validate_request(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (as_of, now) = (time(call, 2)?, time(call, 3)?);
        self.with_request(call, |request| {
            self.told(self.validator.validate(Question::request(request).as_of(as_of), now), now)
        })
    }

    /// `judgeMany(tokens, asOf, now)`: a promise of the verdicts, for `takeVerdicts`; other threads judge.
    fn judge_many(&self, call: &FunctionCallContext<'_>) -> Result<AsyncTask<Judging>> {
        let (as_of, now) = (time(call, 1)?, time(call, 2)?);
        let tokens = Tokens::read(&call.get::<Array<'_>>(0)?, &mut self.buffer.borrow_mut())?;
        Ok(AsyncTask::new(Judging { validator: Arc::clone(&self.validator), tokens, as_of, now }))
    }

    /// `takeVerdicts(verdicts)`: from now on `nextVerdict` gives these.
    fn take_verdicts(&self, call: &FunctionCallContext<'_>) -> Result<()> {
        let held: ExternalRef<batch::Held> = call.get(0)?;
        let told = held.borrow_mut().take().ok_or_else(|| invalid("the verdicts were taken before"))?;
        *self.batch.borrow_mut() = told.into_iter();
        Ok(())
    }

    /// `nextVerdict()`: as `validate`, for the next token of the batch.
    fn next_verdict(&self) -> Result<Returned> {
        let mut batch = self.batch.borrow_mut();
        let (returned, details) = batch.next().ok_or_else(|| invalid("the batch has no more verdicts"))?;
        if batch.len() == 0 {
            // A batch may be large, and nothing is left in this one.
            *batch = vec::IntoIter::default();
        }
        Ok(self.kept((returned, details)))
    }

    /// `explain(token, asOf, now)`: an explanation as JSON, as text, and as text with colours.
    fn explain(&self, call: &FunctionCallContext<'_>) -> Result<Vec<String>> {
        let (as_of, now) = (time(call, 1)?, time(call, 2)?);
        let token: Unknown<'_> = call.get(0)?;
        let mut buffer = self.buffer.borrow_mut();
        Ok(told_of(&self.validator.explain(Question::token(buffer.read(&token)?).as_of(as_of), now)))
    }

    /// `explainRequest(parts, count, asOf, now)`: as `explain`, for a request as in `validateRequest`.
    fn explain_request(&self, call: &FunctionCallContext<'_>) -> Result<Vec<String>> {
        let (as_of, now) = (time(call, 2)?, time(call, 3)?);
        self.with_request(call, |request| {
            told_of(&self.validator.explain(Question::request(request).as_of(as_of), now))
        })
    }

    /// `reads()`: the parts of requests that the policy reads, as JSON.
    fn reads(&self) -> Result<String> {
        serde_json::to_string(&self.validator.reads()).map_err(|_| invalid("the parts are no JSON"))
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
        with_request(buffer.read(&parts)?, count, ask).map_err(|wrong| invalid(wrong.message()))
    }

    /// The verdict, and for a token that is accepted or refused whether work is due at this time.
    fn told(&self, verdict: Verdict, now: Timestamp) -> Returned {
        self.kept(split(verdict, || self.validator.work_due(now)))
    }

    /// What JavaScript gets at once; the rest of the verdict is kept for when it asks.
    fn kept(&self, (returned, details): batch::Told) -> Returned {
        let refused = details.rejection.as_ref();
        let known = refused.and_then(|refused| self.refusals.borrow_mut().number(refused, details.is_due));
        *self.details.borrow_mut() = details;
        Returned(known.map_or(returned, jotgate_node_common::Returned::Code))
    }

    /// The token of the last verdict, of which the application has to say something; `null` when asked again.
    fn undecided(&self) -> Option<External<Held>> {
        self.details.borrow_mut().undecided.take().map(|undecided| External::new(RefCell::new(Some(undecided))))
    }

    /// `answerQuestion(undecided, answer)`: as `validate`, or undecided again. Each question takes one answer.
    fn answer_question(&self, call: &FunctionCallContext<'_>) -> Result<Returned> {
        let (held, answer): (ExternalRef<Held>, u32) = (call.get(0)?, call.get(1)?);
        let undecided = held.borrow_mut().take().ok_or_else(|| invalid("the question was answered before"))?;
        // Whether work is due was asked when the question came.
        Ok(self.kept(split(undecided.answer(HostAnswer::from_number(answer)), || false)))
    }

    /// The work that the last verdict waits for; empty when asked again.
    fn wait_for(&self) -> Vec<BigInt> {
        let mut details = self.details.borrow_mut();
        let ids = details.needed.as_mut().map(|needed| std::mem::take(&mut needed.wait_for));
        ids.unwrap_or_default().into_iter().map(|id| BigInt::from(id.number())).collect()
    }

    /// For how long to wait at most, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "timeouts are far below 2^53")]
    fn patience(&self) -> f64 {
        self.details.borrow().needed.as_ref().map_or(0.0, |needed| needed.patience.as_millis() as f64)
    }

    /// `pollWork(now)`: the next piece of work, or `null`.
    fn poll_work(&self, call: &FunctionCallContext<'_>) -> Result<Option<NativeWork>> {
        Ok(WorkRecord::poll(&self.validator, time(call, 0)?).map(NativeWork::from))
    }

    /// `reportLoaded(id, text, now)`: why the text is no snapshot, or `null`.
    fn report_loaded(&self, call: &FunctionCallContext<'_>) -> Result<Option<String>> {
        let (text, now): (Option<String>, Timestamp) = (call.get(1)?, time(call, 2)?);
        let taken = self.validator.report(work_id(call)?, Report::Loaded(text.as_deref()), now);
        Ok(taken.err().map(|error| error.to_string()))
    }

    /// `reportSaved(id, now)`
    fn report_saved(&self, call: &FunctionCallContext<'_>) -> Result<()> {
        // Only a text that was loaded can be refused.
        _ = self.validator.report(work_id(call)?, Report::Saved, time(call, 1)?);
        Ok(())
    }

    /// `answer(name, issuer, route, retryAfter)`: -1 stands for an entry or a number of milliseconds that is not known.
    fn answer(&self, call: &FunctionCallContext<'_>) -> Result<NativeAnswer> {
        Ok(self.validator.answer(&denial_of(call)?).into())
    }

    /// The events since this was last asked, as a JSON list; `null` when there were none.
    fn events(&self) -> Result<Option<String>> {
        let events: Vec<Event> = std::iter::from_fn(|| self.validator.poll_event()).collect();
        if events.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(&events).map(Some).map_err(|_| invalid("the events are no JSON"))
    }

    /// The warnings for the log since this was last asked.
    fn warnings(&self) -> Vec<String> {
        std::iter::from_fn(|| self.validator.poll_warning()).map(|warning| warning.as_ref().to_owned()).collect()
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

/// `client(undecided)`: the client that the application must look up; `null` when it is asked whether the token was revoked.
fn client(call: &FunctionCallContext<'_>) -> Result<Option<String>> {
    asked(call, |undecided| match undecided.question() {
        HostQuestion::Client { id, .. } => Ok(Some(id.into_owned())),
        HostQuestion::Revoked => Ok(None),
        _ => Err(invalid("a question that this version does not know")),
    })?
}

/// `payload(undecided)`: the claims, for the application to find its answer.
fn payload(call: &FunctionCallContext<'_>) -> Result<String> {
    asked(call, |undecided| undecided.payload().to_owned())
}

fn asked<Told>(call: &FunctionCallContext<'_>, tell: impl FnOnce(&Undecided) -> Told) -> Result<Told> {
    let held: ExternalRef<Held> = call.get(0)?;
    let held = held.borrow();
    held.as_ref().map(tell).ok_or_else(|| invalid("the question was answered before"))
}

/// The first arguments of `answer`.
fn denial_of(call: &FunctionCallContext<'_>) -> Result<Denial> {
    let (name, issuer, route): (String, i32, i32) = (call.get(0)?, call.get(1)?, call.get(2)?);
    let retry_after: f64 = call.get(3)?;
    let code = Code::from_name(&name).unwrap_or(Code::InternalError);
    // Negative values and NaN fail the conversion and stand for "not known".
    let retry_after = Duration::try_from_secs_f64(retry_after / 1000.0).ok();
    let mut denial = Denial::new(code);
    denial.issuer = issuer.try_into().ok();
    denial.route = route.try_into().ok();
    denial.retry_after = retry_after;
    Ok(denial)
}

/// A part of a request as text, a NUL being U+FFFD as in `ts/request.ts`.
fn text_of(part: &[u8]) -> Result<Cow<'_, str>> {
    let text = std::str::from_utf8(part).map_err(|_| invalid("a request is not text"))?;
    Ok(if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) })
}

fn told_of(explanation: &Explanation) -> Vec<String> {
    vec![explanation.to_json(), explanation.to_text(false), explanation.to_text(true)]
}

/// An entry of the policy as a number; -1 when the verdict did not get that far.
fn index(entry: Option<usize>) -> i32 {
    entry.and_then(|index| index.try_into().ok()).unwrap_or(-1)
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds")]
fn millis(time: Timestamp) -> f64 {
    time.as_millis() as f64
}
