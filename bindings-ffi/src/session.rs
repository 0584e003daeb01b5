//! One validator as a host sees it: the safe layer under the exported functions.

use crate::error::Error;
use crate::pending::Pending;
use arc_swap::ArcSwap;
use jotgate_core::{
    Explanation, FetchFailure, FetchId, FetchRequest, FetchResponse, Refusal, Request, SnapshotError, Timestamp,
    Validator, Verdict,
};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A verdict, and whether there is something to fetch.
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) fetch_due: bool,
}

/// A core validator with the fetches that its verdicts asked for, so that a host can take them one by one.
pub(crate) struct Session {
    core: Validator,
    pending: Pending,
    completions: AtomicU64,
    /// Events that were taken and found no room, the oldest first. No more than the threads that take events at once.
    returned: ArcSwap<Vec<Arc<str>>>,
}

impl Session {
    /// `looks_clients_up` is what the host promises; without it a policy that asks for it is refused.
    pub(crate) fn new(policy: &[u8], seed: u64, looks_clients_up: bool) -> Result<Self, Error> {
        let policy = std::str::from_utf8(policy).map_err(|_| Error::of_call("the policy document is not UTF-8"))?;
        let policy = jotgate_tools::policy(policy, jotgate_tools::Format::Json).map_err(|error| Error::from(&error))?;
        let core = if looks_clients_up {
            Validator::new(policy, seed).with_client_lookup()
        } else {
            Validator::new(policy.without_client_lookup().map_err(|error| Error::from(&error))?, seed)
        };
        Ok(Self { core, pending: Pending::new(), completions: AtomicU64::new(0), returned: ArcSwap::default() })
    }

    pub(crate) fn validate(&self, token: &[u8], now: Timestamp) -> Verdict {
        self.core.validate(token, now)
    }

    /// As [`Session::validate`], for a token of the time `as_of`.
    pub(crate) fn validate_as_of(&self, token: &[u8], as_of: Timestamp, now: Timestamp) -> Verdict {
        self.core.validate_as_of(token, as_of, now)
    }

    /// As [`Session::validate_request`], for a token of the time `as_of`.
    pub(crate) fn validate_request_as_of(&self, request: &Request<'_>, as_of: Timestamp, now: Timestamp) -> Verdict {
        self.core.validate_request_as_of(request, as_of, now)
    }

    pub(crate) fn validate_request(&self, request: &Request<'_>, now: Timestamp) -> Verdict {
        self.core.validate_request(request, now)
    }

    pub(crate) fn explain(&self, token: &[u8], as_of: Timestamp, now: Timestamp) -> Explanation {
        self.core.explain_as_of(token, as_of, now)
    }

    pub(crate) fn explain_request(&self, request: &Request<'_>, as_of: Timestamp, now: Timestamp) -> Explanation {
        self.core.explain_request_as_of(request, as_of, now)
    }

    /// Keeps the fetches that the verdict wants started for [`Session::take_fetch`].
    pub(crate) fn keep_fetches(&self, verdict: Verdict, now: Timestamp) -> Outcome {
        if let Verdict::KeysNeeded(needed) = &verdict
            && !needed.start.is_empty()
        {
            self.pending.add(&needed.start, now);
        }
        Outcome { verdict, fetch_due: self.fetch_due(now) }
    }

    /// Whether [`Session::take_fetch`] would hand something out.
    pub(crate) fn fetch_due(&self, now: Timestamp) -> bool {
        !self.pending.is_empty() || self.core.fetch_due(now)
    }

    /// A fetch to be done: what callers wait for comes first, then refreshes in the background.
    pub(crate) fn take_fetch(&self, now: Timestamp) -> Option<FetchRequest> {
        self.pending.take(now).or_else(|| self.take_refresh(now))
    }

    /// A refresh in the background that is due; `None` costs as little as [`Validator::fetch_due`].
    pub(crate) fn take_refresh(&self, now: Timestamp) -> Option<FetchRequest> {
        if self.core.fetch_due(now) { self.core.poll_fetch(now) } else { None }
    }

    pub(crate) fn complete_fetch(&self, id: u64, response: FetchResponse<'_>, now: Timestamp) {
        self.core.complete_fetch(FetchId::from_number(id), response, now);
        self.completions.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn fail_fetch(&self, id: u64, failure: FetchFailure, now: Timestamp) {
        self.core.fail_fetch(FetchId::from_number(id), failure, now);
        self.completions.fetch_add(1, Ordering::Release);
    }

    /// Grows with every fetch that completes or fails.
    pub(crate) fn completions(&self) -> u64 {
        self.completions.load(Ordering::Acquire)
    }

    /// How the key sets are, as the JSON text of [`Health`](jotgate_core::Health).
    pub(crate) fn health_json(&self, now: Timestamp) -> String {
        // Numbers and text alone: there is nothing in it that JSON cannot say.
        serde_json::to_string(&self.core.health(now)).unwrap_or_default()
    }

    pub(crate) fn export_keys(&self) -> String {
        self.core.export_keys()
    }

    pub(crate) fn import_keys(&self, snapshot: &str, now: Timestamp) -> Result<usize, SnapshotError> {
        self.core.import_keys(snapshot, now)
    }

    pub(crate) fn settle_fetch(&self, id: u64, snapshot: &str, now: Timestamp) -> Result<bool, SnapshotError> {
        let settled = self.core.settle_fetch(FetchId::from_number(id), snapshot, now)?;
        if settled {
            self.completions.fetch_add(1, Ordering::Release);
        }
        Ok(settled)
    }

    pub(crate) fn export_due(&self) -> bool {
        self.core.export_due()
    }

    pub(crate) fn forwards(&self) -> bool {
        self.core.forwards()
    }

    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        self.core.next_wakeup()
    }

    pub(crate) fn refresh_keys(&self) {
        self.core.refresh_keys();
    }

    /// The oldest event that nobody has, as the JSON text of [`Event`](jotgate_core::Event).
    pub(crate) fn take_event(&self) -> Option<Arc<str>> {
        if !self.returned.load().is_empty() {
            // Only one thread succeeds in replacing a given list, so the head of what it replaced is its alone.
            let before = self.returned.rcu(|returned| returned.get(1..).unwrap_or_default().to_vec());
            if let Some(event) = before.first() {
                return Some(Arc::clone(event));
            }
        }
        // Numbers and text alone: there is nothing in it that JSON cannot say.
        self.core.poll_event().map(|event| serde_json::to_string(&event).unwrap_or_default().into())
    }

    /// Puts an event back that [`Session::take_event`] gave.
    pub(crate) fn return_event(&self, event: Arc<str>) {
        self.returned.rcu(|returned| std::iter::once(&event).chain(returned.iter()).cloned().collect::<Vec<_>>());
    }

    /// The HTTP answer to a refusal as the JSON text `{"status":…,"headers":[[name,value],…],"body":…}`.
    pub(crate) fn answer_json(&self, refusal: &Refusal) -> String {
        #[derive(Serialize)]
        struct Document<'a> {
            status: u16,
            headers: &'a [(&'static str, String)],
            body: &'a str,
        }
        let answer = self.core.answer(refusal);
        let document = Document { status: answer.status, headers: &answer.headers, body: &answer.body };
        // Numbers and text alone: there is nothing in it that JSON cannot say.
        serde_json::to_string(&document).unwrap_or_default()
    }

    /// How a request changes before it goes on, as the JSON text `{"remove":[…],"set":[[name,value],…],"query":…}`.
    pub(crate) fn forward_json(&self, payload: Option<&str>, request: &Request<'_>) -> String {
        serde_json::to_string(&self.core.forward_claims(payload, request)).unwrap_or_default()
    }
}
