//! What stands behind the arrow of a case.

use super::words::first;
use jotgate::Code;
use jotgate::likeness::nearest;
use serde_json::{Map, Value};

/// What is to come of a case.
#[derive(Debug)]
pub(super) enum Expected {
    /// Perhaps with the claims that the application sees.
    Accepted(Option<Map<String, Value>>),
    Rejected {
        code: Code,
        claim: Option<String>,
    },
    Unavailable,
    Skipped,
    /// The status of the answer; behind 200 lies the application.
    Answered(Answered),
    /// The path of the field.
    PolicyError(String),
}

/// What is to stand in an answer; behind 200, in the request that the application sees.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) code: Option<Code>,
    /// `200 without claims`.
    pub(super) without_claims: bool,
    /// `None` for a field that is not to be there.
    pub(super) fields: Vec<(String, Option<String>)>,
    pub(super) body: Option<Value>,
}

impl Expected {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (word, rest) = first(text);
        match (word, rest) {
            ("accepted", "") => Ok(Self::Accepted(None)),
            ("accepted", rest) => match rest.strip_prefix("as ").map(serde_json::from_str) {
                Some(Ok(claims)) => Ok(Self::Accepted(Some(claims))),
                _ => Err("accepted may be followed by  as {claims}".to_owned()),
            },
            ("unavailable", "") => Ok(Self::Unavailable),
            ("skipped", "") => Ok(Self::Skipped),
            ("rejected", rest) => {
                let (name, claim) = first(rest);
                let claim = match claim.strip_prefix('(').and_then(|claim| claim.strip_suffix(')')) {
                    None if !claim.is_empty() => {
                        return Err("a claim stands in brackets: rejected expired (exp)".to_owned());
                    }
                    claim => claim.map(str::to_owned),
                };
                Ok(Self::Rejected { code: code(name)?, claim })
            }
            ("policy", rest) if rest.starts_with("error at ") => {
                Ok(Self::PolicyError(rest.trim_start_matches("error at ").to_owned()))
            }
            _ => match word.parse() {
                Ok(status) if (100..600).contains(&status) => Answered::read(status, text).map(Self::Answered),
                _ => Err(UNKNOWN.to_owned()),
            },
        }
    }

    /// As it is written, on one line.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Accepted(None) => "accepted".to_owned(),
            Self::Accepted(Some(claims)) => format!("accepted as {}", Value::Object(claims.clone())),
            Self::Rejected { code, claim: Some(claim) } => format!("rejected {code} ({claim})"),
            Self::Rejected { code, claim: None } => format!("rejected {code}"),
            Self::Unavailable => "unavailable".to_owned(),
            Self::Skipped => "skipped".to_owned(),
            Self::Answered(Answered { status, code: Some(code), .. }) => format!("{status} {code}"),
            Self::Answered(Answered { status, without_claims: true, .. }) => format!("{status} without claims"),
            Self::Answered(Answered { status, .. }) => status.to_string(),
            Self::PolicyError(path) => format!("policy error at {path}"),
        }
    }
}

impl Answered {
    /// The status, perhaps with the code; then fields and the body, one in a line.
    fn read(status: u16, text: &str) -> Result<Self, String> {
        let (told, body) = match text.split_once("\n  {") {
            Some((told, body)) => (told, Some(format!("{{{body}"))),
            None => (text, None),
        };
        let body = body.map(|body| serde_json::from_str(&body)).transpose().map_err(|_| "the body is no JSON")?;
        let mut lines = told.lines().map(str::trim);
        let (_, said) = first(lines.next().unwrap_or_default());
        let without_claims = said == "without claims";
        let code = if said.is_empty() || without_claims { None } else { Some(code(said)?) };
        let field = |line: &str| match line.strip_prefix("without ") {
            Some(name) => Ok((name.to_owned(), None)),
            None => {
                let (name, value) =
                    line.split_once(": ").or_else(|| line.split_once(' ')).ok_or("expected a field: X-User: alice")?;
                Ok((name.to_owned(), Some(value.to_owned())))
            }
        };
        let fields = lines.map(field).collect::<Result<_, String>>()?;
        Ok(Self { status, code, without_claims, fields, body })
    }
}

fn code(name: &str) -> Result<Code, String> {
    let near = || {
        let meant = nearest(name, Code::ALL.iter().map(|code| code.name()));
        meant.map(|(code, _)| format!(", did you mean {code}?")).unwrap_or_default()
    };
    Code::from_name(name).ok_or_else(|| format!("{name}: there is no such code{}", near()))
}

const UNKNOWN: &str = "behind the arrow stands accepted, rejected CODE (claim), unavailable, skipped, an HTTP status, or policy error at PATH";
