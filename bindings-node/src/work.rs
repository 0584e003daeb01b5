//! Work of the key-set machine and answers to requests as JavaScript objects. None of this is on the hot path.

use jotgate::{Answer, Work};
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

/// Something that JavaScript must do and report. What belongs to other kinds of work is left out.
#[napi(object, object_from_js = false)]
pub(crate) struct NativeWork {
    /// `load`, `fetch` or `save`.
    pub kind: &'static str,
    /// Names the work when it is reported.
    pub id: BigInt,
    /// The longest time that it may take as a whole, in milliseconds.
    pub timeout: f64,
    /// Of a fetch: an absolute URL.
    pub url: Option<String>,
    /// Of a fetch: header fields to send, as name, value, name, value, …
    pub headers: Option<Vec<String>>,
    /// Of a fetch: the longest body to read, in bytes after content decoding.
    pub max_body: Option<f64>,
    /// Of a save: what to put into the store.
    pub text: Option<String>,
}

impl NativeWork {
    /// The work as JavaScript does it; `None` for a kind that this version does not know.
    #[expect(clippy::cast_precision_loss, reason = "timeouts and body caps are far below 2^53")]
    pub(crate) fn new(work: Work) -> Option<Self> {
        let (id, timeout) = (BigInt::from(work.id().number()), work.timeout().as_millis() as f64);
        let of_kind = |kind| Self { kind, id, timeout, url: None, headers: None, max_body: None, text: None };
        match work {
            Work::Load { .. } => Some(of_kind("load")),
            Work::Save { text, .. } => Some(Self { text: Some(text), ..of_kind("save") }),
            Work::Fetch(request) => Some(Self {
                url: Some(request.url),
                headers: Some(flat(request.headers)),
                max_body: Some(request.max_body as f64),
                ..of_kind("fetch")
            }),
            _ => None,
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
