//! Fetches as data: what the machine asks for and what a host hands back.

use std::time::Duration;

/// Names one fetch of one validator. A completed, failed or given-up fetch is never named again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FetchId(pub(crate) u64);

impl FetchId {
    /// The id as a number, for interfaces that pass integers.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The id behind a number that [`FetchId::number`] gave; any other number names no fetch and is ignored.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// One GET that the host is asked to do with its own HTTP stack.
///
/// The host must not follow redirects and must give up after `timeout`, counted end to end, or once the body,
/// counted after content decoding, is longer than `max_body` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchRequest {
    /// Hand it back with the answer.
    pub id: FetchId,
    /// An absolute `https` URL, or `http` where the policy allows that.
    pub url: String,
    /// The longest time that the whole exchange may take.
    pub timeout: Duration,
    /// Header fields to send, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The longest body to read, in bytes.
    pub max_body: usize,
}

/// What the issuer answered to a [`FetchRequest`].
#[derive(Clone, Copy, Debug)]
pub struct FetchResponse<'a> {
    /// The HTTP status code; only 200 counts as success.
    pub status: u16,
    /// The response's header fields; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body, after content decoding.
    pub body: &'a [u8],
}

/// Why a [`FetchRequest`] brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum FetchFailure {
    /// No connection, a TLS failure, a connection that broke.
    Connection = 1,
    /// No complete answer within the request's timeout.
    Timeout = 2,
    /// The body was longer than the request's `max_body`.
    TooLarge = 3,
    /// The host gave the fetch up, for instance because it shuts down.
    Cancelled = 4,
    /// The host's fetch callback failed or returned something that is no answer.
    Callback = 5,
}

impl FetchFailure {
    /// The failure of a stable number; `None` for a number that names none.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Connection),
            2 => Some(Self::Timeout),
            3 => Some(Self::TooLarge),
            4 => Some(Self::Cancelled),
            5 => Some(Self::Callback),
            _ => None,
        }
    }
}
