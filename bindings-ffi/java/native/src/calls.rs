//! What every call from Java has around it: panics are held, handles become references, bytes come and go.

use crate::flat::Flat;
use jni::objects::{JByteArray, JLongArray};
use jni::sys::jlong;
use jni::{Env, EnvUnowned, Outcome};
use jotgate::Validator;
use jotgate_edge::Mistake;
use jotgate_edge::guard::discard;
use std::ptr;

/// Runs the body of a native method. An error and a panic both become `fallback`: a panic that reached the virtual machine
/// would abort it.
pub(crate) fn guarded<'local, T>(
    env: &mut EnvUnowned<'local>, fallback: T, body: impl FnOnce(&mut Env<'local>) -> jni::errors::Result<T>,
) -> T {
    match env.with_env(body).into_outcome() {
        Outcome::Ok(value) => value,
        Outcome::Err(_) => fallback,
        Outcome::Panic(payload) => {
            discard(payload);
            fallback
        }
    }
}

/// Runs a body that needs the validator and gives bytes; `None` from it becomes `null`.
pub(crate) fn on_validator<'local>(
    env: &mut EnvUnowned<'local>, handle: jlong,
    body: impl FnOnce(&mut Env<'local>, &Validator) -> jni::errors::Result<Option<Vec<u8>>>,
) -> JByteArray<'local> {
    guarded(env, JByteArray::null(), |env| {
        let Some(validator) = object::<Validator>(handle) else { return Ok(JByteArray::null()) };
        match body(env, validator)? {
            Some(bytes) => env.byte_array_from_slice(&bytes),
            None => Ok(JByteArray::null()),
        }
    })
}

/// Runs a body that needs the validator and says whether it could do its work.
pub(crate) fn told<'local>(
    env: &mut EnvUnowned<'local>, handle: jlong,
    body: impl FnOnce(&mut Env<'local>, &Validator) -> jni::errors::Result<Option<()>>,
) -> bool {
    guarded(env, false, |env| match object::<Validator>(handle) {
        Some(validator) => Ok(body(env, validator)?.is_some()),
        None => Ok(false),
    })
}

/// Runs a body on the bytes that Java gave, which needs no validator; `None` from it becomes `null`.
pub(crate) fn with_bytes<'local>(
    env: &mut EnvUnowned<'local>, bytes: &JByteArray<'local>, body: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> JByteArray<'local> {
    guarded(env, JByteArray::null(), |env| match body(&env.convert_byte_array(bytes)?) {
        Some(result) => env.byte_array_from_slice(&result),
        None => Ok(JByteArray::null()),
    })
}

/// The bytes of an array; `None` for `null`.
pub(crate) fn bytes_or_none(env: &Env<'_>, array: &JByteArray<'_>) -> jni::errors::Result<Option<Vec<u8>>> {
    if array.is_null() { Ok(None) } else { env.convert_byte_array(array).map(Some) }
}

/// Puts the address of what was made into `handle` and gives `null`, or gives a flat list of path, message and hint of what is
/// wrong.
pub(crate) fn handed_out<'local, T>(
    env: &mut Env<'local>, made: Result<T, Mistake>, handle: &JLongArray<'local>,
) -> jni::errors::Result<JByteArray<'local>> {
    match made {
        Ok(value) => {
            let address = hand_out(value);
            let written = handle.set_region(env, 0, &[address]);
            if written.is_err() {
                // The address has reached nobody.
                drop(take_back::<T>(address));
            }
            written.map(|()| JByteArray::null())
        }
        Err(mistake) => {
            let mut flat = Flat::default();
            flat.mistake(&mistake);
            env.byte_array_from_slice(&flat.into_bytes())
        }
    }
}

/// Gives a value to Java, as the address that the other functions here take.
pub(crate) fn hand_out<T>(value: T) -> jlong {
    Box::into_raw(Box::new(value)).expose_provenance() as jlong
}

/// What lies behind a handle; `None` for 0.
pub(crate) fn object<'a, T>(handle: jlong) -> Option<&'a T> {
    let object: *const T = ptr::with_exposed_provenance(handle as usize);
    // SAFETY: `hand_out` made the address from a box of this type. The Java classes `Handle` and `Undecided` pass it on only
    // until they take it back, and see to it that this comes after the last call. It is never borrowed mutably.
    unsafe { object.as_ref() }
}

/// Takes back what lies behind a handle; `None` for 0.
pub(crate) fn take_back<T>(handle: jlong) -> Option<Box<T>> {
    let object: *mut T = ptr::with_exposed_provenance_mut(handle as usize);
    // SAFETY: `hand_out` made the address from a box of this type. The Java classes `Handle` and `Undecided` take it back
    // once, after the last call with it.
    (!object.is_null()).then(|| unsafe { Box::from_raw(object) })
}
