//! Fetches and answers as JavaScript objects. None of this is on the hot path.

use jotgate::{Answer, FetchRequest};
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

/// A GET that JavaScript must do.
#[napi(object, object_from_js = false)]
pub(crate) struct NativeFetchRequest {
    /// Names the fetch when its answer is handed back.
    pub id: BigInt,
    /// An absolute URL.
    pub url: String,
    /// The longest time that the whole exchange may take, in milliseconds.
    pub timeout: f64,
    /// Header fields to send: name, value, name, value, …
    pub headers: Vec<String>,
    /// The longest body to read, in bytes after content decoding.
    pub max_body: f64,
}

#[expect(clippy::cast_precision_loss, reason = "timeouts and body caps are far below 2^53")]
impl From<FetchRequest> for NativeFetchRequest {
    fn from(request: FetchRequest) -> Self {
        Self {
            id: BigInt::from(request.id.number()),
            url: request.url,
            timeout: request.timeout.as_millis() as f64,
            headers: request.headers.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect(),
            max_body: request.max_body as f64,
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
        Self {
            status: answer.status.into(),
            headers: answer.headers.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect(),
            body: answer.body,
        }
    }
}
