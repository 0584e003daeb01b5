//! Single claims of an accepted token, without a JSON library.

use crate::bytes::{Buffer, Bytes, Output, object_of, report_text, room, slice_of};
use crate::guard::guard;
use crate::sized::{self, Growing, SizedOutput};
use crate::status::{JOTGATE_INVALID_ARGUMENT, Status};
use crate::undecided::Undecided;
use crate::verdict::Verdict;
use jotgate_edge::members::{MemberRecord, MemberText, records_of, unescaped};
use jotgate_edge::numbers::{kind, verdict};

/// One claim of an accepted token, as pieces of the buffer that the verdict was written to: they live as long as that. Set
/// `size`, and nothing else, before the first call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Member {
    /// sizeof(jotgate_member). The library leaves it as it is.
    pub size: usize,
    /// One of JOTGATE_KIND_NULL and its neighbours.
    pub kind: u32,
    /// 1 when the name or the text is written with escapes, which jotgate_unescape resolves. Else 0.
    pub has_escapes: u32,
    /// The value as JSON, as it was signed: a string with its quotes, a list or an object as a whole. `data` is NULL when there
    /// is no such claim.
    pub json: Bytes,
    /// The name; `data` is NULL when it is written with escapes.
    pub name: Bytes,
    /// The name as it is written, without its quotes: what jotgate_unescape takes.
    pub raw_name: Bytes,
    /// STRING: the text. `data` is NULL when it is written with escapes, and for every other kind.
    pub text: Bytes,
    /// STRING: the text as it is written, without its quotes: what jotgate_unescape takes. It is not the text where there are
    /// escapes: never compare it. `data` is NULL for every other kind.
    pub raw_text: Bytes,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers alone.
unsafe impl Growing for Member {
    const ZEROED: Self = Self {
        size: 0,
        kind: kind::NULL,
        has_escapes: 0,
        json: Bytes::NONE,
        name: Bytes::NONE,
        raw_name: Bytes::NONE,
        text: Bytes::NONE,
        raw_text: Bytes::NONE,
    };
    const FIRST: usize = size_of::<Self>();
}

impl Member {
    /// The claim of a record; JOTGATE_INVALID_ARGUMENT when it names no piece of the payload.
    pub(crate) fn read(payload: &[u8], record: &MemberRecord) -> Result<Self, Status> {
        MemberText::read(payload, record).map(|read| Self::of(&read)).ok_or(JOTGATE_INVALID_ARGUMENT)
    }

    fn of(read: &MemberText<'_>) -> Self {
        let (name, raw_text) = (bytes(read.raw_name), read.raw_text().map_or(Bytes::NONE, bytes));
        Self {
            kind: read.kind,
            has_escapes: (read.name_escaped || read.text_escaped).into(),
            json: bytes(read.json),
            name: if read.name_escaped { Bytes::NONE } else { name },
            raw_name: name,
            text: if read.text_escaped { Bytes::NONE } else { raw_text },
            raw_text,
            ..Self::ZEROED
        }
    }
}

/// Finds the claim of exactly this name, also where the token writes it with escapes. Nothing of the payload is read again.
///
/// `verdict` is what a call has written, and `buffer` what the same call has written to. The member is zeroed first: its
/// `json.data` is NULL when there is no such claim, and JOTGATE_OK is returned. JOTGATE_INVALID_ARGUMENT when the verdict is
/// not of the kind ACCEPTED, or the buffer is not the one that belongs to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_find_member(
    verdict: *const Verdict, buffer: *const u8, name: *const u8, name_len: usize, member: *mut Member,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let output = unsafe { SizedOutput::new(member) }?;
        // SAFETY: the caller lends the name for the call.
        let name = unsafe { slice_of(name, name_len) }?;
        // SAFETY: the caller lends verdict and buffer.
        let table = unsafe { Table::of(verdict, buffer) }?;
        for record in table.records {
            let read = MemberText::read(table.payload, record).ok_or(JOTGATE_INVALID_ARGUMENT)?;
            if read.is_named(name) {
                output.set(Member::of(&read));
                break;
            }
        }
        Ok(())
    })
}

/// The claim of this place, counted from 0 in the order of the payload; there are `verdict->members`. All else is as for
/// jotgate_find_member; a place beyond the last is JOTGATE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_member_at(
    verdict: *const Verdict, buffer: *const u8, place: usize, member: *mut Member,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let output = unsafe { SizedOutput::new(member) }?;
        // SAFETY: the caller lends verdict and buffer.
        let table = unsafe { Table::of(verdict, buffer) }?;
        let record = table.records.get(place).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        output.set(Member::read(table.payload, record)?);
        Ok(())
    })
}

/// Finds a claim of a token that is not decided on, for the host to find its answer, as jotgate_find_member does: it is not
/// accepted. Its pieces live as long as the token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_undecided_find_member(
    undecided: *const Undecided, name: *const u8, name_len: usize, member: *mut Member,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let output = unsafe { SizedOutput::new(member) }?;
        // SAFETY: the caller lends the name for the call.
        let name = unsafe { slice_of(name, name_len) }?;
        // SAFETY: the caller holds the token.
        let held = unsafe { object_of(undecided) }?;
        let claim = str::from_utf8(name).ok().and_then(|name| held.claims().member(name));
        if let Some(claim) = claim {
            let record = MemberText::record(&claim);
            output.set(Member::read(held.payload().as_bytes(), &record)?);
        }
        Ok(())
    })
}

/// Writes where the claims of a token that is not decided on stand in jotgate_undecided_payload: as the table behind the payload
/// of an accepted token says it, JOTGATE_MEMBER_SIZE bytes for each. For bindings that keep the payload.
///
/// `*needed` becomes the length of the table, also with JOTGATE_BUFFER_TOO_SMALL; else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_undecided_members(
    undecided: *const Undecided, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: the caller's own memory, by promise.
        let needed = unsafe { Output::new(needed, 0) }?;
        // SAFETY: the caller lends `buffer_len` bytes of buffer, its own.
        let buffer = unsafe { Buffer::new(buffer, buffer_len) }?;
        // SAFETY: the caller holds the token.
        let held = unsafe { object_of(undecided) }?;
        let records = records_of(held.claims());
        needed.set(room(0, records.len(), size_of::<MemberRecord>()));
        buffer.write_with("", records)
    })
}

/// Resolves the escapes of a `raw_name` or `raw_text`. A buffer as long as that suffices. The text may hold NUL characters.
///
/// `*needed` becomes the length of the text, also with JOTGATE_BUFFER_TOO_SMALL. JOTGATE_INVALID_ARGUMENT when no JSON string
/// reads like that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jotgate_unescape(
    raw: *const u8, raw_len: usize, buffer: *mut u8, buffer_len: usize, needed: *mut usize,
) -> Status {
    let text = || {
        // SAFETY: the caller lends the text for the call.
        let raw = unsafe { slice_of(raw, raw_len) }?;
        unescaped(raw).map(String::from).ok_or(JOTGATE_INVALID_ARGUMENT)
    };
    // SAFETY: the caller lends both for the call.
    unsafe { report_text(buffer, buffer_len, needed, text) }
}

/// What a verdict has in its buffer.
struct Table<'a> {
    payload: &'a [u8],
    records: &'a [MemberRecord],
}

impl<'a> Table<'a> {
    /// # Safety
    /// `verdict` must be NULL or point to a verdict of the size that it says, and `buffer` to what was written with it, which
    /// nobody changes during `'a`.
    unsafe fn of(verdict: *const Verdict, buffer: *const u8) -> Result<Self, Status> {
        // SAFETY: the caller passes the promise on.
        let verdict = unsafe { sized::read(verdict) }?;
        if verdict.kind != verdict::ACCEPTED {
            return Err(JOTGATE_INVALID_ARGUMENT);
        }
        let Verdict { text_at, header_len, payload_len, members, .. } = verdict;
        let table_len = members.checked_mul(size_of::<MemberRecord>()).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        let payload_at = text_at.checked_add(header_len).ok_or(JOTGATE_INVALID_ARGUMENT)?;
        let len = payload_at.checked_add(payload_len).and_then(|len| len.checked_add(table_len));
        // SAFETY: the caller passes the promise on.
        let written = unsafe { slice_of(buffer, len.ok_or(JOTGATE_INVALID_ARGUMENT)?) }?;
        let (payload, table) = written.split_at(payload_at).1.split_at(payload_len);
        Ok(Self { payload, records: table.as_chunks().0 })
    }
}

fn bytes(of: &[u8]) -> Bytes {
    Bytes { data: of.as_ptr(), len: of.len() }
}

#[cfg(test)]
mod tests {
    use super::{Member, jotgate_find_member, jotgate_member_at, jotgate_unescape};
    use crate::bytes::Bytes;
    use crate::numbers::*;
    use crate::question::Question;
    use crate::sized::Growing;
    use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_OK};
    use crate::validator::{Options, jotgate_validator_free, jotgate_validator_new};
    use crate::verdict::{Verdict, jotgate_validate};
    use std::ptr;

    const POLICY: &str = r#"{"version": 1, "issuers": [{"issuer": "https://plain.test/", "audience": "any", "required_claims": [],
        "keys": {"accept_unsigned": true}}]}"#;

    /// `{"alg":"none"}` and `{"iss":"https://plain.test/","s\u0075b":"al\nice","n":[]}`.
    const TOKEN: &str =
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3BsYWluLnRlc3QvIiwic1x1MDA3NWIiOiJhbFxuaWNlIiwibiI6W119.";

    /// The verdict, and a buffer that is exactly as long as it has to be.
    fn accepted() -> (Verdict, Vec<u8>) {
        let options = Options { size: size_of::<Options>(), seed: 7519, ..Options::ZEROED };
        // SAFETY: the text is ours.
        let made = unsafe { jotgate_validator_new(POLICY.as_ptr(), POLICY.len(), &raw const options, ptr::null_mut()) };
        let question = Question { size: size_of::<Question>(), token: Bytes::of(TOKEN), ..Question::ZEROED };
        let (mut verdict, mut buffer) = (Verdict { size: size_of::<Verdict>(), ..Verdict::ZEROED }, Vec::new());
        for expected in [JOTGATE_BUFFER_TOO_SMALL, JOTGATE_OK] {
            buffer = vec![0_u8; verdict.header_len + verdict.payload_len + verdict.members * 17];
            let (data, len) = (buffer.as_mut_ptr(), buffer.len());
            // SAFETY: all of it is ours.
            let status = unsafe { jotgate_validate(made, &raw const question, 0, data, len, &raw mut verdict) };
            assert_eq!(status, expected);
        }
        // SAFETY: ours, and used no more.
        unsafe { jotgate_validator_free(made) };
        (verdict, buffer)
    }

    fn found(verdict: &Verdict, buffer: &[u8], name: &str) -> (u32, Member) {
        let mut member = Member { size: size_of::<Member>(), ..Member::ZEROED };
        // SAFETY: all of it is ours.
        let status =
            unsafe { jotgate_find_member(verdict, buffer.as_ptr(), name.as_ptr(), name.len(), &raw mut member) };
        (status, member)
    }

    fn text(of: Bytes) -> Option<&'static str> {
        // SAFETY: the tests keep the buffer for as long as they look at its pieces.
        (!of.data.is_null()).then(|| unsafe { of.as_str() }.unwrap())
    }

    #[test]
    fn claims_are_pieces_of_the_buffer() {
        let (verdict, buffer) = accepted();
        let (status, member) = found(&verdict, &buffer, "sub");
        assert_eq!((status, member.kind, member.has_escapes), (JOTGATE_OK, JOTGATE_KIND_STRING, 1));
        assert_eq!((text(member.name), text(member.raw_name)), (None, Some(r"s\u0075b")));
        assert_eq!((text(member.text), text(member.raw_text)), (None, Some(r"al\nice")));
        let (mut read, mut needed) = ([0_u8; 8], 0);
        let Bytes { data, len } = member.raw_text;
        // SAFETY: all of it is ours.
        let status = unsafe { jotgate_unescape(data, len, read.as_mut_ptr(), read.len(), &raw mut needed) };
        assert_eq!((status, &read[..needed]), (JOTGATE_OK, &b"al\nice"[..]));
        let (status, member) = found(&verdict, &buffer, "absent");
        assert_eq!((status, text(member.json)), (JOTGATE_OK, None));
    }

    #[test]
    fn a_foreign_table_leads_nowhere() {
        let (verdict, mut buffer) = accepted();
        let table = verdict.header_len + verdict.payload_len;
        for at in table..buffer.len() {
            for wrong in [0, 0x7f, 0xff] {
                let right = std::mem::replace(&mut buffer[at], wrong);
                for place in 0..=verdict.members {
                    let mut member = Member { size: size_of::<Member>(), ..Member::ZEROED };
                    // SAFETY: all of it is ours.
                    let status =
                        unsafe { jotgate_member_at(&raw const verdict, buffer.as_ptr(), place, &raw mut member) };
                    assert!(status == JOTGATE_INVALID_ARGUMENT || member.json.len <= verdict.payload_len);
                }
                buffer[at] = right;
            }
        }
    }
}
