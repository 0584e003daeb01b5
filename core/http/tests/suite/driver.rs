//! The life of key sets: cold starts, rotations, outages, floods, and callers, runtimes and validators that go away.

use crate::issuer::{Clock, Does, Issuer, START, token, token_with, until};
use jotgate::Code;
use jotgate_http::{JwtValidator, Refused};
use serde_json::json;
use std::sync::mpsc;

fn code(refused: &Refused) -> Code {
    refused.code()
}

#[tokio::test]
async fn a_cold_start_asks_once_for_all_who_wait() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let validator = validator.clone();
            tokio::spawn(async move { validator.validate(&token(1)).await })
        })
        .collect();
    issuer.asked(1).await;
    issuer.release();
    for one in waiting {
        let verified = one.await.expect("a task").expect("a good token");
        assert_eq!(verified.claims().subject().as_deref(), Some("alice"));
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn callers_who_give_up_harm_nobody() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let ask = || {
        let validator = validator.clone();
        tokio::spawn(async move { validator.validate(&token(1)).await })
    };
    // The one who has started the fetch is among those who give up.
    let gone: Vec<_> = (0..10).map(|_| ask()).collect();
    issuer.asked(1).await;
    let stays = ask();
    gone.iter().for_each(tokio::task::JoinHandle::abort);
    for one in gone {
        assert!(one.await.is_err_and(|error| error.is_cancelled()));
    }
    issuer.release();
    assert!(stays.await.expect("a task").is_ok());
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    issuer.does(Does::Keys(vec![1, 2]));
    assert!(validator.validate(&token(2)).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
    issuer.does(Does::Keys(vec![2]));
    validator.refresh_keys();
    issuer.asked(3).await;
    until(|| validator.health().sources[0].keys == 1).await;
    assert_eq!(validator.validate(&token(1)).await.expect_err("the key is gone").code(), Code::UnknownKey);
}

#[tokio::test]
async fn an_outage_is_served_through_and_then_says_503() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let clock = Clock::new();
    let validator = issuer.builder(&clock).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());

    issuer.does(Does::Status(503));
    clock.advance(2 * 3600);
    assert!(validator.validate(&token(1)).await.is_ok(), "a set past its freshness serves on");
    issuer.asked(2).await;
    until(|| validator.health().sources[0].failures == 1).await;

    clock.advance(24 * 3600);
    let refused = validator.validate(&token(1)).await.expect_err("the set is too old");
    let Refused::KeysUnavailable { unavailable, .. } = &refused else { panic!("{refused}") };
    assert!(unavailable.detail().contains("status_503"), "{}", unavailable.detail());
    let answer = validator.answer(&refused);
    assert_eq!(answer.status, 503);
    assert!(answer.headers.iter().any(|(name, _)| *name == "Retry-After"));

    let fetches = issuer.fetches();
    assert_eq!(validator.validate(&token(1)).await.as_ref().map_err(code).err(), Some(Code::KeysUnavailable));
    assert_eq!(issuer.fetches(), fetches, "nobody asks during the pause");

    issuer.does(Does::Keys(vec![1]));
    clock.advance(600);
    assert!(validator.validate(&token(1)).await.is_ok(), "the issuer is back");
}

#[tokio::test]
async fn a_flood_of_unknown_keys_reaches_the_issuer_twice() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    let flood: Vec<_> = (0..500)
        .map(|number| {
            let (validator, token) = (validator.clone(), token_with(1, &format!("junk-{number}"), &json!({})));
            tokio::spawn(async move { validator.validate(&token).await })
        })
        .collect();
    for one in flood {
        let refused = one.await.expect("a task").expect_err("nobody has such a key");
        assert_eq!(refused.code(), Code::UnknownKey);
    }
    assert!(validator.validate(&token(1)).await.is_ok());
    assert!(issuer.fetches() <= 3, "{} fetches", issuer.fetches());
}

#[tokio::test]
async fn a_refresh_that_is_due_keeps_nobody_waiting() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let clock = Clock::new();
    let validator = issuer.builder(&clock).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    issuer.does(Does::Hold(vec![1, 2]));
    clock.advance(3590);
    assert!(validator.validate(&token(1)).await.is_ok());
    issuer.asked(2).await;
    assert!(validator.validate(&token(1)).await.is_ok());
    issuer.release();
    until(|| validator.health().sources[0].keys == 2).await;
}

#[tokio::test]
async fn a_shutdown_ends_fetches_and_those_who_wait() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let asking = validator.clone();
    let waiting = tokio::spawn(async move { asking.validate(&token(1)).await });
    issuer.asked(1).await;
    validator.shutdown();
    assert!(matches!(waiting.await.expect("a task"), Err(Refused::Closed)));
    let refused = validator.validate(&token(1)).await.expect_err("it was shut down");
    assert_eq!(validator.answer(&refused).status, 500);
    assert_eq!(validator.health().sources[0].failures, 0, "that is no news of the issuer");
}

/// Says when it is dropped.
struct Told(mpsc::Sender<()>);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn dropping_the_last_clone_ends_its_tasks() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let (told, ends) = mpsc::channel();
    let fetcher = move |_| {
        let told = Told(told.clone());
        async move {
            let _told = told;
            std::future::pending().await
        }
    };
    let validator: JwtValidator = issuer.builder(&Clock::new()).fetcher(fetcher).build().expect("a validator");
    validator.refresh_keys();
    tokio::task::yield_now().await;
    assert!(ends.try_recv().is_err());
    drop(validator);
    until(|| ends.try_recv().is_ok()).await;
}

/// A test runtime that ends takes its tasks with it: whoever waits elsewhere goes on with the fetch.
#[test]
fn a_runtime_that_ends_leaves_its_work_to_others() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("one");
    let (serving, first, second) = (runtime(), runtime(), runtime());
    let issuer = serving.block_on(Issuer::start(Does::Hold(vec![1])));
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let asking = validator.clone();
    drop(first.spawn(async move { asking.validate(&token(1)).await }));
    serving.block_on(issuer.asked(1));
    let asking = validator.clone();
    let waiting = second.spawn(async move { asking.validate(&token(1)).await });
    issuer.does(Does::Keys(vec![1]));
    drop(first);
    let verified = second.block_on(waiting).expect("a task").expect("a good token");
    assert_eq!(verified.expires_at(), Some((START + 365 * 86_400) as f64));
    assert_eq!(validator.health().sources[0].failures, 0);
}
