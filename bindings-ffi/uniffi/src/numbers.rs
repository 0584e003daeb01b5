//! Numbers of the edge that come in, as enums.

use jotgate_edge::numbers::{answer, failure, format};

/// Why nothing came of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Failure {
    /// No connection, a failed TLS handshake, a connection that broke.
    Connection,
    /// No end within the work's timeout.
    Timeout,
    /// The body was longer than the work allows.
    TooLarge,
    /// The host gave the work up, for instance because it shuts down.
    Cancelled,
    /// The host's own function failed.
    Callback,
    /// The server's certificate is not trusted, not valid now, or not for this host.
    Certificate,
}

/// What the host answers to a question about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HostAnswer {
    /// The host knows the client; the token was revoked.
    Yes,
    /// The host does not know the client; the token was not revoked.
    No,
    /// The host cannot say: its look-up failed, or gave neither.
    Failed,
}

/// How a policy document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Format {
    /// JSON, without duplicate members.
    Json,
    /// YAML 1.2, without anchors, tags and words that other versions of YAML read differently.
    Yaml,
    /// TOML 1.1, without dates and infinities.
    Toml,
}

impl Failure {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Connection => failure::CONNECTION,
            Self::Timeout => failure::TIMEOUT,
            Self::TooLarge => failure::TOO_LARGE,
            Self::Cancelled => failure::CANCELLED,
            Self::Callback => failure::CALLBACK,
            Self::Certificate => failure::CERTIFICATE,
        }
    }
}

impl HostAnswer {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Yes => answer::YES,
            Self::No => answer::NO,
            Self::Failed => answer::FAILED,
        }
    }
}

impl Format {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Json => format::JSON,
            Self::Yaml => format::YAML,
            Self::Toml => format::TOML,
        }
    }
}
