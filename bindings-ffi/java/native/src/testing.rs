//! The functions behind `io.jotgate.Native` that the test kit stands on: words and JSON, and the crate `jotgate-testing` does the
//! rest.

use crate::calls::{guarded, handed_out, object, take_back};
use crate::flat::Flat;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::jlong;
use jotgate_edge::Mistake;
use jotgate_testing::{Issuer, recipes_json};

/// `byte[] openTestIssuer(byte[] options, long[] handle)`: puts the issuer's address into `handle` and gives `null`, or gives a
/// flat list of path, message and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_openTestIssuer<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, options: JByteArray<'local>, handle: JLongArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let options = env.convert_byte_array(&options)?;
        let Ok(options) = str::from_utf8(&options) else { return Ok(JByteArray::null()) };
        handed_out(env, Issuer::from_json(options).map_err(|error| Mistake::from(&error)), &handle)
    })
}

/// `byte[] callTestIssuer(long handle, byte[] word, byte[] arguments)`: a flat list of what comes of it alone, or of path, message
/// and hint of what is wrong.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_callTestIssuer<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, word: JByteArray<'local>,
    arguments: JByteArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let (word, arguments) = (env.convert_byte_array(&word)?, env.convert_byte_array(&arguments)?);
        let texts = (str::from_utf8(&word), str::from_utf8(&arguments));
        let (Some(issuer), (Ok(word), Ok(arguments))) = (object::<Issuer>(handle), texts) else {
            return Ok(JByteArray::null());
        };
        let mut flat = Flat::default();
        match issuer.call(word, arguments) {
            Ok(answer) if flat.list(1).json(&answer).is_some() => {}
            Ok(_) => return Ok(JByteArray::null()),
            Err(error) => _ = flat.mistake(&Mistake::from(&error)),
        }
        env.byte_array_from_slice(&flat.into_bytes())
    })
}

/// `void closeTestIssuer(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_closeTestIssuer<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) {
    guarded(&mut env, (), |_| {
        drop(take_back::<Issuer>(handle));
        Ok(())
    });
}

/// `byte[] testRecipes()`: a flat list of what the kit makes of each code.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_testRecipes<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let mut flat = Flat::default();
        match flat.json(&recipes_json()) {
            Some(()) => env.byte_array_from_slice(&flat.into_bytes()),
            None => Ok(JByteArray::null()),
        }
    })
}
