//! The default fetcher, on `reqwest`.

use crate::fetch::{FetchError, Fetched, Fetcher};
use jotgate::{FetchRequest, WorkFailure};
use reqwest::{Client, ClientBuilder, Response};
use std::error::Error;
use std::io;
use std::sync::OnceLock;

/// Fetches key sets with `reqwest`: no redirects, bodies bounded while they are read, certificates verified by the platform's
/// authorities. Proxies are those of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as `reqwest` reads them.
#[derive(Debug, Default)]
pub struct ReqwestFetcher {
    client: OnceLock<Client>,
}

impl ReqwestFetcher {
    /// With a client of the application's: its proxies, authorities, client certificates and resolvers. It takes the builder, because
    /// a client that follows redirects cannot be told not to.
    ///
    /// A builder without a TLS configuration of its own (`tls_backend_preconfigured`) takes the provider of cryptography that the
    /// process has installed in `rustls`, or the one of `reqwest`'s feature `rustls`; where there is neither, `reqwest` panics.
    ///
    /// # Errors
    ///
    /// The client cannot be made.
    pub fn new(builder: ClientBuilder) -> Result<Self, reqwest::Error> {
        Ok(Self { client: OnceLock::from(bounded(builder).build()?) })
    }

    /// Made when it is needed: where nothing is fetched over TLS, no authorities are read.
    fn client(&self) -> Result<&Client, FetchError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = default_client().map_err(|error| FetchError::callback(causes(&*error)))?;
        Ok(self.client.get_or_init(|| made))
    }
}

impl Fetcher for ReqwestFetcher {
    async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        // Nothing has to be decoded, and what a client of the application's decodes all the same is bounded behind that.
        let mut get = self.client()?.get(&request.url).header("accept-encoding", "identity");
        for (name, value) in &request.headers {
            get = get.header(*name, value);
        }
        let mut response = get.send().await.map_err(failed)?;
        let body = body(&mut response, request.max_body).await?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())));
        Ok(Fetched { status: response.status().as_u16(), headers: headers.collect(), body })
    }
}

/// The body, or as much of it as shows that it is too long: then the connection is given up.
async fn body(response: &mut Response, most: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let room = most.saturating_add(1).saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() > most {
            break;
        }
    }
    Ok(body)
}

/// One request for each piece of work, to where it says. Connections are not kept: they would belong to the runtime that happened to
/// make them, and the next fetch is mostly an hour away.
fn bounded(builder: ClientBuilder) -> ClientBuilder {
    builder.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never()).pool_max_idle_per_host(0)
}

/// With the provider of cryptography that verifies tokens, whatever else the process has installed.
fn default_client() -> Result<Client, Box<dyn Error>> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    #[cfg(feature = "aws-lc")]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(all(feature = "ring", not(feature = "aws-lc")))]
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(bounded(Client::builder().no_gzip().no_brotli().no_deflate().no_zstd().tls_backend_preconfigured(tls))
        .build()?)
}

fn failed(error: reqwest::Error) -> FetchError {
    // The core knows the URL.
    let error = error.without_url();
    let failure = if error.is_timeout() {
        WorkFailure::Timeout
    } else if chain(&error).any(is_about_certificate) {
        WorkFailure::Certificate
    } else {
        WorkFailure::Connection
    };
    FetchError::new(failure, causes(&error))
}

/// An error and what it came from.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| origin(*error))
}

/// The errors of I/O hold others in a place of their own.
fn origin<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}

fn is_about_certificate(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

/// The words of an error and of what it came from, each once.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for text in chain(error).map(ToString::to_string) {
        if words.last().is_none_or(|last| !last.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}
