//! `jotgate validate` and `jotgate explain`.

use super::arguments::{Form, Judging, Manner};
use super::asked::Asked;
use super::counts::Counts;
use super::network::Network;
use super::output::{CommandOutput, EXIT_REJECTED, EXIT_UNAVAILABLE, Screen};
use super::report;
use crate::store::JavaStores;
use jotgate::{
    Explanation, FetchRequest, Forward, HostAnswer, HostQuestion, Policy, PolicyError, Question, Timestamp, Validator,
};
use jotgate::{Verdict, Work};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Tokens that are judged: keys are fetched first, one URL after the other.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) validator: Validator,
    pub(super) judging: Judging,
    /// `None` for a request with what it has.
    tokens: Vec<Option<Vec<u8>>>,
    /// How many of them have the keys that can be had.
    ready: usize,
    fetches: VecDeque<FetchRequest>,
}

impl Judge {
    pub(super) fn new(document: &str, judging: Judging) -> Result<Self, PolicyError> {
        let policy = Policy::from_json_with(&with_timeout(document, &judging.network), &JavaStores)?;
        // Nobody can be asked about clients here; the explanation says that the host is.
        let validator = Validator::new(policy, 0).with_client_lookup();
        Ok(Self { validator, judging, tokens: vec![None], ready: 0, fetches: VecDeque::new() })
    }

    pub(super) fn with_tokens(self, tokens: Vec<Vec<u8>>) -> Self {
        Self { tokens: tokens.into_iter().map(Some).collect(), ..self }
    }

    /// A fetch that a verdict needs.
    pub(super) fn fetch(&mut self, now: Timestamp) -> Option<FetchRequest> {
        while self.fetches.is_empty() {
            let token = self.tokens.get(self.ready)?.as_deref();
            let verdict = self.ask(token, now, |question| self.validator.validate(question, now));
            if let Verdict::KeysNeeded(_) = verdict {
                let work = std::iter::from_fn(|| self.validator.poll_work(now));
                self.fetches.extend(work.filter_map(|work| match work {
                    Work::Fetch(request) => Some(request),
                    // There is no store to load from or to save to.
                    _ => None,
                }));
            }
            if self.fetches.is_empty() {
                self.ready = self.ready.saturating_add(1);
            }
        }
        self.fetches.pop_front()
    }

    /// Asks about a token, or about the request with it.
    fn ask<T>(&self, token: Option<&[u8]>, now: Timestamp, ask: impl FnOnce(Question<'_>) -> T) -> T {
        let as_of = self.judging.as_of.unwrap_or(now);
        match self.request(token) {
            Some(asked) => asked.ask(|request| ask(Question::request(request).as_of(as_of))),
            None => ask(Question::token(token.unwrap_or_default()).as_of(as_of)),
        }
    }

    fn request(&self, token: Option<&[u8]>) -> Option<Asked> {
        let asked = self.judging.asked.as_ref()?;
        Some(match token {
            Some(token) => asked.with("Authorization", format!("Bearer {}", String::from_utf8_lossy(token))),
            None => asked.clone(),
        })
    }

    pub(super) fn output(&self, screen: Screen, now: Timestamp) -> CommandOutput {
        let several = self.tokens.len() > 1;
        let mut counts = Counts::default();
        let mut output = CommandOutput::default();
        let mut documents = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            let explanation = self.ask(token.as_deref(), now, |question| self.validator.explain(question, now));
            output.exit = worse(output.exit, exit(&explanation));
            if self.judging.manner == Manner::Count {
                counts.add(&explanation);
                continue;
            }
            let full = self.judging.manner == Manner::Full;
            let forward = if full { self.forward(token.as_deref(), now) } else { None };
            let Form::Text = self.judging.form else {
                documents.push(document(&explanation, forward.as_ref(), self.judging.manner));
                continue;
            };
            let number = index.saturating_add(1);
            output.stdout += &match self.judging.manner {
                Manner::Count | Manner::Verdict => report::verdict(&explanation, screen.colour) + "\n",
                _ if several => format!("{number}: {}\n", report::line(&explanation, screen.colour)),
                Manner::Short => explanation.to_short_text(screen.colour),
                Manner::Full => {
                    let forward = forward.map(|forward| report::forward(&forward, screen.colour));
                    explanation.to_text(screen.colour) + &forward.unwrap_or_default()
                }
            };
        }
        output.stdout += &match self.judging.form {
            form if self.judging.manner == Manner::Count => counts.output(form),
            Form::Yaml if several => report::yaml(&format!("[{}]", documents.join(","))),
            Form::Yaml => documents.first().map(|document| report::yaml(document)).unwrap_or_default(),
            _ => documents.iter().map(|document| format!("{document}\n")).collect(),
        };
        output
    }

    /// How the request goes on, where the policy says anything about that.
    fn forward(&self, token: Option<&[u8]>, now: Timestamp) -> Option<Forward> {
        let asked = self.request(token).filter(|_| self.validator.forwards())?;
        let verdict = self.ask(token, now, |question| self.validator.validate(question, now));
        match settled(verdict) {
            Verdict::Accepted(verified) => Some(asked.ask(|request| self.validator.forward(Some(&verified), request))),
            Verdict::Skipped(_) => Some(asked.ask(|request| self.validator.forward(None, request))),
            _ => None,
        }
    }
}

/// The verdict where the host knows every client and has revoked no token.
pub(super) fn settled(mut verdict: Verdict) -> Verdict {
    while let Verdict::Undecided(undecided) = verdict {
        let answer = match undecided.question() {
            HostQuestion::Client { .. } => HostAnswer::Yes,
            _ => HostAnswer::No,
        };
        verdict = undecided.answer(answer);
    }
    verdict
}

/// The policy with another `jwks.timeout` where it fetches: no answer counts after that of the policy.
pub(super) fn with_timeout(document: &str, network: &Network) -> String {
    let Some(timeout) = network.timeout else { return document.to_owned() };
    let Ok(mut policy) = serde_json::from_str::<Value>(document) else { return document.to_owned() };
    let issuers = policy.get_mut("issuers").and_then(Value::as_array_mut);
    for entry in issuers.into_iter().flatten().filter_map(Value::as_object_mut) {
        let fetches = |keys: &Value| keys.get("jwks_uri").is_some() || keys.get("discovery").is_some();
        if entry.get("keys").is_none_or(fetches) {
            let settings = entry.entry("jwks").or_insert_with(|| json!({}));
            if let Some(settings) = settings.as_object_mut() {
                settings.insert("timeout".to_owned(), json!(timeout.as_secs_f64()));
            }
        }
    }
    policy.to_string()
}

/// One line of JSON.
fn document(explanation: &Explanation, forward: Option<&Forward>, manner: Manner) -> String {
    match manner {
        Manner::Count | Manner::Verdict | Manner::Short => report::verdict_json(explanation, manner == Manner::Short),
        Manner::Full => report::with_forward(explanation, forward),
    }
}

fn exit(explanation: &Explanation) -> u8 {
    match explanation.verdict {
        "accepted" | "skipped" => 0,
        "unavailable" => EXIT_UNAVAILABLE,
        _ => EXIT_REJECTED,
    }
}

/// A refusal says more than that nobody can say.
fn worse(one: u8, other: u8) -> u8 {
    if one == EXIT_REJECTED || other == EXIT_REJECTED { EXIT_REJECTED } else { one.max(other) }
}
