//! The functions behind `io.jotgate.Native` that give work out and take its end.

use crate::calls::{bytes_or_none, on_validator, told};
use crate::flat::Flat;
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jotgate::{FetchResponse, Report, Timestamp, Validator, WorkId};
use jotgate_edge::{Ended, Packed, WorkRecord};

/// `byte[] pollWork(long handle, long now)`: one piece of work that is to be done, as a flat list of its kind (a number of the
/// edge), id, timeout in milliseconds, URL, the header fields as name, value, name, value, …, the longest body, and the text;
/// empty when there is none.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_pollWork<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |_, validator| {
        let mut flat = Flat::default();
        if let Some(work) = WorkRecord::poll(validator, Timestamp::from_millis(now)) {
            flat.list(7).number(work.kind).number(work.id).number(work.timeout_ms).text(&work.url);
            flat.pairs(&work.headers).number(work.max_body).text(&work.text);
        }
        Ok(Some(flat.into_bytes()))
    })
}

/// `boolean reportFetched(long handle, long id, int status, byte[] fields, byte[] body, long now)`: `fields` is a list of
/// texts: name, value, name, value, … . Gives whether that is an answer that can be taken in.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_reportFetched<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, status: jint,
    fields: JByteArray<'local>, body: JByteArray<'local>, now: jlong,
) -> bool {
    told(&mut env, handle, |env, validator| {
        let (fields, body) = (env.convert_byte_array(&fields)?, env.convert_byte_array(&body)?);
        let (Some(fields), Ok(status)) = (Packed::new(&fields).pairs(), u16::try_from(status)) else {
            return Ok(None);
        };
        let headers = jotgate_edge::fields(fields);
        let body = jotgate_host::expanded(&body, validator.body_limit(WorkId::from_number(id.cast_unsigned())));
        report(validator, id, Report::Fetched(FetchResponse { status, headers: &headers, body: &body }), now);
        Ok(Some(()))
    })
}

/// `byte[] reportLoaded(long handle, long id, byte[] text, long now)`: `text` is what the store has, or null. Gives what is
/// wrong with it, as a flat text; empty when nothing is.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_reportLoaded<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, text: JByteArray<'local>, now: jlong,
) -> JByteArray<'local> {
    on_validator(&mut env, handle, |env, validator| {
        let text = bytes_or_none(env, &text)?;
        let ended = Ended::loaded(validator, id.cast_unsigned(), text.as_deref(), Timestamp::from_millis(now));
        let mut flat = Flat::default();
        match ended {
            Ended::Taken => {}
            Ended::NotText => _ = flat.text("the text is not UTF-8"),
            Ended::NoSnapshot(error) => _ = flat.text(&error.to_string()),
        }
        Ok(Some(flat.into_bytes()))
    })
}

/// `boolean reportSaved(long handle, long id, long now)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_reportSaved<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, now: jlong,
) -> bool {
    told(&mut env, handle, |_, validator| {
        report(validator, id, Report::Saved, now);
        Ok(Some(()))
    })
}

/// `boolean reportFailed(long handle, long id, int failure, byte[] cause, long now)`: the failure is a number of the edge.
#[unsafe(no_mangle)]
extern "system" fn Java_io_jotgate_Native_reportFailed<'local>(
    mut env: EnvUnowned<'local>, _class: JClass<'local>, handle: jlong, id: jlong, failure: jint,
    cause: JByteArray<'local>, now: jlong,
) -> bool {
    told(&mut env, handle, |env, validator| {
        let cause = env.convert_byte_array(&cause)?;
        let cause = String::from_utf8_lossy(&cause);
        let failure = u32::try_from(failure).ok().and_then(|number| jotgate_edge::failure(number, &cause));
        Ok(failure.map(|failure| report(validator, id, failure, now)))
    })
}

/// Hands in a report that cannot be refused.
fn report(validator: &Validator, id: jlong, report: Report<'_>, now: jlong) {
    _ = validator.report(WorkId::from_number(id.cast_unsigned()), report, Timestamp::from_millis(now));
}
