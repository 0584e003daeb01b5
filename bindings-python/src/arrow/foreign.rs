//! An array of another library, borrowed for as long as its capsules live.

use super::capsule::{ARRAY, ArrowArray, ArrowSchema, SCHEMA};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::{CStr, c_void};
use std::slice;

/// Its type and its values. That both say what is so is the producer's promise, as everywhere in this interface.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'a> {
    schema: &'a ArrowSchema,
    array: &'a ArrowArray,
}

impl<'a> Foreign<'a> {
    /// Raises ValueError for other capsules than those of an array.
    pub(crate) fn of(schema: &'a Bound<'_, PyCapsule>, array: &'a Bound<'_, PyCapsule>) -> PyResult<Self> {
        let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<ArrowSchema>();
        let array = array.pointer_checked(Some(ARRAY))?.cast::<ArrowArray>();
        // SAFETY: a capsule of this name holds this struct, which lives as long as the capsule. Nobody changes it meanwhile: the
        // package asks for capsules of its own, and hands them to nobody else.
        let (schema, array) = unsafe { (schema.as_ref(), array.as_ref()) };
        if schema.release.is_none() || array.release.is_none() {
            return Err(PyValueError::new_err("the capsules of the column were taken over by somebody else"));
        }
        Ok(Self { schema, array })
    }

    /// The type, as the interface abbreviates it.
    pub(super) fn format(self) -> &'a str {
        if self.schema.format.is_null() {
            return "";
        }
        // SAFETY: the format is a text that ends with a NUL, and lives as long as the schema.
        unsafe { CStr::from_ptr(self.schema.format) }.to_str().unwrap_or_default()
    }

    pub(super) fn length(self) -> PyResult<usize> {
        count(self.array.length)
    }

    /// The row of the buffers that is the first of the array.
    pub(super) fn offset(self) -> PyResult<usize> {
        count(self.array.offset)
    }

    pub(super) fn buffers(self) -> PyResult<usize> {
        count(self.array.n_buffers)
    }

    /// The bits that say which rows are not null; nothing where all are not.
    pub(super) fn validity(self, bits: usize) -> PyResult<Option<&'a [u8]>> {
        if self.array.null_count == 0 || self.pointer(0)?.is_null() {
            return Ok(None);
        }
        self.buffer(0, bits.div_ceil(8)).map(Some)
    }

    /// The first so many bytes of a buffer, which the type and the length of the array promise to be there.
    pub(super) fn buffer(self, place: usize, bytes: usize) -> PyResult<&'a [u8]> {
        let pointer = self.pointer(place)?;
        if bytes == 0 {
            return Ok(&[]);
        }
        if pointer.is_null() || isize::try_from(bytes).is_err() {
            return Err(broken());
        }
        // SAFETY: the buffer is not null, and holds as many bytes as the layout of its type asks for, which is what the caller
        // has counted. It lives, and does not change, as long as the array.
        Ok(unsafe { slice::from_raw_parts(pointer.cast(), bytes) })
    }

    pub(super) fn dictionary(self) -> Option<Self> {
        // SAFETY: where they are not null, they point to a schema and an array that live as long as these.
        let (schema, array) = unsafe { (self.schema.dictionary.as_ref()?, self.array.dictionary.as_ref()?) };
        Some(Self { schema, array })
    }

    fn pointer(self, place: usize) -> PyResult<*const c_void> {
        if place >= self.buffers()? || self.array.buffers.is_null() {
            return Err(broken());
        }
        // SAFETY: `buffers` points to as many pointers as `n_buffers` says, of which this is one.
        Ok(unsafe { *self.array.buffers.add(place) })
    }
}

/// For an array that is not what its type says.
pub(super) fn broken() -> PyErr {
    PyValueError::new_err("the column is no well-formed Arrow array of its type")
}

fn count(number: i64) -> PyResult<usize> {
    usize::try_from(number).map_err(|_| broken())
}
