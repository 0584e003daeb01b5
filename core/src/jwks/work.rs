//! Work as data: what the machine gives out, and what a host reports back.

use crate::limits;
use std::time::Duration;

/// Names one piece of work of one validator. Work that was reported or given up is never named again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkId(u64);

impl WorkId {
    /// The id as a number, for interfaces that pass integers.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The id behind a number that [`WorkId::number`] gave; any other number names no work and is ignored.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    pub(super) fn new(place: u32, sequence: u32) -> Self {
        Self((u64::from(place) << 32) | u64::from(sequence))
    }

    /// The place of the source among all of the validator, and the number of the work at that source.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number")]
    pub(super) fn parts(self) -> (u32, u32) {
        ((self.0 >> 32) as u32, self.0 as u32)
    }
}

/// One thing that the host is asked to do with a function of its own.
///
/// Each piece is given out once, and its end is reported once, with [`Validator::report`](crate::Validator::report): what
/// came of it, or [`Report::Failed`] with [`WorkFailure::Timeout`] as soon as its `timeout` is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// Look into the store that processes share, and report [`Report::Loaded`] with the text that is there. Only a
    /// validator [with a store](crate::Validator::with_store) asks for it, before each fetch that a text could spare.
    Load {
        /// Hand it back with the text.
        id: WorkId,
        /// The longest time that the store may take.
        timeout: Duration,
    },
    /// Do one GET, and report [`Report::Fetched`] with the answer.
    Fetch(FetchRequest),
    /// Put the text into the store in place of what is there, and report [`Report::Saved`]. One save is out at a time; the
    /// next one has the newest text.
    Save {
        /// Hand it back when the text is there.
        id: WorkId,
        /// The longest time that the store may take.
        timeout: Duration,
        /// What [`Validator::export_keys`](crate::Validator::export_keys) writes.
        text: String,
    },
}

impl Work {
    /// What the report names.
    #[must_use]
    pub const fn id(&self) -> WorkId {
        match self {
            Self::Load { id, .. } | Self::Save { id, .. } => *id,
            Self::Fetch(request) => request.id,
        }
    }

    /// The longest time that the host's function may take.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        match self {
            Self::Load { timeout, .. } | Self::Save { timeout, .. } => *timeout,
            Self::Fetch(request) => request.timeout,
        }
    }
}

/// How a piece of work ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Report<'a> {
    /// What the issuer answered to a [`Work::Fetch`].
    Fetched(FetchResponse<'a>),
    /// What the store had for a [`Work::Load`]; `None` when there was nothing.
    Loaded(Option<&'a str>),
    /// The text of a [`Work::Save`] is in the store. Report this too when it comes after the timeout: an older text may lie
    /// on top of a newer one then, and the newer one is given out once more.
    Saved,
    /// Nothing came of it.
    Failed {
        /// Why, as far as it changes what is done.
        failure: WorkFailure,
        /// The words that the host's function has for it, such as the text of its HTTP client's error; empty where it has none.
        /// The first 300 characters of them are told to operators, in one line, without user names and passwords of URLs and
        /// without what looks like a token.
        cause: &'a str,
    },
}

impl Report<'_> {
    /// Nothing came of it, and there is nothing more to say.
    #[must_use]
    pub const fn failed(failure: WorkFailure) -> Self {
        Self::Failed { failure, cause: "" }
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
    pub id: WorkId,
    /// An absolute `https` URL, or `http` where the policy allows that.
    pub url: String,
    /// The longest time that the whole exchange may take.
    pub timeout: Duration,
    /// Header fields to send, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The longest body to read, in bytes.
    pub max_body: usize,
}

impl FetchRequest {
    /// The most that any policy's `max_body` may be, in bytes.
    pub const LONGEST_BODY: usize = *limits::MAX_BODY_RANGE.end();
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

/// Why nothing came of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum WorkFailure {
    /// No connection, a failed TLS handshake, a connection that broke.
    Connection = 1,
    /// No end within the work's timeout.
    Timeout = 2,
    /// The body was longer than the request's `max_body`.
    TooLarge = 3,
    /// The host gave the work up, for instance because it shuts down.
    Cancelled = 4,
    /// The host's function failed or returned something that is no answer.
    Callback = 5,
    /// The server's certificate is not trusted, not valid now, or not for this host.
    Certificate = 6,
}

impl WorkFailure {
    /// The failure of a stable number; `None` for a number that names none.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Connection),
            2 => Some(Self::Timeout),
            3 => Some(Self::TooLarge),
            4 => Some(Self::Cancelled),
            5 => Some(Self::Callback),
            6 => Some(Self::Certificate),
            _ => None,
        }
    }
}
