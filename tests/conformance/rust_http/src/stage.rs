//! Plays a scenario: a clock that stands where the steps set it, and what the validator shows then.
//!
//! Everything runs on one thread, so a step is over when nothing is left that waits for a turn of the runtime alone.

use crate::outcome::with_id;
use crate::require::required;
use crate::stand_ins::{Store, World, requested};
use crate::told::Told;
use crate::{Outcome, text};
use jotgate::{Code, Verified};
use jotgate_http::{JwtValidator, Refused};
use jotgate_tools::Format;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};
use tokio::task::{self, JoinHandle};

type Validation = JoinHandle<Result<Verified, Refused>>;

struct Stage<'s> {
    scenario: &'s Value,
    start: i64,
    world: World,
    told: Told,
    validator: JwtValidator,
    begun: HashMap<String, Validation>,
    /// What was accepted last, by the name of the token or of the validation.
    accepted: HashMap<String, Verified>,
    snapshots: HashMap<String, String>,
}

pub(crate) async fn play(scenario: &Value) -> Outcome<Value> {
    let (world, told) = (World::default(), Told::default());
    let _listening = tracing::subscriber::set_default(told.clone());
    let start = scenario["start"].as_i64().ok_or("expected when it starts")? * 1000;
    let steps = scenario["steps"].as_array().ok_or("expected steps")?;
    world.lock().now = start;
    let shares = |step: &Value| step.get("store").is_some() || step.get("store_does").is_some();
    world.lock().store = steps.iter().any(shares).then(Store::default);
    let validator = validator(scenario, &world, &told)?;
    let (begun, accepted, snapshots) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut stage = Stage { scenario, start, world, told, validator, begun, accepted, snapshots };
    let mut shown = Vec::with_capacity(steps.len());
    for step in steps {
        shown.push(stage.take(step).await?);
    }
    Ok(with_id(scenario, json!({ "steps": shown })))
}

fn validator(scenario: &Value, world: &World, told: &Told) -> Outcome<JwtValidator> {
    let policy = jotgate_tools::policy(&scenario["policy"].to_string(), Format::Json)?;
    let (clock, fetching) = (world.clone(), world.clone());
    let mut builder = JwtValidator::builder(policy)
        .clock(move || {
            let millis = clock.lock().now.try_into().unwrap_or_default();
            SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
        })
        .timing(world.clone())
        .on_event(told.listener())
        .fetcher(move |request| fetching.clone().fetch(request));
    if world.lock().store.is_some() {
        builder = builder.store(world.clone());
    }
    Ok(builder.build()?)
}

impl Stage<'_> {
    async fn take(&mut self, step: &Value) -> Outcome<Value> {
        if let Some(at) = step["at"].as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "a time of a test, in milliseconds")]
            let millis = (at * 1000.0) as i64;
            self.world.lock().now = self.start + millis;
        }
        let mut shown = self.act(step).await?;
        let state = self.world.lock();
        shown["fetches"] = state.fetches.into();
        if let Some(store) = &state.store {
            (shown["loads"], shown["saves"]) = (store.loads.into(), store.saves.into());
        }
        Ok(shown)
    }

    async fn act(&mut self, step: &Value) -> Outcome<Value> {
        let members = step.as_object().ok_or("a step is an object")?;
        let (action, given) =
            members.iter().find(|(name, _)| ACTIONS.contains(&name.as_str())).ok_or("a step that nobody can take")?;
        match action.as_str() {
            "serve" => {
                let served = given.as_object().ok_or("expected URLs")?.clone();
                self.world.lock().served.extend(served);
            }
            "validate" => {
                let name = text(given)?;
                let validation = self.begin(name)?;
                return self.verdict(name, validation).await;
            }
            "begin" => {
                let validation = self.begin(text(&given["token"])?)?;
                self.begun.insert(text(&given["name"])?.to_owned(), validation);
                settled().await;
            }
            "end" => {
                let name = text(given)?;
                let validation = self.begun.remove(name).ok_or("nothing was begun under this name")?;
                return self.verdict(name, validation).await;
            }
            "waiting" => {
                let validation = self.begun.get(text(given)?).ok_or("nothing was begun under this name")?;
                let is_waiting = !validation.is_finished();
                return Ok(json!({"waiting": is_waiting, "asked": self.asked(validation.id(), !is_waiting)}));
            }
            "release" => {
                self.world.lock().is_releasing = true;
                self.world.lock().open(text(given)?);
                settled().await;
                self.world.lock().is_releasing = false;
            }
            "requested" => {
                let state = self.world.lock();
                return Ok(json!({"requested": requested(state.last.as_ref().ok_or("nothing was asked for")?)}));
            }
            "store_does" => {
                let mut state = self.world.lock();
                let does = &mut state.store.as_mut().ok_or("no store")?.does;
                for (part, how) in given.as_object().into_iter().flatten() {
                    does.insert(part.clone(), text(how)?.to_owned());
                }
            }
            "store_release" => {
                self.world.lock().open(text(given)?);
                settled().await;
            }
            "overrun" => {
                self.world.lock().end_work();
                settled().await;
            }
            _ => return self.act_on_keys(action, given).await,
        }
        Ok(json!({}))
    }

    /// The steps of the functions that a validator has for its key sets.
    async fn act_on_keys(&mut self, action: &str, given: &Value) -> Outcome<Value> {
        match action {
            "refresh" | "refresh_keys" => {
                self.validator.refresh_keys();
                settled().await;
            }
            "export" => {
                self.snapshots.insert(text(given)?.to_owned(), self.validator.export_keys());
            }
            "restart" => {
                self.validator = validator(self.scenario, &self.world, &self.told)?;
                self.told.take_events();
                self.told.take_warnings();
            }
            "replace" => {
                let policy = jotgate_tools::policy(&given.to_string(), jotgate_tools::Format::Json);
                return Ok(match policy.and_then(|policy| self.validator.replace(policy)) {
                    Ok(()) => json!({"replaced": true}),
                    Err(error) => json!({"replaced": false, "code": "policy_error", "path": error.path()}),
                });
            }
            "require" => {
                let verified = self.accepted.get(text(&given["of"])?).ok_or("nothing was accepted under this name")?;
                return required(&given["asks"], &self.validator, verified);
            }
            "import" => {
                let snapshot = match given["kept"].as_str() {
                    Some(name) => self.snapshots.get(name).ok_or("no snapshot was kept under this name")?,
                    None => text(&given["text"])?,
                };
                let imported = self.validator.import_keys(snapshot).map_or(json!("refused"), Value::from);
                return Ok(json!({"imported": imported}));
            }
            "store" => {
                self.world.lock().store.as_mut().ok_or("no store")?.text = given.as_str().map(str::to_owned);
            }
            "saved" => {
                let landed = std::mem::take(&mut self.world.lock().store.as_mut().ok_or("no store")?.landed);
                return Ok(json!({"saved": landed}));
            }
            "health" => {
                let health = serde_json::to_value(self.validator.health())?;
                let source = given["source"].as_u64().unwrap_or_default();
                return Ok(json!({"health": health.pointer(&format!("/sources/{source}"))}));
            }
            "events" => return Ok(json!({"events": self.told.take_events()})),
            "warnings" => return Ok(json!({"warnings": self.told.take_warnings()})),
            "poll" => {
                let before = self.world.lock().fetches;
                // What is due is started after each verdict, whatever it says.
                drop(self.validator.validate("").await);
                settled().await;
                return Ok(json!({"polled": self.world.lock().fetches - before}));
            }
            _ => return Err("a step that no validator of this interface can take".into()),
        }
        Ok(json!({}))
    }

    fn begin(&self, name: &str) -> Outcome<Validation> {
        let token = text(&self.scenario["tokens"][name])?.to_owned();
        let validator = self.validator.clone();
        Ok(task::spawn(async move { validator.validate(&token).await }))
    }

    /// The verdict, which must be there now, or once the validation has lost its patience; and after it the work that is due.
    async fn verdict(&mut self, name: &str, mut validation: Validation) -> Outcome<Value> {
        let id = validation.id();
        for gate in std::mem::take(&mut self.world.lock().woken) {
            gate.notify_one();
        }
        self.world.lock().end_patience();
        settled().await;
        if !validation.is_finished() {
            validation.abort();
            return Err("the validation waits for work that nobody releases".into());
        }
        let mut shown = match (&mut validation).await? {
            Ok(verified) => {
                self.accepted.insert(name.to_owned(), verified);
                json!({"verdict": "accepted"})
            }
            Err(Refused::Rejected(rejection)) => json!({"verdict": "rejected", "code": rejection.code.name()}),
            Err(Refused::KeysUnavailable { retry_after, .. }) => {
                let code = Code::KeysUnavailable.name();
                json!({"verdict": "unavailable", "code": code, "retry_after": retry_after.as_secs_f64()})
            }
            Err(other) => return Err(other.into()),
        };
        shown["asked"] = self.asked(id, true);
        Ok(shown)
    }

    /// How often a validation has asked the core: at first, and after each time that it had to wait.
    fn asked(&self, validation: task::Id, is_done: bool) -> Value {
        let waits = self.world.lock().waits.get(&validation).copied().unwrap_or_default();
        (waits + u64::from(is_done)).into()
    }
}

/// Turns of the runtime in which everything of one step comes to its end.
async fn settled() {
    for _ in 0..200 {
        task::yield_now().await;
    }
}

const ACTIONS: &[&str] = &[
    "serve",
    "validate",
    "begin",
    "end",
    "waiting",
    "release",
    "requested",
    "store_does",
    "store_release",
    "overrun",
    "refresh",
    "refresh_keys",
    "export",
    "restart",
    "replace",
    "require",
    "import",
    "store",
    "saved",
    "health",
    "events",
    "warnings",
    "poll",
];
