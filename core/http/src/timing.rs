//! The time that passes while somebody waits: tokio's, outside of the scenarios that the driver is tested with.

use crate::call::BoxFuture;
use std::time::Duration;

/// How long work may take, and how long a validation waits for it.
pub trait Timing: Send + Sync + 'static {
    /// Ends when the time for a piece of work is over.
    fn work(&self, limit: Duration) -> BoxFuture<'static, ()>;

    /// Ends when a validation has waited for long enough.
    fn patience(&self, limit: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the tokio runtime.
pub(crate) struct TokioTiming;

impl Timing for TokioTiming {
    fn work(&self, limit: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(limit))
    }

    fn patience(&self, limit: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(limit))
    }
}
