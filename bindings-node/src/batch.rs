//! Many tokens in one crossing, judged by threads that are not JavaScript's.

use crate::text::TextBuffer;
use jotgate::{Question, Rejection, Timestamp, Validator, Verdict};
use jotgate_host::{guarded, spread};
use jotgate_node_common::{Details, Returned, split};
use napi::bindgen_prelude::{Array, External, Result, ToNapiValue, TypeName, Unknown};
use napi::{Env, Error, Status, Task, ValueType, sys};
use std::cell::RefCell;
use std::sync::Arc;

/// What one token has come to: what JavaScript gets at once, and the rest for when it asks.
pub(crate) type Told = (Returned, Details);

/// The verdicts of a batch as JavaScript holds them: opaque, and gone with whoever asked. Empty once they were taken.
pub(crate) type Held = RefCell<Option<Vec<Told>>>;

/// The bytes of many tokens, one behind the other: strings of JavaScript cannot be read by other threads.
pub(crate) struct Tokens {
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Tokens {
    /// `list` must be made for this call: reading an element of it must not run the application's code.
    pub(crate) fn read(list: &Array<'_>, buffer: &mut TextBuffer) -> Result<Self> {
        let mut tokens = Self { bytes: Vec::new(), ends: Vec::new() };
        for index in 0..list.len() {
            if let Some(token) = list.get::<Unknown<'_>>(index)? {
                tokens.bytes.extend_from_slice(buffer.read(&token)?);
            }
            tokens.ends.push(tokens.bytes.len());
        }
        Ok(tokens)
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

/// A batch on its way: a thread of Node's pool judges it, together with threads that live as long as that takes.
pub(crate) struct Judging {
    pub(crate) validator: Arc<Validator>,
    pub(crate) tokens: Tokens,
    pub(crate) as_of: Timestamp,
    pub(crate) now: Timestamp,
}

impl Task for Judging {
    type Output = Vec<Told>;
    type JsValue = Verdicts;

    fn compute(&mut self) -> Result<Vec<Told>> {
        // A panic that left this function would abort the process.
        guarded(|| self.judge()).ok_or_else(|| Error::new(Status::GenericFailure, "the batch panicked; this is a bug"))
    }

    fn resolve(&mut self, _: Env, told: Vec<Told>) -> Result<Verdicts> {
        Ok(Verdicts(told))
    }
}

impl Judging {
    fn judge(&self) -> Vec<Told> {
        let questions: Vec<Question<'_>> =
            self.tokens.iter().map(|token| Question::token(token).as_of(self.as_of)).collect();
        // JavaScript asks for all of them at once whether work is due.
        let told = |verdict| split(verdict, || false);
        let panicked = || told(Verdict::Rejected(Rejection::internal_error("the validation panicked; this is a bug")));
        // What is told is written where it is judged, by all threads.
        spread(&questions, ALL_PROCESSORS, |question| told(self.validator.validate(*question, self.now)), panicked)
    }
}

/// What the promise of a batch gives to JavaScript: a [`Held`].
pub(crate) struct Verdicts(Vec<Told>);

impl TypeName for Verdicts {
    fn type_name() -> &'static str {
        "External"
    }

    fn value_type() -> ValueType {
        ValueType::External
    }
}

impl ToNapiValue for Verdicts {
    unsafe fn to_napi_value(env: sys::napi_env, Self(told): Self) -> Result<sys::napi_value> {
        let held: Held = RefCell::new(Some(told));
        // SAFETY: the caller of this function promises that `env` is the environment of the running call.
        unsafe { External::to_napi_value(env, External::new(held)) }
    }
}

const ALL_PROCESSORS: usize = 0;
