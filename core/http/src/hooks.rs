//! The application's own part of a decision: which clients it knows, and which tokens were revoked.

use crate::call::{BoxError, BoxFuture, caught};
use jotgate::{HostAnswer, HostQuestion, Undecided};
use jotgate_host::guarded;

/// Asks the application about a client.
pub(crate) type ClientLookup =
    Box<dyn Fn(&str, &Undecided) -> BoxFuture<'static, Result<bool, BoxError>> + Send + Sync>;

/// Asks the application about a token.
pub(crate) type RevocationCheck = Box<dyn Fn(&Undecided) -> BoxFuture<'static, Result<bool, BoxError>> + Send + Sync>;

/// What the application has promised to say.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) client_lookup: Option<ClientLookup>,
    pub(crate) revocation_check: Option<RevocationCheck>,
}

impl Hooks {
    /// The application's answer. Its log alone learns why there is none.
    pub(crate) async fn answer(&self, undecided: &Undecided) -> HostAnswer {
        let said = guarded(|| match (undecided.question(), &self.client_lookup, &self.revocation_check) {
            (HostQuestion::Client { id, .. }, Some(look_up), _) => Some(look_up(&id, undecided)),
            (HostQuestion::Revoked, _, Some(is_revoked)) => Some(is_revoked(undecided)),
            _ => None,
        });
        let said = match said.flatten() {
            Some(said) => caught(said).await,
            None => None,
        };
        match said {
            Some(Ok(yes)) => HostAnswer::from(yes),
            Some(Err(error)) => failed(undecided, &error.to_string()),
            None => failed(undecided, "it panicked"),
        }
    }
}

fn failed(undecided: &Undecided, why: &str) -> HostAnswer {
    match undecided.question() {
        HostQuestion::Client { .. } => tracing::warn!(target: "jotgate", error = why, "the look-up of a client failed"),
        _ => tracing::warn!(target: "jotgate", error = why, "the revocation check failed"),
    }
    HostAnswer::Failed
}
