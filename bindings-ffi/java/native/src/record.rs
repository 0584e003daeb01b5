//! One verdict as the record that Java reads. Numbers are big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | kind, a number of the edge |
//! | 4..8 | the code's number, 0 when there is none |
//! | 8..12 | the policy's issuer entry, -1 when the validation got not that far |
//! | 12..16 | the policy's route that the request took, -1 when there is none |
//! | 16..20 | 1 when `pollWork` has work |
//! | 20..28 | unavailable: when to try again, in milliseconds since the epoch; keys needed: for how long to wait |
//! | 28..32 | undecided: the question, a number of the edge |
//! | 32..36 | the length of the first text |
//! | 36.. | accepted: header and payload; rejected: the claim's name and the detail; undecided: the client's id and, in eight |
//! | | bytes, the handle; keys needed: the ids of the work to wait for, in eight bytes each |

use crate::calls::{hand_out, take_back};
use jni::Env;
use jni::objects::JByteArray;
use jotgate::{Undecided, Verdict};
use jotgate_edge::VerdictRecord;
use jotgate_edge::numbers::verdict::KEYS_NEEDED;

/// Gives Java the record of a verdict. Of a token that is not decided on, Java owns the handle from then on.
pub(crate) fn given<'local>(
    env: &mut Env<'local>, verdict: Verdict, work_due: bool,
) -> jni::errors::Result<JByteArray<'local>> {
    let mut bytes = written(&VerdictRecord::from(&verdict), work_due);
    let Verdict::Undecided(undecided) = verdict else { return env.byte_array_from_slice(&bytes) };
    let handle = hand_out(undecided);
    bytes.extend_from_slice(&handle.to_be_bytes());
    let array = env.byte_array_from_slice(&bytes);
    if array.is_err() {
        // The handle has reached nobody.
        drop(take_back::<Undecided>(handle));
    }
    array
}

fn written(record: &VerdictRecord<'_>, work_due: bool) -> Vec<u8> {
    let (header, payload) = record.text.split_at_checked(record.header_len).unwrap_or_default();
    let first = [record.claim.unwrap_or_default(), header, record.client_id.as_deref().unwrap_or_default()].concat();
    let second = [record.detail.or(record.reason.as_deref()).unwrap_or_default(), payload].concat();
    let number = match record.kind {
        KEYS_NEEDED => i64::try_from(record.patience_ms).unwrap_or(i64::MAX),
        _ => record.retry_at_ms,
    };
    let mut bytes = Vec::with_capacity(TEXTS_AT.saturating_add(first.len()).saturating_add(second.len()));
    bytes.extend_from_slice(&record.kind.to_be_bytes());
    bytes.extend_from_slice(&record.code.to_be_bytes());
    bytes.extend_from_slice(&record.issuer.to_be_bytes());
    bytes.extend_from_slice(&record.route.to_be_bytes());
    bytes.extend_from_slice(&u32::from(work_due).to_be_bytes());
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&record.question.to_be_bytes());
    bytes.extend_from_slice(&u32::try_from(first.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(first.as_bytes());
    bytes.extend_from_slice(second.as_bytes());
    for id in record.wait_for {
        bytes.extend_from_slice(&id.number().to_be_bytes());
    }
    bytes
}

const TEXTS_AT: usize = 36;
