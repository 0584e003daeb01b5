//! What a validator tells: its listener, and its metrics.

use crate::issuer::{Clock, Does, Issuer, START, token, token_with};
use jotgate::{EventKind, Policy};
use jotgate_http::{Event, Metrics};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

type Heard = Arc<Mutex<Vec<Value>>>;

fn listening(heard: &Heard) -> impl Fn(&Event<'_>) + Send + Sync + 'static + use<> {
    let heard = Arc::clone(heard);
    move |event| heard.lock().expect("no panic").push(serde_json::from_str(&event.to_json()).expect("JSON"))
}

fn names(heard: &Heard) -> Vec<String> {
    let heard = heard.lock().expect("no panic");
    heard.iter().map(|event| event["event"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_listener_is_told_of_key_sets_and_refusals_in_their_order() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let heard = Heard::default();
    let validator = issuer.builder(&Clock::new()).on_event(listening(&heard)).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    assert_eq!(names(&heard), ["fetch_started", "fetch_ok", "keys_changed"]);
    assert!(validator.validate(&token_with(1, "key-1", &json!({"aud": "another"}))).await.is_err());
    let told = heard.lock().expect("no panic").last().cloned().expect("an event");
    let expected = json!({"at": START as f64, "event": "rejected", "code": "audience_mismatch", "claim": "aud",
        "issuer": 0, "route": null});
    assert_eq!(told, expected);
    validator.replace(Policy::from_json(&issuer.policy().to_string()).expect("a policy")).expect("a replacement");
    assert_eq!(names(&heard).last().map(String::as_str), Some("policy_replaced"));
}

#[tokio::test]
async fn a_listener_that_panics_changes_nothing() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let panics = |event: &Event<'_>| match event {
        Event::KeySets(event) if matches!(event.kind, EventKind::PolicyReplaced { .. }) => {}
        _ => panic!("a bug of the application's"),
    };
    let validator = issuer.builder(&Clock::new()).on_event(panics).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    assert!(validator.validate("junk").await.is_err());
}

#[tokio::test]
async fn a_listener_may_ask_the_validator() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let (asked, validator) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None::<jotgate_http::JwtValidator>)));
    let (asking, found) = (Arc::clone(&asked), Arc::clone(&validator));
    let asks = move |_: &Event<'_>| {
        let found = found.lock().expect("no panic").clone();
        *asking.lock().expect("no panic") = found.map(|found| (found.health().ready, found.metrics().to_string()));
    };
    let built = issuer.builder(&Clock::new()).on_event(asks).build().expect("a validator");
    *validator.lock().expect("no panic") = Some(built.clone());
    assert!(built.validate(&token(1)).await.is_ok());
    assert!(asked.lock().expect("no panic").as_ref().is_some_and(|(ready, _)| *ready));
    *validator.lock().expect("no panic") = None;
}

/// The alert rules and the dashboard read these names.
#[tokio::test]
async fn metrics_have_the_names_of_all_languages() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let validator = issuer.builder(&Clock::new()).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    assert!(validator.validate("junk").await.is_err());
    validator.replace(Policy::from_json(&issuer.policy().to_string()).expect("a policy")).expect("a replacement");
    assert!(validator.validate(&token(1)).await.is_ok());
    let page = validator.metrics().to_string();
    let url = &issuer.url;
    for line in [
        r#"jotgate_accepted_total{validator="default",issuer="0"} 1"#.to_owned(),
        r#"jotgate_rejections_total{validator="default",code="malformed_token"} 1"#.to_owned(),
        r#"jotgate_ready{validator="default"} 1"#.to_owned(),
        r#"jotgate_policy_replacements_total{validator="default"} 1"#.to_owned(),
        format!(r#"jotgate_key_set_keys{{validator="default",issuer="0",url="{url}"}} 1"#),
        format!(r#"jotgate_key_set_age_seconds{{validator="default",issuer="0",url="{url}"}} 0"#),
        format!(r#"jotgate_key_set_fetch_seconds_total{{validator="default",issuer="0",url="{url}"}} 0"#),
        format!(r#"jotgate_key_set_state{{validator="default",issuer="0",url="{url}",state="fresh"}} 1"#),
        format!(r#"jotgate_key_set_events_total{{validator="default",issuer="0",url="{url}",event="fetch_ok"}} 1"#),
    ] {
        assert!(page.lines().any(|shown| shown == line), "{line}\n{page}");
    }
    for file in ["alerts.yml", "dashboard.json"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations/");
        let text = std::fs::read_to_string(format!("{folder}{file}")).expect("a file of the tree");
        let named =
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("jotgate_"));
        for name in named.collect::<std::collections::BTreeSet<_>>() {
            assert!(page.contains(&format!("# TYPE {name} ")), "{file} reads {name}");
        }
    }
}

#[tokio::test]
async fn a_page_is_for_several_validators() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let make = || issuer.builder(&Clock::new()).build().expect("a validator");
    let (one, two) = (make().metrics(), make().metrics());
    let page = Metrics::page([("orders", &one), (r#"a "b\"#, &two)]);
    assert!(page.contains(r#"jotgate_ready{validator="orders"} 0"#), "{page}");
    assert!(page.contains(r#"jotgate_ready{validator="a \"b\\"} 0"#), "{page}");
    assert_eq!(page.matches("# TYPE jotgate_ready gauge").count(), 1);
}
