//! What goes wrong around a validator and must not take it along: panics, runtimes that lack something, and none at all.

use crate::issuer::{Clock, Does, Issuer, builder, key_set, token, until};
use jotgate::{Code, FetchRequest};
use jotgate_http::{FetchError, Fetched, JwtValidator};
use serde_json::json;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// What is thrown, and panics once more when it is dropped.
struct Spiteful;

impl Drop for Spiteful {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("a bug in a bug");
        }
    }
}

fn throw() -> bool {
    std::panic::panic_any(Spiteful)
}

#[tokio::test]
async fn what_was_thrown_is_not_dropped() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer
        .builder(&Clock::new())
        .revocation_check(|_| async { Ok::<_, std::io::Error>(throw()) })
        .build()
        .expect("a validator");
    let refused = validator.validate(&token(1)).await.expect_err("the check panics");
    assert_eq!(refused.code(), Code::InternalError);

    let fetcher = async |request: FetchRequest| match request.max_body {
        0 => Err::<Fetched, _>(FetchError::callback("never")),
        _ => Err(FetchError::callback(throw())),
    };
    let validator = issuer.builder(&Clock::new()).fetcher(fetcher).build().expect("a validator");
    let refused = validator.validate(&token(1)).await.expect_err("the fetcher panics");
    assert_eq!(refused.code(), Code::KeysUnavailable);
    assert_eq!(validator.health().sources[0].failures, 1);
}

/// A key set at hand, for runtimes on which no server of a test runs.
async fn keys(_: FetchRequest) -> Result<Fetched, FetchError> {
    Ok(Fetched { status: 200, headers: Vec::new(), body: key_set(&[1]).to_string().into_bytes() })
}

fn with_keys() -> jotgate_http::Builder {
    let policy = json!({"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "https://api.test"}]});
    let metadata = json!({"issuer": "https://idp.test/", "jwks_uri": "https://idp.test/jwks"}).to_string();
    builder(&policy, &Clock::new()).fetcher(move |request: FetchRequest| {
        let metadata = metadata.clone().into_bytes();
        async move {
            match request.url.as_str() {
                "https://idp.test/jwks" => keys(request).await,
                _ => Ok(Fetched { status: 200, headers: Vec::new(), body: metadata }),
            }
        }
    })
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// The work must not be handed from one task that panics to the next, until the patience of those who wait is over.
#[test]
fn a_runtime_without_timers_is_a_failure_and_no_spin() {
    let lacking = Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let validator = with_keys().runtime(lacking.handle().clone()).build().expect("a validator");
    let refused = runtime().block_on(validator.validate(&token(1))).expect_err("nothing can be fetched");
    assert_eq!(refused.code(), Code::KeysUnavailable);
    let health = serde_json::to_value(validator.health()).expect("JSON");
    assert_eq!(health["sources"][0]["last_error"], "callback", "{health}");
}

/// An executor that is not tokio's.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unparks(Thread);
    impl Wake for Unparks {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unparks(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park_timeout(Duration::from_secs(10)),
        }
    }
}

#[test]
fn with_a_runtime_of_its_own_it_serves_other_executors() {
    let tokio = runtime();
    let validator = with_keys().runtime(tokio.handle().clone()).build().expect("a validator");
    assert!(block_on(validator.validate(&token(1))).is_ok());
    assert_eq!(block_on(validator.validate_many(&vec![token(1); 100])).iter().filter(|one| one.is_ok()).count(), 100);
}

#[test]
fn without_any_runtime_it_says_so() {
    let validator = with_keys().build().expect("a validator");
    let refused = block_on(validator.validate(&token(1))).expect_err("nothing can run here");
    assert_eq!(refused.code(), Code::KeysUnavailable);
    let health = serde_json::to_value(validator.health()).expect("JSON");
    assert!(health["sources"][0]["last_error_cause"].as_str().is_some_and(|cause| cause.contains("tokio")), "{health}");
}

/// `refresh_keys` in a `main` that has no runtime yet must not make the first request wait for the end of a pause.
#[test]
fn keys_may_be_asked_for_before_there_is_a_runtime() {
    let validator = with_keys().build().expect("a validator");
    validator.refresh_keys();
    assert_eq!(validator.health().sources[0].failures, 0);
    assert!(runtime().block_on(validator.validate(&token(1))).is_ok());
}

/// Work whose runtime has ended is not done beside what the core gives out in its place; and while the core still counts it as out,
/// nobody asks for it without a pause.
#[test]
fn what_a_runtime_left_behind_is_not_done_when_its_time_is_over() {
    // The timeout of a fetch is 10 seconds, and for two more the core waits for the report.
    for (later, fetches) in [(3600, 2), (11, 1)] {
        let (serving, first) = (runtime(), runtime());
        let issuer = serving.block_on(Issuer::start(Does::Hold(vec![1])));
        let clock = Clock::new();
        let validator: JwtValidator = issuer.builder(&clock).build().expect("a validator");
        let asking = validator.clone();
        let gone = first.spawn(async move { asking.validate(&token(1)).await.is_ok() });
        serving.block_on(issuer.asked(1));
        drop(first);
        serving.block_on(async { until(|| gone.is_finished()).await });
        issuer.does(Does::Keys(vec![1]));
        clock.advance(later);
        let verdict = serving
            .block_on(async { tokio::time::timeout(Duration::from_secs(10), validator.validate(&token(1))).await });
        assert_eq!(verdict.expect("a verdict").is_ok(), fetches == 2);
        assert_eq!(issuer.fetches(), fetches);
    }
}
