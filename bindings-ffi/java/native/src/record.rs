//! One verdict as the record that Java reads. Numbers are big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | kind, a number of the edge |
//! | 4..8 | the code's number, 0 when there is none; accepted: 0 where the scopes are in the usual claims, else the length of the name of theirs, and 1 |
//! | 8..12 | the policy's issuer entry, -1 when the validation got not that far |
//! | 12..16 | the policy's route that the request took, -1 when there is none |
//! | 16..20 | 1 when `pollWork` has work |
//! | 20..28 | unavailable: when to try again, in milliseconds since the epoch; keys needed: for how long to wait; accepted: the time that the token was judged for |
//! | 28..32 | undecided: the question, a number of the edge; accepted: how many claims there are |
//! | 32..36 | the length of the first text |
//! | 36..40 | the length of the second text |
//! | 40..48 | accepted: the token's origin, for `require`; else 0 |
//! | 48.. | accepted: the name of the claim of the scopes, where that is not a usual one |
//! | | then the texts: accepted: header and payload; rejected: the claim's name and the detail; undecided: the client's id |
//! | | then: accepted: the table of the claims, a record of the edge for each; undecided: the handle in eight bytes; keys |
//! | | needed: the ids of the work to wait for, in eight bytes each |

use crate::calls::{hand_out, take_back};
use jni::Env;
use jni::objects::JByteArray;
use jni::sys::jlong;
use jotgate::{Rejection, Undecided, Verdict};
use jotgate_edge::members::{records, records_of};
use jotgate_edge::numbers::verdict::{ACCEPTED, KEYS_NEEDED};
use jotgate_edge::{MemberRecord, VerdictRecord};

/// Gives Java the record of a verdict. Of a token that is not decided on, Java owns the handle from then on.
pub(crate) fn given<'local>(
    env: &mut Env<'local>, verdict: Verdict, work_due: bool,
) -> jni::errors::Result<JByteArray<'local>> {
    let mut handles = Handles::default();
    let bytes = whole(verdict, work_due, &mut handles);
    handed_over(env, &bytes, handles)
}

/// The record of a refusal by what an endpoint asks for.
pub(crate) fn refused(rejection: &Rejection) -> Vec<u8> {
    written(&VerdictRecord::from(rejection), std::iter::empty(), false)
}

/// Gives Java the records of many verdicts as one list, each with its length in four bytes in front; all else as [`given`].
pub(crate) fn all_given<'local>(
    env: &mut Env<'local>, verdicts: Vec<Verdict>, work_due: bool,
) -> jni::errors::Result<JByteArray<'local>> {
    let (mut bytes, mut handles) = (Vec::new(), Handles::default());
    for verdict in verdicts {
        let record = whole(verdict, work_due, &mut handles);
        bytes.extend_from_slice(&size(record.len()));
        bytes.extend_from_slice(&record);
    }
    handed_over(env, &bytes, handles)
}

/// The handles of tokens that are not decided on, until Java has them: what happens before frees them.
#[derive(Default)]
struct Handles(Vec<jlong>);

impl Drop for Handles {
    fn drop(&mut self) {
        for handle in self.0.drain(..) {
            drop(take_back::<Undecided>(handle));
        }
    }
}

fn handed_over<'local>(
    env: &mut Env<'local>, bytes: &[u8], mut handles: Handles,
) -> jni::errors::Result<JByteArray<'local>> {
    let array = env.byte_array_from_slice(bytes)?;
    handles.0.clear();
    Ok(array)
}

/// What Java may read of a token that is not decided on: the length of the header, that of the payload and the count of the
/// claims, header, payload and the table of the claims.
pub(crate) fn texts(undecided: &Undecided) -> Vec<u8> {
    let (text, header_len) = undecided.header_and_payload();
    let claims = records_of(undecided.claims());
    let mut bytes = Vec::with_capacity(TEXTS_AT.saturating_add(text.len()).saturating_add(table_size(claims.len())));
    for length in [header_len, text.len().saturating_sub(header_len), claims.len()] {
        bytes.extend_from_slice(&size(length));
    }
    bytes.extend_from_slice(text.as_bytes());
    bytes.extend(claims.flatten());
    bytes
}

/// The record, and the handle at its end where there is one.
fn whole(verdict: Verdict, work_due: bool, handles: &mut Handles) -> Vec<u8> {
    let mut bytes = written(&VerdictRecord::from(&verdict), records(&verdict), work_due);
    if let Verdict::Undecided(undecided) = verdict {
        let handle = hand_out(undecided);
        handles.0.push(handle);
        bytes.extend_from_slice(&handle.to_be_bytes());
    }
    bytes
}

fn written(record: &VerdictRecord<'_>, claims: impl ExactSizeIterator<Item = MemberRecord>, work_due: bool) -> Vec<u8> {
    let (first, second) = match record.kind {
        ACCEPTED => record.text.split_at_checked(record.header_len).unwrap_or_default(),
        _ => (
            record.claim.or(record.client_id.as_deref()).unwrap_or_default(),
            record.detail.or(record.reason.as_deref()).unwrap_or_default(),
        ),
    };
    let number = match record.kind {
        KEYS_NEEDED => i64::try_from(record.patience_ms).unwrap_or(i64::MAX),
        ACCEPTED => record.judged_for_ms,
        _ => record.retry_at_ms,
    };
    let count = match record.kind {
        ACCEPTED => size(claims.len()),
        _ => record.question.to_be_bytes(),
    };
    let scope_claim = record.scope_claim.unwrap_or_default();
    let code = match record.scope_claim {
        Some(claim) => size(claim.len().saturating_add(1)),
        None => record.code.to_be_bytes(),
    };
    let texts = first.len().saturating_add(second.len()).saturating_add(scope_claim.len());
    let behind = table_size(claims.len()).max(HANDLE);
    let mut bytes = Vec::with_capacity(TEXTS_AT.saturating_add(texts).saturating_add(behind));
    bytes.extend_from_slice(&record.kind.to_be_bytes());
    bytes.extend_from_slice(&code);
    bytes.extend_from_slice(&record.issuer.to_be_bytes());
    bytes.extend_from_slice(&record.route.to_be_bytes());
    bytes.extend_from_slice(&u32::from(work_due).to_be_bytes());
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&count);
    bytes.extend_from_slice(&size(first.len()));
    bytes.extend_from_slice(&size(second.len()));
    bytes.extend_from_slice(&record.origin.to_be_bytes());
    bytes.extend_from_slice(scope_claim.as_bytes());
    bytes.extend_from_slice(first.as_bytes());
    bytes.extend_from_slice(second.as_bytes());
    for claim in claims {
        bytes.extend_from_slice(&claim);
    }
    for id in record.wait_for {
        bytes.extend_from_slice(&id.number().to_be_bytes());
    }
    bytes
}

/// Nothing in a record is as long as this can count.
fn size(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

fn table_size(claims: usize) -> usize {
    claims.saturating_mul(size_of::<MemberRecord>())
}

const TEXTS_AT: usize = 48;
const HANDLE: usize = size_of::<jlong>();
