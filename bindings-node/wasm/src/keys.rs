//! Key sets: the work that is to be done for them, how it ended, and what there is to tell of them.

use crate::memory::{read, read_text, tell, tell_json};
use crate::session::{Session, time, with_session};
use crate::{FAILED, NOTHING};
use jotgate::{Event, FetchResponse, Report, Timestamp, WorkId};
use jotgate_edge::{Ended, Packed, WorkRecord, failure, fields};
use serde_json::json;

/// 1 where `poll_work` would give something.
#[unsafe(no_mangle)]
pub extern "C" fn work_due(core: u32, now: f64) -> u32 {
    with_time(core, now, |session, now| session.validator.work_due(now).into())
}

/// The next piece of work as JSON; nothing when there is none. Each is given out once.
#[unsafe(no_mangle)]
pub extern "C" fn poll_work(core: u32, now: f64) -> u32 {
    with_time(core, now, |session, now| {
        let Some(work) = WorkRecord::poll(&session.validator, now) else { return NOTHING };
        let headers: Vec<String> =
            work.headers.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
        tell_json(&json!({
            "kind": work.kind,
            "id": work.id.to_string(),
            "timeout": work.timeout_ms,
            "url": work.url,
            "headers": headers,
            "maxBody": work.max_body,
            "text": work.text,
        }))
    })
}

/// Reports the answer to a fetch. Texts: the body, then name, value, name, value, … of the header fields.
#[unsafe(no_mangle)]
pub extern "C" fn report_fetched(core: u32, id: u64, status: u32, len: usize, now: f64) -> u32 {
    let Ok(status) = u16::try_from(status) else { return FAILED };
    with_time(core, now, |session, now| {
        read(len, |bytes| {
            let mut texts = Packed::new(bytes);
            let Some(body) = texts.text() else { return FAILED };
            let Some(pairs) = texts.pairs() else { return FAILED };
            let id = WorkId::from_number(id);
            let body = jotgate_host::expanded(body, session.validator.body_limit(id));
            let response = FetchResponse { status, headers: &fields(pairs), body: &body };
            _ = session.validator.report(id, Report::Fetched(response), now);
            DONE
        })
    })
}

/// Reports what the store had: the text that was written, or nothing where `len` is `NOTHING`. Tells why it is no snapshot, if so.
#[unsafe(no_mangle)]
pub extern "C" fn report_loaded(core: u32, id: u64, len: u32, now: f64) -> u32 {
    with_time(core, now, |session, now| {
        let report = |text: Option<&[u8]>| Ended::loaded(&session.validator, id, text, now);
        let ended = match usize::try_from(len) {
            Ok(len) if len != NOTHING as usize => read(len, |text| report(Some(text))),
            _ => report(None),
        };
        match ended {
            Ended::Taken => NOTHING,
            Ended::NotText => tell("the store's text is not UTF-8"),
            Ended::NoSnapshot(error) => tell(error.to_string()),
        }
    })
}

/// Reports that the store has the text.
#[unsafe(no_mangle)]
pub extern "C" fn report_saved(core: u32, id: u64, now: f64) -> u32 {
    with_time(core, now, |session, now| {
        // Only a text that was loaded can be refused.
        _ = session.validator.report(WorkId::from_number(id), Report::Saved, now);
        DONE
    })
}

/// Reports that nothing came of a piece of work, with the words that were written.
#[unsafe(no_mangle)]
pub extern "C" fn report_failed(core: u32, id: u64, number: u32, len: usize, now: f64) -> u32 {
    with_time(core, now, |session, now| {
        let report = |cause: &str| {
            let report = failure(number, cause)?;
            _ = session.validator.report(WorkId::from_number(id), report, now);
            Some(DONE)
        };
        read_text(len, report).flatten().unwrap_or(FAILED)
    })
}

/// Makes a fetch due at every source.
#[unsafe(no_mangle)]
pub extern "C" fn refresh_keys(core: u32) -> u32 {
    with_session(core, |session| session.validator.refresh_keys()).map_or(FAILED, |()| DONE)
}

/// What an operator should read, since the last call: a JSON list of lines.
#[unsafe(no_mangle)]
pub extern "C" fn warnings(core: u32) -> u32 {
    let warnings = |session: &mut Session| {
        let next = || session.validator.poll_warning().map(|warning| warning.as_ref().to_owned());
        std::iter::from_fn(next).collect::<Vec<String>>()
    };
    with_session(core, warnings).map_or(FAILED, |warnings| tell_json(&json!(warnings)))
}

/// The events since the last call, as a JSON list; nothing when there were none.
#[unsafe(no_mangle)]
pub extern "C" fn events(core: u32) -> u32 {
    let polled = |session: &mut Session| std::iter::from_fn(|| session.validator.poll_event()).collect::<Vec<Event>>();
    match with_session(core, polled) {
        Some(events) if events.is_empty() => NOTHING,
        Some(events) => serde_json::to_string(&events).map_or(FAILED, tell),
        None => FAILED,
    }
}

/// How the key sets are, as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn health(core: u32, now: f64) -> u32 {
    with_time(core, now, |session, now| serde_json::to_string(&session.validator.health(now)).map_or(FAILED, tell))
}

/// The key sets as text.
#[unsafe(no_mangle)]
pub extern "C" fn export_keys(core: u32) -> u32 {
    with_session(core, |session| session.validator.export_keys()).map_or(FAILED, tell)
}

/// Begins with the key sets of the text that was written. Tells JSON: for how many sources it was of use, or why it was of none.
#[unsafe(no_mangle)]
pub extern "C" fn import_keys(core: u32, len: usize, now: f64) -> u32 {
    with_time(core, now, |session, now| {
        let imported = read_text(len, |snapshot| session.validator.import_keys(snapshot, now));
        tell_json(&match imported {
            Some(Ok(sources)) => json!(sources),
            Some(Err(error)) => json!(error.to_string()),
            None => return FAILED,
        })
    })
}

fn with_time(core: u32, now: f64, body: impl FnOnce(&mut Session, Timestamp) -> u32) -> u32 {
    let Some(now) = time(now) else { return FAILED };
    with_session(core, |session| body(session, now)).unwrap_or(FAILED)
}

/// There is nothing to tell.
const DONE: u32 = 0;
