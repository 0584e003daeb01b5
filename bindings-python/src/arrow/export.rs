//! Columns that are given out: they own their buffers, and free them when whoever takes them is done.

use super::capsule::ArrowArray;
use std::ffi::c_void;
use std::ptr;

/// A buffer of values, aligned as they have to be.
pub(crate) enum Buffer {
    /// No validity: nothing is null.
    None,
    Bytes(Vec<u8>),
    Offsets(Vec<i32>),
    Whole(Vec<i64>),
    Doubles(Vec<f64>),
}

/// An array of these buffers, in the order in which its type has them.
pub(crate) fn exported(length: usize, nulls: usize, buffers: Vec<Buffer>, children: Vec<ArrowArray>) -> ArrowArray {
    let mut array = ArrowArray::empty();
    let pointers = buffers.iter().map(Buffer::pointer).collect();
    let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
    let mut owned = Box::new(Owned { _buffers: buffers, pointers, children });
    // No array has so many rows that these do not fit.
    array.length = i64::try_from(length).unwrap_or(i64::MAX);
    array.null_count = i64::try_from(nulls).unwrap_or(i64::MAX);
    array.n_buffers = i64::try_from(owned.pointers.len()).unwrap_or(0);
    array.n_children = i64::try_from(owned.children.len()).unwrap_or(0);
    array.buffers = owned.pointers.as_mut_ptr();
    if !owned.children.is_empty() {
        array.children = owned.children.as_mut_ptr();
    }
    array.private_data = Box::into_raw(owned).cast();
    array.release = Some(release);
    array
}

/// What an array points to.
struct Owned {
    _buffers: Vec<Buffer>,
    pointers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        for child in &self.children {
            // SAFETY: it was made by `Box::into_raw`, and is dropped here alone. A child that was taken over has no `release`.
            drop(unsafe { Box::from_raw(*child) });
        }
    }
}

impl Buffer {
    fn pointer(&self) -> *const c_void {
        match self {
            Self::None => ptr::null(),
            Self::Bytes(values) => values.as_ptr().cast(),
            Self::Offsets(values) => values.as_ptr().cast(),
            Self::Whole(values) => values.as_ptr().cast(),
            Self::Doubles(values) => values.as_ptr().cast(),
        }
    }
}

unsafe extern "C" fn release(array: *mut ArrowArray) {
    // SAFETY: whoever has the array calls this once, with the array itself, as the interface says.
    let Some(array) = (unsafe { array.as_mut() }) else { return };
    array.release = None;
    let owned = std::mem::replace(&mut array.private_data, ptr::null_mut()).cast::<Owned>();
    if !owned.is_null() {
        // SAFETY: `exported` has put it there by `Box::into_raw`, and it was cleared just now.
        drop(unsafe { Box::from_raw(owned) });
    }
}
