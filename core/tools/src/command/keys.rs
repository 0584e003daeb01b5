//! `jotgate keys`: which keys of a policy, and of the key set at a URL or in a file, are usable, and why the rest is not.

use super::arguments::Form;
use super::jwk::Shown;
use super::network::Network;
use super::output::{CommandOutput, EXIT_REJECTED, EXIT_UNAVAILABLE, Screen};
use super::report;
use crate::store::JavaStores;
use jotgate::text::{Style, plain, plain_json, styled};
use jotgate::{
    FetchRequest, GivenKey, KeySetPlace, Policy, PolicyError, Report, SourceHealth, Timestamp, Validator, Work, WorkId,
    WrongDocument, listed_keys,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Key sets on their way.
#[derive(Debug)]
pub(super) struct Showing {
    validator: Validator,
    /// Sets that need no fetch.
    written: Vec<Written>,
    /// The policy's own keys that are no sets.
    given: Vec<GivenKey>,
    /// The URL that the user asked for, as long as it may be one of metadata.
    asked: Option<String>,
    pub(super) network: Network,
    form: Form,
    begun: bool,
    fetches: VecDeque<FetchRequest>,
    out: Vec<(WorkId, String)>,
    /// What URLs have answered.
    bodies: Vec<(String, Vec<u8>)>,
}

/// A set that needs no fetch: where it stands, what it is, and whose it is in a policy.
#[derive(Debug)]
struct Written {
    place: String,
    text: String,
    issuer: Option<usize>,
}

/// A key set, as it is shown.
#[derive(Serialize)]
struct Set {
    /// The URL, the file, or the path in the policy.
    place: String,
    jwks_uri: Option<String>,
    keys: Vec<Shown>,
    usable: usize,
    /// Why there is no set.
    error: Option<String>,
    cause: Option<String>,
    hint: Option<String>,
}

impl Showing {
    pub(super) fn of_url(url: &str, form: Form, network: Network) -> Result<Self, PolicyError> {
        let document = fetching("any", &json!({"jwks_uri": url}), &network);
        // The policy is ours, so nothing but the URL can be wrong with it.
        let made = Self::of_document(&document, Vec::new(), form, network)
            .map_err(|error| PolicyError::new("", error.message()))?;
        Ok(Self { asked: Some(url.to_owned()), ..made })
    }

    /// The text of a file that is a key set, or the document of a policy.
    pub(super) fn of_file(
        path: &str, text: &str, document: impl FnOnce() -> Result<String, PolicyError>, form: Form, network: Network,
    ) -> Result<Self, PolicyError> {
        let read = serde_json::from_str::<Value>(text).ok();
        if read.as_ref().is_some_and(|value| value.get("issuers").is_none()) {
            let written = vec![Written { place: path.to_owned(), text: text.to_owned(), issuer: None }];
            return Self::of_document(NO_FETCHES, written, form, network);
        }
        let document = document()?;
        let parsed: Value = serde_json::from_str(&document).unwrap_or_default();
        let entries = parsed.get("issuers").and_then(Value::as_array).into_iter().flatten().enumerate();
        let set = |(index, entry): (usize, &Value)| {
            let text = entry.get("keys")?.get("jwks")?.to_string();
            Some(Written { place: format!("issuers[{index}].keys.jwks"), text, issuer: Some(index) })
        };
        Self::of_document(&document, entries.filter_map(set).collect(), form, network)
    }

    fn of_document(document: &str, written: Vec<Written>, form: Form, network: Network) -> Result<Self, PolicyError> {
        let policy = Policy::from_json_with(document, &JavaStores)?;
        Ok(Self {
            given: policy.given_keys(),
            validator: Validator::new(policy, 0),
            written,
            asked: None,
            network,
            form,
            begun: false,
            fetches: VecDeque::new(),
            out: Vec::new(),
            bodies: Vec::new(),
        })
    }

    /// A fetch that is still to be done: of metadata first, and then of the key set that this names.
    pub(super) fn fetch(&mut self, now: Timestamp) -> Option<FetchRequest> {
        if !self.begun {
            self.begun = true;
            self.validator.refresh_keys();
        }
        let work = std::iter::from_fn(|| self.validator.poll_work(now));
        self.fetches.extend(work.filter_map(|work| match work {
            Work::Fetch(request) => Some(request),
            _ => None,
        }));
        let next = self.fetches.pop_front()?;
        self.out.push((next.id, next.url.clone()));
        Some(next)
    }

    pub(super) fn report(&mut self, id: WorkId, report: Report<'_>, now: Timestamp) {
        if let (Report::Fetched(response), Some((_, url))) = (&report, self.out.iter().find(|(out, _)| *out == id)) {
            self.bodies.push((url.clone(), response.body.to_vec()));
        }
        let metadata = self.asked.take().zip(issuer_of_metadata(&report));
        // Only what a store has can be refused, and there is no store.
        let _ = self.validator.report(id, report, now);
        if let Some((url, issuer)) = metadata {
            self.follow(&url, &issuer);
        }
    }

    /// From now on the key set that this metadata names is the one to show.
    fn follow(&mut self, url: &str, issuer: &str) {
        let document = fetching(issuer, &json!({"discovery": url}), &self.network);
        // Where the issuer is none that a policy could name, it stays with what is known of the answer.
        if let Ok(followed) = Self::of_document(&document, Vec::new(), self.form, self.network.clone()) {
            *self = followed;
        }
    }

    pub(super) fn output(&self, screen: Screen, now: Timestamp) -> CommandOutput {
        let sources = self.validator.health(now).sources;
        let fetched = sources.iter().map(|source| self.fetched(source));
        let written = self.written.iter().map(|Written { place, text, issuer }| match issuer {
            Some(issuer) => self.without_denied(*issuer, set(place, text, KeySetPlace::Policy)),
            None => set(place, text, KeySetPlace::Fetched),
        });
        let sets: Vec<Set> = written.chain(given(&self.given, now)).chain(fetched).collect();
        let down = sources.iter().any(|source| source.last_error.is_some());
        let exit = match sets.iter().any(|set| set.usable == 0) {
            _ if down => EXIT_UNAVAILABLE,
            true => EXIT_REJECTED,
            false => 0,
        };
        let json = || plain_json(&serde_json::to_string(&sets).unwrap_or_default());
        let stdout = match self.form {
            Form::Yaml => report::yaml(&json()),
            Form::Json => json() + "\n",
            _ if sets.is_empty() => NO_SETS.to_owned(),
            _ => sets.iter().map(|set| text(set, screen.colour)).collect::<Vec<_>>().join("\n"),
        };
        CommandOutput { stdout, exit, ..CommandOutput::default() }
    }

    /// A set as this entry of the policy has it.
    fn without_denied(&self, issuer: usize, set: Set) -> Set {
        let is_denied = |key: &Shown| key.kid.as_deref().is_some_and(|kid| self.validator.denies_kid(issuer, kid));
        let shown = |key: Shown| if key.usable && is_denied(&key) { key.denied() } else { key };
        Set { keys: set.keys.into_iter().map(shown).collect(), ..set }.counted()
    }

    fn fetched(&self, source: &SourceHealth) -> Set {
        let url = source.jwks_uri.as_ref().unwrap_or(&source.url);
        let body = self.bodies.iter().rev().find(|(fetched, _)| fetched == url).map(|(_, body)| body.as_slice());
        let read = set(&source.url, &String::from_utf8_lossy(body.unwrap_or_default()), KeySetPlace::Fetched);
        match source.last_error {
            None => self.without_denied(source.issuer, Set { jwks_uri: source.jwks_uri.clone(), ..read }),
            Some(problem) => Set {
                jwks_uri: source.jwks_uri.clone(),
                keys: Vec::new(),
                usable: 0,
                error: Some(problem.to_string()),
                cause: source.last_error_cause.clone(),
                hint: source.last_error_hint.clone(),
                ..read
            },
        }
    }
}

/// A policy that fetches these keys.
fn fetching(issuer: &str, keys: &Value, network: &Network) -> String {
    let settings = network.timeout.map_or_else(|| json!({}), |timeout| json!({"timeout": timeout.as_secs_f64()}));
    let entry = match issuer.contains('{') {
        // The metadata of all tenants, as Entra ID has it.
        true => {
            json!({"issuer": issuer, "tenants": "any", "audience": "any", "keys": keys, "jwks": settings})
        }
        false => json!({"issuer": issuer, "audience": "any", "keys": keys, "jwks": settings}),
    };
    json!({"version": 1, "issuers": [entry]}).to_string()
}

/// The issuer, where an answer is the metadata of one and no key set.
fn issuer_of_metadata(report: &Report<'_>) -> Option<String> {
    let Report::Fetched(response) = report else { return None };
    let text = std::str::from_utf8(response.body).ok().filter(|_| response.status == 200)?;
    let wrong = listed_keys(text, KeySetPlace::Fetched, MAX_KEYS).err()?;
    let metadata: Value = serde_json::from_str(text).ok().filter(|_| wrong == WrongDocument::Metadata)?;
    metadata.get("issuer").and_then(Value::as_str).map(str::to_owned)
}

/// The policy's own keys, those of one field together.
fn given(keys: &[GivenKey], now: Timestamp) -> impl Iterator<Item = Set> {
    keys.chunk_by(|one, other| (one.issuer, one.field) == (other.issuer, other.field)).filter_map(move |keys| {
        let first = keys.first()?;
        let shown: Vec<Shown> = keys.iter().enumerate().map(|(index, key)| Shown::given(index, key, now)).collect();
        Some(Set { keys: shown, ..Set::empty(&format!("issuers[{}].{}", first.issuer, first.field)) }.counted())
    })
}

fn set(place: &str, text: &str, kind: KeySetPlace) -> Set {
    let jwks: Value = serde_json::from_str(text).unwrap_or_default();
    match listed_keys(text, kind, MAX_KEYS) {
        Ok(listed) => {
            let shown = |key: &jotgate::ListedKey| {
                Shown::new(key, jwks.get("keys").and_then(|keys| keys.get(key.index)).unwrap_or(&Value::Null))
            };
            Set { keys: listed.iter().map(shown).collect(), ..Set::empty(place) }.counted()
        }
        Err(wrong) => {
            Set { error: Some(wrong.name().to_owned()), hint: Some(wrong.hint().to_owned()), ..Set::empty(place) }
        }
    }
}

impl Set {
    fn empty(place: &str) -> Self {
        let (keys, place) = (Vec::new(), place.to_owned());
        Self { place, jwks_uri: None, keys, usable: 0, error: None, cause: None, hint: None }
    }

    fn counted(self) -> Self {
        Self { usable: self.keys.iter().filter(|key| key.usable).count(), ..self }
    }
}

fn text(set: &Set, colour: bool) -> String {
    let leads = set.jwks_uri.as_ref().map(|uri| format!(" -> {}", plain(uri))).unwrap_or_default();
    let place = styled(&format!("{}{leads}", plain(&set.place)), Style::Strong, colour);
    if let Some(error) = &set.error {
        let cause = set.cause.as_ref().map(|cause| format!(" ({})", plain(cause))).unwrap_or_default();
        let hint = set.hint.as_ref().map(|hint| format!(": {}", plain(hint))).unwrap_or_default();
        return format!("{place}\n  {}{cause}{hint}\n", styled(error, Style::Bad, colour));
    }
    let counted = if set.keys.len() == 1 { "1 key".to_owned() } else { format!("{} keys", set.keys.len()) };
    let mut text = format!("{place}: {counted}, {} usable\n", set.usable);
    for key in &set.keys {
        let (mark, style) = if key.usable { ("ok     ", Style::Good) } else { ("SKIPPED", Style::Warning) };
        text += &format!("  {}  {}{}\n", styled(mark, style, colour), plain(&key.name()), plain(&key.kind()));
        for line in key.lines() {
            text += &format!("           {}\n", styled(&plain(&line), Style::Faint, colour));
        }
    }
    text
}

const NO_SETS: &str = "the policy has no keys: it takes tokens without a signature\n";
/// As `jwks.max_keys` is unless a policy says otherwise.
const MAX_KEYS: usize = 500;
const NO_FETCHES: &str =
    r#"{"version": 1, "issuers": [{"issuer": "any", "audience": "any", "keys": {"accept_unsigned": true}}]}"#;
