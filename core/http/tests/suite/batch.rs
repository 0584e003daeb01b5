//! Batches: the verdicts of the single tokens, in their order, for one fetch.

use crate::issuer::{Clock, Does, Issuer, builder, token, token_with};
use jotgate::Code;
use jotgate_http::{JwtValidator, Refused};
use serde_json::json;

fn mixed(count: usize) -> Vec<String> {
    let kinds = [token(1), token_with(1, "key-1", &json!({"aud": "another"})), "junk".to_owned()];
    kinds.iter().cycle().take(count).cloned().collect()
}

async fn codes(validator: &JwtValidator, tokens: &[String]) -> Vec<Option<Code>> {
    let outcomes = validator.validate_many(tokens).await;
    outcomes.into_iter().map(|outcome| outcome.err().map(|refused| refused.code())).collect()
}

#[tokio::test]
async fn a_batch_says_what_its_tokens_say_and_fetches_once() {
    for count in [0, 1, 64, 65, 1000] {
        let issuer = Issuer::start(Does::Keys(vec![1])).await;
        let validator = issuer.builder(&Clock::new()).batch_threads(2).build().expect("a validator");
        let expected = [None, Some(Code::AudienceMismatch), Some(Code::MalformedToken)];
        let expected: Vec<_> = expected.iter().cycle().take(count).copied().collect();
        assert_eq!(codes(&validator, &mixed(count)).await, expected);
        assert_eq!(issuer.fetches(), usize::from(count > 0));
        let refused: u64 = validator.metrics().rejections.iter().map(|(_, count)| count).sum();
        assert_eq!(refused, expected.iter().flatten().count() as u64);
    }
}

#[tokio::test]
async fn a_batch_of_two_issuers_waits_for_both_at_once() {
    let (one, two) = (Issuer::start(Does::Hold(vec![1])).await, Issuer::start(Does::Hold(vec![1])).await);
    let mut policy = one.policy();
    let mut second = two.policy()["issuers"][0].clone();
    second["issuer"] = json!("https://two.test/");
    policy["issuers"].as_array_mut().expect("a list").push(second);
    let validator = builder(&policy, &Clock::new()).build().expect("a validator");
    let tokens = vec![token(1), token_with(1, "key-1", &json!({"iss": "https://two.test/"}))];
    let asking = validator.clone();
    let batch = tokio::spawn(async move { codes(&asking, &tokens).await });
    one.asked(1).await;
    two.asked(1).await;
    two.release();
    one.release();
    assert_eq!(batch.await.expect("a task"), [None, None]);
}

#[tokio::test]
async fn a_batch_without_keys_is_unavailable_and_knows_it_after_one_patience() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let mut policy = issuer.policy();
    policy["issuers"][0]["jwks"] = json!({"timeout": "50ms"});
    let validator = builder(&policy, &Clock::new()).build().expect("a validator");
    let codes = codes(&validator, &vec![token(1); 200]).await;
    assert!(codes.iter().all(|code| *code == Some(Code::KeysUnavailable)), "{codes:?}");
    assert_eq!(validator.health().sources[0].fetches, 1);
}

#[tokio::test]
async fn hooks_are_asked_of_each_token() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer
        .builder(&Clock::new())
        .revocation_check(|token| {
            let is_stolen = token.claims().token_id().as_deref() == Some("stolen");
            async move { Ok::<_, std::io::Error>(is_stolen) }
        })
        .build()
        .expect("a validator");
    let tokens = [token(1), token_with(1, "key-1", &json!({"jti": "stolen"}))];
    assert_eq!(codes(&validator, &tokens).await, [None, Some(Code::Revoked)]);
}

#[tokio::test]
async fn a_batch_ends_with_the_validator() {
    let issuer = Issuer::start(Does::Hold(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    let asking = validator.clone();
    let batch = tokio::spawn(async move { asking.validate_many(&[token(1), "junk".to_owned()]).await });
    issuer.asked(1).await;
    validator.shutdown();
    let outcomes = batch.await.expect("a task");
    assert!(matches!(outcomes[..], [Err(Refused::Closed), Err(Refused::Rejected(_))]));
}
