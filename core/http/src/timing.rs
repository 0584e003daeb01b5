//! The time that passes while somebody waits: tokio's, outside of the scenarios that the driver is tested with.

use crate::call::BoxFuture;
use std::time::Duration;
use tokio::runtime::Handle;

/// How long work may take, and how long a validation waits for it.
pub trait Timing: Send + Sync + 'static {
    /// Ends when the time for a piece of work is over.
    fn work(&self, limit: Duration) -> BoxFuture<'static, ()>;

    /// Ends when a validation has waited for long enough.
    fn patience(&self, limit: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of tokio: that of the runtime that asks, or of the one where work runs, for those who wait outside of any.
pub(crate) struct TokioTiming {
    runtime: Option<Handle>,
}

impl TokioTiming {
    pub(crate) fn new(runtime: Option<Handle>) -> Self {
        Self { runtime }
    }

    fn sleep(&self, limit: Duration) -> BoxFuture<'static, ()> {
        let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.clone()) else {
            // Where nothing can run nothing was begun, and nobody has to wait for it.
            return Box::pin(std::future::pending());
        };
        let _clock_of = runtime.enter();
        Box::pin(tokio::time::sleep(limit))
    }
}

impl Timing for TokioTiming {
    fn work(&self, limit: Duration) -> BoxFuture<'static, ()> {
        self.sleep(limit)
    }

    fn patience(&self, limit: Duration) -> BoxFuture<'static, ()> {
        self.sleep(limit)
    }
}
