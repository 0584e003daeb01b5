//! How texts cross. Each side writes into the other's buffer between two calls, so nothing of it is ever read while it is written.

use serde_json::Value;
use std::cell::RefCell;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the host writes up to so many bytes for the next call.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        if input.len() > USUAL_ROOM && len <= USUAL_ROOM {
            *input = Vec::new();
        }
        if input.len() < len {
            input.resize(len.max(USUAL_ROOM), 0);
        }
        input.as_mut_ptr()
    })
}

/// Where the text lies that the last call has told.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// Its length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn output_len() -> usize {
    OUTPUT.with_borrow(Vec::len)
}

/// What `body` makes of the bytes that the host has written.
pub(crate) fn read<T>(len: usize, body: impl FnOnce(&[u8]) -> T) -> T {
    INPUT.with_borrow(|input| body(input.get(..len).unwrap_or_default()))
}

/// As [`read`], for one text; `None` when it is not UTF-8.
pub(crate) fn read_text<T>(len: usize, body: impl FnOnce(&str) -> T) -> Option<T> {
    read(len, |bytes| str::from_utf8(bytes).ok().map(body))
}

/// Tells a text, and says how long it is.
pub(crate) fn tell(text: impl Into<Vec<u8>>) -> u32 {
    let text = text.into();
    let len = u32::try_from(text.len()).unwrap_or(crate::FAILED);
    OUTPUT.set(text);
    len
}

pub(crate) fn tell_json(value: &Value) -> u32 {
    tell(value.to_string())
}

/// The room for a token that most deployments never exceed; longer ones get more room for their call alone.
const USUAL_ROOM: usize = 16 * 1024;
