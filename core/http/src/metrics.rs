//! Metrics: what a validator has counted and how its key sets are, as data and as the page that Prometheus reads.

use crate::counters::{Counters, KeySetEvents};
use jotgate::{Code, Health, SourceHealth};
use std::fmt::{self, Write as _};

/// What has happened at a validator so far, and how it is now. Its text is a page of metrics in the text format of Prometheus, with the
/// names that all languages have; the alert rules and the dashboard of `core/docs/operations` read them.
///
/// ```
/// # #[cfg(feature = "reqwest")]
/// # fn run() -> Result<(), jotgate::PolicyError> {
/// let validator = jotgate_http::JwtValidator::new("https://idp.example.com/", "https://api.example.com")?;
/// let page = validator.metrics().to_string();
/// assert!(page.contains(r#"jotgate_ready{validator="default"} 0"#));
/// # Ok(())
/// # }
/// # #[cfg(feature = "reqwest")]
/// # run().unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Metrics {
    /// How the key sets are, and how many tokens of each issuer have passed.
    pub health: Health,
    /// Tokens and requests that did not pass, by code; `keys_unavailable` is among them.
    pub rejections: Vec<(Code, u64)>,
    /// What happened to the key sets.
    pub key_set_events: Vec<KeySetEvents>,
    /// Policies that came in the place of the one before.
    pub policy_replacements: u64,
}

impl Metrics {
    pub(crate) fn of(health: Health, counters: &Counters) -> Self {
        Self {
            health,
            rejections: counters.refusals(),
            key_set_events: counters.key_set_events(),
            policy_replacements: counters.replacements(),
        }
    }

    /// One page for several validators, each under a name of its own. [`Metrics::CONTENT_TYPE`] is its type.
    #[must_use]
    pub fn page<'m>(validators: impl IntoIterator<Item = (&'m str, &'m Metrics)>) -> String {
        let validators: Vec<_> =
            validators.into_iter().map(|(name, metrics)| (label("validator", name), metrics)).collect();
        let mut page = String::new();
        of_tokens(&mut page, &validators);
        of_key_sets(&mut page, &validators);
        page
    }

    /// The type of the page, for the header field `Content-Type`.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4";
}

/// The page of this one alone, which is called `default`.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::page([("default", self)]))
    }
}

/// Validators with their labels.
type Named<'m> = [(String, &'m Metrics)];

fn of_tokens(page: &mut String, validators: &Named<'_>) {
    head(
        page,
        "accepted_total",
        "counter",
        "Tokens that passed the policy, those included that the application refused after that.",
    );
    for (name, metrics) in validators {
        for issuer in &metrics.health.issuers {
            line(page, "accepted_total", &format!("{name},issuer=\"{}\"", issuer.issuer), issuer.accepted);
        }
    }
    head(page, "rejections_total", "counter", "Tokens and requests that did not pass.");
    for (name, metrics) in validators {
        for (code, count) in &metrics.rejections {
            line(page, "rejections_total", &format!("{name},code=\"{}\"", code.name()), count);
        }
    }
    head(page, "ready", "gauge", "Whether keys are at hand for the tokens of every issuer.");
    for (name, metrics) in validators {
        line(page, "ready", name, u8::from(metrics.health.ready));
    }
    head(page, "policy_replacements_total", "counter", "Policies that came in the place of the one before.");
    for (name, metrics) in validators {
        line(page, "policy_replacements_total", name, metrics.policy_replacements);
    }
}

fn of_key_sets(page: &mut String, validators: &Named<'_>) {
    for (name, kind, help, read) in READINGS {
        head(page, name, kind, help);
        for (labels, source) in sources(validators) {
            if let Some(value) = read(source) {
                line(page, name, &labels, value);
            }
        }
    }
    head(page, "key_set_state", "gauge", "Whether the key set is in this state.");
    for (labels, source) in sources(validators) {
        let is = serde_json::to_value(source.state).unwrap_or_default();
        for state in STATES {
            line(page, "key_set_state", &format!("{labels},state=\"{state}\""), u8::from(is == *state));
        }
    }
    head(page, "key_set_events_total", "counter", "What happened to the key sets.");
    for (name, metrics) in validators {
        for told in &metrics.key_set_events {
            let labels = format!("{},event=\"{}\"", of_source(name, told.issuer, &told.url), told.event);
            line(page, "key_set_events_total", &labels, told.count);
        }
    }
}

fn sources<'m>(validators: &'m Named<'m>) -> impl Iterator<Item = (String, &'m SourceHealth)> {
    validators.iter().flat_map(|(name, metrics)| {
        metrics.health.sources.iter().map(move |source| (of_source(name, source.issuer, &source.url), source))
    })
}

fn of_source(validator: &str, issuer: usize, url: &str) -> String {
    format!("{validator},issuer=\"{issuer}\",{}", label("url", url))
}

/// A label whose value may hold anything.
fn label(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Writing to a text does not fail.
fn head(page: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(page, "# HELP jotgate_{name} {help}\n# TYPE jotgate_{name} {kind}");
}

fn line(page: &mut String, name: &str, labels: &str, value: impl fmt::Display) {
    let _ = writeln!(page, "jotgate_{name}{{{labels}}} {value}");
}

/// A number of a key set: its name, its kind, what it tells, and where it stands. What is not known yet has no line.
type Reading = (&'static str, &'static str, &'static str, fn(&SourceHealth) -> Option<f64>);

const READINGS: &[Reading] = &[
    ("key_set_fetches_total", "counter", "Fetches that were started.", |source| Some(number(source.fetches))),
    ("key_set_fetch_failures_total", "counter", "Fetches that failed.", |source| Some(number(source.failures))),
    ("key_set_fetch_seconds_total", "counter", "Time that fetches took, failed ones included.", |source| {
        Some(source.fetch_time)
    }),
    (
        "key_set_flood_rejections_total",
        "counter",
        "Tokens refused at once because too many named unknown keys.",
        |source| Some(number(source.flood_rejections)),
    ),
    ("key_set_keys", "gauge", "Keys that can be used.", |source| Some(number(source.keys as u64))),
    ("key_set_skipped_keys", "gauge", "Keys that cannot be used.", |source| Some(number(source.skipped_count as u64))),
    ("key_set_age_seconds", "gauge", "Time since the last successful fetch was started.", |source| source.age),
];

#[expect(clippy::cast_precision_loss, reason = "a counter beyond 2^53 is one that nobody waits for")]
fn number(count: u64) -> f64 {
    count as f64
}

const STATES: &[&str] = &["empty", "fresh", "due", "stale", "expired"];
