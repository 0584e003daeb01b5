//! Keys as text and trust stores: whatever the bytes, the answer is a policy or an error, and it comes soon.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jotgate::{Policy, PolicyError};
use jotgate_tools::Format;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The stores that keytool and OpenSSL wrote, by name, in base64.
static STORES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/stores.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the stores")).expect("JSON");
    let stores = document["stores"].as_object().expect("an object");
    stores.iter().map(|(name, store)| (name.clone(), store.as_str().expect("a text").to_owned())).collect()
});

fn policy(keys: Value) -> Result<Policy, PolicyError> {
    let entry = json!({"issuer": "https://idp.test/", "audience": "any", "keys": keys});
    jotgate_tools::policy(&json!({"version": 1, "issuers": [entry]}).to_string(), Format::Json)
}

fn store_type(name: &str) -> &'static str {
    match name {
        name if name.ends_with("jks") => "jks",
        name if name.ends_with("pem") => "pem",
        _ => "pkcs12",
    }
}

fn load(store_type: &str, bytes: &[u8]) -> Result<Policy, PolicyError> {
    let mut store = json!({"type": store_type, "base64": STANDARD.encode(bytes)});
    if store_type != "pem" {
        store["password"] = "changeit".into();
    }
    policy(json!({"trust_store": store}))
}

fn decoded(store: &str) -> Vec<u8> {
    STANDARD.decode(store).expect("base64")
}

proptest! {
    #[test]
    fn no_text_is_a_key_by_chance_or_panics(text in "(-----BEGIN [A-Z ]{0,20}-----)?[ -~\n]{0,200}(-----END [A-Z ]{0,20}-----)?") {
        let error = policy(json!({"pem": text})).err();
        prop_assert!(error.is_some_and(|error| error.path() == "issuers[0].keys.pem"));
    }

    #[test]
    fn no_bytes_are_a_store_by_chance_or_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0_usize..4) {
        let starts: [&[u8]; 4] = [b"", b"\xfe\xed\xfe\xed\0\0\0\x02", b"\x30\x82\x01\0\x02\x01\x03\x30", b"-----BEGIN "];
        let bytes = [starts[start], &bytes].concat();
        for store_type in ["jks", "pkcs12", "pem"] {
            prop_assert!(load(store_type, &bytes).is_err());
        }
    }

    #[test]
    fn a_changed_or_cut_store_panics_nowhere_and_quotes_nothing(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let (name, store) = which.get(&STORES);
        let mut bytes = decoded(store);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Err(error) = load(store_type(name), &bytes) {
            prop_assert!(error.path().starts_with("issuers[0].keys.trust_store."), "{error}");
            prop_assert!(!error.to_string().contains("changeit"));
        }
    }
}

#[test]
fn the_unchanged_stores_load() {
    for (name, store) in STORES.iter().filter(|(name, _)| !name.ends_with("password")) {
        assert!(load(store_type(name), &decoded(store)).is_ok(), "{name}");
    }
}

#[test]
fn debug_output_shows_no_password() {
    let (_, store) = STORES.iter().find(|(name, _)| name == "keytool-jks").expect("the store");
    let shown = format!("{:?}", load("jks", &decoded(store)).expect("a good policy"));
    assert!(!shown.contains("changeit"));
}
