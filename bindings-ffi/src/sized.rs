//! Structures that grow: the first field is their size as the caller knows them, so that programs and libraries of different
//! versions understand each other.

use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT, Status};
use std::ptr;

/// A structure whose later versions have further fields at the end, which mean nothing where they are 0.
///
/// # Safety
/// The type must be `repr(C)`, begin with a `usize` that is its size, and be valid whatever bytes its fields hold.
pub(crate) unsafe trait Growing: Copy {
    /// All fields 0.
    const ZEROED: Self;
    /// The size of the first version.
    const FIRST: usize;
}

/// A copy of the caller's structure, in which fields that it does not have are 0.
///
/// # Safety
/// `object` must be NULL or point to a structure whose first field says how long it is.
pub(crate) unsafe fn read<T: Growing>(object: *const T) -> Result<T, Status> {
    // SAFETY: the caller passes the promise on.
    let size = unsafe { size_of_object(object) }?;
    let mut copy = T::ZEROED;
    let known = size.min(size_of::<T>());
    // SAFETY: the structure is `size` bytes long by promise, the copy no shorter than `known`, and any bytes are a `T`.
    unsafe { ptr::copy_nonoverlapping(object.cast::<u8>(), (&raw mut copy).cast::<u8>(), known) };
    for offset in known..size {
        // SAFETY: `offset` lies within the structure, by promise.
        let byte = unsafe { object.cast::<u8>().add(offset).read() };
        if byte != 0 {
            // A newer caller asks for something that this library cannot do.
            return Err(JOTGATE_INVALID_ARGUMENT);
        }
    }
    Ok(copy)
}

/// The caller's structure that a result goes to.
#[derive(Clone, Copy)]
pub(crate) struct SizedOutput<T> {
    target: *mut T,
    size: usize,
}

impl<T: Growing> SizedOutput<T> {
    /// # Safety
    /// `target` must be NULL or point to a structure whose first field says how long it is, and that belongs to the caller
    /// alone for as long as the output is used.
    pub(crate) unsafe fn new(target: *mut T) -> Result<Self, Status> {
        // SAFETY: the caller passes the promise on.
        let size = unsafe { size_of_object(target.cast_const()) }?;
        let output = Self { target, size };
        output.set(T::ZEROED);
        Ok(output)
    }

    /// The size that the caller gave.
    pub(crate) fn size(self) -> usize {
        self.size
    }

    /// Writes as much as the caller knows, with its size; what only the caller knows becomes 0.
    pub(crate) fn set(self, value: T) {
        let known = self.size.min(size_of::<T>());
        // SAFETY: `new` was promised `size` bytes of the caller's own; the value is no shorter than `known`.
        unsafe {
            ptr::copy_nonoverlapping((&raw const value).cast::<u8>(), self.target.cast::<u8>(), known);
            self.target.cast::<u8>().add(known).write_bytes(0, self.size - known);
            self.target.cast::<usize>().write(self.size);
        }
    }
}

/// # Safety
/// `object` must be NULL or point to memory that begins with a `usize`.
unsafe fn size_of_object<T: Growing>(object: *const T) -> Result<usize, Status> {
    if object.is_null() {
        return Err(JOTGATE_NULL_ARGUMENT);
    }
    if !object.is_aligned() {
        return Err(JOTGATE_INVALID_ARGUMENT);
    }
    // SAFETY: not NULL and aligned, as just checked; the caller's promise for the rest.
    let size = unsafe { object.cast::<usize>().read() };
    if (T::FIRST..=LONGEST).contains(&size) { Ok(size) } else { Err(JOTGATE_INVALID_ARGUMENT) }
}

/// No structure will ever be longer: what is, is memory that nobody has initialised.
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::{Growing, LONGEST, SizedOutput, read};
    use crate::bytes::Bytes;
    use crate::many::Batch;
    use crate::question::Question;
    use crate::request::Request;
    use crate::status::{JOTGATE_INVALID_ARGUMENT, JOTGATE_NULL_ARGUMENT};
    use crate::validator::Options;
    use crate::verdict::Verdict;
    use crate::work::Response;
    use std::mem::offset_of;
    use std::ptr;

    /// The third version of a structure that began with one field.
    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Third {
        size: usize,
        first: u64,
        second: u64,
        third: u64,
    }

    // SAFETY: `repr(C)`, the size first, numbers alone.
    unsafe impl Growing for Third {
        const ZEROED: Self = Self { size: 0, first: 0, second: 0, third: 0 };
        const FIRST: usize = 16;
    }

    /// A field that is added would begin there, and old callers have anything in it.
    #[test]
    fn no_structure_ends_in_padding() {
        assert_eq!(offset_of!(Batch, as_of_ms) + size_of::<i64>(), size_of::<Batch>());
        assert_eq!(offset_of!(Options, seed) + size_of::<u64>(), size_of::<Options>());
        assert_eq!(offset_of!(Question, as_of_ms) + size_of::<i64>(), size_of::<Question>());
        assert_eq!(offset_of!(Request, packed) + size_of::<Bytes>(), size_of::<Request>());
        assert_eq!(offset_of!(Response, body) + size_of::<Bytes>(), size_of::<Response>());
        assert_eq!(offset_of!(Verdict, origin) + size_of::<u64>(), size_of::<Verdict>());
    }

    #[test]
    fn of_an_older_structure_only_what_it_has_is_read() {
        let given = Third { size: 24, first: 1, second: 2, third: 99 };
        // SAFETY: `given` is longer than it says.
        assert_eq!(unsafe { read(&raw const given) }, Ok(Third { third: 0, ..given }));
    }

    #[test]
    fn of_a_newer_structure_what_is_unknown_must_be_0() {
        let mut given = [Third { size: 40, first: 1, second: 2, third: 3 }, Third::ZEROED];
        // SAFETY: `given` is longer than it says.
        assert_eq!(unsafe { read(given.as_ptr()) }, Ok(given[0]));
        given[1].size = 1;
        // SAFETY: as above.
        assert_eq!(unsafe { read(given.as_ptr()) }, Err(JOTGATE_INVALID_ARGUMENT));
    }

    #[test]
    fn sizes_that_no_version_has_are_refused() {
        for size in [0, 15, LONGEST + 1, usize::MAX] {
            let mut given = Third { size, ..Third::ZEROED };
            // SAFETY: nothing but the size is read.
            assert_eq!(unsafe { read(&raw const given) }, Err(JOTGATE_INVALID_ARGUMENT));
            // SAFETY: as above.
            assert_eq!(unsafe { SizedOutput::new(&raw mut given) }.err(), Some(JOTGATE_INVALID_ARGUMENT));
        }
        // SAFETY: NULL is told apart.
        assert_eq!(unsafe { read::<Third>(ptr::null()) }, Err(JOTGATE_NULL_ARGUMENT));
    }

    #[test]
    fn an_older_structure_is_written_to_its_end_and_no_further() {
        let mut target = Third { size: 24, first: 9, second: 9, third: 9 };
        // SAFETY: `target` is ours and longer than it says.
        let output = unsafe { SizedOutput::new(&raw mut target) };
        output.map(|output| output.set(Third { size: 0, first: 1, second: 2, third: 3 })).unwrap();
        assert_eq!(target, Third { size: 24, first: 1, second: 2, third: 9 });
    }

    #[test]
    fn in_a_newer_structure_the_rest_becomes_0() {
        let mut target = [Third { size: 40, first: 9, second: 9, third: 9 }; 2];
        // SAFETY: `target` is ours and longer than it says.
        let output = unsafe { SizedOutput::new(target.as_mut_ptr()) };
        output.map(|output| output.set(Third { size: 0, first: 1, second: 2, third: 3 })).unwrap();
        assert_eq!(target[0], Third { size: 40, first: 1, second: 2, third: 3 });
        assert_eq!(target[1], Third { size: 0, first: 9, second: 9, third: 9 });
    }
}
