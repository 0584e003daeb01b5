//! Validators, and what they say of tokens and requests.

use crate::documents::tell_mistake;
use crate::memory::{read, read_text, tell, tell_json};
use crate::requirement::with_requirement;
use crate::table::{NONE, Table};
use crate::{FAILED, NOTHING, VERIFIED};
use jotgate::{
    Code, Denial, Explanation, HeldToken, HostAnswer, HostQuestion, Question, Request, Requirement, Timestamp,
    Undecided, Validator, Verdict,
};
use jotgate_edge::{Options, Packed, open, open_after};
use jotgate_node_common::{Details, Refusals, Returned, split, with_request};
use serde_json::json;
use std::cell::RefCell;
use std::time::Duration;

/// A validator, and what there is to say about its last verdict.
pub(crate) struct Session {
    pub(crate) validator: Validator,
    details: Details,
    refusals: Refusals,
}

thread_local! {
    static SESSIONS: RefCell<Table<Session>> = const { RefCell::new(Table::new()) };
    static UNDECIDED: RefCell<Table<Undecided>> = const { RefCell::new(Table::new()) };
}

impl Session {
    fn add(validator: Validator) -> u32 {
        let session = Self { validator, details: Details::default(), refusals: Refusals::default() };
        SESSIONS.with_borrow_mut(|all| all.add(session))
    }

    /// The verdict, and for a token that is accepted or refused whether work is due at this time.
    fn told(&mut self, verdict: Verdict, now: Timestamp) -> u32 {
        let told = split(verdict, || self.validator.work_due(now));
        self.kept(told)
    }

    /// What the host gets at once; the rest of the verdict is kept for when it asks.
    fn kept(&mut self, (returned, details): (Returned, Details)) -> u32 {
        self.details = details;
        let refused = self.details.rejection.as_ref();
        let known = refused.and_then(|refused| self.refusals.number(refused, self.details.is_due));
        match returned {
            Returned::Verified(text) => {
                tell(text.bytes);
                VERIFIED
            }
            Returned::Code(code) => known.unwrap_or(code),
        }
    }

    /// 0, or the number of a code.
    pub(crate) fn required(&mut self, held: &HeldToken<'_>, requirement: &Requirement) -> u32 {
        let Err(rejection) = self.validator.require_held(held, requirement) else { return PASSED };
        let code = rejection.code.number();
        let (issuer, route) = (rejection.issuer, rejection.route);
        self.details = Details { issuer, route, rejection: Some(rejection), ..Details::default() };
        code
    }
}

/// A validator of the policy that was written, JSON: its handle; 0 when something is wrong with it, which is told. `host`: 1 where the
/// host looks clients up, and 2 where it knows what was revoked, and 4 where it has a store, added up.
#[unsafe(no_mangle)]
pub extern "C" fn session_new(len: usize, seed: u64, host: u32) -> u32 {
    let options = Options { seed, client_lookup: host & 1 != 0, revocation_check: host & 2 != 0, store: host & 4 != 0 };
    match read(len, |policy| open(policy, options)) {
        Ok(validator) => Session::add(validator),
        Err(mistake) => {
            tell_mistake(&mistake);
            NONE
        }
    }
}

/// As `session_new`, in the place of one that nobody is to ask from now on.
#[unsafe(no_mangle)]
pub extern "C" fn session_after(before: u32, len: usize, now: f64) -> u32 {
    let Some(now) = time(now) else { return FAILED };
    match with_session(before, |session| read(len, |policy| open_after(&session.validator, policy, now))) {
        Some(Ok(validator)) => Session::add(validator),
        Some(Err(mistake)) => {
            tell_mistake(&mistake);
            NONE
        }
        None => FAILED,
    }
}

/// Nobody asks it any more.
#[unsafe(no_mangle)]
pub extern "C" fn session_free(core: u32) {
    SESSIONS.with_borrow_mut(|all| all.take(core));
}

/// A token that was written: `VERIFIED`, and it is in the output as `layout.rs` writes it; or a code, or what stands in for one.
#[unsafe(no_mangle)]
pub extern "C" fn validate(core: u32, len: usize, as_of: f64, now: f64) -> u32 {
    let (Some(as_of), Some(now)) = (time(as_of), time(now)) else { return FAILED };
    let judge = |session: &mut Session| {
        let verdict = read(len, |token| session.validator.validate(Question::token(token).as_of(as_of), now));
        session.told(verdict, now)
    };
    with_session(core, judge).unwrap_or(FAILED)
}

/// As `validate`, for a request: its parts joined by NUL, and how many they are.
#[unsafe(no_mangle)]
pub extern "C" fn validate_request(core: u32, len: usize, count: u32, as_of: f64, now: f64) -> u32 {
    let (Some(as_of), Some(now)) = (time(as_of), time(now)) else { return FAILED };
    let judge = |session: &mut Session| {
        let ask = |request: &Request<'_>| session.validator.validate(Question::request(request).as_of(as_of), now);
        let verdict = read(len, |parts| with_request(parts, count, ask)).ok()?;
        Some(session.told(verdict, now))
    };
    with_session(core, judge).flatten().unwrap_or(FAILED)
}

/// What the last verdict says beside what it has returned, as JSON. What it waits for is told once.
#[unsafe(no_mangle)]
pub extern "C" fn last(core: u32) -> u32 {
    let tell = |session: &mut Session| {
        let details = &mut session.details;
        let needed = details.needed.as_mut();
        let (wait_for, patience) =
            needed.map(|needed| (std::mem::take(&mut needed.wait_for), needed.patience)).unwrap_or_default();
        tell_json(&json!({
            "code": details.code(),
            "issuer": details.issuer,
            "route": details.route,
            "claim": details.claim(),
            "detail": details.detail(),
            "retryAt": details.retry_at().map(Timestamp::as_millis),
            "waitFor": wait_for.iter().map(|id| id.number().to_string()).collect::<Vec<_>>(),
            "patience": u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
        }))
    };
    with_session(core, tell).unwrap_or(FAILED)
}

/// The token of the last verdict, of which the host has to say something; 0 when asked again.
#[unsafe(no_mangle)]
pub extern "C" fn undecided(core: u32) -> u32 {
    let taken = with_session(core, |session| session.details.undecided.take()).flatten();
    taken.map_or(NONE, |undecided| UNDECIDED.with_borrow_mut(|all| all.add(undecided)))
}

/// Nobody answers any more.
#[unsafe(no_mangle)]
pub extern "C" fn undecided_free(undecided: u32) {
    UNDECIDED.with_borrow_mut(|all| all.take(undecided));
}

/// The client that the host must look up; nothing when it is asked whether the token was revoked.
#[unsafe(no_mangle)]
pub extern "C" fn client(undecided: u32) -> u32 {
    asked(undecided, |undecided| match undecided.question() {
        HostQuestion::Client { id, .. } => tell(id.into_owned()),
        HostQuestion::Revoked => NOTHING,
        _ => FAILED,
    })
}

/// The claims, for the host to find its answer.
#[unsafe(no_mangle)]
pub extern "C" fn payload(undecided: u32) -> u32 {
    asked(undecided, |undecided| tell(undecided.payload()))
}

/// As `validate`, or undecided again. Each question takes one answer.
#[unsafe(no_mangle)]
pub extern "C" fn answer_question(core: u32, undecided: u32, answer: u32) -> u32 {
    let Some(undecided) = UNDECIDED.with_borrow_mut(|all| all.take(undecided)) else { return FAILED };
    // Whether work is due was asked when the question came.
    let told = split(undecided.answer(HostAnswer::from_number(answer)), || false);
    with_session(core, |session| session.kept(told)).unwrap_or(FAILED)
}

/// An explanation: a JSON list of it as JSON, as text, and as text with colours.
#[unsafe(no_mangle)]
pub extern "C" fn explain(core: u32, len: usize, as_of: f64, now: f64) -> u32 {
    let (Some(as_of), Some(now)) = (time(as_of), time(now)) else { return FAILED };
    let explain =
        |session: &mut Session| read(len, |token| session.validator.explain(Question::token(token).as_of(as_of), now));
    with_session(core, explain).map_or(FAILED, |explanation| tell_explanation(&explanation))
}

/// As `explain`, for a request as in `validate_request`.
#[unsafe(no_mangle)]
pub extern "C" fn explain_request(core: u32, len: usize, count: u32, as_of: f64, now: f64) -> u32 {
    let (Some(as_of), Some(now)) = (time(as_of), time(now)) else { return FAILED };
    let explain = |session: &mut Session| {
        let ask = |request: &Request<'_>| session.validator.explain(Question::request(request).as_of(as_of), now);
        read(len, |parts| with_request(parts, count, ask)).ok()
    };
    with_session(core, explain).flatten().map_or(FAILED, |explanation| tell_explanation(&explanation))
}

/// The parts of requests that the policy reads, as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn reads(core: u32) -> u32 {
    let reads = with_session(core, |session| serde_json::to_string(&session.validator.reads()).ok());
    reads.flatten().map_or(FAILED, tell)
}

/// 1 where the policy changes requests that go on.
#[unsafe(no_mangle)]
pub extern "C" fn forwards(core: u32) -> u32 {
    with_session(core, |session| session.validator.forwards().into()).unwrap_or(FAILED)
}

/// How a request changes before it goes on, as JSON. Texts: its parts as in `validate_request`, and the payload where it has a token.
#[unsafe(no_mangle)]
pub extern "C" fn forward(core: u32, len: usize, count: u32) -> u32 {
    let forward = |session: &mut Session| {
        read(len, |bytes| {
            let mut texts = Packed::new(bytes);
            let parts = texts.text()?;
            let payload = texts.text().map(str::from_utf8).transpose().ok()?;
            let ask = |request: &Request<'_>| session.validator.forward_claims(payload, request);
            serde_json::to_string(&with_request(parts, count, ask).ok()?).ok()
        })
    };
    with_session(core, forward).flatten().map_or(FAILED, tell)
}

/// The HTTP answer to a code, whose name was written, as JSON. Below 0: an entry, or a number of milliseconds, that is not known; 0: no
/// endpoint asks for anything.
#[unsafe(no_mangle)]
pub extern "C" fn answer(core: u32, len: usize, issuer: i32, route: i32, retry_after: f64, requirement: u32) -> u32 {
    let Some(code) = read_text(len, Code::from_name) else { return FAILED };
    let mut denial = Denial::new(code.unwrap_or(Code::InternalError));
    denial.issuer = issuer.try_into().ok();
    denial.route = route.try_into().ok();
    // Negative values and NaN fail the conversion and stand for "not known".
    denial.retry_after = Duration::try_from_secs_f64(retry_after / 1000.0).ok();
    let answer = |session: &mut Session| match requirement {
        NONE => Some(session.validator.answer(&denial)),
        _ => with_requirement(requirement, |requirement| session.validator.answer_with(&denial, requirement)),
    };
    let Some(answer) = with_session(core, answer).flatten() else { return FAILED };
    let headers: Vec<String> = answer.headers.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
    tell_json(&json!({ "status": answer.status, "headers": headers, "body": answer.body }))
}

/// What `body` makes of a validator; `None` when there is none of this handle.
pub(crate) fn with_session<T>(core: u32, body: impl FnOnce(&mut Session) -> T) -> Option<T> {
    SESSIONS.with_borrow_mut(|all| all.get(core).map(body))
}

/// Milliseconds since the Unix epoch.
///
/// NaN would become the year 1970, in which no token has expired yet: it is none.
#[expect(clippy::cast_possible_truncation, reason = "saturates, as the core's arithmetic does")]
pub(crate) fn time(millis: f64) -> Option<Timestamp> {
    millis.is_finite().then(|| Timestamp::from_millis(millis.floor() as i64))
}

fn asked(undecided: u32, tell: impl FnOnce(&Undecided) -> u32) -> u32 {
    UNDECIDED.with_borrow_mut(|all| all.get(undecided).map_or(FAILED, |undecided| tell(undecided)))
}

fn tell_explanation(explanation: &Explanation) -> u32 {
    tell_json(&json!([explanation.to_json(), explanation.to_text(false), explanation.to_text(true)]))
}

/// Stands in for a code when an endpoint has nothing to refuse; no code has this number.
const PASSED: u32 = 0;
