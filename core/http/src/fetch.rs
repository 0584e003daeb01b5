//! Fetching: what an application may replace.

use crate::call::BoxFuture;
use jotgate::{FetchRequest, WorkFailure};
use std::fmt::{self, Display};
use std::future::Future;

/// Does an HTTP GET for a key set.
///
/// It must verify the server's certificate, must not follow redirects, and reads no more of the body than one byte beyond
/// [`FetchRequest::max_body`], counted after content decoding. It runs in a task of its own, for nobody in particular: a request
/// that is given up does not end it. When its time is over it is dropped. It may fail and panic: that is a failed fetch.
///
/// A function that takes a [`FetchRequest`] and returns a future is a fetcher:
///
/// ```
/// use jotgate_http::{FetchError, Fetched, JwtValidator};
/// # let policy = jotgate_http::issuer_policy("https://idp.example.com/", "https://api.example.com")?;
///
/// let validator = JwtValidator::builder(policy)
///     .fetcher(async |request: jotgate::FetchRequest| match std::fs::read("keys.json") {
///         Ok(body) => Ok(Fetched { status: 200, headers: Vec::new(), body }),
///         Err(error) => Err(FetchError::callback(format!("{}: {error}", request.url))),
///     })
///     .build()?;
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
pub trait Fetcher: Send + Sync + 'static {
    /// The answer, whatever its status is.
    ///
    /// # Errors
    ///
    /// There is none.
    fn fetch(&self, request: FetchRequest) -> impl Future<Output = Result<Fetched, FetchError>> + Send;
}

impl<F, Future_> Fetcher for F
where
    F: Fn(FetchRequest) -> Future_ + Send + Sync + 'static,
    Future_: Future<Output = Result<Fetched, FetchError>> + Send,
{
    fn fetch(&self, request: FetchRequest) -> impl Future<Output = Result<Fetched, FetchError>> + Send {
        self(request)
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The HTTP status code; only 200 counts as success.
    pub status: u16,
    /// The header fields, names in any case.
    pub headers: Vec<(String, String)>,
    /// The body, after content decoding.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Clone, Debug)]
pub struct FetchError {
    pub(crate) failure: WorkFailure,
    pub(crate) cause: String,
}

impl FetchError {
    /// A failure with the words of whoever failed. The first 300 characters are told to operators, in one line, without passwords
    /// of URLs and without what looks like a token.
    #[must_use]
    pub fn new(failure: WorkFailure, cause: impl Display) -> Self {
        Self { failure, cause: cause.to_string() }
    }

    /// The fetcher itself failed, and says why.
    #[must_use]
    pub fn callback(cause: impl Display) -> Self {
        Self::new(WorkFailure::Callback, cause)
    }
}

impl Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for FetchError {}

/// A fetcher of any type.
pub(crate) trait AnyFetcher: Send + Sync {
    fn fetch(&self, request: FetchRequest) -> BoxFuture<'_, Result<Fetched, FetchError>>;
}

impl<F: Fetcher> AnyFetcher for F {
    fn fetch(&self, request: FetchRequest) -> BoxFuture<'_, Result<Fetched, FetchError>> {
        Box::pin(Fetcher::fetch(self, request))
    }
}
