//! Plays a scenario: a clock that stands where the steps set it, and what the world around the validator shows then.

use crate::scenario::{Action, Observed, Played, Scenario, Snapshot};
use crate::world::{Waiter, World};
use jotgate::{Denial, HeldToken, Policy, Requirement, Timestamp, Validator, Verdict, Verified};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Any number will do: no scenario depends on the jitter.
const SEED: u64 = 0;

struct Stage<'s> {
    scenario: &'s Scenario,
    world: World,
    begun: BTreeMap<String, Waiter>,
    /// What was accepted last, by the name of the token or of the validation.
    accepted: BTreeMap<String, Verified>,
    snapshots: BTreeMap<String, String>,
}

pub(crate) fn play(scenario: &Scenario) -> Outcome<Played> {
    let mut stage = Stage {
        scenario,
        world: World::new(validator(scenario)?, Timestamp::from_seconds(scenario.start)),
        begun: BTreeMap::new(),
        accepted: BTreeMap::new(),
        snapshots: BTreeMap::new(),
    };
    let mut steps = Vec::with_capacity(scenario.steps.len());
    for step in &scenario.steps {
        if let Some(at) = step.at {
            #[expect(clippy::cast_possible_truncation, reason = "a time of a test, in milliseconds")]
            let millis = (at * 1000.0) as i64;
            stage.world.now = Timestamp::from_millis(scenario.start * 1000 + millis);
        }
        let observed = stage.act(&step.action)?;
        let World { fetches, loads, saves, .. } = stage.world;
        steps.push(Observed { fetches, loads, saves, ..observed });
    }
    Ok(Played { id: scenario.id.clone(), steps })
}

fn validator(scenario: &Scenario) -> Outcome<Validator> {
    let policy = jotgate_tools::policy(&scenario.policy.to_string(), jotgate_tools::Format::Json)?;
    let validator = Validator::new(policy, SEED);
    let shares = |action: &Action| matches!(action, Action::Store(_) | Action::StoreDoes { .. });
    Ok(match scenario.steps.iter().any(|step| shares(&step.action)) {
        true => validator.with_store(),
        false => validator,
    })
}

impl Stage<'_> {
    fn act(&mut self, action: &Action) -> Outcome<Observed> {
        let mut observed = Observed::default();
        let world = &mut self.world;
        match action {
            Action::Serve(served) => world.served.extend(served.clone()),
            Action::Validate(token) => {
                let waiter = self.waiter(token)?;
                observed = self.verdict(token, waiter)?;
            }
            Action::Begin { name, token } => {
                let mut waiter = self.waiter(token)?;
                // A verdict that is there at once is given again.
                drop(self.world.ask(&mut waiter));
                self.begun.insert(name.clone(), waiter);
            }
            Action::End(name) => {
                let waiter = self.begun.remove(name).ok_or("no validation was begun under this name")?;
                observed = self.verdict(name, waiter)?;
            }
            Action::Waiting(name) => {
                let waiter = self.begun.get_mut(name).ok_or("no validation was begun under this name")?;
                observed.waiting = Some(world.waits(waiter) || world.ask(waiter).is_none());
                observed.asked = Some(waiter.asked);
            }
            Action::Release(url) => world.release(url),
            Action::Requested(()) => observed.requested = Some(self.requested()?),
            Action::Poll(()) => {
                let before = world.fetches;
                world.drive();
                observed.polled = Some(world.fetches - before);
            }
            Action::Wakeup(()) => {
                let at = world.validator.next_wakeup();
                observed.wakeup = at.map(|at| seconds(at.as_millis() - world.now.as_millis()));
            }
            Action::Refresh(()) => {
                world.validator.refresh_keys();
                world.drive();
            }
            Action::RefreshKeys(()) => world.validator.refresh_keys(),
            Action::Export(name) => {
                self.snapshots.insert(name.clone(), world.validator.export_keys());
            }
            Action::Restart(()) => {
                world.forget();
                world.validator = Arc::new(validator(self.scenario)?);
            }
            Action::Replace(document) => {
                observed.path = self.replace(document)?;
                observed.replaced = Some(observed.path.is_none());
                observed.code = observed.path.is_some().then_some("policy_error");
            }
            Action::Require { of, asks } => observed = self.asked(of, asks)?,
            Action::Reissue(()) => {
                world.forget();
                world.validator.reissue_work(world.now);
                world.drive();
            }
            Action::Import(snapshot) => observed.imported = Some(self.import(snapshot)?),
            Action::Store(text) => world.store.text.clone_from(text),
            Action::StoreDoes { load, save } => {
                world.store.load = load.unwrap_or(world.store.load);
                world.store.save = save.unwrap_or(world.store.save);
            }
            Action::StoreRelease(part) => world.release_store(*part),
            Action::Overrun(()) => world.overrun(),
            Action::Saved(()) => observed.saved = Some(std::mem::take(&mut world.store.landed)),
            Action::Health { source, .. } => {
                let health = serde_json::to_value(world.validator.health(world.now))?;
                observed.health = health.pointer(&format!("/sources/{source}")).cloned();
            }
            Action::Events(()) => observed.events = Some(self.events()?),
            Action::Warnings(()) => {
                let warnings = std::iter::from_fn(|| world.validator.poll_warning());
                observed.warnings = Some(warnings.map(|warning| warning.as_ref().to_owned()).collect());
            }
        }
        Ok(observed)
    }

    fn waiter(&self, token: &str) -> Outcome<Waiter> {
        let token = self.scenario.tokens.get(token).ok_or("the scenario has no token of this name")?;
        Ok(Waiter::new(Arc::clone(&self.world.validator), token.clone()))
    }

    /// Where the document is wrong, if it is.
    fn replace(&mut self, document: &Value) -> Outcome<Option<String>> {
        let policy = jotgate_tools::policy(&document.to_string(), jotgate_tools::Format::Json)
            .and_then(Policy::without_client_lookup);
        match policy {
            Ok(policy) => {
                self.world.validator = Arc::new(self.world.validator.replaced(policy, self.world.now));
                Ok(None)
            }
            Err(error) => Ok(Some(error.path().to_owned())),
        }
    }

    /// What comes of asking something of a token, by all that a host may hold of it.
    fn asked(&self, of: &str, asks: &Value) -> Outcome<Observed> {
        let validator = &self.world.validator;
        let verified = self.accepted.get(of).ok_or("nothing was accepted under this name")?;
        let requirement = Requirement::from_json(&asks.to_string())?;
        let required = validator.require(verified, &requirement);
        if validator.require_held(&HeldToken::from(verified), &requirement) != required {
            return Err("held, the token comes to something else".into());
        }
        let Err(rejection) = required else {
            return Ok(Observed { verdict: Some("accepted"), ..Observed::default() });
        };
        let answer = validator.answer_with(&Denial::from(&rejection), &requirement);
        let challenge = answer.headers.into_iter().find(|(name, _)| *name == "WWW-Authenticate");
        Ok(Observed {
            verdict: Some("rejected"),
            code: Some(rejection.code.name()),
            claim: rejection.claim.map(|claim| claim.as_str().to_owned()),
            challenge: challenge.map(|(_, value)| value),
            ..Observed::default()
        })
    }

    /// The verdict, which must be there now, or once the validation has lost its patience; and after it the work that is due.
    fn verdict(&mut self, name: &str, mut waiter: Waiter) -> Outcome<Observed> {
        let world = &mut self.world;
        let verdict = loop {
            if world.waits(&waiter) && !world.lose_patience(&waiter) {
                let left = waiter.patience(world.now);
                return Err(format!(
                    "the validation waits for work that nobody releases, and has patience for {left:?}"
                )
                .into());
            }
            if let Some(verdict) = world.ask(&mut waiter) {
                break verdict;
            }
        };
        let mut observed = Observed { asked: Some(waiter.asked), ..Observed::default() };
        (observed.verdict, observed.code) = match verdict {
            Verdict::Accepted(verified) => {
                self.accepted.insert(name.to_owned(), verified);
                (Some("accepted"), None)
            }
            Verdict::Rejected(rejection) => (Some("rejected"), Some(rejection.code.name())),
            Verdict::KeysUnavailable(unavailable) => {
                observed.retry_after = Some(seconds(unavailable.retry_at.as_millis() - world.now.as_millis()));
                (Some("unavailable"), Some(jotgate::Code::KeysUnavailable.name()))
            }
            other => return Err(format!("unexpected verdict {other:?}").into()),
        };
        world.drive();
        Ok(observed)
    }

    fn requested(&self) -> Outcome<Value> {
        let request = self.world.last.as_ref().ok_or("nothing was asked for")?;
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
        Ok(match self.world.validator.import_keys(text, self.world.now) {
            Ok(count) => json!(count),
            Err(_) => json!("refused"),
        })
    }

    fn events(&self) -> Outcome<Vec<String>> {
        std::iter::from_fn(|| self.world.validator.poll_event())
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
