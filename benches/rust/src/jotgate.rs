//! jotgate under measurement, with its keys parsed beforehand.

use crate::tokens::Exchange;
use jotgate::{FetchResponse, Policy, Question, Report, Request, Timestamp, Validator, Verdict, Verified};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::hint::black_box;
use std::time::SystemTime;

/// All that stands in a small token.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    pub(crate) iat: u64,
    pub(crate) jti: String,
    pub(crate) scope: String,
}

pub(crate) type Headers<'a> = Vec<(&'a str, &'a str)>;

pub(crate) struct Jotgate(Validator);

impl Jotgate {
    pub(crate) fn new(policy: &str) -> Result<Self, jotgate::PolicyError> {
        Ok(Self(Validator::new(Policy::from_json(policy)?, 1)))
    }

    /// With the policy's key set behind a URL, and what these tokens make it fetch from there already fetched.
    pub(crate) fn with_fetched_keys(policy: &str, tokens: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut document: Value = serde_json::from_str(policy)?;
        let keys = document.pointer_mut("/issuers/0/keys").ok_or("the policy has no keys")?;
        let set = keys.get("jwks").ok_or("the policy has no key set")?.to_string();
        *keys = json!({"jwks_uri": "https://idp.example.com/jwks"});
        let jotgate = Self::new(&document.to_string())?;
        for token in tokens {
            let Verdict::KeysNeeded(_) = jotgate.verdict(token) else { continue };
            let now = Timestamp::from(SystemTime::now());
            while let Some(work) = jotgate.0.poll_work(now) {
                let response = FetchResponse { status: 200, headers: &[], body: set.as_bytes() };
                jotgate.0.report(work.id(), Report::Fetched(response), now)?;
            }
        }
        Ok(jotgate)
    }

    /// Reads the clock too, as a host does.
    fn verdict(&self, token: &str) -> Verdict {
        self.0.validate(token, Timestamp::from(SystemTime::now()))
    }

    fn verified(&self, token: &str) -> Option<Verified> {
        match self.verdict(token) {
            Verdict::Accepted(verified) => Some(verified),
            _ => None,
        }
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.verified(token).is_some()
    }

    pub(crate) fn reads_claims(&self, token: &str) -> bool {
        self.verified(token).is_some_and(|verified| read(verified.claims().deserialize::<Claims>().ok()))
    }

    /// The claims of [`Claims`] by name, without a struct for them.
    pub(crate) fn reads_members(&self, token: &str) -> bool {
        let texts = ["iss", "sub", "aud", "jti", "scope"];
        self.verified(token).is_some_and(|verified| {
            let text = |name: &str| verified.member(name).and_then(|member| member.as_str());
            let date = |name: &str| verified.member(name).and_then(|member| member.json().parse::<u64>().ok());
            texts.iter().all(|name| text(name).is_some_and(|text| !black_box(text).is_empty()))
                && date("exp") > date("nbf")
                && date("nbf") <= date("iat")
        })
    }

    /// As a host has it that passes all header fields on.
    pub(crate) fn accepts_request(&self, exchange: &Exchange, headers: &Headers<'_>) -> bool {
        let request = Request::new(&exchange.method, &exchange.path).with_query(&exchange.query).with_headers(headers);
        let verdict = self.0.validate(&request, Timestamp::from(SystemTime::now()));
        matches!(verdict, Verdict::Accepted(_))
    }

    /// By so many threads in one call, or one after the other.
    pub(crate) fn accepts_all(&self, tokens: &[&str], threads: Option<usize>) -> bool {
        let Some(threads) = threads else { return tokens.iter().all(|token| self.accepts(token)) };
        let questions: Vec<Question<'_>> = tokens.iter().map(|token| Question::from(*token)).collect();
        let verdicts = jotgate_host::validate_many(&self.0, &questions, Timestamp::from(SystemTime::now()), threads);
        verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_)))
    }

    pub(crate) fn rejects(&self, token: &str, code: &str) -> bool {
        matches!(self.verdict(token), Verdict::Rejected(rejection) if rejection.code.name() == code)
    }
}

/// Makes sure that every claim is there and that none of them is optimized away.
pub(crate) fn read(claims: Option<Claims>) -> bool {
    claims.is_some_and(|claims| {
        let Claims { iss, sub, aud, exp, nbf, iat, jti, scope } = black_box(claims);
        exp > nbf && nbf <= iat && [iss, sub, aud, jti, scope].iter().all(|text| !text.is_empty())
    })
}
