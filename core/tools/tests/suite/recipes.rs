//! The recipes: each compiles, and the imported ones are what the imports make.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jotgate::{HostQuestion, Timestamp, Validator, Verdict};
use jotgate_tools::{Format, Import, Product, import, policy};
use serde_json::{Value, json};
use std::path::PathBuf;

fn tests(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests")).join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(tests(path)).expect("a file of the tests")
}

fn document(path: &str) -> Value {
    serde_json::from_str(&text(path)).expect("JSON")
}

#[test]
fn every_recipe_compiles() {
    let files = std::fs::read_dir(tests("recipes")).expect("the recipes");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let recipes: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    assert!(recipes.len() >= 7);
    for name in recipes {
        let read = policy(&text(&format!("recipes/{name}")), Format::Json);
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

#[test]
fn the_policy_of_flex_gateway_becomes_its_recipe() {
    let import = import(Product::MuleSoft, &text("recipes/mulesoft-flex/policy.yaml"), &[]).expect("an import");
    assert!(import.complete(), "{:#?}", import.notes);
    assert_eq!(import.policy, document("recipes/mulesoft-flex/imported.json"));
}

#[test]
fn the_deployment_of_wso2_becomes_its_recipe() {
    let import = import(Product::Wso2, &text("recipes/wso2/deployment.toml"), &[]).expect("an import");
    assert!(import.complete(), "{:#?}", import.notes);
    let mut finished = import.policy;
    finished["issuers"][0]["client_id"]["allowed"] = json!(["FxJodiaOM5DrW9X1bP4zsA86M2Aa"]);
    assert_eq!(finished, document("recipes/wso2/finished.json"));
}

/// The trust store in the vectors that has the gateway's certificate under the `kid` of its token.
fn trust_store() -> Vec<u8> {
    let vectors = document("vectors/tokens/trust_store.json");
    let cases = vectors["cases"].as_array().expect("a list");
    let case = cases.iter().find(|case| case["id"] == "trust_store.certificate.wso2.jks").expect("the case");
    let store = case["policy"]["issuers"][0]["keys"]["trust_store"]["base64"].as_str().expect("a text");
    STANDARD.decode(store).expect("base64")
}

fn without_key_set(files: &[(&str, &[u8])]) -> Import {
    let deployment = text("recipes/wso2/deployment.toml");
    let (before, rest) = deployment.split_once("[apim.jwt.issuer.jwks]").expect("the key set");
    let (_, after) = rest.split_once("[[apim.jwt.issuer.claim_mapping]]").expect("the mapping");
    let store = "[truststore]\nfile_name = \"client-truststore.jks\"\npassword = \"changeit\"\n";
    import(Product::Wso2, &format!("{before}[[apim.jwt.issuer.claim_mapping]]{after}{store}"), files)
        .expect("an import")
}

#[test]
fn a_trust_store_finishes_an_import() {
    let import = without_key_set(&[]);
    assert!(!import.complete());
    let wanted = Some("issuers[0].keys.trust_store.base64");
    assert!(
        import
            .notes
            .iter()
            .any(|note| note.target.as_deref() == wanted && note.message.contains("client-truststore.jks"))
    );
    assert!(policy(&import.policy.to_string(), Format::Json).is_err());

    let import = without_key_set(&[("resources/security/client-truststore.jks", &trust_store())]);
    assert!(import.complete(), "{:#?}", import.notes);
    let policy = policy(&import.policy.to_string(), Format::Json).expect("a policy");
    let validator = Validator::new(policy, 0).with_client_lookup();
    let token = text("data/wso2/token.jwt");
    let verdict = validator.validate(token.trim(), Timestamp::from_seconds(1_602_582_000));
    let Verdict::Undecided(undecided) = verdict else { panic!("{verdict:?}") };
    let HostQuestion::Client { id, .. } = undecided.question() else { panic!("{undecided:?}") };
    assert_eq!(id, "FxJodiaOM5DrW9X1bP4zsA86M2Aa");
    let verdict = validator.validate(token.trim(), Timestamp::from_seconds(1_800_000_000));
    assert!(matches!(verdict, Verdict::Rejected(_)), "{verdict:?}");
}

#[test]
fn what_is_no_trust_store_does_not_finish_an_import() {
    let import = without_key_set(&[("client-truststore.jks", b"no store")]);
    assert!(!import.complete());
    let note = import.notes.last().expect("a note");
    assert_eq!(note.target.as_deref(), Some("issuers[0].keys.trust_store.base64"));
}

/// What hosts in other languages get.
#[test]
fn an_import_serialises() {
    let import =
        import(Product::Wso2, "[[apim.jwt.issuer]]\nname = \"a\"\njwks.url = \"https://a.test/\"\nnmae = 1\n", &[])
            .expect("an import");
    let written = serde_json::to_value(&import).expect("JSON");
    assert_eq!(written["complete"], false);
    assert_eq!(written["policy"]["issuers"][0]["issuer"], "a");
    let notes = written["notes"].as_array().expect("a list");
    let mistyped = notes.iter().find(|note| note["kind"] == "cannot").expect("a note");
    assert_eq!(mistyped["source"], "apim.jwt.issuer[0].nmae");
    assert_eq!(mistyped["target"], Value::Null);
    assert!(mistyped["message"].as_str().expect("a text").contains("did you mean name?"));
}
