//! A verified token as one string for JavaScript, with the places of its claims at its end: one crossing, and JavaScript reads
//! each claim where the core has found it. `ts/verified.ts` is the other side.

use jotgate::Verified;

/// Header, payload, a line of the table for each claim, and three numbers: where the header ends, where the payload ends,
/// and the policy's issuer entry. Places count UTF-16 units, as JavaScript does.
pub(crate) fn written(verified: &Verified) -> String {
    let (text, header_len) = verified.header_and_payload();
    let members = verified.members();
    let room = members.len().saturating_mul(LINE).saturating_add(TRAILER);
    let mut written = String::with_capacity(text.len().saturating_add(room));
    written.push_str(text);
    let mut place = Places { text, ascii: text.is_ascii(), bytes: 0, units: 0 };
    let header_end = place.at(header_len);
    for member in members {
        let (name, json) = (member.name_range(), member.json_range());
        let is_plain = member.as_str().is_some() && !member.text_has_escapes();
        // The text of a plain string stands between its quotes.
        let quote = usize::from(is_plain);
        let (start, end) = (json.start.saturating_add(quote), json.end.saturating_sub(quote));
        for byte in [name.start, name.end, start, end] {
            push(&mut written, place.at(byte.saturating_add(header_len)));
        }
        let escaped = if member.name_has_escapes() { NAME_ESCAPED } else { 0 };
        written.push(char::from(escaped | if is_plain { PLAIN_TEXT } else { 0 }));
    }
    let payload_end = place.at(text.len());
    for number in [header_end, payload_end, verified.issuer_index()] {
        push(&mut written, number);
    }
    written
}

/// From places in bytes to places in UTF-16 units, asked in order.
struct Places<'a> {
    text: &'a str,
    ascii: bool,
    bytes: usize,
    units: usize,
}

impl Places<'_> {
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

/// Seven bits a character, so that the string stays as narrow as the token is.
fn push(written: &mut String, number: usize) {
    for shift in [21, 14, 7, 0] {
        written.push(char::from(u8::try_from((number >> shift) & 0x7f).unwrap_or_default()));
    }
}

/// Four numbers and the marks.
const LINE: usize = 17;
const TRAILER: usize = 12;
const PLAIN_TEXT: u8 = 1;
const NAME_ESCAPED: u8 = 2;
