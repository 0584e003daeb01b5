//! The driver of a host, and the host around it: an issuer that answers as the steps say, and a store that does.

use crate::case::Response;
use crate::scenario::{Does, Part, Served, Trouble};
use jotgate::{FetchRequest, FetchResponse, Report, Timestamp, Validator, Verdict, Work, WorkFailure, WorkId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A validator as a host drives it: what `ARCHITECTURE.md` asks of a driver, without threads.
pub(crate) struct World {
    /// The latest. Validations that were begun have that under which they were.
    pub(crate) validator: Arc<Validator>,
    pub(crate) now: Timestamp,
    pub(crate) served: BTreeMap<String, Served>,
    pub(crate) store: Store,
    pub(crate) last: Option<FetchRequest>,
    pub(crate) fetches: u64,
    pub(crate) loads: u64,
    pub(crate) saves: u64,
    /// What was taken and not reported yet.
    out: BTreeSet<WorkId>,
    held: Vec<Held>,
}

/// The store that processes share.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) text: Option<String>,
    pub(crate) load: Does,
    pub(crate) save: Does,
    /// The key ids of each text that was saved, in the order in which the texts came to lie there.
    pub(crate) landed: Vec<Vec<String>>,
}

/// Work that a step has to release.
struct Held {
    work: Work,
    until: Timestamp,
}

/// A validation that may have to wait.
pub(crate) struct Waiter {
    validator: Arc<Validator>,
    pub(crate) token: String,
    /// How often it has asked the core.
    pub(crate) asked: u64,
    wait_for: Vec<WorkId>,
    until: Timestamp,
}

impl World {
    pub(crate) fn new(validator: Validator, now: Timestamp) -> Self {
        Self {
            validator: Arc::new(validator),
            now,
            served: BTreeMap::new(),
            store: Store::default(),
            last: None,
            fetches: 0,
            loads: 0,
            saves: 0,
            out: BTreeSet::new(),
            held: Vec::new(),
        }
    }

    /// Goes on with another validator, in a process in which nobody does what was begun.
    pub(crate) fn forget(&mut self) {
        self.out.clear();
        self.held.clear();
    }

    /// Asks until there is a verdict, or until nothing of what is waited for has ended.
    pub(crate) fn ask(&mut self, waiter: &mut Waiter) -> Option<Verdict> {
        loop {
            waiter.asked += 1;
            let needed = match waiter.validator.validate(&waiter.token, self.now) {
                Verdict::KeysNeeded(needed) => needed,
                verdict => return Some(verdict),
            };
            waiter.until = self.now.after(needed.patience);
            waiter.wait_for = needed.wait_for;
            self.drive();
            if self.waits(waiter) {
                return None;
            }
        }
    }

    /// Whether nothing of what a validation waits for has ended.
    pub(crate) fn waits(&self, waiter: &Waiter) -> bool {
        !waiter.wait_for.is_empty() && waiter.wait_for.iter().all(|id| self.out.contains(id))
    }

    /// Reports what the validation waits for as failed, when it has waited for long enough; whether it has.
    pub(crate) fn lose_patience(&mut self, waiter: &Waiter) -> bool {
        if self.now < waiter.until {
            return false;
        }
        for id in &waiter.wait_for {
            self.report(*id, Report::failed(WorkFailure::Timeout));
        }
        self.drive();
        true
    }

    /// Runs the work that is due, and what comes of it. What is due at once is all taken before the first of it ends.
    pub(crate) fn drive(&mut self) {
        while self.validator.work_due(self.now) {
            let work: Vec<Work> = std::iter::from_fn(|| self.validator.poll_work(self.now)).collect();
            self.out.extend(work.iter().map(Work::id));
            work.into_iter().for_each(|work| self.run(work));
        }
    }

    fn run(&mut self, work: Work) {
        let does = match &work {
            Work::Load { .. } => {
                self.loads += 1;
                self.store.load
            }
            Work::Save { .. } => {
                self.saves += 1;
                self.store.save
            }
            Work::Fetch(request) => {
                self.fetches += 1;
                self.last = Some(request.clone());
                match self.served.get(&request.url) {
                    Some(Served::Trouble(Trouble::Hold)) => Does::Hold,
                    _ => Does::Work,
                }
            }
            other => unreachable!("work of an unknown kind: {other:?}"),
        };
        match does {
            Does::Work => self.end(&work),
            Does::Fail => self.report(work.id(), Report::failed(WorkFailure::Callback)),
            Does::Hold => self.held.push(Held { until: self.now.after(work.timeout()), work }),
        }
    }

    /// Ends the fetches of this URL that were held, with what is served now.
    pub(crate) fn release(&mut self, url: &str) {
        self.release_those(|work| matches!(work, Work::Fetch(request) if request.url == url));
    }

    /// Ends what the store has held, with what it has now.
    pub(crate) fn release_store(&mut self, part: Part) {
        self.release_those(|work| match part {
            Part::Load => matches!(work, Work::Load { .. }),
            Part::Save => matches!(work, Work::Save { .. }),
        });
    }

    fn release_those(&mut self, those: impl Fn(&Work) -> bool) {
        let (released, held) = std::mem::take(&mut self.held).into_iter().partition(|held: &Held| those(&held.work));
        self.held = held;
        let released: Vec<Held> = released;
        released.iter().for_each(|held| self.end(&held.work));
        self.drive();
    }

    /// Reports what is held for longer than it may take. It may end later nevertheless.
    pub(crate) fn overrun(&mut self) {
        let over: Vec<WorkId> =
            self.held.iter().filter(|held| held.until <= self.now).map(|held| held.work.id()).collect();
        for id in over {
            if self.out.contains(&id) {
                self.report(id, Report::failed(WorkFailure::Timeout));
            }
        }
        self.drive();
    }

    fn end(&mut self, work: &Work) {
        match work {
            Work::Load { id, .. } => {
                let text = self.store.text.take();
                self.report(*id, Report::Loaded(text.as_deref()));
                self.store.text = text;
            }
            Work::Save { id, text, .. } => {
                self.store.landed.push(kids(text));
                self.store.text = Some(text.clone());
                self.report(*id, Report::Saved);
            }
            Work::Fetch(request) => self.answer(request),
            other => unreachable!("work of an unknown kind: {other:?}"),
        }
    }

    fn answer(&mut self, request: &FetchRequest) {
        let served = self.served.get(&request.url).cloned();
        let (failure, cause) = match &served {
            Some(Served::Answer(Response { status, headers, body })) => {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let response = FetchResponse { status: *status, headers: &headers, body: body.as_bytes() };
                return self.report(request.id, Report::Fetched(response));
            }
            Some(Served::Failing { down }) => (WorkFailure::Connection, down.as_str()),
            Some(Served::Trouble(Trouble::Timeout)) => (WorkFailure::Timeout, ""),
            Some(Served::Trouble(Trouble::Down | Trouble::Hold)) | None => (WorkFailure::Connection, ""),
        };
        self.report(request.id, Report::Failed { failure, cause });
    }

    /// A text that is of no use is for a host's log.
    fn report(&mut self, id: WorkId, report: Report<'_>) {
        let _ = self.validator.report(id, report, self.now);
        self.out.remove(&id);
    }
}

/// The key ids of a snapshot.
fn kids(snapshot: &str) -> Vec<String> {
    let snapshot: Value = serde_json::from_str(snapshot).unwrap_or_default();
    let sources = snapshot["sources"].as_array().cloned().unwrap_or_default();
    let documents = sources.iter().filter_map(|source| source["document"].as_str());
    let sets = documents.filter_map(|document| serde_json::from_str::<Value>(document).ok());
    sets.flat_map(|set| set["keys"].as_array().cloned().unwrap_or_default())
        .filter_map(|key| key["kid"].as_str().map(str::to_owned))
        .collect()
}

impl Waiter {
    pub(crate) fn new(validator: Arc<Validator>, token: String) -> Self {
        Self { validator, token, asked: 0, wait_for: Vec::new(), until: Timestamp::from_seconds(0) }
    }

    /// For how long, from now on.
    pub(crate) fn patience(&self, now: Timestamp) -> Duration {
        self.until.since(now)
    }
}
