//! Keys over time, and a key set that breaks: with a validator that fetches.

use super::support::{SMALL, code, validator, validator_of};
use jotgate::{Code, FetchResponse, Policy, Report, Timestamp, Validator, Verdict, Work, WorkFailure};
use jotgate_testing::{Fault, Issuer, Token};

/// Validates as a driver does, and fetches from the issuer.
fn fetched(validator: &Validator, issuer: &Issuer, token: &str, now: Timestamp) -> Result<Option<Code>, ()> {
    loop {
        match validator.validate(token, now) {
            Verdict::Accepted(_) => return Ok(None),
            Verdict::Rejected(rejection) => return Ok(Some(rejection.code)),
            Verdict::KeysNeeded(_) => {
                while let Some(Work::Fetch(request)) = validator.poll_work(now) {
                    let served = issuer.serve(&request.url).unwrap();
                    let headers = [("content-type", served.content_type.as_str())];
                    let report = match served.status {
                        Some(status) => {
                            Report::Fetched(FetchResponse { status, headers: &headers, body: served.body.as_bytes() })
                        }
                        None => Report::failed(WorkFailure::Timeout),
                    };
                    validator.report(request.id, report, now).unwrap();
                }
            }
            _ => return Err(()),
        }
    }
}

#[test]
fn what_an_application_ships_fetches_from_the_issuer() {
    // Discovery: metadata first, and then the set that it names.
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let validator = Validator::new(Policy::from_json(SMALL).unwrap(), 7);
    let now = Timestamp::from(std::time::SystemTime::now());
    assert_eq!(fetched(&validator, &issuer, &issuer.token(&Token::new()).unwrap(), now), Ok(None));
}

#[test]
fn a_policy_can_name_a_server() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let policy = issuer.policy_fetching("http://127.0.0.1:8080/").unwrap();
    assert!(policy.contains(r#""jwks_uri":"http://127.0.0.1:8080/jwks""#), "{policy}");
    let validator = Validator::new(Policy::from_json(&policy).unwrap(), 7);
    let now = Timestamp::from(std::time::SystemTime::now());
    assert_eq!(fetched(&validator, &issuer, &issuer.token(&Token::new()).unwrap(), now), Ok(None));
}

#[test]
fn a_rotation_with_an_overlap_takes_both_keys_until_the_old_one_retires() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let old = issuer.token(&Token::new()).unwrap();
    assert_eq!(issuer.rotate(true).unwrap(), "test-2");
    let both = validator(&issuer);
    assert_eq!(code(&both, &old), None);
    assert_eq!(code(&both, &issuer.token(&Token::new()).unwrap()), None);
    assert_eq!(code(&both, &issuer.token(&Token::new().kid("test-1")).unwrap()), None);
    issuer.retire_keys();
    let one = validator(&issuer);
    assert_eq!(code(&one, &old), Some(Code::UnknownKey));
    assert_eq!(code(&one, &issuer.token(&Token::new()).unwrap()), None);
}

#[test]
fn a_rotation_without_an_overlap_leaves_no_old_key() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let before = validator(&issuer);
    let old = issuer.token(&Token::new()).unwrap();
    assert_eq!(issuer.rotate_to("2026-11", false).unwrap(), "2026-11");
    assert_eq!(code(&before, &issuer.token(&Token::new()).unwrap()), Some(Code::UnknownKey));
    assert_eq!(code(&validator(&issuer), &old), Some(Code::UnknownKey));
    assert!(issuer.rotate_to("2026-11", false).is_err());
}

#[test]
fn a_validator_that_fetches_sees_a_rotation() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let validator = validator_of(&issuer.policy_fetching("https://idp.example.com").unwrap());
    let now = Timestamp::from(std::time::SystemTime::now());
    assert_eq!(fetched(&validator, &issuer, &issuer.token(&Token::new()).unwrap(), now), Ok(None));
    issuer.rotate(true).unwrap();
    assert_eq!(fetched(&validator, &issuer, &issuer.token(&Token::new()).unwrap(), now), Ok(None));
}

#[test]
fn a_broken_key_set_is_no_verdict_and_the_wrong_one_is_a_bad_signature() {
    for &fault in Fault::ALL {
        let issuer = Issuer::for_policy(SMALL).unwrap();
        issuer.break_keys(fault);
        let validator = Validator::new(Policy::from_json(SMALL).unwrap(), 7);
        let now = Timestamp::from(std::time::SystemTime::now());
        let token = issuer.token(&Token::new()).unwrap();
        let wanted = if fault == Fault::WrongKey { Ok(Some(Code::InvalidSignature)) } else { Err(()) };
        assert_eq!(fetched(&validator, &issuer, &token, now), wanted, "{}", fault.name());
        // Once it is mended, a service that starts then sees nothing of it.
        issuer.mend();
        let validator = Validator::new(Policy::from_json(SMALL).unwrap(), 7);
        assert_eq!(fetched(&validator, &issuer, &token, now), Ok(None));
        assert_eq!(Fault::from_name(fault.name()), Some(fault));
    }
}

#[test]
fn metadata_names_the_issuer_and_the_set() {
    let issuer = Issuer::for_policy(SMALL).unwrap();
    let served = issuer.serve("https://idp.example.com/.well-known/openid-configuration").unwrap();
    let metadata = r#"{"issuer":"https://idp.example.com/","jwks_uri":"https://idp.example.com/jwks"}"#;
    assert_eq!((served.status, served.body.as_str()), (Some(200), metadata));
    assert_eq!(issuer.metadata("https://idp.example.com/jwks"), metadata);
    assert!(issuer.jwks().unwrap().contains(r#""kid":"test-1""#));
}
