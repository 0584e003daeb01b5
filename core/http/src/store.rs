//! The store of key sets that processes share: what an application may bring.

use crate::call::{BoxError, BoxFuture};
use std::future::Future;

/// Keeps one text, so that processes and hosts share what one of them has fetched. Whoever can write to it can make tokens pass:
/// guard it like the policy.
///
/// Both functions run in tasks of their own. They may fail and panic: that costs a fetch, and a warning in the log.
pub trait KeyStore: Send + Sync + 'static {
    /// The text that was saved last; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The store is of no use now.
    fn load(&self) -> impl Future<Output = Result<Option<String>, BoxError>> + Send;

    /// Puts the text there in place of what is there. It is not dropped when its time is over: an older text may land on top of a
    /// newer one then, and the newer one is saved again.
    ///
    /// # Errors
    ///
    /// The text is not there.
    fn save(&self, text: &str) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// A store of any type.
pub(crate) trait AnyStore: Send + Sync {
    fn load(&self) -> BoxFuture<'_, Result<Option<String>, BoxError>>;
    fn save<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<S: KeyStore> AnyStore for S {
    fn load(&self) -> BoxFuture<'_, Result<Option<String>, BoxError>> {
        Box::pin(KeyStore::load(self))
    }

    fn save<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(KeyStore::save(self, text))
    }
}
