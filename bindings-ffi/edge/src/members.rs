//! The table of a token's claims, as it crosses the edge: where each stands in the payload, so that no language has to read
//! the payload a second time to find one. It goes behind the payload, into the same piece of memory.
//!
//! Each claim, in the order of the payload, is a record of [`member::SIZE`] bytes. Its numbers are big-endian and count
//! bytes from the beginning of the payload:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4, 4..8 | where the name begins and ends, without its quotes |
//! | 8..12, 12..16 | where the value begins and ends, as JSON: a string with its quotes |
//! | 16 | the kind of the value, a number of the edge, plus [`member::NAME_ESCAPED`] and [`member::TEXT_ESCAPED`] |

use crate::numbers::{kind, member};
use jotgate::{Claims, Member, ValueKind, Verdict};
use std::borrow::Cow;

/// One claim as its record.
pub type MemberRecord = [u8; member::SIZE as usize];

/// The records of an accepted token; none for any other verdict.
pub fn records(given: &Verdict) -> impl ExactSizeIterator<Item = MemberRecord> + Clone {
    let claims = match given {
        Verdict::Accepted(verified) => Some(verified.claims()),
        _ => None,
    };
    Records { left: claims.map(records_of) }
}

/// The records of a token's claims.
pub fn records_of<'a>(claims: Claims<'a>) -> impl ExactSizeIterator<Item = MemberRecord> + Clone + use<'a> {
    claims.members().map(|member| MemberText::record(&member))
}

/// Records that may be none.
#[derive(Clone)]
struct Records<I> {
    left: Option<I>,
}

impl<I: ExactSizeIterator<Item = MemberRecord>> Iterator for Records<I> {
    type Item = MemberRecord;

    fn next(&mut self) -> Option<MemberRecord> {
        self.left.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.left.as_ref().map_or(0, ExactSizeIterator::len);
        (left, Some(left))
    }
}

impl<I: ExactSizeIterator<Item = MemberRecord>> ExactSizeIterator for Records<I> {}

fn kind_of(of: ValueKind) -> u32 {
    match of {
        ValueKind::Null => kind::NULL,
        ValueKind::Bool => kind::BOOLEAN,
        ValueKind::Number => kind::NUMBER,
        ValueKind::String => kind::STRING,
        ValueKind::Array => kind::ARRAY,
        ValueKind::Object => kind::OBJECT,
    }
}

/// A claim as its record tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberText<'a> {
    /// What stands between the quotes of the name.
    pub raw_name: &'a [u8],
    /// The value as JSON.
    pub json: &'a [u8],
    /// One of [`crate::numbers::kind`].
    pub kind: u32,
    /// Whether the name is written with escapes.
    pub name_escaped: bool,
    /// Whether the value is a string that is written with escapes.
    pub text_escaped: bool,
}

impl<'a> MemberText<'a> {
    /// The record of a claim.
    #[must_use]
    pub fn record(claim: &Member<'_>) -> MemberRecord {
        let (name, json) = (claim.name_range(), claim.json_range());
        let mut marks = kind_of(claim.kind());
        if claim.name_has_escapes() {
            marks |= member::NAME_ESCAPED;
        }
        if claim.text_has_escapes() {
            marks |= member::TEXT_ESCAPED;
        }
        let mut record = [0; member::SIZE as usize];
        let (places, _) = record.as_chunks_mut::<4>();
        for (place, at) in places.iter_mut().zip([name.start, name.end, json.start, json.end]) {
            // No token is as long; a place that is none gives a piece that nobody finds.
            *place = u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes();
        }
        let [.., last] = &mut record;
        *last = u8::try_from(marks).unwrap_or_default();
        record
    }

    /// The claim of this record in the payload; `None` when it names no piece of that.
    #[must_use]
    pub fn read(payload: &'a [u8], record: &MemberRecord) -> Option<Self> {
        let (places, marks) = record.as_chunks::<4>();
        let [name_start, name_end, start, end] = places else { return None };
        let [marks] = marks else { return None };
        let piece = |from: &[u8; 4], to: &[u8; 4]| payload.get(place(from)?..place(to)?);
        let marks = u32::from(*marks);
        Some(Self {
            raw_name: piece(name_start, name_end)?,
            json: piece(start, end)?,
            kind: marks & !(member::NAME_ESCAPED | member::TEXT_ESCAPED),
            name_escaped: marks & member::NAME_ESCAPED != 0,
            text_escaped: marks & member::TEXT_ESCAPED != 0,
        })
    }

    /// What stands between the quotes of a string; `None` for any other value.
    #[must_use]
    pub fn raw_text(&self) -> Option<&'a [u8]> {
        match self.json {
            [b'"', inside @ .., b'"'] if self.kind == kind::STRING => Some(inside),
            _ => None,
        }
    }

    /// Whether the claim has this name, as names read.
    #[must_use]
    pub fn is_named(&self, name: &[u8]) -> bool {
        match self.name_escaped {
            false => self.raw_name == name,
            true => unescaped(self.raw_name).is_some_and(|read| read.as_bytes() == name),
        }
    }
}

/// The text that stands between the quotes of a JSON string, escapes resolved; `None` when no string reads like that.
#[must_use]
pub fn unescaped(raw: &[u8]) -> Option<Cow<'_, str>> {
    let text = str::from_utf8(raw).ok()?;
    if !text.contains(['\\', '"']) && !raw.iter().any(u8::is_ascii_control) {
        return Some(Cow::Borrowed(text));
    }
    serde_json::from_str(&format!("\"{text}\"")).ok().map(Cow::Owned)
}

fn place(bytes: &[u8; 4]) -> Option<usize> {
    u32::from_be_bytes(*bytes).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{MemberText, records, records_of, unescaped};
    use crate::numbers::kind;
    use crate::{Options, open};
    use jotgate::{Timestamp, Verdict};

    const POLICY: &[u8] = br#"{"version":1,"issuers":[{"issuer":"https://issuer.test/","audience":"any","required_claims":[],"keys":{"accept_unsigned":true}}]}"#;
    const PAYLOAD: &str = r#" { "iss" : "https://issuer.test/", "\u0061b":"c\n\"", "l": [1, {"é":2}],"o":{},"n":-1.5e3,"t":true,"z":null, "":"ü" } "#;

    fn given(token: &str) -> Verdict {
        open(POLICY, Options::default()).unwrap().validate(token, Timestamp::from_seconds(1_700_000_000))
    }

    fn accepted() -> Verdict {
        given(&format!("eyJhbGciOiJub25lIn0.{}.", base64url(PAYLOAD.as_bytes())))
    }

    /// For a test alone, and short.
    fn base64url(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
            text.extend((0..=chunk.len()).map(|at| char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize])));
        }
        text
    }

    #[test]
    fn each_claim_is_found_where_the_core_has_found_it() {
        let verdict = accepted();
        let Verdict::Accepted(verified) = &verdict else { panic!("not accepted") };
        let records: Vec<_> = records(&verdict).collect();
        assert_eq!(records.len(), verified.members().len());
        for (record, member) in records.iter().zip(verified.members()) {
            let read = MemberText::read(verified.payload().as_bytes(), record).unwrap();
            assert_eq!((read.raw_name, read.json), (member.raw_name().as_bytes(), member.json().as_bytes()));
            assert_eq!(read.kind, member.kind() as u32);
            assert_eq!((read.name_escaped, read.text_escaped), (member.name_has_escapes(), member.text_has_escapes()));
            assert_eq!(read.raw_text().and_then(unescaped), member.as_str());
            assert!(read.is_named(member.name().as_bytes()) && !read.is_named(b"another"));
        }
        assert!(records_of(verified.claims()).eq(records));
    }

    #[test]
    fn other_verdicts_have_no_records() {
        assert_eq!(records(&given("nonsense")).len(), 0);
        assert_eq!(records(&given("nonsense")).next(), None);
    }

    #[test]
    fn records_of_another_payload_give_nothing_and_do_not_panic() {
        for record in records(&accepted()) {
            for length in 0..PAYLOAD.len() {
                let read = MemberText::read(&PAYLOAD.as_bytes()[..length], &record);
                assert!(read.is_none_or(|read| read.json.len() <= length));
            }
        }
        assert_eq!(MemberText::read(b"{}", &[0xff; 17]), None);
    }

    #[test]
    fn what_is_no_string_has_no_text() {
        assert_eq!(unescaped(br"\u00e4\ud83d\ude00\/").as_deref(), Some("ä😀/"));
        assert_eq!(unescaped(b"").as_deref(), Some(""));
        for raw in [&br"\ud800"[..], br"\x", b"\"", b"\\", b"\n", b"\xff"] {
            assert_eq!(unescaped(raw), None);
        }
        let bare =
            MemberText { raw_name: b"", json: b"\"", kind: kind::STRING, name_escaped: false, text_escaped: false };
        assert_eq!(bare.raw_text(), None);
    }
}
