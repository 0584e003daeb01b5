//! Push style: the host registers a function, and validations call it for each piece of work.

use crate::bytes::object_of;
use crate::guard::guard;
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, Status};
use crate::validator::Validator;
use crate::work::{OwnedWork, Work};
use jotgate_core::{Question, Timestamp, Verdict};
use jotgate_edge::WorkRecord;
use std::ffi::c_void;

/// Does one piece of work, or starts it.
///
/// `context` is what was given to jotgate_set_worker. `work` is borrowed until the function returns: copy what is needed
/// longer. It may be reported (jotgate_report_fetched and its neighbours) before the function returns or at any time later,
/// by any thread. The function runs on a thread that validates, with no lock held, and may call every function of the
/// validator but jotgate_validator_free. It must return: no longjmp, no C++ exception.
pub type WorkCallback =
    Option<unsafe extern "C" fn(context: *mut c_void, validator: *const Validator, work: *const Work)>;

/// The host's function with its context.
#[derive(Clone, Copy)]
pub(crate) struct Worker {
    callback: unsafe extern "C" fn(*mut c_void, *const Validator, *const Work),
    context: *mut c_void,
}

// SAFETY: the context is never looked at here, only handed back, and jotgate_set_worker asks for a function and a
// context that every validating thread may use.
unsafe impl Send for Worker {}
// SAFETY: as above.
unsafe impl Sync for Worker {}

impl Worker {
    /// Validates and has work done in turn, for as long as there is work that the verdict may wait for.
    pub(crate) fn validate(&self, validator: &Validator, question: Question<'_>, now: Timestamp) -> Verdict {
        loop {
            let verdict = validator.core().validate(question, now);
            let worked = self.work(validator, now);
            if !(worked && matches!(verdict, Verdict::KeysNeeded(_))) {
                return verdict;
            }
        }
    }

    /// As [`Worker::validate`] for each question: work is done once for all of them, on this thread, and those that wait for it
    /// are asked about again.
    pub(crate) fn validate_many(
        &self, validator: &Validator, questions: &[Question<'_>], now: Timestamp, threads: usize,
    ) -> Vec<Verdict> {
        let judge = |questions: &[Question<'_>]| jotgate_host::validate_many(validator.core(), questions, now, threads);
        let mut verdicts = judge(questions);
        while self.work(validator, now) {
            let (places, open): (Vec<_>, Vec<_>) = verdicts
                .iter_mut()
                .zip(questions)
                .filter(|(verdict, _)| matches!(verdict, Verdict::KeysNeeded(_)))
                .map(|(verdict, question)| (verdict, *question))
                .unzip();
            if open.is_empty() {
                break;
            }
            for (place, verdict) in places.into_iter().zip(judge(&open)) {
                *place = verdict;
            }
        }
        verdicts
    }

    /// Has all work done that there is, and says whether there was any.
    fn work(&self, validator: &Validator, now: Timestamp) -> bool {
        let mut worked = false;
        while validator.core().work_due(now) {
            let Some(record) = WorkRecord::poll(validator.core(), now) else { break };
            let work = OwnedWork::new(record);
            // SAFETY: the host promised a function of this type that may be called while the validator lives; what it is
            // handed lives until it returns, and no lock or exclusive reference is held across the call.
            unsafe { (self.callback)(self.context, validator, work.view()) };
            worked = true;
        }
        worked
    }
}

/// Registers the function that does work, once per validator and before its first validation.
///
/// From then on jotgate_validate calls it for all work that is due, first for what the verdict needs, and asks again while
/// there is some. So does jotgate_validate_many, on the thread that called it. JOTGATE_VERDICT_KEYS_NEEDED then means that work is still under way: validate again when one of `wait_for`
/// has been reported. Without a worker, take work with jotgate_poll_work.
///
/// `worker` and `context` must stay usable, from every thread that validates, until the validator is freed.
///
/// Returns JOTGATE_OK, JOTGATE_NULL_ARGUMENT (`context` may be NULL), or JOTGATE_INVALID_ARGUMENT when there is a
/// worker already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_set_worker(
    validator: *mut Validator, worker: WorkCallback, context: *mut c_void,
) -> Status {
    guard(|| {
        // SAFETY: the caller holds the validator; a shared reference is enough, so that a caller who is late, with
        // other threads validating already, does no harm.
        let validator = unsafe { object_of(validator.cast_const()) }?;
        let callback = worker.ok_or(JOTGATE_NULL_ARGUMENT)?;
        validator.register(Worker { callback, context }).map_err(|_| JOTGATE_INVALID_ARGUMENT)
    })
}
