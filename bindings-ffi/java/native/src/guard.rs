//! The edge that no panic crosses: a panic that reached the virtual machine would abort it.

use jni::{Env, EnvUnowned, Outcome};
use std::mem;

/// Runs the body of a native method. An error and a panic both become `fallback`.
pub(crate) fn guarded<'local, T>(
    env: &mut EnvUnowned<'local>, fallback: T, body: impl FnOnce(&mut Env<'local>) -> jni::errors::Result<T>,
) -> T {
    match env.with_env(body).into_outcome() {
        Outcome::Ok(value) => value,
        Outcome::Err(_) => fallback,
        Outcome::Panic(payload) => {
            // Dropping a payload runs code of its own, which could panic again where nothing catches it. It is neither
            // read nor shown, because a panic message may quote what it was working on.
            mem::forget(payload);
            fallback
        }
    }
}
