//! Work of the key-set machine and answers to requests as JavaScript objects. None of this is on the hot path.

use jotgate::Answer;
use jotgate_edge::WorkRecord;
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

/// Something that JavaScript must do and report. What belongs to other kinds of work is empty.
#[napi(object, object_from_js = false)]
pub(crate) struct NativeWork {
    /// One of [`jotgate_edge::numbers::work`].
    pub kind: u32,
    /// Names the work when it is reported.
    pub id: BigInt,
    /// The longest time that it may take as a whole, in milliseconds.
    pub timeout: f64,
    /// Of a fetch: an absolute URL.
    pub url: String,
    /// Of a fetch: header fields to send, as name, value, name, value, …
    pub headers: Vec<String>,
    /// Of a fetch: the longest body to read, in bytes after content decoding.
    pub max_body: f64,
    /// Of a save: what to put into the store.
    pub text: String,
}

#[expect(clippy::cast_precision_loss, reason = "timeouts and body caps are far below 2^53")]
impl From<WorkRecord> for NativeWork {
    fn from(work: WorkRecord) -> Self {
        Self {
            kind: work.kind,
            id: BigInt::from(work.id),
            timeout: work.timeout_ms as f64,
            url: work.url,
            headers: flat(work.headers),
            max_body: work.max_body as f64,
            text: work.text,
        }
    }
}

/// The HTTP answer to a request that may not pass.
#[napi(object, object_from_js = false)]
pub(crate) struct NativeAnswer {
    /// The status code.
    pub status: u32,
    /// Header fields to set: name, value, name, value, …
    pub headers: Vec<String>,
    /// The body; always JSON.
    pub body: String,
}

impl From<Answer> for NativeAnswer {
    fn from(answer: Answer) -> Self {
        Self { status: answer.status.into(), headers: flat(answer.headers), body: answer.body }
    }
}

fn flat(fields: Vec<(&'static str, String)>) -> Vec<String> {
    fields.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}
