//! A verified token as one string for JavaScript, with the places of its claims at its end: one crossing, and JavaScript reads
//! each claim where the core has found it. `ts/verified.ts` is the other side.

use jotgate::{ValueKind, Verified};

/// One text for JavaScript.
pub struct Written {
    /// UTF-8.
    pub bytes: Vec<u8>,
    /// Whether all of it is ASCII.
    pub ascii: bool,
}

/// Header, payload, a line of the table for each claim, the claim that scopes are in where it is none of the usual ones, and ten
/// numbers: where the header ends, where the payload ends, where the lines end, the policy's issuer entry, the time that the token
/// was judged for as two, its origin as two, 1 where a claim of scopes is written, and 1 where work is due. Places count UTF-16
/// units, as JavaScript does.
pub(crate) fn written(verified: &Verified, is_due: bool) -> Written {
    let (text, header_len) = verified.header_and_payload();
    let members = verified.members();
    let lines = members.len().saturating_mul(LINE);
    let room = lines.saturating_add(TRAILER);
    let mut bytes = Vec::with_capacity(text.len().saturating_add(room));
    bytes.extend_from_slice(text.as_bytes());
    let ascii = text.is_ascii();
    let mut place = Places { text, ascii, bytes: 0, units: 0 };
    let header_end = place.at(header_len);
    for member in members {
        let (name, json) = (member.name_range(), member.json_range());
        let is_plain = member.kind() == ValueKind::String && !member.text_has_escapes();
        // The text of a plain string stands between its quotes.
        let quote = usize::from(is_plain);
        let (start, end) = (json.start.saturating_add(quote), json.end.saturating_sub(quote));
        let places = [name.start, name.end, start, end].map(|byte| place.at(byte.saturating_add(header_len)));
        let escaped = if member.name_has_escapes() { NAME_ESCAPED } else { 0 };
        let mut line = [escaped | if is_plain { PLAIN_TEXT } else { 0 }; LINE];
        for (room, digits) in line.as_chunks_mut().0.iter_mut().zip(narrow(places)) {
            *room = digits;
        }
        bytes.extend_from_slice(&line);
    }
    let payload_end = place.at(text.len());
    let lines_end = payload_end.saturating_add(lines);
    bytes.extend_from_slice(verified.scope_claim().unwrap_or_default().as_bytes());
    bytes.extend_from_slice(narrow([header_end, payload_end, lines_end, verified.issuer_index()]).as_flattened());
    let [late, early] = halves(verified.judged_for().as_millis());
    let [upper, lower] = halves(verified.origin().cast_signed());
    let has_scope_claim = usize::from(verified.scope_claim().is_some());
    bytes.extend_from_slice(narrow([late, early, upper, lower, has_scope_claim, usize::from(is_due)]).as_flattened());
    Written { ascii: ascii && verified.scope_claim().is_none_or(str::is_ascii), bytes }
}

/// From places in bytes to places in UTF-16 units, asked in order.
struct Places<'a> {
    text: &'a str,
    ascii: bool,
    bytes: usize,
    units: usize,
}

impl Places<'_> {
    #[inline]
    fn at(&mut self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        let between = self.text.get(self.bytes..byte).unwrap_or_default();
        self.units = self.units.saturating_add(between.encode_utf16().count());
        self.bytes = byte;
        self.units
    }
}

/// A number as its upper and its lower 28 bits, those of a two's complement of 56.
fn halves(number: i64) -> [usize; 2] {
    [number >> 28, number].map(|half| usize::try_from(half & 0xfff_ffff).unwrap_or_default())
}

/// Numbers, seven bits a character, so that the string stays as narrow as the token is.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a token has less than 2^28 characters, and a policy fewer issuers"
)]
fn narrow<const N: usize>(numbers: [usize; N]) -> [[u8; 4]; N] {
    numbers.map(|number| {
        let number = number as u32;
        (number & 0x7f | (number & 0x3f80) << 1 | (number & 0x1f_c000) << 2 | (number & 0xfe0_0000) << 3).to_be_bytes()
    })
}

/// Four numbers and the marks.
const LINE: usize = 17;
const TRAILER: usize = 40;
const PLAIN_TEXT: u8 = 1;
const NAME_ESCAPED: u8 = 2;
