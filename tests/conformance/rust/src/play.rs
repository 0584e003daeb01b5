//! Plays a scenario: a clock that stands where the steps set it, and an issuer that answers as they say.

use crate::case::Response;
use crate::scenario::{Action, Observed, Played, Scenario, Served, Snapshot, Trouble};
use jotgate::{FetchFailure, FetchRequest, FetchResponse, Timestamp, Validator, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Any number will do: no scenario depends on the jitter.
const SEED: u64 = 0;

struct Stage<'s> {
    scenario: &'s Scenario,
    validator: Validator,
    now: Timestamp,
    served: BTreeMap<String, Served>,
    held: Vec<FetchRequest>,
    last: Option<FetchRequest>,
    fetches: u64,
    begun: BTreeMap<String, String>,
    snapshots: BTreeMap<String, String>,
    /// Whether there is a store, and what it has.
    shares: bool,
    stored: Option<String>,
    saves: u64,
}

pub(crate) fn play(scenario: &Scenario) -> Outcome<Played> {
    let mut stage = Stage {
        scenario,
        validator: validator(scenario)?,
        now: Timestamp::from_seconds(scenario.start),
        served: BTreeMap::new(),
        held: Vec::new(),
        last: None,
        fetches: 0,
        begun: BTreeMap::new(),
        snapshots: BTreeMap::new(),
        shares: scenario.steps.iter().any(|step| matches!(step.action, Action::Store(_))),
        stored: None,
        saves: 0,
    };
    let mut steps = Vec::with_capacity(scenario.steps.len());
    for step in &scenario.steps {
        if let Some(at) = step.at {
            #[expect(clippy::cast_possible_truncation, reason = "a time of a test, in milliseconds")]
            let millis = (at * 1000.0) as i64;
            stage.now = Timestamp::from_millis(scenario.start * 1000 + millis);
        }
        let observed = stage.act(&step.action)?;
        steps.push(Observed { fetches: stage.fetches, saves: stage.saves, ..observed });
    }
    Ok(Played { id: scenario.id.clone(), steps })
}

fn validator(scenario: &Scenario) -> Outcome<Validator> {
    Ok(Validator::new(jotgate_tools::policy(&scenario.policy.to_string(), jotgate_tools::Format::Json)?, SEED))
}

impl Stage<'_> {
    fn act(&mut self, action: &Action) -> Outcome<Observed> {
        let mut observed = Observed::default();
        match action {
            Action::Serve(served) => self.served.extend(served.clone()),
            Action::Validate(token) => observed = self.verdict(token)?,
            Action::Begin { name, token } => {
                self.validate(token)?;
                self.begun.insert(name.clone(), token.clone());
            }
            Action::End(name) => {
                let token = self.begun.remove(name).ok_or("no validation was begun under this name")?;
                observed = self.verdict(&token)?;
            }
            Action::Release(url) => self.release(url),
            Action::Requested(_) => observed.requested = Some(self.requested()?),
            Action::Poll(_) => observed.polled = Some(self.run_due()),
            Action::Wakeup(_) => {
                let at = self.validator.next_wakeup();
                observed.wakeup = at.map(|at| seconds(at.as_millis() - self.now.as_millis()));
            }
            Action::Refresh(_) => {
                self.validator.refresh_keys();
                self.run_due();
            }
            Action::RefreshKeys(_) => self.validator.refresh_keys(),
            Action::Export(name) => {
                self.snapshots.insert(name.clone(), self.validator.export_keys());
            }
            Action::Restart(_) => self.validator = validator(self.scenario)?,
            Action::Import(snapshot) => observed.imported = Some(self.import(snapshot)?),
            Action::Store(text) => self.stored.clone_from(text),
            Action::Health { source, .. } => {
                let health = serde_json::to_value(self.validator.health(self.now))?;
                observed.health = health.pointer(&format!("/sources/{source}")).cloned();
            }
            Action::Events(_) => observed.events = Some(self.events()?),
        }
        Ok(observed)
    }

    /// The verdict, which must be there now, and after it the fetches that are due.
    fn verdict(&mut self, token: &str) -> Outcome<Observed> {
        let verdict = self.validate(token)?.ok_or("the validation waits for a fetch that nobody releases")?;
        let mut observed = Observed::default();
        (observed.verdict, observed.code) = match verdict {
            Verdict::Accepted(_) => (Some("accepted"), None),
            Verdict::Rejected(rejection) => (Some("rejected"), Some(rejection.code.name())),
            Verdict::KeysUnavailable(unavailable) => {
                observed.retry_after = Some(seconds(unavailable.retry_at.as_millis() - self.now.as_millis()));
                (Some("unavailable"), Some(jotgate::Code::KeysUnavailable.name()))
            }
            other => return Err(format!("unexpected verdict {other:?}").into()),
        };
        self.run_due();
        Ok(observed)
    }

    /// As the driver of a host: fetches what the validator needs and asks again; nothing when it has to wait.
    fn validate(&mut self, token: &str) -> Outcome<Option<Verdict>> {
        let token = self.scenario.tokens.get(token).ok_or("the scenario has no token of this name")?.clone();
        loop {
            let needed = match self.validator.validate(&token, self.now) {
                Verdict::KeysNeeded(needed) => needed,
                verdict => return Ok(Some(verdict)),
            };
            if needed.start.is_empty() {
                return Ok(None);
            }
            needed.start.into_iter().for_each(|request| self.fetch(request));
        }
    }

    /// Runs the fetches that are due, all of them taken before the first has an answer, and says how many they were.
    fn run_due(&mut self) -> u64 {
        let due: Vec<FetchRequest> = match self.validator.fetch_due(self.now) {
            true => std::iter::from_fn(|| self.validator.poll_fetch(self.now)).collect(),
            false => Vec::new(),
        };
        let before = self.fetches;
        due.into_iter().for_each(|request| self.fetch(request));
        self.fetches - before
    }

    /// What a store has may spare the request.
    fn fetch(&mut self, request: FetchRequest) {
        if self.shares
            && let Some(text) = &self.stored
            && self.validator.settle_fetch(request.id, text, self.now).unwrap_or(false)
        {
            return;
        }
        self.fetches += 1;
        self.last = Some(request.clone());
        if matches!(self.served.get(&request.url), Some(Served::Trouble(Trouble::Hold))) {
            self.held.push(request);
        } else {
            self.answer(&request);
        }
    }

    fn release(&mut self, url: &str) {
        let (released, held) = std::mem::take(&mut self.held).into_iter().partition(|request| request.url == url);
        self.held = held;
        let released: Vec<FetchRequest> = released;
        released.iter().for_each(|request| self.answer(request));
    }

    fn answer(&mut self, request: &FetchRequest) {
        self.end(request);
        if self.shares && self.validator.export_due() {
            self.stored = Some(self.validator.export_keys());
            self.saves += 1;
        }
    }

    fn end(&self, request: &FetchRequest) {
        let failure = match self.served.get(&request.url) {
            Some(Served::Answer(Response { status, headers, body })) => {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let response = FetchResponse { status: *status, headers: &headers, body: body.as_bytes() };
                return self.validator.complete_fetch(request.id, response, self.now);
            }
            Some(Served::Trouble(Trouble::Timeout)) => FetchFailure::Timeout,
            Some(Served::Trouble(Trouble::Down | Trouble::Hold)) | None => FetchFailure::Connection,
        };
        self.validator.fail_fetch(request.id, failure, self.now);
    }

    fn requested(&self) -> Outcome<Value> {
        let request = self.last.as_ref().ok_or("nothing was asked for")?;
        let header =
            |wanted: &str| request.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        Ok(json!({
            "url": request.url,
            "timeout": request.timeout.as_secs_f64(),
            "max_body": request.max_body,
            "accept": header("accept"),
            "if_none_match": header("if-none-match"),
            "cache_control": header("cache-control"),
        }))
    }

    fn import(&self, snapshot: &Snapshot) -> Outcome<Value> {
        let text = match snapshot {
            Snapshot::Kept(name) => self.snapshots.get(name).ok_or("no snapshot was kept under this name")?,
            Snapshot::Text(text) => text,
        };
        Ok(match self.validator.import_keys(text, self.now) {
            Ok(count) => json!(count),
            Err(_) => json!("refused"),
        })
    }

    fn events(&self) -> Outcome<Vec<String>> {
        std::iter::from_fn(|| self.validator.poll_event())
            .map(|event| {
                let told = serde_json::to_value(event)?;
                Ok(told.get("event").and_then(Value::as_str).ok_or("an event without a name")?.to_owned())
            })
            .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a span of a test, in milliseconds")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
