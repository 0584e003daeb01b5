//! Reading JavaScript strings without an allocation per call.

use jotgate_node_common::Written;
use napi::bindgen_prelude::{Result, Unknown};
use napi::{JsValue, Status, check_status, sys};

/// The room for a token that most deployments never exceed; longer ones get more room for their call alone.
const USUAL_ROOM: usize = 16 * 1024;

/// The longest UTF-8 form of one character: what Node leaves out when it would not fit as a whole.
const LONGEST_CHARACTER: usize = 4;

/// A buffer that one JavaScript string after the other is copied into.
pub(crate) struct TextBuffer(Vec<u8>);

impl TextBuffer {
    pub(crate) fn new() -> Self {
        Self(vec![0; USUAL_ROOM])
    }

    /// The UTF-8 bytes of `value`; empty when it is no string.
    ///
    /// UTF-8 and never Latin-1: Node's Latin-1 getter drops the upper byte of each UTF-16 unit, so a tampered token
    /// whose characters were raised by 0x100 would arrive as the untampered one. A lone surrogate becomes U+FFFD here,
    /// which no token contains either.
    pub(crate) fn read(&mut self, value: &Unknown<'_>) -> Result<&[u8]> {
        self.read_each([value]).map(|[bytes]| bytes)
    }

    /// The same of several values.
    pub(crate) fn read_each<const N: usize>(&mut self, values: [&Unknown<'_>; N]) -> Result<[&[u8]; N]> {
        if self.0.len() > USUAL_ROOM {
            *self = Self::new();
        }
        let mut ends = [0; N];
        let mut at = 0;
        for (value, end) in values.into_iter().zip(&mut ends) {
            at = self.append(at, value)?;
            *end = at;
        }
        let mut start = 0;
        Ok(ends.map(|end| {
            let bytes = self.0.get(start..end).unwrap_or_default();
            start = end;
            bytes
        }))
    }

    /// Where the bytes of `value` end that begin at this place.
    fn append(&mut self, at: usize, value: &Unknown<'_>) -> Result<usize> {
        let room = self.0.get_mut(at..).unwrap_or_default();
        let Some(mut length) = copy_utf8(value, room)? else { return Ok(at) };
        if length.saturating_add(LONGEST_CHARACTER) >= room.len() {
            // Node cuts a string that does not fit and does not say so.
            self.0.resize(at.saturating_add(utf8_length(value)?).saturating_add(1), 0);
            length = copy_utf8(value, self.0.get_mut(at..).unwrap_or_default())?.unwrap_or_default();
        }
        Ok(at.saturating_add(length))
    }
}

/// Copies as many whole characters as fit and returns the number of bytes; `None` when `value` is no string.
fn copy_utf8(value: &Unknown<'_>, room: &mut [u8]) -> Result<Option<usize>> {
    let raw = value.value();
    let mut copied = 0;
    // SAFETY: `raw` is a live value of its environment for the length of this call, and Node writes no more than
    // `room.len()` bytes, its terminating zero included.
    let status = unsafe {
        sys::napi_get_value_string_utf8(raw.env, raw.value, room.as_mut_ptr().cast(), room.len(), &raw mut copied)
    };
    if status == sys::Status::napi_string_expected {
        return Ok(None);
    }
    check_status!(status)?;
    Ok(Some(copied))
}

fn utf8_length(value: &Unknown<'_>) -> Result<usize> {
    let raw = value.value();
    let mut length = 0;
    // SAFETY: as in `copy_utf8`; with a null buffer Node writes the length alone.
    let status =
        unsafe { sys::napi_get_value_string_utf8(raw.env, raw.value, std::ptr::null_mut(), 0, &raw mut length) };
    check_status!(status)?;
    Ok(length)
}

/// A JavaScript string of these bytes, by the cheaper way where all of it is ASCII.
///
/// # Safety
/// `env` must be the environment of the running call.
pub(crate) unsafe fn to_js(env: sys::napi_env, text: &Written) -> Result<sys::napi_value> {
    let length = isize::try_from(text.bytes.len()).map_err(|_| napi::Error::from_status(Status::InvalidArg))?;
    let mut value = std::ptr::null_mut();
    let create = if text.ascii { sys::napi_create_string_latin1 } else { sys::napi_create_string_utf8 };
    // SAFETY: the caller promises `env`; pointer and length are those of one live slice, which Node copies.
    check_status!(unsafe { create(env, text.bytes.as_ptr().cast(), length, &raw mut value) })?;
    Ok(value)
}
