//! What stands in for the world around a validator while a scenario is played: the issuers, the store, and the time that passes.

use crate::cases::answer;
use jotgate::{FetchRequest, Timestamp, WorkFailure};
use jotgate_http::{BoxError, FetchError, Fetched, KeyStore, Timing};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task;

/// The world, which the steps and the functions of the validator share.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) now: i64,
    pub(crate) served: HashMap<String, Value>,
    pub(crate) fetches: u64,
    pub(crate) last: Option<FetchRequest>,
    pub(crate) store: Option<Store>,
    /// Calls that wait until a step lets them go, by URL or part of the store, oldest first.
    pub(crate) held: Vec<(String, Arc<Notify>)>,
    /// Fetches of validations that a release has woken, while that step lasts. The next verdict that is asked for lets them go on:
    /// the steps between may still change what is served to them.
    pub(crate) woken: Vec<Arc<Notify>>,
    pub(crate) is_releasing: bool,
    /// How often each validation had to wait.
    pub(crate) waits: HashMap<task::Id, u64>,
    work: Vec<(i64, Arc<Notify>)>,
    patience: Vec<(i64, Arc<Notify>)>,
}

/// A store that does what the steps say.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) text: Option<String>,
    pub(crate) does: HashMap<String, String>,
    pub(crate) loads: u64,
    pub(crate) saves: u64,
    /// The key ids of each text that came to lie there.
    pub(crate) landed: Vec<Vec<String>>,
}

impl World {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn fetch(self, request: FetchRequest) -> Result<Fetched, FetchError> {
        let url = request.url.clone();
        if let Some(gate) = self.begun(request) {
            gate.notified().await;
        }
        let served = self.lock().served.get(&url).cloned().unwrap_or_default();
        match (&served, &served["down"]) {
            (Value::String(trouble), _) if trouble == "timeout" => Err(FetchError::new(WorkFailure::Timeout, "")),
            (_, Value::String(cause)) => Err(FetchError::new(WorkFailure::Connection, cause)),
            _ => answer(&served),
        }
    }

    /// Counts a fetch; what it has to wait for.
    fn begun(&self, request: FetchRequest) -> Option<Arc<Notify>> {
        let mut state = self.lock();
        state.fetches += 1;
        let gate = Arc::new(Notify::new());
        let is_held = state.served.get(&request.url).is_some_and(|served| served == "hold");
        if is_held {
            state.held.push((request.url.clone(), Arc::clone(&gate)));
        } else if state.is_releasing {
            state.woken.push(Arc::clone(&gate));
        }
        let waits = is_held || state.is_releasing;
        state.last = Some(request);
        waits.then_some(gate)
    }

    /// Waits as the step wants it of this part of the store, or fails.
    async fn pass(&self, part: &str) -> Result<(), BoxError> {
        let gate = {
            let mut state = self.lock();
            let does = state.store.as_ref().and_then(|store| store.does.get(part)).cloned().unwrap_or_default();
            match does.as_str() {
                "fail" => return Err("the store is broken".into()),
                "hold" => {
                    let gate = Arc::new(Notify::new());
                    state.held.push((part.to_owned(), Arc::clone(&gate)));
                    Some(gate)
                }
                _ => None,
            }
        };
        if let Some(gate) = gate {
            gate.notified().await;
        }
        Ok(())
    }
}

impl State {
    /// Lets the held calls of this name go, oldest first.
    pub(crate) fn open(&mut self, name: &str) {
        for (_, gate) in self.held.extract_if(.., |(held, _)| held == name) {
            gate.notify_one();
        }
    }

    /// Ends the time of the work that is overdue by now.
    pub(crate) fn end_work(&mut self) {
        fire(&mut self.work, self.now);
    }

    /// Ends the patience of those who have waited for long enough by now.
    pub(crate) fn end_patience(&mut self) {
        fire(&mut self.patience, self.now);
    }
}

fn fire(timers: &mut Vec<(i64, Arc<Notify>)>, now: i64) {
    for (_, timer) in timers.extract_if(.., |(at, _)| *at <= now) {
        timer.notify_one();
    }
}

impl KeyStore for World {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        self.lock().store.as_mut().ok_or("no store")?.loads += 1;
        self.pass("load").await?;
        Ok(self.lock().store.as_ref().and_then(|store| store.text.clone()))
    }

    async fn save(&self, text: &str) -> Result<(), BoxError> {
        self.lock().store.as_mut().ok_or("no store")?.saves += 1;
        self.pass("save").await?;
        let mut state = self.lock();
        let store = state.store.as_mut().ok_or("no store")?;
        store.landed.push(kids(text)?);
        store.text = Some(text.to_owned());
        Ok(())
    }
}

/// Time that passes when a step says so, by the clock of the scenario.
impl Timing for World {
    fn work(&self, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut state = self.lock();
        let timer = (Timestamp::from_millis(state.now).after(limit).as_millis(), Arc::new(Notify::new()));
        state.work.push(timer.clone());
        Box::pin(async move { timer.1.notified().await })
    }

    fn patience(&self, limit: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut state = self.lock();
        if let Some(validation) = task::try_id() {
            *state.waits.entry(validation).or_default() += 1;
        }
        let timer = (Timestamp::from_millis(state.now).after(limit).as_millis(), Arc::new(Notify::new()));
        state.patience.push(timer.clone());
        Box::pin(async move { timer.1.notified().await })
    }
}

/// The key ids of a snapshot.
fn kids(snapshot: &str) -> Result<Vec<String>, BoxError> {
    let snapshot: Value = serde_json::from_str(snapshot)?;
    let mut kids = Vec::new();
    for source in snapshot["sources"].as_array().into_iter().flatten() {
        let document: Value = serde_json::from_str(source["document"].as_str().unwrap_or("{}"))?;
        let keys = document["keys"].as_array().cloned().unwrap_or_default();
        kids.extend(keys.iter().filter_map(|key| key["kid"].as_str().map(str::to_owned)));
    }
    Ok(kids)
}

/// What the last request asked for; `null` for a field that was not there.
pub(crate) fn requested(request: &FetchRequest) -> Value {
    let header =
        |wanted: &str| request.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    json!({
        "url": request.url,
        "timeout": request.timeout.as_secs_f64(),
        "max_body": request.max_body,
        "accept": header("accept"),
        "if_none_match": header("if-none-match"),
        "cache_control": header("cache-control"),
    })
}
