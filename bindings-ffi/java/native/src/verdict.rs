//! One verdict as the record that Java reads. Numbers are big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | kind, the numbers of the C interface |
//! | 4..8 | the code's number, 0 when there is none |
//! | 8..12 | the policy's issuer entry, -1 when the validation got not that far |
//! | 12..16 | the policy's route that the request took, -1 when there is none |
//! | 16..20 | 1 when `dueFetches` has work |
//! | 20..28 | unavailable: when to try again, in milliseconds since the epoch |
//! | 28..32 | the length of the first text |
//! | 32..36 | the length of the second text |
//! | 36.. | accepted: header, payload, and the claim that names a client to look up, if any; rejected: claim name and |
//! | | detail; keys needed: the fetches to start, flat |

use crate::flat::Flat;
use jotgate::{Code, FetchRequest, Timestamp, Validator, Verdict};

const ACCEPTED: u32 = 1;
const REJECTED: u32 = 2;
const UNAVAILABLE: u32 = 3;
const KEYS_NEEDED: u32 = 4;
const SKIPPED: u32 = 5;

const TEXTS_AT: usize = 36;

/// What a record holds; by default nothing is known but its kind.
#[derive(Default)]
struct Record<'a> {
    kind: u32,
    code: Option<Code>,
    issuer: Option<usize>,
    route: Option<usize>,
    retry_at: i64,
    first: &'a [u8],
    second: &'a [u8],
    third: &'a [u8],
}

impl Record<'_> {
    fn into_bytes(self, fetch_due: bool) -> Vec<u8> {
        let texts = self.first.len().saturating_add(self.second.len()).saturating_add(self.third.len());
        let mut bytes = Vec::with_capacity(TEXTS_AT.saturating_add(texts));
        bytes.extend_from_slice(&self.kind.to_be_bytes());
        bytes.extend_from_slice(&self.code.map_or(0, Code::number).to_be_bytes());
        bytes.extend_from_slice(&index(self.issuer).to_be_bytes());
        bytes.extend_from_slice(&index(self.route).to_be_bytes());
        bytes.extend_from_slice(&u32::from(fetch_due).to_be_bytes());
        bytes.extend_from_slice(&self.retry_at.to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(self.first.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(self.second.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(self.first);
        bytes.extend_from_slice(self.second);
        bytes.extend_from_slice(self.third);
        bytes
    }
}

fn index(place: Option<usize>) -> i32 {
    place.and_then(|place| i32::try_from(place).ok()).unwrap_or(-1)
}

/// The record of `verdict`, which `validator` gave at the time `now`.
pub(crate) fn record(validator: &Validator, verdict: &Verdict, now: Timestamp) -> Vec<u8> {
    let started;
    let record = match verdict {
        Verdict::Accepted(verified) => Record {
            kind: ACCEPTED,
            issuer: Some(verified.issuer_index()),
            first: verified.header().as_bytes(),
            second: verified.payload().as_bytes(),
            third: verified.client_claim().unwrap_or_default().as_bytes(),
            ..Record::default()
        },
        Verdict::Rejected(rejection) => Record {
            kind: REJECTED,
            code: Some(rejection.code),
            issuer: rejection.issuer,
            route: rejection.route,
            first: rejection.claim.as_ref().map_or("", |claim| claim.as_str()).as_bytes(),
            second: rejection.detail.as_bytes(),
            ..Record::default()
        },
        Verdict::KeysUnavailable(unavailable) => Record {
            kind: UNAVAILABLE,
            code: Some(Code::KeysUnavailable),
            issuer: Some(unavailable.issuer),
            retry_at: unavailable.retry_at.as_millis(),
            ..Record::default()
        },
        Verdict::KeysNeeded(needed) => {
            started = fetches(&needed.start);
            Record { kind: KEYS_NEEDED, first: &started, ..Record::default() }
        }
        Verdict::Skipped(skipped) => Record { kind: SKIPPED, route: Some(skipped.route), ..Record::default() },
        // A kind of verdict that this interface does not know yet fails closed.
        _ => Record { kind: REJECTED, code: Some(Code::InternalError), ..Record::default() },
    };
    record.into_bytes(validator.fetch_due(now))
}

/// A flat list of fetches: `[id, url, timeout in milliseconds, longest body, [name, value, …]]` each.
pub(crate) fn fetches(requests: &[FetchRequest]) -> Vec<u8> {
    let mut flat = Flat::default();
    flat.list(requests.len());
    for request in requests {
        flat.list(5).number(request.id.number()).text(&request.url);
        flat.number(request.timeout.as_millis()).number(request.max_body);
        flat.list(request.headers.len().saturating_mul(2));
        for (name, value) in &request.headers {
            flat.text(name).text(value);
        }
    }
    flat.into_bytes()
}
