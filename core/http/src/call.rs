//! Calls of the application's functions: two things at a time, and none that takes others with it when it panics.

use jotgate_host::guarded;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// A future of the application's, behind a pointer.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Any error of the application's.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Which of two futures ended.
pub(crate) enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for one of the two. The first one is asked first, and the other one is dropped.
pub(crate) async fn either<A: Future, B: Future>(first: A, second: B) -> Either<A::Output, B::Output> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(ended) = first.as_mut().poll(context) {
            return Poll::Ready(Either::First(ended));
        }
        second.as_mut().poll(context).map(Either::Second)
    })
    .await
}

/// What the future gives; `None` when it panics.
pub(crate) async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // What has panicked is dropped and never asked again, so nobody sees it half-way.
    poll_fn(|context| guarded(|| future.as_mut().poll(context)).map_or(Poll::Ready(None), |poll| poll.map(Some))).await
}
