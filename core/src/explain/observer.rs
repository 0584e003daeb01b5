//! Who looks on while a token is checked. A validation is watched by nobody, and that costs nothing; an explanation is
//! the same code watched by a recorder.

use super::explanation::{Check, CheckOutcome};
use super::facts::Facts;
use crate::checklist::{CheckName, Listed};
use crate::codes::Code;
use crate::rejection::Rejection;
use crate::verdict::Stop;

/// Looks on while a token is checked.
pub(crate) trait Observer {
    /// Whether anybody looks. Who looks changes nothing: no work begins in the key-set machine, and no event is told.
    const LOOKS: bool;

    /// What stays of a thing that a check has proved: the thing itself for a validation, and nothing for an explanation.
    /// So what an explanation has looked at, behind a failure too, can never become claims.
    type Kept<T>;

    /// Notes how a check ended. `facts` is asked for only by those who look.
    fn saw(&mut self, check: CheckName, failure: Option<&Rejection>, facts: impl FnOnce(Option<Code>) -> Facts);

    /// What was proved.
    fn keep<T>(&mut self, proved: T) -> Self::Kept<T>;

    /// What follows from what was proved.
    fn kept<T, U>(kept: Self::Kept<T>, make: impl FnOnce(T) -> U) -> Self::Kept<U>;

    /// Whether the checks go on behind a stop, with nothing proved. A validation never does; a recorder does, and keeps the
    /// first of them.
    fn stopped<T>(&mut self, stop: Stop) -> Result<Self::Kept<T>, Stop>;

    /// As [`Observer::stopped`].
    fn refused(&mut self, rejection: Rejection) -> Result<(), Rejection>;

    /// The token's `iss` has picked this entry.
    fn picked(&mut self, _issuer: usize) {}

    /// The signature was verified.
    fn verified(&mut self) {}

    /// A check behind which others still mean something.
    fn step<T: Default>(
        &mut self, check: CheckName, outcome: Result<T, Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
    ) -> Result<T, Rejection> {
        self.saw(check, outcome.as_ref().err(), facts);
        outcome.or_else(|rejection| self.refused(rejection).map(|()| T::default()))
    }

    /// A check that has to hold before anything else can be looked at.
    fn must<T>(
        &mut self, check: CheckName, outcome: Result<T, Rejection>, facts: impl FnOnce(Option<Code>) -> Facts,
    ) -> Result<T, Rejection> {
        self.saw(check, outcome.as_ref().err(), facts);
        outcome
    }
}

/// Nobody.
pub(crate) struct Silent;

impl Observer for Silent {
    const LOOKS: bool = false;

    type Kept<T> = T;

    fn saw(&mut self, _: CheckName, _: Option<&Rejection>, _: impl FnOnce(Option<Code>) -> Facts) {}

    fn keep<T>(&mut self, proved: T) -> T {
        proved
    }

    fn kept<T, U>(kept: T, make: impl FnOnce(T) -> U) -> U {
        make(kept)
    }

    fn stopped<T>(&mut self, stop: Stop) -> Result<T, Stop> {
        Err(stop)
    }

    fn refused(&mut self, rejection: Rejection) -> Result<(), Rejection> {
        Err(rejection)
    }
}

/// Writes down what it sees.
#[derive(Default)]
pub(crate) struct Recorder {
    seen: Vec<(CheckName, Check)>,
    pub(crate) first: Option<Stop>,
    pub(crate) issuer: Option<usize>,
    pub(crate) verified: bool,
}

impl Observer for Recorder {
    const LOOKS: bool = true;

    type Kept<T> = ();

    fn saw(&mut self, check: CheckName, failure: Option<&Rejection>, facts: impl FnOnce(Option<Code>) -> Facts) {
        let Facts { applies, expected, found, note } = facts(failure.map(|rejection| rejection.code));
        let (outcome, note) = match failure {
            Some(rejection) => (CheckOutcome::Failed, note.or_else(|| Some(rejection.detail.to_owned()))),
            None if applies => (CheckOutcome::Passed, note),
            None => (CheckOutcome::Skipped, note),
        };
        let code = failure.map(|rejection| rejection.code);
        let seen = Check { check: check.to_string(), outcome, code, verified: false, expected, found, note };
        self.seen.push((check, seen));
    }

    fn keep<T>(&mut self, _: T) {}

    fn kept<T, U>((): (), _: impl FnOnce(T) -> U) {}

    fn stopped<T>(&mut self, stop: Stop) -> Result<(), Stop> {
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
    /// All checks in the order of their table. Those that were not reached are there too, as skipped; `of_request` says
    /// whether there was a request to look at.
    pub(crate) fn checks(mut self, of_request: bool) -> Vec<Check> {
        let mut checks = Vec::with_capacity(CheckName::IN_ORDER.len());
        for name in CheckName::IN_ORDER {
            // A request that takes several routes has what each of them asks for.
            let (seen, others): (Vec<_>, Vec<_>) = self.seen.into_iter().partition(|(seen, _)| seen == name);
            self.seen = others;
            match name.listed() {
                Listed::WithRequest if !of_request => continue,
                Listed::Always | Listed::WithRequest if seen.is_empty() => checks.push(Check::unreached(*name)),
                _ => checks.extend(seen.into_iter().map(|(_, check)| check)),
            }
        }
        // The rules come last.
        checks.extend(self.seen.into_iter().map(|(_, check)| check));
        checks.iter_mut().for_each(|check| check.verified = self.verified);
        checks
    }
}
