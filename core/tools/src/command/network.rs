//! How key sets are fetched: what the host's HTTP client is told beside the request.

use super::options::Given;
use serde::Serialize;
use std::time::Duration;

/// What a user says of the network. Files are in PEM; a host reads them, and one that it cannot read is a failed fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Network {
    /// A file with the authorities to trust, in place of the system's.
    pub cacert: Option<String>,
    /// A file with a certificate to show to servers that ask for one, and perhaps its key.
    pub cert: Option<String>,
    /// A file with the key of that certificate.
    pub key: Option<String>,
    /// The URL of a proxy, in place of those that the environment names.
    pub proxy: Option<String>,
    #[serde(skip)]
    pub(super) timeout: Option<Duration>,
}

impl Network {
    pub(super) fn read(given: &Given) -> Result<Self, String> {
        let text = |name| given.one(name).map(str::to_owned);
        let network = Self {
            cacert: text("cacert"),
            cert: text("cert"),
            key: text("key"),
            proxy: text("proxy"),
            timeout: given.one("timeout").map(seconds).transpose()?,
        };
        if network.key.is_some() && network.cert.is_none() {
            return Err("--key stands with --cert".to_owned());
        }
        if network.proxy.as_deref().is_some_and(|proxy| !proxy.starts_with("http://") && !proxy.starts_with("https://"))
        {
            return Err("--proxy is a URL: http://proxy.example.com:3128".to_owned());
        }
        Ok(network)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.001..=300.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "--timeout is a number of seconds, up to 300".to_owned())
}
