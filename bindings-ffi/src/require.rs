//! What an endpoint asks of an accepted token in code, beside what the policy asks.

use crate::bytes::{object_of, report_text, slice_of};
use crate::error::{Error, made_or_error};
use crate::guard::{guard, guard_or};
use crate::sized::{self, SizedOutput};
use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, Status};
use crate::validator::Validator;
use crate::verdict::{self, Verdict};
use jotgate_core::{HeldToken, Timestamp};
use jotgate_edge::Mistake;
use jotgate_edge::numbers::verdict as kind;

/// What an endpoint asks for. Opaque; free it with jotgate_requirement_free. It belongs to no validator, and any number of threads
/// may use it at once.
pub struct Requirement(jotgate_core::Requirement);

impl Requirement {
    pub(crate) fn core(&self) -> &jotgate_core::Requirement {
        &self.0
    }
}

/// Makes a requirement from its document, JSON text in UTF-8: an object of `scopes` (`all`, `any`) and `claims` (a list of rules),
/// each as a route of a policy has it, such as `{"scopes":{"all":["orders:write"]}}`. Make it once, when the program starts.
///
/// The document is read during the call and not kept. Returns NULL when it is refused, and then `*error` is a jotgate_error that
/// belongs to the caller, whose path begins at the object, such as `scopes.all[0]`; after a success `*error` is NULL. `error` may be
/// NULL when nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_requirement_new(
    document: *const u8, document_len: usize, error: *mut *mut Error,
) -> *mut Requirement {
    let made = || {
        // SAFETY: the caller lends `document_len` bytes for the call.
        let document = unsafe { slice_of(document, document_len) }
            .map_err(|_| Mistake::of_call("the document is NULL or its length is impossible"))?;
        jotgate_edge::requirement(document).map(Requirement)
    };
    // SAFETY: the caller lends memory for a pointer, or NULL.
    unsafe { made_or_error(error, made) }
}

/// Frees a requirement, and with it the claim names in the verdicts that it has refused. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_requirement_free(requirement: *mut Requirement) {
    guard_or((), || {
        if !requirement.is_null() {
            // SAFETY: the pointer came from `Box::into_raw` in jotgate_requirement_new, and the caller frees it once.
            drop(unsafe { Box::from_raw(requirement) });
        }
    });
}

/// Asks an accepted token for what an endpoint needs beside what the policy asks: the scopes first, read from the claims that the
/// token's issuer entry names, then the rules.
///
/// `verdict` and `buffer` are what a call has written for the token: a call on this validator, or on one in whose place it has come by
/// jotgate_validator_replace. A token that is what is asked for leaves the verdict as it is.
/// For one that is not, the verdict becomes REJECTED, with the codes and claims that a route would give, and without `issuer` where
/// another policy has accepted the token; `claim` lives as long as the validator and the requirement. The token of another validator
/// becomes REJECTED with JOTGATE_CODE_INTERNAL_ERROR. A verdict of the kind SKIPPED becomes REJECTED with
/// JOTGATE_CODE_MISSING_TOKEN. Answer a refused request with jotgate_answer_with.
///
/// Returns JOTGATE_OK in these cases. With any other status the verdict has the kind NONE: JOTGATE_INVALID_ARGUMENT for a verdict of
/// another kind, or when the buffer is not the one that belongs to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_require(
    validator: *const Validator, requirement: *const Requirement, buffer: *const u8, verdict: *mut Verdict,
) -> Status {
    // SAFETY: the caller lends the verdict, its own.
    let given = unsafe { sized::read(verdict.cast_const()) };
    // SAFETY: as above. From here on it is no permission, until it is written anew.
    let output = match unsafe { verdict::output(verdict) } {
        Ok(output) => output,
        Err(status) => return status,
    };
    guard(|| {
        let given = given?;
        // SAFETY: the caller holds the validator.
        let validator = unsafe { object_of(validator) }?;
        // SAFETY: the caller holds the requirement.
        let requirement = unsafe { object_of(requirement) }?;
        let token = match given.kind {
            kind::SKIPPED => None,
            // SAFETY: the caller lends verdict and buffer, which belong together.
            _ => Some(unsafe { held(&given, buffer) }?),
        };
        let required = jotgate_edge::required(validator.core(), token.as_ref(), requirement.core());
        write(output, given, required.map_err(|rejection| Verdict::refused(&rejection)));
        Ok(())
    })
}

/// Writes the scopes of an accepted token (RFC 6749 section 3.3) as JSON, a list of texts: those of the first claim that is there of
/// those in which the token's issuer entry looks for scopes, `scope` and `scp` by default.
///
/// `verdict` and `buffer` are what a call has written for the token; JOTGATE_INVALID_ARGUMENT when the verdict is not of the kind
/// ACCEPTED. `*needed` becomes the length of the JSON with JOTGATE_OK and with JOTGATE_BUFFER_TOO_SMALL, where `text` stays
/// untouched; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_scopes(
    verdict: *const Verdict, buffer: *const u8, text: *mut u8, text_len: usize, needed: *mut usize,
) -> Status {
    let scopes = || {
        // SAFETY: the caller lends the verdict.
        let verdict = unsafe { sized::read(verdict) }?;
        // SAFETY: the caller lends verdict and buffer, which belong together.
        let scopes = unsafe { held(&verdict, buffer) }?.scopes();
        // Text alone: there is nothing in it that JSON cannot say.
        Ok(serde_json::to_string(&scopes).unwrap_or_default())
    };
    // SAFETY: the caller lends `text_len` bytes and a length, both its own.
    unsafe { report_text(text, text_len, needed, scopes) }
}

/// Whether an accepted token has this scope: 1 or 0; 0 also when the verdict is of another kind, or an argument is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_has_scope(
    verdict: *const Verdict, buffer: *const u8, scope: *const u8, scope_len: usize,
) -> i32 {
    guard_or(0, || {
        // SAFETY: the caller lends the verdict.
        let Ok(verdict) = (unsafe { sized::read(verdict) }) else { return 0 };
        // SAFETY: the caller lends verdict and buffer, which belong together.
        let Ok(token) = (unsafe { held(&verdict, buffer) }) else { return 0 };
        // SAFETY: the caller lends the scope for the call.
        let Ok(scope) = (unsafe { slice_of(scope, scope_len) }) else { return 0 };
        i32::from(token.scopes().iter().any(|has| has.as_bytes() == scope))
    })
}

/// The token of a verdict and its buffer.
///
/// # Safety
/// `buffer` must point to what was written with the verdict, and what this points to must live as long as `'a`.
unsafe fn held<'a>(verdict: &Verdict, buffer: *const u8) -> Result<HeldToken<'a>, Status> {
    if verdict.kind != kind::ACCEPTED {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    let payload_at = verdict.text_at.checked_add(verdict.header_len);
    let end = payload_at.and_then(|at| at.checked_add(verdict.payload_len)).ok_or(JOTGATE_INVALID_ARGUMENT)?;
    // SAFETY: the caller passes the promise on.
    let written = unsafe { slice_of(buffer, end) }?.get(verdict.text_at..).unwrap_or_default();
    let text = str::from_utf8(written).map_err(|_| JOTGATE_INVALID_UTF8)?;
    let (header, payload) = text.split_at_checked(verdict.header_len).ok_or(JOTGATE_INVALID_ARGUMENT)?;
    let scope_claim = match verdict.scope_claim {
        claim if claim.data.is_null() => None,
        // SAFETY: the caller passes the promise on.
        claim => Some(unsafe { claim.as_str() }?),
    };
    Ok(HeldToken {
        header,
        payload,
        origin: verdict.origin,
        issuer: usize::try_from(verdict.issuer).map_err(|_| JOTGATE_INVALID_ARGUMENT)?,
        judged_for: Timestamp::from_millis(verdict.judged_for_ms),
        scope_claim,
    })
}

fn write(output: SizedOutput<Verdict>, given: Verdict, required: Result<(), Verdict>) {
    output.set(match required {
        Ok(()) => given,
        Err(refused) => Verdict { work_due: given.work_due, route: given.route.max(refused.route), ..refused },
    });
}
