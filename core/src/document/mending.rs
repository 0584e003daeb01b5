//! From a JSON value to the document. What is wrong is told, and then put right in some way, so that what is wrong elsewhere can
//! be told too.

use super::error::PolicyError;
use super::mistakes::Mistakes;
use super::references;
use super::steps::{Step, at, find, path_of, walk};
use crate::likeness::{ALIKE, nearest};
use crate::limits;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

/// A value on its way to a document.
pub(super) struct Mending {
    value: Value,
    mistakes: Mistakes,
    /// What is not there of the texts that lie elsewhere; something stands in their places.
    missing: Vec<PolicyError>,
    /// Elements that were taken out of lists, by the lists' paths: those behind them have other numbers now.
    gaps: Vec<(String, usize)>,
}

/// What serde says, and how to go on.
struct Finding {
    error: PolicyError,
    remedy: Remedy,
}

enum Remedy {
    /// Leave it out.
    TakeOut(Vec<Step>),
    /// Put the field that was meant in its place.
    Rename(Vec<Step>, Option<String>),
    /// Add a required field to the object at this place.
    Add(Vec<Step>, String),
    Nothing,
}

impl Mending {
    pub(super) fn of(value: Value, missing: Vec<PolicyError>) -> Self {
        Self { value, mistakes: Mistakes::default(), missing, gaps: Vec::new() }
    }

    /// The document, and what was wrong with its form.
    pub(super) fn document<T: DeserializeOwned>(mut self) -> Result<(T, Mistakes), PolicyError> {
        self.take_nulls();
        let missing = std::mem::take(&mut self.missing);
        let unfilled = references::unfilled(&self.value, self.mistakes.room());
        for error in missing.into_iter().chain(unfilled) {
            let path = error.path().to_owned();
            self.mistakes.add_form(error);
            self.mistakes.mend(path);
        }
        for _ in 0..self.attempts() {
            let error = match serde_path_to_error::deserialize::<_, T>(&self.value) {
                // What is told of the fields together would name elements by other numbers, where one is gone.
                Ok(document) if self.gaps.is_empty() => return Ok((document, self.mistakes)),
                Ok(_) => break,
                Err(error) => error,
            };
            let finding = self.explain(&error);
            self.mistakes.add_form(finding.error);
            if self.mistakes.room() == 0 || !self.mend(finding.remedy) {
                break;
            }
        }
        self.mistakes.finish(None)
    }

    /// How often the document is read at most: each time costs as much as it is long.
    fn attempts(&self) -> usize {
        if self.mistakes.room() == 0 {
            return 0;
        }
        let mut values: usize = 1;
        walk(&self.value, &mut Vec::new(), &mut |_, _| values = values.saturating_add(1));
        (MOST_VALUES.checked_div(values).unwrap_or_default()).clamp(1, MOST_ATTEMPTS)
    }

    /// `null` may mean "not set", "none" or "forgot to fill in"; a policy must not leave that open. No more of them are looked
    /// for than are told: there may be millions, and with them nothing else is told anyway.
    fn take_nulls(&mut self) {
        let mut nulls = Vec::new();
        walk(&self.value, &mut Vec::new(), &mut |steps, value| {
            if value.is_null() && nulls.len() < limits::POLICY_PROBLEMS && !is_member_of_jwk(steps) {
                nulls.push(steps.to_vec());
            }
        });
        for steps in &nulls {
            let error = PolicyError::new(path_of(steps), "null is not a value");
            self.mistakes.add_form(error.with_hint("leave the field out, or say what it must be"));
        }
        // From behind, so that the numbers of those that are still to go stay as they are.
        for steps in nulls.into_iter().rev() {
            self.mend(Remedy::TakeOut(steps));
        }
    }

    /// Whether something has changed, so that another attempt makes sense.
    fn mend(&mut self, remedy: Remedy) -> bool {
        match remedy {
            Remedy::TakeOut(steps) => {
                self.mistakes.mend(self.original(&steps));
                self.take_out(&steps).is_some()
            }
            Remedy::Rename(steps, meant) => {
                self.mistakes.mend(self.original(&steps));
                let Some(value) = self.take_out(&steps) else { return false };
                let Some((name, place)) = meant.zip(steps.split_last().map(|(_, place)| place.to_vec())) else {
                    return true;
                };
                self.mistakes.mend(self.original(&[place.as_slice(), &[Step::Name(name.clone())]].concat()));
                if let Some(members) = self.object(&place) {
                    members.entry(name).or_insert(value);
                }
                true
            }
            Remedy::Add(place, name) => {
                let added = [place.as_slice(), &[Step::Name(name.clone())]].concat();
                self.mistakes.mend(self.original(&added));
                let Some(value) = stand_in(&name) else { return false };
                self.object(&place).is_some_and(|members| members.insert(name, value).is_none())
            }
            Remedy::Nothing => false,
        }
    }

    fn object(&mut self, steps: &[Step]) -> Option<&mut Map<String, Value>> {
        at(&mut self.value, steps)?.as_object_mut()
    }

    fn take_out(&mut self, steps: &[Step]) -> Option<Value> {
        let (last, place) = steps.split_last()?;
        match last {
            Step::Name(name) => self.object(place)?.remove(name),
            Step::Index(index) => {
                let gap = (self.original(place), self.original_index(place, *index));
                let list = at(&mut self.value, place)?.as_array_mut()?;
                let value = (*index < list.len()).then(|| list.remove(*index))?;
                self.gaps.push(gap);
                Some(value)
            }
        }
    }

    /// The path in the document as it was written.
    fn original(&self, steps: &[Step]) -> String {
        let numbered = steps.iter().enumerate().map(|(at, step)| match step {
            Step::Index(index) => Step::Index(self.original_index(steps.get(..at).unwrap_or_default(), *index)),
            Step::Name(_) => step.clone(),
        });
        path_of(&numbered.collect::<Vec<_>>())
    }

    fn original_index(&self, list: &[Step], index: usize) -> usize {
        if self.gaps.is_empty() {
            return index;
        }
        let list = self.original(list);
        let mut gone: Vec<usize> = self.gaps.iter().filter(|(of, _)| *of == list).map(|(_, index)| *index).collect();
        gone.sort_unstable();
        gone.into_iter().fold(index, |index, gone| if gone <= index { index.saturating_add(1) } else { index })
    }

    /// Turns serde's error into one that leads to the very field.
    fn explain(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> Finding {
        let steps = steps_of(error.path());
        let path = match &steps {
            Some(steps) => self.original(steps),
            None => error.path().to_string(),
        };
        let message = error.inner().to_string();
        let take_out = || steps.clone().map_or(Remedy::Nothing, Remedy::TakeOut);
        if message.starts_with("unknown field") || message.starts_with("unknown variant") {
            // The name and the value are the author's, and may look like anything: what is expected stands behind them.
            let (unknown, expected) = message.rsplit_once(", expected ").unwrap_or((&message, ""));
            let unknown: String = unknown.chars().skip_while(|letter| *letter != '`').take(LONGEST_NAME).collect();
            let unknown = unknown.trim_matches('`');
            let nearest = nearest(unknown, expected.split('`').skip(1).step_by(2));
            let is_field = message.starts_with("unknown field");
            let kind = if is_field { "field" } else { "value" };
            let error = PolicyError::new(path, format!("unknown {kind}"));
            let meant = nearest.filter(|(_, likeness)| *likeness >= ALIKE).map(|(name, _)| name.to_owned());
            return Finding {
                error: match nearest {
                    Some((nearest, _)) => error.with_hint(format!("did you mean {nearest}?")),
                    None => error,
                },
                remedy: match steps.clone() {
                    Some(steps) if is_field => Remedy::Rename(steps, meant),
                    _ => take_out(),
                },
            };
        }
        if message.starts_with("missing field") {
            let missing = message.split('`').nth(1).unwrap_or_default();
            let path = if path.is_empty() { missing.to_owned() } else { format!("{path}.{missing}") };
            let remedy = steps.map_or(Remedy::Nothing, |steps| Remedy::Add(steps, missing.to_owned()));
            return Finding { error: PolicyError::new(path, "this field is required"), remedy };
        }
        // serde quotes the offending value, which may be a secret: say what was expected and no more.
        let expected = message.rsplit_once("expected ").map_or("a value of another type", |(_, expected)| expected);
        let error = PolicyError::new(path, format!("expected {expected}"));
        let written = steps.as_ref().and_then(|steps| Some((find(&self.value, steps)?, steps)));
        let error = match written.and_then(|(value, steps)| references::hint(value, steps)) {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        Finding { error, remedy: take_out() }
    }
}

/// A key set is copied from where the issuer publishes it, and serialisers write `null` for what a key has not: that is
/// absent there, as in a fetched set.
fn is_member_of_jwk(steps: &[Step]) -> bool {
    let [
        Step::Name(issuers),
        Step::Index(_),
        Step::Name(keys),
        Step::Name(jwks),
        Step::Name(set),
        Step::Index(_),
        Step::Name(_),
        ..,
    ] = steps
    else {
        return false;
    };
    [issuers, keys, jwks, set].into_iter().eq(["issuers", "keys", "jwks", "keys"])
}

/// What stands in for a required field while the rest is looked at.
fn stand_in(name: &str) -> Option<Value> {
    Some(match name {
        "version" => json!(1),
        "issuers" | "allowed" => json!([]),
        "issuer" | "audience" => json!("any"),
        "type" => json!("pem"),
        _ => return None,
    })
}

/// `None` where a step leads to no place in the JSON.
fn steps_of(path: &serde_path_to_error::Path) -> Option<Vec<Step>> {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Name(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().map(step).collect()
}

/// Each mistake takes one or two, and twenty are told.
const MOST_ATTEMPTS: usize = 64;

/// How many values are read in all attempts together: a document of 16 MiB is not read more often than one of 250 KiB.
const MOST_VALUES: usize = 4_000_000;

/// Of a longer name nobody knows what it was meant to be, and comparing takes time by its length.
const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use crate::Policy;

    /// The paths of everything that is wrong.
    fn paths(document: &str) -> Vec<String> {
        match Policy::from_json(document) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems().map(|problem| problem.path().to_owned()).collect(),
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let document = r#"{"version": 1, "limits": {"token_bytes": 0}, "issuers": [
            {"issuer": "https://a.test/", "audiance": "x", "leeway": "10m", "keys": {"jwks_uri": "http://a.test/"}},
            {"issuer": "https://b.test/", "max_age": true, "scopes": {"al": ["a"]}, "claims": [{}, {"claim": "a", "min": 1, "max": 2}]}
        ]}"#;
        let wanted = [
            "issuers[0].audiance",
            "issuers[1].max_age",
            "issuers[1].scopes.al",
            "issuers[1].audience",
            "limits.token_bytes",
            "issuers[0].keys.jwks_uri",
            "issuers[0].leeway",
            "issuers[1].claims[0].claim",
            "issuers[1].claims[1]",
        ];
        assert_eq!(paths(document), wanted);
    }

    /// What would be told is what is looked for, so that the time does not grow with the square of the mistakes.
    #[test]
    fn documents_with_very_many_mistakes_come_to_an_end() {
        let many = |element: &str| vec![element; 100_000].join(",");
        let nulls = paths(&format!(r#"{{"version": 1, "issuers": [{}]}}"#, many("null, 1")));
        assert_eq!((nulls.len(), nulls.last().map(String::as_str)), (20, Some("issuers[38]")));
        let unfilled =
            paths(&format!(r#"{{"version": 1, "issuers": [{{"issuer": "x", "audience": [{}]}}]}}"#, many("\"${A}\"")));
        assert_eq!((unfilled.len(), unfilled.first().map(String::as_str)), (20, Some("issuers[0].audience[0]")));
        let wrong = paths(&format!(r#"{{"version": 1, "issuers": [{}]}}"#, many("7")));
        assert!((2..=20).contains(&wrong.len()), "{wrong:?}");
    }

    /// The author's names and values stand in what serde says, and quotes in them end nothing.
    #[test]
    fn names_that_look_like_what_serde_says_are_read_as_names() {
        for (document, path, hint) in [
            (r#"{"version": 1, "issuers": [], "rou`tes": []}"#, "rou`tes", Some("did you mean routes?")),
            (r#"{"version": 1, "issuers": [], "`a`, expected `b`": 1}"#, "`a`, expected `b`", None),
            (r#"{"version": 1, "issuers": [], "responses": "wso`s3cr3t`2"}"#, "responses", Some("did you mean wso2?")),
        ] {
            let error = Policy::from_json(document).expect_err("a mistake");
            assert_eq!(error.path(), path);
            assert!(!error.hint().unwrap_or_default().contains("s3cr3t"), "{error}");
            assert!(hint.is_none_or(|hint| error.hint() == Some(hint)), "{error}");
        }
        let long = format!(r#"{{"version": 1, "issuers": [], "{}": 1}}"#, "issuer".repeat(100_000));
        assert_eq!(paths(&long).len(), 2);
    }

    #[test]
    fn what_follows_from_a_mistake_is_not_one() {
        for (document, wanted) in [
            (r#"{"version": 1, "issuers": 7}"#, vec!["issuers"]),
            (r#"{"issuers": []}"#, vec!["version", "issuers"]),
            (r#"{"version": 1, "issuer": []}"#, vec!["issuer"]),
            (
                r#"{"version": "1", "issuers": [{"issuer": "x", "audience": "a", "keys": {"jwks_url": "https://a.test/"}}]}"#,
                vec!["issuers[0].keys.jwks_url", "version"],
            ),
            (
                r#"{"version": 1, "issuers": [{"audience": "a", "keys": {"secret": {"text": 7}}, "algorithms": ["HS256"]}]}"#,
                vec!["issuers[0].keys.secret.text", "issuers[0].issuer"],
            ),
            (
                r#"{"version": 1, "issuers": [null, {"issuer": "x", "audience": null}, {"isuer": 1}]}"#,
                vec!["issuers[0]", "issuers[1].audience", "issuers[2].isuer", "issuers[2].audience"],
            ),
        ] {
            assert_eq!(paths(document), wanted, "{document}");
        }
    }
}
