//! What endpoints ask for, and the scopes of tokens.

use crate::FAILED;
use crate::documents::tell_mistake;
use crate::memory::{read, tell_json};
use crate::session::{time, with_session};
use crate::table::{NONE, Table};
use jotgate::{HeldToken, Requirement, Timestamp};
use jotgate_edge::Packed;
use serde_json::json;
use std::cell::RefCell;

thread_local! {
    static REQUIREMENTS: RefCell<Table<Requirement>> = const { RefCell::new(Table::new()) };
}

/// What an endpoint asks for, of its JSON: its handle; 0 when something is wrong, which is told.
#[unsafe(no_mangle)]
pub extern "C" fn requirement_new(len: usize) -> u32 {
    match read(len, jotgate_edge::requirement) {
        Ok(requirement) => REQUIREMENTS.with_borrow_mut(|all| all.add(requirement)),
        Err(mistake) => {
            tell_mistake(&mistake);
            NONE
        }
    }
}

/// Nobody asks for it any more.
#[unsafe(no_mangle)]
pub extern "C" fn requirement_free(requirement: u32) {
    REQUIREMENTS.with_borrow_mut(|all| all.take(requirement));
}

/// 0 when a token that was accepted is what the endpoint asks for; else as `validate`. Texts: header, payload, and where it is none of the
/// usual ones the claim of scopes.
#[unsafe(no_mangle)]
pub extern "C" fn require(core: u32, requirement: u32, len: usize, origin: u64, issuer: u32, judged_for: f64) -> u32 {
    let judge = |requirement: &Requirement| {
        read(len, |bytes| {
            let mut texts = Packed::new(bytes);
            let mut text = || texts.text().and_then(|text| str::from_utf8(text).ok());
            let held = HeldToken {
                header: text()?,
                payload: text()?,
                origin,
                issuer: usize::try_from(issuer).ok()?,
                judged_for: time(judged_for)?,
                scope_claim: text(),
            };
            with_session(core, |session| session.required(&held, requirement))
        })
    };
    with_requirement(requirement, judge).flatten().unwrap_or(FAILED)
}

/// The scopes of a token that was accepted, as a JSON list. Texts: payload, and where it is none of the usual ones the claim of scopes.
#[unsafe(no_mangle)]
pub extern "C" fn scopes_of(len: usize) -> u32 {
    read(len, |bytes| {
        let mut texts = Packed::new(bytes);
        let mut text = || texts.text().and_then(|text| str::from_utf8(text).ok());
        let Some(payload) = text() else { return FAILED };
        // The other members say nothing of scopes.
        let held = HeldToken {
            header: "{}",
            payload,
            origin: 0,
            issuer: 0,
            judged_for: Timestamp::from_millis(0),
            scope_claim: text(),
        };
        tell_json(&json!(held.scopes()))
    })
}

/// What `body` makes of a requirement; `None` when there is none of this handle.
pub(crate) fn with_requirement<T>(requirement: u32, body: impl FnOnce(&Requirement) -> T) -> Option<T> {
    REQUIREMENTS.with_borrow_mut(|all| all.get(requirement).map(|requirement| body(requirement)))
}
