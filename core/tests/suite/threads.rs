//! One validator in several threads: what holds for every order in which they come to it.

use crate::issuer::{Key, key_set, policy};
use crate::key_sets::Scene;
use jotgate::{Verdict, WorkFailure};
use serde_json::json;

#[test]
fn threads_share_one_fetch() {
    let scene = Scene::new(json!({}));
    let token = Key(1).token();
    let started: usize = std::thread::scope(|scope| {
        let start = || {
            let needed = scene.needs(&token);
            assert_eq!(needed.wait_for.len(), 1, "all wait for the same");
            scene.polled().len()
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(started, 1);
}

/// A fetch that ends while a token is asked about has brought the key or has failed: there is no moment between at which nobody
/// would ask for the key.
#[test]
fn no_key_is_unknown_while_its_fetch_comes_home() {
    let (token, set) = (Key(2).token(), key_set(&[Key(2)]));
    for round in 0..400 {
        let comes = round % 2 == 0;
        let mut scene = Scene::new(json!({}));
        scene.fetch(&Key(1).token(), &[Key(1)]);
        let fetch = scene.at(60).starts(&token).id;
        let scene = &scene;
        std::thread::scope(|scope| {
            scope
                .spawn(|| if comes { scene.answer(fetch, 200, &set) } else { scene.fail(fetch, WorkFailure::Timeout) });
            let verdict = std::iter::repeat_with(|| scene.validate(&token))
                .find(|verdict| !matches!(verdict, Verdict::KeysNeeded(_)));
            match verdict {
                Some(Verdict::Accepted(_)) if comes => {}
                Some(Verdict::KeysUnavailable(_)) if !comes => {}
                other => panic!("round {round}: {other:?}"),
            }
        });
    }
}

/// The same with several sources: one that has a set is not asked while another's fetch is out, and is asked where that has ended.
#[test]
fn no_source_is_passed_over_for_a_fetch_that_comes_home() {
    let (known, token, set) = (Key(1).token(), Key(2).token(), key_set(&[Key(1)]));
    let mut document = policy(json!({}));
    document["issuers"][0]["keys"]["jwks_uri"] = json!(["https://a.test/jwks", "https://b.test/jwks"]);
    for round in 0..150 {
        let mut scene = Scene::of_policy(&document);
        scene.needs(&known);
        scene.polled().iter().for_each(|fetch| scene.answer(fetch.id, 200, &set));
        scene.at(60).needs(&token);
        let started = scene.polled();
        let [a, b] = started.as_slice() else { panic!("two fetches, got {started:?}") };
        scene.fail(b.id, WorkFailure::Timeout);
        let scene = &scene;
        std::thread::scope(|scope| {
            scope.spawn(|| scene.answer(a.id, 200, &set));
            let verdict = std::iter::repeat_with(|| scene.validate(&token))
                .find(|verdict| !matches!(verdict, Verdict::KeysNeeded(_)));
            // One has no such key, and what the other has nobody knows yet.
            assert!(matches!(verdict, Some(Verdict::KeysUnavailable(_))), "round {round}: {verdict:?}");
        });
    }
}
