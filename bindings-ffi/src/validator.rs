//! Validators, made from a policy.

use crate::bytes::{object_of, slice_of};
use crate::error::{Error, made_or_error};
use crate::guard::{guard_or, point};
use crate::sized::{self, Growing};
use crate::status::JOTGATE_NULL_ARGUMENT;
use crate::worker::Worker;
use arc_swap::ArcSwap;
use jotgate_core::{Question, Timestamp, Verdict};
use jotgate_edge::Mistake;
use std::sync::{Arc, OnceLock};

/// A compiled policy with its key sets. Opaque; free it with jotgate_validator_free.
///
/// Any number of threads may use one validator at once. A child process may go on using it after a fork; see
/// jotgate_reissue_work.
pub struct Validator {
    core: jotgate_core::Validator,
    worker: OnceLock<Worker>,
    pub(crate) events_returned: Arc<Returned>,
    pub(crate) warnings_returned: Arc<Returned>,
}

/// What a caller says of itself when it makes a validator.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Options {
    /// sizeof(jotgate_options).
    pub size: usize,
    /// 1 when the caller answers who a client is, else 0. It is asked with JOTGATE_QUESTION_CLIENT where the policy says
    /// `client_id: { allowed: host }`; without this, such a policy is refused.
    pub client_lookup: u32,
    /// 1 when the caller answers whether a token was revoked, else 0. It is asked with JOTGATE_QUESTION_REVOKED about each
    /// token that passes.
    pub revocation_check: u32,
    /// 1 when the caller has a store of key sets that processes share, else 0. Work of the kinds JOTGATE_WORK_LOAD and
    /// JOTGATE_WORK_SAVE is given out then.
    pub store: u32,
    /// A random number of this validator's own that no client knows. It spreads the refreshes of many processes over time,
    /// and hashes the key ids that tokens make up.
    pub seed: u64,
}

// SAFETY: `repr(C)`, the size first, numbers alone.
unsafe impl Growing for Options {
    const ZEROED: Self = Self { size: 0, client_lookup: 0, revocation_check: 0, store: 0, seed: 0 };
    const FIRST: usize = size_of::<Self>();
}

impl Validator {
    pub(crate) fn core(&self) -> &jotgate_core::Validator {
        &self.core
    }

    /// Hands the worker back when there is one already.
    pub(crate) fn register(&self, worker: Worker) -> Result<(), Worker> {
        self.worker.set(worker)
    }

    /// The verdict, and whether there is work. With a worker, that has been given all work that there was.
    pub(crate) fn ask(&self, question: Question<'_>, now: Timestamp) -> (Verdict, bool) {
        let verdict = match self.worker.get() {
            Some(worker) => worker.validate(self, question, now),
            None => self.core.validate(question, now),
        };
        point("judged");
        (verdict, self.core.work_due(now))
    }

    /// As [`Validator::ask`] about each of them, by several threads.
    pub(crate) fn ask_many(&self, questions: &[Question<'_>], now: Timestamp, threads: usize) -> (Vec<Verdict>, bool) {
        let verdicts = match self.worker.get() {
            Some(worker) => worker.validate_many(self, questions, now, threads),
            None => jotgate_host::validate_many(&self.core, questions, now, threads),
        };
        point("judged");
        (verdicts, self.core.work_due(now))
    }

    /// The oldest event that nobody has, as the JSON text of [`Event`](jotgate_core::Event).
    pub(crate) fn take_event(&self) -> Option<Arc<str>> {
        // Numbers and text alone: there is nothing in it that JSON cannot say.
        let json = |event| serde_json::to_string(&event).unwrap_or_default().into();
        self.events_returned.take().or_else(|| self.core.poll_event().map(json))
    }

    /// The oldest warning that nobody has.
    pub(crate) fn take_warning(&self) -> Option<Arc<str>> {
        self.warnings_returned.take().or_else(|| self.core.poll_warning())
    }
}

/// What was taken and found no room, the oldest first. No more than the threads that take at once.
#[derive(Default)]
pub(crate) struct Returned(ArcSwap<Vec<Arc<str>>>);

impl Returned {
    fn take(&self) -> Option<Arc<str>> {
        if self.0.load().is_empty() {
            return None;
        }
        // Only one thread succeeds in replacing a given list, so the head of what it replaced is its alone.
        let before = self.0.rcu(|returned| returned.get(1..).unwrap_or_default().to_vec());
        before.first().map(Arc::clone)
    }

    /// Puts one back.
    pub(crate) fn put(&self, text: Arc<str>) {
        self.0.rcu(|returned| std::iter::once(&text).chain(returned.iter()).cloned().collect::<Vec<_>>());
    }
}

/// Makes a validator from a policy document: JSON text in UTF-8.
///
/// The document is read during the call and not kept. The validator belongs to the caller.
///
/// Returns NULL when the document or the options are refused, and then `*error` is a jotgate_error that belongs to the
/// caller; after a success `*error` is NULL. `error` may be NULL when nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_new(
    policy: *const u8, policy_len: usize, options: *const Options, error: *mut *mut Error,
) -> *mut Validator {
    let made = || {
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }
            .map_err(|_| Mistake::of_call("the policy document is NULL or its length is impossible"))?;
        // SAFETY: the caller lends the options for the call.
        let options = unsafe { declared(options) }.map_err(Mistake::of_call)?;
        let core = jotgate_edge::open(policy, options)?;
        let (events_returned, warnings_returned) = (Arc::default(), Arc::default());
        Ok(Validator { core, worker: OnceLock::new(), events_returned, warnings_returned })
    };
    // SAFETY: the caller lends memory for a pointer, or NULL.
    unsafe { made_or_error(error, made) }
}

/// Makes the validator of another policy in the place of this one, with what this one has learnt: a policy that is replaced
/// while the program runs.
///
/// Ask the new one from now on. A question that was begun with the old one ends there, and so does what is asked about its
/// verdict: jotgate_answer_question, jotgate_answer, jotgate_forward. When none is left, free the old one with
/// jotgate_validator_free; the new one does not need it. Threads that share a validator read it through an atomic pointer.
///
/// Key sets of sources whose place and options are the same go on, with their freshness, their pauses after failures and the
/// work that is out for them; others are fetched when they are needed. Work, reports, events, warnings, the health of key sets,
/// exports and imports are those of the newest, whichever of the two is asked. The options of the old one and its worker are the
/// new one's too; the worker is called with the validator that was asked.
///
/// `now_ms` is the time, for the event `policy_replaced`. Replace one policy at a time.
///
/// Returns NULL when the document is refused, as jotgate_validator_new does, and `*error` says why. Nothing has changed then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_replace(
    validator: *const Validator, policy: *const u8, policy_len: usize, now_ms: i64, error: *mut *mut Error,
) -> *mut Validator {
    let made = || {
        // SAFETY: the caller holds the validator for the call.
        let before = unsafe { object_of(validator) }.map_err(|_| Mistake::of_call("the validator is NULL"))?;
        // SAFETY: the caller lends `policy_len` bytes for the call.
        let policy = unsafe { slice_of(policy, policy_len) }
            .map_err(|_| Mistake::of_call("the policy document is NULL or its length is impossible"))?;
        let core = jotgate_edge::open_after(&before.core, policy, Timestamp::from_millis(now_ms))?;
        Ok(Validator {
            core,
            worker: before.worker.clone(),
            events_returned: Arc::clone(&before.events_returned),
            warnings_returned: Arc::clone(&before.warnings_returned),
        })
    };
    // SAFETY: the caller lends memory for a pointer, or NULL.
    unsafe { made_or_error(error, made) }
}

/// # Safety
/// `options` must be NULL or point to a structure of the size that it says.
unsafe fn declared(options: *const Options) -> Result<jotgate_edge::Options, &'static str> {
    // SAFETY: the caller passes the promise on.
    let options = unsafe { sized::read(options) }.map_err(|status| match status {
        JOTGATE_NULL_ARGUMENT => "the options are NULL: they hold the seed",
        _ => "the options have an impossible size, or ask for something that this version cannot do",
    })?;
    let said = |number| match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err("an option is neither 0 nor 1"),
    };
    Ok(jotgate_edge::Options {
        seed: options.seed,
        client_lookup: said(options.client_lookup)?,
        revocation_check: said(options.revocation_check)?,
        store: said(options.store)?,
    })
}

/// Frees a validator, and with it the claim names in its verdicts. NULL is fine.
///
/// No other call on the validator may be running or follow: not from other threads, and not for its work that has not been
/// reported. Answer its tokens that are not decided on before, or give them up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_validator_free(validator: *mut Validator) {
    guard_or((), || {
        if !validator.is_null() {
            // SAFETY: the pointer came from `Box::into_raw` in jotgate_validator_new, and the caller frees it once.
            drop(unsafe { Box::from_raw(validator) });
        }
    });
}
