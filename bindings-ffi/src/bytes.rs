//! Borrowed memory, in and out: the only place where a pointer and a length become a slice.

use crate::guard::guard;
use crate::status::{
    JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_INVALID_UTF8, JOTGATE_NULL_ARGUMENT, Status,
};
use std::ptr;
use std::slice;

/// Borrowed bytes, never NUL-terminated. UTF-8 wherever the library hands them out.
///
/// Where the library hands out a text that may be missing, `data` is NULL when it is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte.
    pub data: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

impl Bytes {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };

    pub(crate) const fn of(text: &str) -> Self {
        Self { data: text.as_ptr(), len: text.len() }
    }

    /// As [`Bytes::of`], and the place of an empty text is one that all languages take for a pointer.
    pub(crate) fn of_name(text: &str) -> Self {
        if text.is_empty() { Self { len: 0, ..Self::of("none") } } else { Self::of(text) }
    }

    pub(crate) fn of_option(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::of)
    }

    /// # Safety
    /// `data` must point to `len` bytes that nobody changes during `'a`, unless `len` is 0.
    pub(crate) unsafe fn as_slice<'a>(self) -> Result<&'a [u8], Status> {
        // SAFETY: the caller passes the promise on.
        unsafe { slice_of(self.data, self.len) }
    }

    /// # Safety
    /// As for [`Bytes::as_slice`].
    pub(crate) unsafe fn as_str<'a>(self) -> Result<&'a str, Status> {
        // SAFETY: the caller passes the promise on.
        let bytes = unsafe { self.as_slice() }?;
        std::str::from_utf8(bytes).map_err(|_| JOTGATE_INVALID_UTF8)
    }
}

/// One HTTP header field line.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field's name, in any case where the caller gives it, in lower case where the library does.
    pub name: Bytes,
    /// The field's value, without surrounding white space.
    pub value: Bytes,
}

/// The slice behind a pointer and a length; a length of 0 needs no pointer.
///
/// # Safety
/// `data` must point to `len` initialised values that nobody changes during `'a`, unless `len` is 0.
pub(crate) unsafe fn slice_of<'a, T>(data: *const T, len: usize) -> Result<&'a [T], Status> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(JOTGATE_NULL_ARGUMENT);
    }
    // `size_of` is never 0 here: the elements are bytes, texts, header fields and files.
    if len > isize::MAX.unsigned_abs() / size_of::<T>() || !data.is_aligned() {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    // SAFETY: not NULL, aligned and no longer than an object may be, as just checked; that the memory holds `len`
    // values which stay as they are is the caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// Names and values.
type Pairs<'a> = Vec<(&'a [u8], &'a [u8])>;

/// The names and values of header fields.
///
/// # Safety
/// As for [`slice_of`], and as for [`Bytes::as_slice`] for each name and value.
pub(crate) unsafe fn pairs_of<'a>(fields: *const Field, len: usize) -> Result<Pairs<'a>, Status> {
    // SAFETY: the caller passes the promise on.
    let fields: &[Field] = unsafe { slice_of(fields, len) }?;
    // SAFETY: as above.
    fields.iter().map(|field| unsafe { Ok((field.name.as_slice()?, field.value.as_slice()?)) }).collect()
}

/// The object behind a handle.
///
/// # Safety
/// `object` must be NULL or point to a `T` that stays valid and shared during `'a`.
pub(crate) unsafe fn object_of<'a, T>(object: *const T) -> Result<&'a T, Status> {
    if !object.is_null() && !object.is_aligned() {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    // SAFETY: aligned, as just checked; valid by the caller's promise; `as_ref` tells NULL apart.
    unsafe { object.as_ref() }.ok_or(JOTGATE_NULL_ARGUMENT)
}

/// Memory of the caller that a result goes to. It may be uninitialised, so it is written to and never read.
#[derive(Clone, Copy)]
pub(crate) struct Buffer {
    data: *mut u8,
    len: usize,
}

impl Buffer {
    /// # Safety
    /// `data` must point to `len` bytes that belong to the caller alone for as long as the buffer is used, unless
    /// `len` is 0.
    pub(crate) unsafe fn new(data: *mut u8, len: usize) -> Result<Self, Status> {
        if data.is_null() && len > 0 {
            return Err(JOTGATE_NULL_ARGUMENT);
        }
        if len > isize::MAX.unsigned_abs() {
            return Err(JOTGATE_INVALID_ARGUMENT);
        }
        Ok(Self { data, len })
    }

    /// What is left of it from there on.
    pub(crate) fn after(self, offset: usize) -> Self {
        let offset = offset.min(self.len);
        Self { data: self.data.wrapping_add(offset), len: self.len - offset }
    }

    /// How many bytes there are.
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// Copies the whole text, and shows where it lies; nothing where there is no room for it.
    pub(crate) fn write_shown(self, text: &str) -> Bytes {
        let place = Bytes { data: self.data, len: text.len() };
        self.write(text).map_or(Bytes::NONE, |()| place)
    }

    /// Copies the whole text and all records behind it, or nothing.
    pub(crate) fn write_with<const N: usize>(
        self, text: &str, records: impl ExactSizeIterator<Item = [u8; N]>,
    ) -> Result<(), Status> {
        if self.len < room(text.len(), records.len(), N) {
            return Err(JOTGATE_BUFFER_TOO_SMALL);
        }
        self.write(text)?;
        let mut at = text.len();
        for record in records {
            // Once more for each, so that memory does not hang on what an iterator says of its length.
            if at.saturating_add(N) > self.len {
                return Err(JOTGATE_BUFFER_TOO_SMALL);
            }
            // SAFETY: `new` was promised `len` writable bytes, and `at + N` is no more than that, as just checked; `copy`
            // for the reason in `write`.
            unsafe { ptr::copy(record.as_ptr(), self.data.add(at), N) };
            at = at.saturating_add(N);
        }
        Ok(())
    }

    /// Copies the whole text or nothing.
    pub(crate) fn write(self, text: &str) -> Result<(), Status> {
        if text.len() > self.len {
            return Err(JOTGATE_BUFFER_TOO_SMALL);
        }
        if !text.is_empty() {
            // SAFETY: `new` was promised `len` writable bytes, of which no more than `len` are written; `data` is not
            // NULL because `len` is not 0. `copy` and not `copy_nonoverlapping`: a caller who names memory that
            // overlaps some text of ours gets a wrong text, not undefined behaviour.
            unsafe { ptr::copy(text.as_ptr(), self.data, text.len()) };
        }
        Ok(())
    }
}

/// How long a text with records behind it is.
pub(crate) fn room(text_len: usize, records: usize, record_len: usize) -> usize {
    text_len.saturating_add(records.saturating_mul(record_len))
}

/// Memory of the caller for one value, which holds a value from the beginning, whatever becomes of the call.
#[derive(Clone, Copy)]
pub(crate) struct Output<T>(*mut T);

impl<T: Copy> Output<T> {
    /// # Safety
    /// `target` must be NULL or point to memory for a `T` that belongs to the caller alone for as long as the output is
    /// used.
    pub(crate) unsafe fn new(target: *mut T, first: T) -> Result<Self, Status> {
        if target.is_null() {
            return Err(JOTGATE_NULL_ARGUMENT);
        }
        if !target.is_aligned() {
            return Err(JOTGATE_INVALID_ARGUMENT);
        }
        let output = Self(target);
        output.set(first);
        Ok(output)
    }

    pub(crate) fn set(self, value: T) {
        // SAFETY: `new` has checked that the pointer is neither NULL nor misaligned, and was promised the memory.
        unsafe { self.0.write(value) };
    }
}

/// Writes a text whose length the caller cannot know: `*needed` becomes that length, also when the buffer is too small.
///
/// # Safety
/// As for [`Buffer::new`] and [`Output::new`].
pub(crate) unsafe fn report_text(
    data: *mut u8, len: usize, needed: *mut usize, text: impl FnOnce() -> Result<String, Status>,
) -> Status {
    guard(|| {
        // SAFETY: the caller passes the promise on.
        let needed = unsafe { Output::new(needed, 0) }?;
        // SAFETY: as above.
        let buffer = unsafe { Buffer::new(data, len) }?;
        let text = text()?;
        needed.set(text.len());
        buffer.write(&text)
    })
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Bytes, Field, object_of, slice_of};
    use crate::status::{JOTGATE_BUFFER_TOO_SMALL, JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT};
    use std::ptr;

    #[test]
    fn a_length_of_zero_needs_no_pointer() {
        // SAFETY: nothing is read through a NULL pointer of length 0.
        assert_eq!(unsafe { slice_of::<u8>(ptr::null(), 0) }, Ok(&[][..]));
        // SAFETY: as above.
        assert_eq!(unsafe { slice_of::<u8>(ptr::null(), 1) }, Err(JOTGATE_NULL_ARGUMENT));
    }

    #[test]
    fn lengths_that_no_object_can_have_are_refused() {
        let text = Bytes { len: usize::MAX, ..Bytes::of("x") };
        // SAFETY: a refused length is never read.
        assert_eq!(unsafe { text.as_slice() }, Err(JOTGATE_INVALID_ARGUMENT));
        let fields = [Field { name: Bytes::NONE, value: Bytes::NONE }];
        let too_many = isize::MAX.unsigned_abs() / size_of::<Field>() + 1;
        // SAFETY: as above.
        let refused = unsafe { slice_of(fields.as_ptr(), too_many) };
        assert_eq!(refused.err(), Some(JOTGATE_INVALID_ARGUMENT));
        // SAFETY: as above.
        let refused = unsafe { Buffer::new([0_u8; 1].as_mut_ptr(), usize::MAX) };
        assert_eq!(refused.err(), Some(JOTGATE_INVALID_ARGUMENT));
    }

    #[test]
    fn misaligned_pointers_are_refused() {
        let fields = [Field { name: Bytes::NONE, value: Bytes::NONE }; 2];
        let misaligned = fields.as_ptr().wrapping_byte_add(1);
        // SAFETY: a refused pointer is never read.
        assert_eq!(unsafe { slice_of(misaligned, 1) }.err(), Some(JOTGATE_INVALID_ARGUMENT));
        // SAFETY: as above.
        assert_eq!(unsafe { object_of(misaligned) }.err(), Some(JOTGATE_INVALID_ARGUMENT));
    }

    #[test]
    fn a_text_is_written_whole_or_not_at_all() {
        let mut memory = *b"....";
        // SAFETY: `memory` is four bytes of ours.
        let buffer = unsafe { Buffer::new(memory.as_mut_ptr(), memory.len()) };
        assert_eq!(buffer.map(|buffer| buffer.write("12345")), Ok(Err(JOTGATE_BUFFER_TOO_SMALL)));
        assert_eq!(buffer.map(|buffer| buffer.write("123")), Ok(Ok(())));
        assert_eq!(&memory, b"123.");
    }
}
