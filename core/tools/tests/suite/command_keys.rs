//! `keys`: what of a key set is usable.

use crate::command::{NOW, World, world};
use crate::issuer::{JWKS_URI, Key, key_set, policy};
use jotgate::{FetchResponse, Report};
use jotgate_tools::{Command, CommandStep, Screen};
use serde_json::{Value, json};

/// RFC 7638 section 3.1 and RFC 7517 appendix A.1.
const RSA: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

const PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5EKmK0WXA9Ql5g4rwu+z0tD7AeAZ
Sd0RPRPMaXbUw5Lsj4RXQn4ajUDq5TUnz6ai4HS4WGaV9SFXYzJvUSn6PQ==
-----END PUBLIC KEY-----";

fn mixed() -> String {
    json!({"keys": [
        {"kty": "RSA", "n": RSA, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"},
        {"kty": "RSA", "n": RSA, "e": "AQAB", "use": "enc", "kid": "enc"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "hmac"},
        7,
    ]})
    .to_string()
}

#[test]
fn a_file_is_judged_as_a_set_that_was_fetched() {
    let world =
        World { files: vec![("jwks", mixed()), ("list.json", r#"[{"kty":"EC"}]"#.to_owned())], ..World::default() };
    let output = world.run(&["keys", "jwks"]);
    assert_eq!((output.exit, output.stderr.as_str()), (0, ""));
    for line in [
        "jwks: 5 keys, 1 usable\n",
        "  ok       keys[0] \"2011-04-29\": RSA 2048 bits, alg RS256\n           verifies RS256\n",
        "           thumbprint NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n",
        "  SKIPPED  keys[1] \"enc\": RSA 2048 bits, use enc\n           the key's use is not sig (use)\n",
        "  SKIPPED  keys[2]: EC secp256k1\n",
        "published_secret",
        "not_an_object",
    ] {
        assert!(output.stdout.contains(line), "{line} is not in\n{}", output.stdout);
    }
    // Of a secret nothing is shown, and no thumbprint either.
    assert!(
        !output.stdout.contains("c2VjcmV0") && output.stdout.matches("thumbprint").count() == 3,
        "{}",
        output.stdout
    );
    let told: Value = serde_json::from_str(&world.run(&["keys", "--json", "jwks"]).stdout).expect("JSON");
    assert_eq!((&told[0]["usable"], &told[0]["keys"][1]["reason"]), (&json!(1), &json!("use")));
    assert_eq!(told[0]["keys"][0]["algorithms"], json!(["RS256"]));
    let output = world.run(&["keys", "list.json"]);
    assert!(output.exit == 1 && output.stdout.contains("\n  list_of_keys: "), "{}", output.stdout);
}

#[test]
fn a_url_is_fetched() {
    let output = world().run(&["keys", JWKS_URI]);
    assert_eq!(output.exit, 0, "{}", output.stdout);
    assert!(
        output.stdout.starts_with(&format!("{JWKS_URI}: 1 key, 1 usable\n  ok       keys[0] \"key-1\": OKP Ed25519")),
        "{}",
        output.stdout
    );
    let down = World { keys: None, ..world() }.run(&["keys", JWKS_URI]);
    assert!(down.exit == 2 && down.stdout.contains("\n  connection: "), "{}", down.stdout);
    let page = World { keys: Some("<html>".to_owned()), ..world() }.run(&["keys", JWKS_URI]);
    assert!(page.exit == 2 && page.stdout.contains("html_page"), "{}", page.stdout);
    let none =
        World { keys: Some(r#"{"keys":[{"kty":"x","kid":"a"}]}"#.to_owned()), ..world() }.run(&["keys", JWKS_URI]);
    assert!(none.exit != 0 && none.stdout.contains("key_type") || none.stdout.contains("no_keys"), "{}", none.stdout);
    let wrong = world().run(&["keys", "http://idp.example.com/jwks"]);
    assert!(wrong.exit == 3 && wrong.stderr.contains("must not be fetched over http"), "{}", wrong.stderr);
}

#[test]
fn a_policy_has_the_sets_that_it_fetches_and_those_in_it() {
    let mut rules = policy(json!({}));
    let mut inline = rules["issuers"][0].clone();
    inline["issuer"] = json!("https://other.test/");
    inline["keys"] = json!({"jwks": serde_json::from_str::<Value>(&key_set(&[Key(2)])).expect("JSON")});
    rules["issuers"].as_array_mut().expect("a list").push(inline);
    let mut text = policy(json!({}));
    text["issuers"][0]["keys"] = json!({"secret": {"text": "a secret of at least 32 bytes, which nobody knows"}});
    let files =
        vec![("policy.json", rules.to_string()), ("secret.json", text.to_string()), ("none.json", "{".to_owned())];
    let world = World { files, ..world() };
    let output = world.run(&["keys", "policy.json"]);
    assert_eq!(output.exit, 0, "{}", output.stdout);
    assert!(output.stdout.contains("issuers[1].keys.jwks: 1 key, 1 usable\n"), "{}", output.stdout);
    assert!(output.stdout.contains(&format!("\n{JWKS_URI}: 1 key, 1 usable\n")), "{}", output.stdout);
    let secret = world.run(&["keys", "secret.json"]);
    assert_eq!(secret.exit, 0);
    let wanted =
        "issuers[0].keys.secret: 1 key, 1 usable\n  ok       key: oct 392 bits\n           verifies HS256, HS384\n";
    assert_eq!(secret.stdout, wanted);
    assert_eq!(world.run(&["keys", "none.json"]).exit, 3);
    assert!(world.run(&["keys", "--format", "yaml", "policy.json"]).stdout.contains("usable: 1\n"));
}

#[test]
fn a_key_that_the_policy_denies_is_not_usable() {
    let mut rules = policy(json!({}));
    let set: Value = serde_json::from_str(&key_set(&[Key(1)])).expect("JSON");
    let kid = &set["keys"][0]["kid"];
    rules["issuers"][0]["keys"]["denied_kids"] = json!([kid]);
    rules["issuers"].as_array_mut().expect("a list").push(json!({
        "issuer": "https://other.test/", "audience": "any", "keys": {"jwks": set, "denied_kids": [kid, "else"]},
    }));
    let world = World { files: vec![("policy.json", rules.to_string())], ..world() };
    let output = world.run(&["keys", "policy.json"]);
    assert!(output.stdout.matches("denied_kids names it (denied)").count() == 2, "{}", output.stdout);
    assert_eq!(output.stdout.matches("1 key, 0 usable").count(), 2, "{}", output.stdout);
    assert_eq!(output.exit, 1);
}

#[test]
fn a_policy_has_keys_that_are_no_sets() {
    let vectors: Value = serde_json::from_str(
        &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/stores.json"))
            .expect("vectors"),
    )
    .expect("JSON");
    let mut rules = policy(json!({}));
    rules["issuers"][0]["algorithms"] = json!(["RS256", "ES256"]);
    rules["issuers"][0]["keys"] = json!({
        "pem": PEM,
        "trust_store": {"type": "jks", "base64": vectors["stores"]["keytool-jks"], "password": vectors["password"]},
        "denied_kids": ["EC384-A"],
    });
    let mut unsigned = policy(json!({}));
    unsigned["issuers"][0]["keys"] = json!({"accept_unsigned": true});
    let files = vec![("policy.json", rules.to_string()), ("unsigned.json", unsigned.to_string())];
    let world = World { files, ..World::default() };
    let output = world.run(&["keys", "policy.json"]);
    let pem = "issuers[0].keys.pem: 1 key, 1 usable\n  ok       key: EC P-256\n           verifies ES256\n";
    assert!(output.stdout.starts_with(pem), "{}", output.stdout);
    assert!(output.stdout.contains("denied_kids names it (denied)"), "{}", output.stdout);
    assert!(output.stdout.contains("certificate valid from "), "{}", output.stdout);
    let told: Value = serde_json::from_str(&world.run(&["keys", "--json", "policy.json"]).stdout).expect("JSON");
    assert_eq!(told[1]["place"], "issuers[0].keys.trust_store");
    assert!(!output.stdout.contains(vectors["password"].as_str().expect("a text")));
    assert!(world.run(&["keys", "unsigned.json"]).stdout.starts_with("the policy has no keys: "));
}

#[test]
fn metadata_is_followed() {
    let metadata = "https://idp.example.com/.well-known/openid-configuration";
    let mut command = Command::new(["keys", metadata].map(str::to_owned), Screen::default());
    let mut asked = Vec::new();
    for _ in 0..10 {
        match command.step(NOW) {
            CommandStep::Fetch { request, .. } => {
                let keys = key_set(&[Key(1)]);
                let body = match request.url.as_str() {
                    JWKS_URI => keys,
                    _ => json!({"issuer": "https://idp.example.com/", "jwks_uri": JWKS_URI}).to_string(),
                };
                asked.push(request.url);
                let response = FetchResponse { status: 200, headers: &[], body: body.as_bytes() };
                command.report(request.id, Report::Fetched(response), NOW);
            }
            CommandStep::Done(output) => {
                assert_eq!(asked, [metadata, metadata, JWKS_URI], "{}", output.stdout);
                assert_eq!(output.exit, 0, "{}", output.stdout);
                assert!(
                    output.stdout.starts_with(&format!("{metadata} -> {JWKS_URI}: 1 key, 1 usable\n")),
                    "{}",
                    output.stdout
                );
                return;
            }
            other => panic!("an unknown step: {other:?}"),
        }
    }
    panic!("the command does not end");
}
