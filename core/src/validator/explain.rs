//! Explanations: the checks of a validation, looked at one by one.

use super::{FETCH_FIRST, NOT_AT_HAND, Subjected, Times, Validator, facts};
use crate::checklist::CheckName;
use crate::codes::Code;
use crate::explain::{Explanation, Facts, KeySource, Observer as _, Recorder};
use crate::question::{Question, Subject};
use crate::rejection::Rejection;
use crate::request::Request;
use crate::routing::Taken;
use crate::time::Timestamp;
use crate::verdict::Stop;

impl Validator {
    /// Why a token or a request may pass at the time `now`, or why not: every check with what it expected and what it found.
    /// For a request, its route and the place of its token come first.
    ///
    /// It runs the code of [`Validator::validate`] and comes to the same verdict, but it begins no work, gives no
    /// claims, and changes nothing. What the host has to say of a token it does not know. Validate first, with the fetches that this asks for, and then explain: keys that were
    /// never fetched are `unavailable` here.
    ///
    /// ```
    /// use jotgate::{Policy, Timestamp, Validator};
    ///
    /// let policy = Policy::from_json(r#"{"version": 1, "issuers": [{
    ///     "issuer": "https://idp.example.com/",
    ///     "audience": "https://api.example.com",
    ///     "keys": { "secret": { "text": "a secret of at least 32 bytes, which nobody knows" } }
    /// }]}"#)?;
    /// let explanation = Validator::new(policy, 7).explain("Bearer e30.e30.", Timestamp::from_seconds(1_800_000_000));
    /// assert_eq!(explanation.checks[0].check, "shape");
    /// println!("{}", explanation.to_text(false));
    /// # Ok::<(), jotgate::PolicyError>(())
    /// ```
    #[must_use]
    pub fn explain<'q>(&self, question: impl Into<Question<'q>>, now: Timestamp) -> Explanation {
        let Question { subject, as_of } = question.into();
        let times = Times { token: as_of.unwrap_or(now), keys: now };
        match subject {
            Subject::Token(token) => {
                let routes = &Taken::default();
                self.explained(Subjected { token, request: None, routes, times }, Recorder::default())
            }
            Subject::Request(request) => self.explain_on_route(request, times),
        }
    }

    fn explain_on_route(&self, request: &Request<'_>, times: Times) -> Explanation {
        let mut recorder = Recorder::default();
        let refused = |recorder: Recorder, rejection: &Rejection| {
            let explanation = Explanation::rejected(rejection, times.token);
            Explanation { checks: recorder.checks(true), ..explanation }
        };
        let routes = match self.policy.routes.find(request) {
            Ok(routes) => routes,
            Err(rejection) => {
                recorder.saw(CheckName::Route, Some(&rejection), |code| facts::no_route(request, &rejection, code));
                return refused(recorder, &rejection);
            }
        };
        recorder.saw(CheckName::Route, None, |_| facts::route(request, &routes));
        let skipped = |index| Explanation { route: Some(index), ..Explanation::new("skipped", times.token) };
        if let Some(index) = routes.let_pass_unseen() {
            return Explanation { checks: recorder.checks(true), ..skipped(index) };
        }
        let sources = || Facts::checked().expected(self.policy.token_sources.written());
        match self.policy.token_sources.token(request) {
            Ok(token) => {
                recorder.saw(CheckName::Token, None, |_| sources());
                let token = token.as_bytes();
                self.explained(Subjected { token, request: Some(request), routes: &routes, times }, recorder)
            }
            Err(rejection) => match routes.let_pass_without(&rejection) {
                Some(index) => {
                    let none = || Facts { applies: false, ..sources().note("there is none, and the route needs none") };
                    recorder.saw(CheckName::Token, None, |_| none());
                    Explanation { checks: recorder.checks(true), ..skipped(index) }
                }
                None => {
                    recorder.saw(CheckName::Token, Some(&rejection), |code| facts::no_token(sources(), request, code));
                    refused(recorder, &routes.on_route(rejection))
                }
            },
        }
    }

    fn explained(&self, subject: Subjected<'_>, mut recorder: Recorder) -> Explanation {
        let Subjected { request, routes, times, .. } = subject;
        let stop = self.walk(subject, &mut recorder).err();
        let accepted = Explanation::new("accepted", times.token);
        let explanation = match recorder.first.take().or(stop) {
            None => Explanation { issuer: recorder.issuer, ..accepted },
            Some(Stop::Reject(rejection)) => {
                let issuer = rejection.issuer.or(recorder.issuer);
                Explanation::rejected(&Rejection { issuer, ..rejection }, times.token)
            }
            Some(Stop::Unavailable(unavailable)) => {
                let rejection = Rejection::new(Code::KeysUnavailable, NOT_AT_HAND);
                let retry_at = Some(unavailable.retry_at);
                Explanation { verdict: "unavailable", retry_at, ..Explanation::rejected(&rejection, times.token) }
            }
            Some(Stop::Fetch(_)) => {
                let rejection = Rejection::new(Code::KeysUnavailable, FETCH_FIRST);
                Explanation { verdict: "unavailable", ..Explanation::rejected(&rejection, times.token) }
            }
        };
        let key_sets = recorder.issuer.map(|index| self.key_sources(index, times.keys)).unwrap_or_default();
        Explanation {
            issuer: recorder.issuer,
            route: explanation.route.or(routes.index()),
            verified: recorder.verified,
            checks: recorder.checks(request.is_some()),
            key_sets,
            ..explanation
        }
    }

    fn key_sources(&self, issuer: usize, now: Timestamp) -> Vec<KeySource> {
        let places = self.policy.issuers.get(issuer).map(|entry| entry.sources.clone()).unwrap_or_default();
        let source = |(health, kids): (crate::SourceHealth, Vec<String>)| KeySource {
            url: health.url,
            jwks_uri: health.jwks_uri,
            state: health.state,
            age: health.age,
            keys: health.keys,
            kids,
            skipped: health.skipped_count,
            skipped_keys: health.skipped,
            lenient_keys: health.lenient,
            last_error: health.last_error,
            last_error_cause: health.last_error_cause,
            last_error_hint: health.last_error_hint,
        };
        self.key_sets.told(places, now).into_iter().map(source).collect()
    }
}
