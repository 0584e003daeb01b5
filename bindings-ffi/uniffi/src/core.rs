//! A validator and what it is asked.

use crate::failure::{CallFailure, held, text};
use crate::mistake::{PolicyMistake, read};
use crate::request::{Header, RequestParts, headers};
use crate::verdict::{Judged, JudgedMany, Verdict};
use jotgate::{Explanation, Question, Timestamp, Validator};
use jotgate_edge::Options;
use jotgate_edge::guard::guard;
use std::fmt;
use std::sync::Arc;

/// A validator of one policy, for any number of threads. Times are milliseconds since the Unix epoch.
#[derive(uniffi::Object)]
pub struct Core(Validator);

/// The parts of requests that a policy reads.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Reads {
    /// The names of the header fields in lower case; none for all fields.
    pub headers: Option<Vec<String>>,
    /// Whether the query is read.
    pub query: bool,
}

/// How a request changes before it goes on.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Forwarding {
    /// The names of the header fields to remove, in lower case.
    pub remove: Vec<String>,
    /// The header fields to set.
    pub set: Vec<Header>,
    /// The query to go on with; none when it stays.
    pub query: Option<String>,
}

/// Every check with what it expected and found. It shows claims: keep it from whoever sent the token.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Explained {
    /// As JSON text.
    pub json: String,
    /// As lines.
    pub text: String,
    /// As lines in colour.
    pub coloured: String,
}

#[uniffi::export]
impl Core {
    /// A validator of the policy, JSON text in UTF-8. The seed is a random number that no client knows; `client_lookup` and
    /// `revocation_check` promise that the host answers these questions, and `store` that it has one for key sets.
    ///
    /// # Errors
    ///
    /// The text is no policy.
    #[uniffi::constructor]
    pub fn new(
        policy: Vec<u8>, seed: u64, client_lookup: bool, revocation_check: bool, store: bool,
    ) -> Result<Self, PolicyMistake> {
        let options = Options { seed, client_lookup, revocation_check, store };
        read(|| jotgate_edge::open(&policy, options).map(Self))
    }

    /// The validator of another policy in the place of this one, which nobody is to be asked from now on. What is the same in both
    /// keeps its keys, and what the host has said of itself stays.
    ///
    /// # Errors
    ///
    /// The text is no policy; then nothing has changed.
    pub fn replaced(&self, policy: Vec<u8>, now_ms: i64) -> Result<Arc<Self>, PolicyMistake> {
        read(|| {
            jotgate_edge::open_after(&self.0, &policy, Timestamp::from_millis(now_ms)).map(|next| Arc::new(Self(next)))
        })
    }

    /// The verdict on a token for the time `as_of_ms`, with the keys of the time `now_ms`.
    pub fn validate(&self, token: Vec<u8>, as_of_ms: i64, now_ms: i64) -> Judged {
        self.judged(now_ms, |now| self.0.validate(Question::token(&token).as_of(Timestamp::from_millis(as_of_ms)), now))
    }

    /// The verdict on a request: it takes the request's route and finds the token in it.
    pub fn validate_request(&self, request: RequestParts, as_of_ms: i64, now_ms: i64) -> Judged {
        let Some(request) = request.text() else { return Judged::internal_error() };
        self.judged(now_ms, |now| {
            let as_of = Timestamp::from_millis(as_of_ms);
            request.with(|request| self.0.validate(Question::request(request).as_of(as_of), now))
        })
    }

    /// The verdicts on many tokens in their order, as [`Core::validate`] gives each. `threads` is the most to use, the calling one
    /// among them; 0 is one for each processor.
    pub fn validate_many(&self, tokens: Vec<Vec<u8>>, threads: u32, as_of_ms: i64, now_ms: i64) -> JudgedMany {
        let refused = || JudgedMany { verdicts: vec![Verdict::internal_error(); tokens.len()], work_due: false };
        guard(refused(), || {
            let (as_of, now) = (Timestamp::from_millis(as_of_ms), Timestamp::from_millis(now_ms));
            let questions: Vec<_> = tokens.iter().map(|token| Question::token(token.as_slice()).as_of(as_of)).collect();
            let threads = usize::try_from(threads).unwrap_or(1);
            let verdicts = jotgate_host::validate_many(&self.0, &questions, now, threads);
            let verdicts = verdicts.into_iter().map(Verdict::from).collect();
            JudgedMany { verdicts, work_due: self.0.work_due(now) }
        })
    }

    /// Every check of a token, for the times of [`Core::validate`]. It fetches nothing: validate first.
    ///
    /// # Errors
    ///
    /// The library failed.
    pub fn explain(&self, token: Vec<u8>, as_of_ms: i64, now_ms: i64) -> Result<Explained, CallFailure> {
        held(|| {
            let question = Question::token(&token).as_of(Timestamp::from_millis(as_of_ms));
            Ok(Explained::from(&self.0.explain(question, Timestamp::from_millis(now_ms))))
        })
    }

    /// Every check of a request.
    ///
    /// # Errors
    ///
    /// Method, path or query are not UTF-8.
    pub fn explain_request(&self, request: RequestParts, as_of_ms: i64, now_ms: i64) -> Result<Explained, CallFailure> {
        held(|| {
            let request = request.text().ok_or_else(no_request)?;
            let (as_of, now) = (Timestamp::from_millis(as_of_ms), Timestamp::from_millis(now_ms));
            let explanation = request.with(|request| self.0.explain(Question::request(request).as_of(as_of), now));
            Ok(Explained::from(&explanation))
        })
    }

    /// The parts of requests that the policy reads: hand over no more than that with each request.
    pub fn reads(&self) -> Reads {
        let all = Reads { headers: None, query: true };
        guard(all, || {
            let parts = self.0.reads();
            Reads { headers: parts.headers.map(|names| names.into_iter().collect()), query: parts.query }
        })
    }

    /// Whether the policy changes requests that go on.
    pub fn forwards(&self) -> bool {
        // What cannot be told is asked for with every request.
        guard(true, || self.0.forwards())
    }

    /// How a request changes before it goes on. The payload is that of the accepted token; none where there was no token.
    ///
    /// # Errors
    ///
    /// Method, path, query or payload are not UTF-8.
    pub fn forward(&self, request: RequestParts, payload: Option<Vec<u8>>) -> Result<Forwarding, CallFailure> {
        held(|| {
            let payload = payload.as_deref().map(|payload| text(payload, "the payload")).transpose()?;
            let request = request.text().ok_or_else(no_request)?;
            let forward = request.with(|request| self.0.forward_claims(payload, request));
            Ok(Forwarding {
                remove: forward.remove.iter().map(ToString::to_string).collect(),
                set: headers(forward.set.iter().map(|(name, value)| (name, value))),
                query: forward.query.as_ref().map(ToString::to_string),
            })
        })
    }
}

impl Core {
    pub(crate) fn validator(&self) -> &Validator {
        &self.0
    }

    fn judged(&self, now_ms: i64, ask: impl FnOnce(Timestamp) -> jotgate::Verdict) -> Judged {
        guard(Judged::internal_error(), || {
            let now = Timestamp::from_millis(now_ms);
            let verdict = Verdict::from(ask(now));
            Judged { verdict, work_due: self.0.work_due(now) }
        })
    }
}

impl Judged {
    fn internal_error() -> Self {
        Self { verdict: Verdict::internal_error(), work_due: false }
    }
}

/// Nothing of the policy is shown: it may hold a secret.
impl fmt::Debug for Core {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Core").finish_non_exhaustive()
    }
}

impl From<&Explanation> for Explained {
    fn from(explanation: &Explanation) -> Self {
        Self { json: explanation.to_json(), text: explanation.to_text(false), coloured: explanation.to_text(true) }
    }
}

fn no_request() -> CallFailure {
    CallFailure::argument("method, path or query is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::Core;
    use crate::failure::{CallFailure, held};
    use crate::mistake::{PolicyMistake, read};
    use crate::request::{Field, RequestParts};
    use crate::verdict::{Judged, Rejection, Verdict};
    use std::panic;

    const POLICY: &[u8] = br#"{"version":1,"issuers":[{"issuer":"https://issuer.test/","audience":"any","required_claims":[],"keys":{"accept_unsigned":true}}]}"#;
    const TOKEN: &[u8] = b"eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImNsaWVudF9pZCI6ImFwcCJ9.";

    fn core() -> Core {
        Core::new(POLICY.to_vec(), 7, false, false, false).unwrap()
    }

    fn is_internal_error(judged: Judged) -> bool {
        matches!(judged.verdict, Verdict::Rejected { rejection } if rejection == Rejection::internal_error())
    }

    #[test]
    fn a_panic_is_a_refusal_and_says_nothing() {
        assert!(is_internal_error(core().judged(0, |_| panic::resume_unwind(Box::new("a secret")))));
        let failed: Result<(), _> = held(|| panic::resume_unwind(Box::new("a secret")));
        assert_eq!(failed, Err(CallFailure::Unexpected));
        let failed: Result<(), _> = read(|| panic::resume_unwind(Box::new("a secret")));
        assert_eq!(failed, Err(PolicyMistake::Unexpected));
        assert!(!CallFailure::Unexpected.to_string().contains("secret"));
    }

    #[test]
    fn a_request_is_judged_by_its_octets() {
        let value = [b"Bearer ", TOKEN].concat();
        let field = Field { name: b"AUTHORIZATION".to_vec(), value };
        let mut request =
            RequestParts { method: b"GET".to_vec(), path: b"/".to_vec(), query: vec![], headers: vec![field] };
        let judged = core().validate_request(request.clone(), 0, 0);
        let Verdict::Accepted { token } = judged.verdict else { panic!("not accepted") };
        assert_eq!(token.header, r#"{"alg":"none"}"#);
        request.path = b"/\xff".to_vec();
        assert!(is_internal_error(core().validate_request(request.clone(), 0, 0)));
        assert!(matches!(core().forward(request, None), Err(CallFailure::Argument { .. })));
    }

    #[test]
    fn a_batch_has_the_verdicts_of_its_tokens() {
        let judged = core().validate_many(vec![TOKEN.to_vec(), b"\xff".to_vec()], 0, 0, 0);
        let [Verdict::Accepted { .. }, Verdict::Rejected { rejection }] = judged.verdicts.as_slice() else {
            panic!("other verdicts")
        };
        assert_eq!(rejection.code, jotgate::Code::MalformedToken.number());
    }

    #[test]
    fn what_is_no_text_is_a_mistake() {
        let Err(PolicyMistake::Refused { text, .. }) = Core::new(b"\xff".to_vec(), 0, false, false, false) else {
            panic!("made of nonsense")
        };
        assert!(text.contains("not UTF-8"), "{text}");
        assert!(core().replaced(b"{}".to_vec(), 0).is_err());
        assert!(core().import_keys(b"\xff".to_vec(), 0).is_err());
    }
}
