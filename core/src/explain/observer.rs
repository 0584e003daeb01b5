//! Who looks on while a token is checked. A validation is watched by nobody, and that costs nothing; an explanation is
//! the same code watched by a recorder.

use super::{Check, CheckOutcome, Facts, NOT_REACHED};
use crate::codes::Code;
use crate::rejection::Rejection;
use crate::verdict::Stop;

/// Looks on while a token is checked.
pub(crate) trait Observer {
    /// Whether anybody looks. Who looks takes no fetches out of the key-set machine: they would be lost there.
    const LOOKS: bool;

    /// Notes how a check ended. `facts` is asked for only by those who look.
    fn saw(&mut self, check: Name, failure: Option<&Rejection>, facts: impl FnOnce(Option<Code>) -> Facts);

    /// Whether the checks go on behind a stop. A validation never does; a recorder does, and keeps the first of them: what
    /// it has looked at makes no verified token.
    fn stopped(&mut self, stop: Stop) -> Result<(), Stop>;

    /// As [`Observer::stopped`].
    fn refused(&mut self, rejection: Rejection) -> Result<(), Rejection>;

    /// The token's `iss` has picked this entry.
    fn picked(&mut self, _issuer: usize) {}

    /// The signature was verified.
    fn verified(&mut self) {}

    /// A check behind which others still mean something.
    fn step<T: Default>(
        &mut self, check: Name, outcome: Result<T, Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
    ) -> Result<T, Rejection> {
        self.saw(check, outcome.as_ref().err(), facts);
        outcome.or_else(|rejection| self.refused(rejection).map(|()| T::default()))
    }

    /// A check that has to hold before anything else can be looked at.
    fn must<T>(
        &mut self, check: Name, outcome: Result<T, Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
    ) -> Result<T, Rejection> {
        self.saw(check, outcome.as_ref().err(), facts);
        outcome
    }
}

/// Nobody.
pub(crate) struct Silent;

impl Observer for Silent {
    const LOOKS: bool = false;

    fn saw(&mut self, _: Name, _: Option<&Rejection>, _: impl FnOnce(Option<Code>) -> Facts) {}

    fn stopped(&mut self, stop: Stop) -> Result<(), Stop> {
        Err(stop)
    }

    fn refused(&mut self, rejection: Rejection) -> Result<(), Rejection> {
        Err(rejection)
    }
}

/// The name of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Fixed(&'static str),
    /// The policy's rule of this number.
    Rule(usize),
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::Fixed(name)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(name) => f.write_str(name),
            Self::Rule(index) => write!(f, "claims[{index}]"),
        }
    }
}

/// Writes down what it sees.
#[derive(Default)]
pub(crate) struct Recorder {
    seen: Vec<Check>,
    pub(crate) first: Option<Stop>,
    pub(crate) issuer: Option<usize>,
    pub(crate) verified: bool,
}

impl Observer for Recorder {
    const LOOKS: bool = true;

    fn saw(&mut self, check: Name, failure: Option<&Rejection>, facts: impl FnOnce(Option<Code>) -> Facts) {
        let Facts { applies, expected, found, note } = facts(failure.map(|rejection| rejection.code));
        let (outcome, note) = match failure {
            Some(rejection) => (CheckOutcome::Failed, note.or_else(|| Some(rejection.detail.to_owned()))),
            None if applies => (CheckOutcome::Passed, note),
            None => (CheckOutcome::Skipped, note),
        };
        let code = failure.map(|rejection| rejection.code);
        self.seen.push(Check { check: check.to_string(), outcome, code, verified: false, expected, found, note });
    }

    fn stopped(&mut self, stop: Stop) -> Result<(), Stop> {
        self.first.get_or_insert(stop);
        Ok(())
    }

    fn refused(&mut self, rejection: Rejection) -> Result<(), Rejection> {
        self.first.get_or_insert(Stop::Reject(rejection));
        Ok(())
    }

    fn picked(&mut self, issuer: usize) {
        self.issuer = Some(issuer);
    }

    fn verified(&mut self) {
        self.verified = true;
    }
}

impl Recorder {
    /// All checks in their order. Those that were not reached are there too, as skipped; `of_request` says whether there
    /// was a request to look at.
    pub(crate) fn checks(self, of_request: bool) -> Vec<Check> {
        let mut seen = self.seen;
        seen.retain(|check| of_request || !OF_REQUESTS.contains(&check.check.as_str()));
        let mut checks = Vec::with_capacity(ORDER.len());
        for name in ORDER.iter().filter(|name| of_request || !OF_REQUESTS.contains(name)) {
            match seen.iter().position(|check| check.check == *name) {
                Some(place) => checks.push(seen.remove(place)),
                None => checks.push(Check {
                    check: (*name).to_owned(),
                    outcome: CheckOutcome::Skipped,
                    code: None,
                    verified: false,
                    expected: None,
                    found: None,
                    note: Some(NOT_REACHED.to_owned()),
                }),
            }
        }
        // The rules come last.
        checks.append(&mut seen);
        checks.iter_mut().for_each(|check| check.verified = self.verified);
        checks
    }
}

/// The checks in the order in which a validation runs them.
const ORDER: [&str; 22] = [
    "route",
    "token",
    "shape",
    "header",
    "payload",
    "issuer",
    "algorithm",
    "key",
    "signature",
    "typ",
    "exp",
    "nbf",
    "iat",
    "max_age",
    "max_lifetime",
    "aud",
    "sub",
    "jti",
    "required_claims",
    "client_id",
    "scopes",
    "route_scopes",
];

/// Those that look at a request.
const OF_REQUESTS: [&str; 3] = ["route", "token", "route_scopes"];
