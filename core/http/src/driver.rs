//! The driver: does the work that the core gives out, and lets validations wait for it.
//!
//! The core decides what is done, when, and for how long at most. This module runs the application's function for each piece in a
//! task of its own, reports how that ended, and wakes those who wait for that piece. There is no standing task.

use crate::call::{BoxError, Either, caught, either};
use crate::fetch::{AnyFetcher, FetchError, Fetched};
use crate::hooks::Hooks;
use crate::ruling::Ruling;
use crate::store::AnyStore;
use crate::telling::{self, Telling};
use crate::timing::Timing;
use crate::under_way::UnderWay;
use arc_swap::ArcSwap;
use jotgate::{FetchResponse, Report, Timestamp, Validator, Verdict, Work, WorkFailure, WorkId};
use jotgate_host::guarded;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The work of one validator, shared by all tasks and runtimes.
pub(crate) struct Driver {
    /// The policy that holds now.
    pub(crate) ruling: ArcSwap<Ruling>,
    /// One policy comes in the place of another at a time.
    pub(crate) replacing: Mutex<()>,
    pub(crate) telling: Telling,
    pub(crate) hooks: Hooks,
    /// The most threads that a batch takes; 0 is one for each processor.
    pub(crate) batch_threads: usize,
    pub(crate) fetcher: Box<dyn AnyFetcher>,
    pub(crate) store: Option<Box<dyn AnyStore>>,
    pub(crate) clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) timing: Box<dyn Timing>,
    /// Where work runs; without it, on the runtime of whoever needs it.
    pub(crate) runtime: Option<Handle>,
    pub(crate) under_way: UnderWay,
    /// Ends the tasks.
    pub(crate) closing: watch::Sender<bool>,
}

/// The validator was shut down.
pub(crate) struct Closed;

/// What a function of the application's came to; `None` where it panicked.
enum Ended {
    Fetched(Option<Result<Fetched, FetchError>>),
    Loaded(Option<Result<Option<String>, BoxError>>),
    Saved(Option<Result<(), BoxError>>),
}

impl Driver {
    /// The policy that holds now.
    pub(crate) fn ruling(&self) -> Arc<Ruling> {
        self.ruling.load_full()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Asks until the core knows, and says for which time. Keys that are missing are fetched once for all who wait; those that are
    /// about to go stale are fetched in the background, and nobody waits.
    pub(crate) async fn insist(
        self: &Arc<Self>, ruling: &Ruling, ask: impl Fn(&Validator, Timestamp) -> Verdict,
    ) -> Result<(Verdict, Timestamp), Closed> {
        loop {
            if self.under_way.is_closed() {
                return Err(Closed);
            }
            let now = self.now();
            let verdict = ask(ruling, now);
            let Verdict::KeysNeeded(needed) = verdict else {
                if ruling.work_due(now) {
                    self.start_due(now);
                }
                return Ok((verdict, now));
            };
            self.start_needed(now);
            self.wait(&[needed.wait_for], needed.patience, now).await;
        }
    }

    /// Ends when of each group one piece has ended, when the patience is over, or when the validator is shut down.
    pub(crate) async fn wait(self: &Arc<Self>, groups: &[Vec<WorkId>], patience: Duration, since: Timestamp) {
        let mut patience = pin!(self.timing.patience(patience));
        for (place, group) in groups.iter().enumerate() {
            let waiter = self.under_way.join(group);
            if let Either::Second(()) = either(waiter.woken(), patience.as_mut()).await {
                drop(waiter);
                return self.give_up(groups.get(place..).unwrap_or_default(), since);
            }
        }
    }

    /// Ends what was waited for with patience and is under way still. Of a group of which one piece has ended the others go on.
    fn give_up(self: &Arc<Self>, groups: &[Vec<WorkId>], since: Timestamp) {
        for group in groups {
            if group.iter().all(|id| self.under_way.is_out(*id)) {
                group.iter().for_each(|id| self.finish(*id, Report::failed(WorkFailure::Timeout), since));
            }
        }
    }

    /// Starts all work that there is, tells of it, and waits for nothing. Where nothing can run, work stays for whoever comes next.
    pub(crate) fn start_due(self: &Arc<Self>, now: Timestamp) {
        if self.runtime().is_some() {
            self.start_needed(now);
        } else {
            self.tell_events();
        }
    }

    /// The same for somebody who waits for it, and who must learn where nothing can run.
    pub(crate) fn start_needed(self: &Arc<Self>, now: Timestamp) {
        let (live, late) = self.under_way.take_left(now);
        for work in late {
            // Where the core has given out other work in its place, this changes nothing.
            self.finish(work.id(), Report::failed(WorkFailure::Timeout), now);
        }
        for work in live {
            self.start(work, now);
        }
        while let Some(work) = self.under_way.take(|| self.ruling().poll_work(now)) {
            self.start(work, now);
        }
        self.tell_events();
    }

    pub(crate) fn tell_events(&self) {
        self.telling.tell_events(&self.ruling(), || self.now());
    }

    /// Where work runs from here.
    fn runtime(&self) -> Option<Handle> {
        self.runtime.clone().or_else(|| Handle::try_current().ok())
    }

    fn start(self: &Arc<Self>, work: Arc<Work>, since: Timestamp) {
        let Some(runtime) = self.runtime() else {
            let cause = "there is no tokio runtime here";
            return self.finish(work.id(), Report::Failed { failure: WorkFailure::Cancelled, cause }, since);
        };
        let mut closing = self.closing.subscribe();
        let running = Running { driver: Arc::clone(self), work, since, has_ended: false };
        runtime.spawn(async move {
            either(running.run(), closing.wait_for(|is_closing| *is_closing)).await;
        });
    }

    /// Has the application's function do the work, and survives whatever that does.
    async fn call(&self, work: &Work) -> Ended {
        match work {
            Work::Fetch(request) => Ended::Fetched(caught(async { self.fetcher.fetch(request.clone()).await }).await),
            Work::Load { .. } => Ended::Loaded(match &self.store {
                Some(store) => caught(async { store.load().await }).await,
                None => None,
            }),
            Work::Save { text, .. } => Ended::Saved(match &self.store {
                Some(store) => caught(async { store.save(text).await }).await,
                None => None,
            }),
            // Work of a kind that this crate does not know.
            _ => Ended::Saved(None),
        }
    }

    /// Reports what the application's function came to.
    fn hand_in(self: &Arc<Self>, id: WorkId, ended: &Ended, since: Timestamp) {
        let cause;
        let report = match ended {
            Ended::Fetched(Some(Ok(Fetched { status, headers, body }))) => {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let body = jotgate_host::expanded(body, self.ruling().body_limit(id));
                let response = FetchResponse { status: *status, headers: &headers, body: &body };
                return self.finish(id, Report::Fetched(response), since);
            }
            Ended::Fetched(Some(Err(FetchError { failure, cause }))) => Report::Failed { failure: *failure, cause },
            Ended::Loaded(Some(Ok(text))) => Report::Loaded(text.as_deref()),
            Ended::Saved(Some(Ok(()))) => Report::Saved,
            Ended::Loaded(Some(Err(error))) | Ended::Saved(Some(Err(error))) => {
                cause = error.to_string();
                Report::Failed { failure: WorkFailure::Callback, cause: &cause }
            }
            Ended::Fetched(None) | Ended::Loaded(None) | Ended::Saved(None) => {
                Report::Failed { failure: WorkFailure::Callback, cause: "it panicked" }
            }
        };
        if !matches!(ended, Ended::Fetched(_)) && self.under_way.is_out(id) {
            telling::tell_store(ended.is_load(), &report);
        }
        self.finish(id, report, since);
    }

    /// Reports how work has ended, tells operators, starts what follows from it, and wakes those who wait for it: last, because
    /// what follows is asked for with a time that was read before they go on, and who goes on may look for what was told.
    fn finish(self: &Arc<Self>, id: WorkId, report: Report<'_>, since: Timestamp) {
        // A clock of the application's that panics must not keep work from ending.
        let now = guarded(|| self.now()).unwrap_or(since);
        if let Err(error) = self.ruling().report(id, report, now) {
            tracing::warn!(target: "jotgate", error = %error, "the store of key sets was of no use");
        }
        telling::tell_warnings(&self.ruling());
        self.start_due(now);
        self.under_way.end(id);
    }

    /// Ends all tasks, and every validation that waits.
    pub(crate) fn close(&self) {
        self.under_way.close();
        self.closing.send_replace(true);
    }
}

impl Ended {
    fn is_load(&self) -> bool {
        matches!(self, Self::Loaded(_))
    }
}

/// A piece of work in its task.
struct Running {
    driver: Arc<Driver>,
    work: Arc<Work>,
    since: Timestamp,
    /// Whether the end was reported.
    has_ended: bool,
}

impl Running {
    /// What has not ended in time is reported as failed. A save that ends later nevertheless is reported as well, and the core knows
    /// what to make of it; the others are dropped then, which changes nothing.
    async fn run(mut self) {
        let (driver, work) = (Arc::clone(&self.driver), Arc::clone(&self.work));
        let mut call = pin!(driver.call(&work));
        let ended = match either(call.as_mut(), driver.timing.work(work.timeout())).await {
            Either::First(ended) => ended,
            Either::Second(()) => {
                self.has_ended = true;
                driver.finish(work.id(), Report::failed(WorkFailure::Timeout), self.since);
                if !matches!(*work, Work::Save { .. }) {
                    return;
                }
                call.await
            }
        };
        self.has_ended = true;
        driver.hand_in(work.id(), &ended, self.since);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.has_ended || self.driver.under_way.is_closed() {
            return;
        }
        if std::thread::panicking() {
            // The runtime has no timers, or what was called panics once more when it is dropped: the next attempt would end so, too.
            let cause = "the task panicked";
            return self.driver.finish(
                self.work.id(),
                Report::Failed { failure: WorkFailure::Callback, cause },
                self.since,
            );
        }
        self.driver.under_way.leave(Arc::clone(&self.work), self.since);
    }
}
