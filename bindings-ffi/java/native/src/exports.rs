//! The functions behind `io.jotgate.Native`, in the order of that class.

use crate::flat::Flat;
use crate::guard::guarded;
use crate::{reports, texts, verdict};
use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use jotgate::{Code, Denial, FetchFailure, FetchId, FetchResponse, Policy, Timestamp, Validator};
use jotgate_tools::Format;
use std::ptr;
use std::time::Duration;

/// `byte[] open(byte[] policy, long seed, boolean looksClientsUp, long[] handle)`: puts the validator's address into
/// `handle` and gives `null`, or gives the policy error as a flat list of path, message and hint.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_open<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, policy: JByteArray<'local>, seed: jlong,
    looks_clients_up: bool, handle: JLongArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let document = env.convert_byte_array(&policy)?;
        let policy = match std::str::from_utf8(&document) {
            Ok(document) if looks_clients_up => jotgate_tools::policy(document, Format::Json),
            Ok(document) => jotgate_tools::policy(document, Format::Json).and_then(Policy::without_client_lookup),
            Err(_) => return Ok(JByteArray::null()),
        };
        match policy {
            Ok(policy) => {
                let validator = Validator::new(policy, seed.cast_unsigned());
                let validator = if looks_clients_up { validator.with_client_lookup() } else { validator };
                let validator = Box::into_raw(Box::new(validator));
                let written = handle.set_region(env, 0, &[validator.expose_provenance() as jlong]);
                if written.is_err() {
                    // SAFETY: made by `Box::into_raw` just now, and its address has reached nobody.
                    drop(unsafe { Box::from_raw(validator) });
                }
                written.map(|()| JByteArray::null())
            }
            Err(error) => {
                let mut flat = Flat::default();
                reports::refusal(&mut flat, &error);
                env.byte_array_from_slice(&flat.into_bytes())
            }
        }
    })
}

/// `void close(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_close<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) {
    guarded(&mut env, (), |_| {
        let validator: *mut Validator = ptr::with_exposed_provenance_mut(handle as usize);
        if !validator.is_null() {
            // SAFETY: `open` made the address from a box. The Java class `Handle` closes it once, after the last call.
            drop(unsafe { Box::from_raw(validator) });
        }
        Ok(())
    });
}

/// `byte[] validate(long handle, byte[] token, long asOf, long now)`: a verdict record on the token for the time `asOf`,
/// with the keys of the time `now`.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_validate<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, token: JByteArray<'local>, as_of: jlong,
    now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let token = env.convert_byte_array(&token)?;
        let (as_of, now) = (Timestamp::from_millis(as_of), Timestamp::from_millis(now));
        Ok(Some(verdict::record(validator, &validator.validate_as_of(&token, as_of, now), now)))
    })
}

/// `byte[] validateRequest(long handle, byte[] request, long asOf, long now)`: `request` is a list of texts: method, path, query,
/// then name, value, name, value, … of the header fields. Gives a verdict record.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_validateRequest<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, request: JByteArray<'local>, as_of: jlong,
    now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let request = env.convert_byte_array(&request)?;
        let (as_of, now) = (Timestamp::from_millis(as_of), Timestamp::from_millis(now));
        let verdict = texts::with_request(&request, |request| validator.validate_request_as_of(request, as_of, now));
        Ok(verdict.map(|verdict| verdict::record(validator, &verdict, now)))
    })
}

/// `boolean forwards(long handle)`: whether the policy changes requests that go on.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_forwards<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> bool {
    // What cannot be told is asked for with every request.
    guarded(&mut env, true, |_| Ok(validator(handle).is_none_or(Validator::forwards)))
}

/// `byte[] forward(long handle, byte[] request, byte[] payload)`: how a request changes before it goes on, as a flat list of
/// the fields to remove, name, value, name, value, … of those to set, and the query or null. `payload` is that of the
/// accepted token; null for none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_forward<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, request: JByteArray<'local>,
    payload: JByteArray<'local>,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let request = env.convert_byte_array(&request)?;
        let payload = if payload.is_null() { None } else { Some(env.convert_byte_array(&payload)?) };
        let Ok(payload) = payload.as_deref().map(str::from_utf8).transpose() else { return Ok(None) };
        let forward = texts::with_request(&request, |request| validator.forward_claims(payload, request));
        Ok(forward.map(|forward| {
            let mut flat = Flat::default();
            flat.list(3).list(forward.remove.len());
            for name in &forward.remove {
                flat.text(name);
            }
            flat.list(forward.set.len().saturating_mul(2));
            for (name, value) in &forward.set {
                flat.text(name).text(value);
            }
            match &forward.query {
                Some(query) => flat.text(query),
                None => flat.null(),
            };
            flat.into_bytes()
        }))
    })
}

/// `byte[] dueFetches(long handle, long now)`: the refreshes that are due, as a flat list of fetches.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_dueFetches<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let now = Timestamp::from_millis(now);
        let due: Vec<_> = std::iter::from_fn(|| validator.poll_fetch(now)).collect();
        Ok(Some(verdict::fetches(&due)))
    })
}

/// `boolean completeFetch(long handle, long id, int status, byte[] fields, byte[] body, long now)`: `fields` is a list
/// of texts: name, value, name, value, … . Gives whether the answer got in.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_completeFetch<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, status: jint,
    fields: JByteArray<'local>, body: JByteArray<'local>, now: jlong,
) -> bool {
    guarded(&mut env, false, |env| {
        let (fields, body) = (env.convert_byte_array(&fields)?, env.convert_byte_array(&body)?);
        let Some(headers) = texts::read(&fields).as_deref().and_then(texts::pairs) else { return Ok(false) };
        let Ok(status) = u16::try_from(status) else { return Ok(false) };
        let Some(validator) = validator(handle) else { return Ok(false) };
        let response = FetchResponse { status, headers: &headers, body: &body };
        let id = FetchId::from_number(id.cast_unsigned());
        validator.complete_fetch(id, response, Timestamp::from_millis(now));
        Ok(true)
    })
}

/// `boolean failFetch(long handle, long id, int failure, long now)`: gives whether the failure got in.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_failFetch<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, failure: jint, now: jlong,
) -> bool {
    guarded(&mut env, false, |_| {
        let failure = u32::try_from(failure).ok().and_then(FetchFailure::from_number);
        let (Some(failure), Some(validator)) = (failure, validator(handle)) else { return Ok(false) };
        validator.fail_fetch(FetchId::from_number(id.cast_unsigned()), failure, Timestamp::from_millis(now));
        Ok(true)
    })
}

/// `byte[] settleFetch(long handle, long id, byte[] snapshot, long now)`: whether the snapshot has ended the fetch, or what is
/// wrong with it, as a flat boolean or text.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_settleFetch<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, snapshot: JByteArray<'local>,
    now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let snapshot = env.convert_byte_array(&snapshot)?;
        let Ok(snapshot) = str::from_utf8(&snapshot) else { return Ok(None) };
        let id = FetchId::from_number(id.cast_unsigned());
        let mut flat = Flat::default();
        match validator.settle_fetch(id, snapshot, Timestamp::from_millis(now)) {
            Ok(settled) => flat.boolean(settled),
            Err(error) => flat.text(&error.to_string()),
        };
        Ok(Some(flat.into_bytes()))
    })
}

/// `boolean exportDue(long handle)`: whether a fetch has brought or confirmed a key set since this was last asked.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_exportDue<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> bool {
    guarded(&mut env, false, |_| Ok(validator(handle).is_some_and(Validator::export_due)))
}

/// `byte[] answer(long handle, int code, int issuer, int route, long retryAfter)`: the HTTP answer as a flat list of
/// status, header fields and body. -1 stands for an issuer, a route or a number of milliseconds that is not known.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_answer<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, code: jint, issuer: jint, route: jint,
    retry_after: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let code = u32::try_from(code).ok().and_then(Code::from_number).unwrap_or(Code::InternalError);
        let retry_after = u64::try_from(retry_after).ok().map(Duration::from_millis);
        let mut denial = Denial::new(code);
        denial.issuer = usize::try_from(issuer).ok();
        denial.route = usize::try_from(route).ok();
        denial.retry_after = retry_after;
        let answer = validator.answer(&denial);
        let mut flat = Flat::default();
        flat.list(3).number(answer.status).list(answer.headers.len().saturating_mul(2));
        for (name, value) in &answer.headers {
            flat.text(name).text(value);
        }
        flat.text(&answer.body);
        Ok(Some(flat.into_bytes()))
    })
}

/// `byte[] health(long handle, long now)`: how the key sets are, as the flat value of the core's JSON.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_health<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let mut flat = Flat::default();
        let json = serde_json::to_string(&validator.health(Timestamp::from_millis(now)));
        Ok(json.and_then(|json| flat.json(&json)).ok().map(|()| flat.into_bytes()))
    })
}

/// `boolean refreshKeys(long handle)`: makes every source due; gives whether that got in.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_refreshKeys<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> bool {
    guarded(&mut env, false, |_| Ok(validator(handle).map(Validator::refresh_keys).is_some()))
}

/// `byte[] pollEvent(long handle)`: the oldest event that was not taken yet, as the flat value of the core's JSON; empty
/// when there is none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_pollEvent<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let Some(event) = validator.poll_event() else { return Ok(Some(Vec::new())) };
        let mut flat = Flat::default();
        let json = serde_json::to_string(&event);
        Ok(json.and_then(|json| flat.json(&json)).ok().map(|()| flat.into_bytes()))
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

/// `byte[] values(byte[] json)`: the flat value of a JSON text that a validation gave.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_values<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, json: JByteArray<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let json = env.convert_byte_array(&json)?;
        let mut flat = Flat::default();
        match std::str::from_utf8(&json).map(|json| flat.json(json.trim_matches(WHITE_SPACE))) {
            Ok(Ok(())) => env.byte_array_from_slice(&flat.into_bytes()),
            _ => Ok(JByteArray::null()),
        }
    })
}

/// `byte[] about()`: a flat list of the version and then number, name, number, name, … of every code.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_about<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, JByteArray::null(), |env| {
        let mut flat = Flat::default();
        flat.list(Code::ALL.len().saturating_mul(2).saturating_add(1)).text(env!("CARGO_PKG_VERSION"));
        for code in Code::ALL {
            flat.number(code.number()).text(code.name());
        }
        env.byte_array_from_slice(&flat.into_bytes())
    })
}

/// Runs a body that needs the validator and gives bytes; `None` from it becomes `null`.
pub(crate) fn on_validator<'local>(
    env: &mut EnvUnowned<'local>, handle: jlong,
    body: impl FnOnce(&mut Env<'local>, &Validator) -> jni::errors::Result<Option<Vec<u8>>>,
) -> JByteArray<'local> {
    guarded(env, JByteArray::null(), |env| {
        let Some(validator) = validator(handle) else { return Ok(JByteArray::null()) };
        match body(env, validator)? {
            Some(bytes) => env.byte_array_from_slice(&bytes),
            None => Ok(JByteArray::null()),
        }
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

/// The validator behind a handle; `None` for 0.
fn validator<'a>(handle: jlong) -> Option<&'a Validator> {
    let validator: *const Validator = ptr::with_exposed_provenance(handle as usize);
    // SAFETY: `open` made the address from a box. The Java class `Handle` passes it on only between `open` and `close`,
    // and counts the calls that run, so that `close` comes after the last of them. A validator is never borrowed mutably.
    unsafe { validator.as_ref() }
}

/// The white space of RFC 8259 section 2.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
