//! The functions behind `io.jotgate.Native` for key sets as a whole.

use crate::calls::{on_validator, told};
use crate::flat::Flat;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::jlong;
use jotgate::Timestamp;
use serde::Serialize;

/// `boolean refreshKeys(long handle)`: makes every source due; gives whether that got in.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_refreshKeys<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> bool {
    told(&mut env, handle, |_, validator| {
        validator.refresh_keys();
        Ok(Some(()))
    })
}

/// `byte[] health(long handle, long now)`: how the key sets are, as the flat value of the core's JSON.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_health<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| Ok(flat_of(&validator.health(Timestamp::from_millis(now)))))
}

/// `byte[] pollEvent(long handle)`: the oldest event that was not taken yet, as the flat value of the core's JSON; empty
/// when there is none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_pollEvent<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| match validator.poll_event() {
        Some(event) => Ok(flat_of(&event)),
        None => Ok(Some(Vec::new())),
    })
}

/// `byte[] pollWarning(long handle)`: the oldest warning for the log that was not taken yet, as UTF-8; empty when there is none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_pollWarning<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        Ok(Some(validator.poll_warning().map(|warning| warning.as_bytes().to_vec()).unwrap_or_default()))
    })
}

/// `byte[] exportKeys(long handle)`: the fetched key sets as text.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_exportKeys<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| Ok(Some(validator.export_keys().into_bytes())))
}

/// `byte[] importKeys(long handle, byte[] snapshot, long now)`: for how many sources the snapshot was of use, or what is
/// wrong with it, as a flat number or text.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_importKeys<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, snapshot: JByteArray<'local>, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let snapshot = env.convert_byte_array(&snapshot)?;
        let Ok(snapshot) = str::from_utf8(&snapshot) else { return Ok(None) };
        let mut flat = Flat::default();
        match validator.import_keys(snapshot, Timestamp::from_millis(now)) {
            Ok(taken) => flat.number(taken),
            Err(error) => flat.text(&error.to_string()),
        };
        Ok(Some(flat.into_bytes()))
    })
}

fn flat_of(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut flat = Flat::default();
    flat.json(&serde_json::to_string(value).ok()?)?;
    Some(flat.into_bytes())
}
