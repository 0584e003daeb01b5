//! What holds for every import, on the vectors and on any text.

use super::notes::Notes;
use super::templates::Templates;
use super::{Import, NoteKind, Product, import, import_with};
use crate::markup::{toml, yaml};
use crate::{Format, ImportError, policy};
use proptest::prelude::*;
use serde_json::Value;

fn cases() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/imports");
    let files = std::fs::read_dir(folder).expect("the vectors");
    let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a text"));
    texts
        .flat_map(|text| {
            serde_json::from_str::<Value>(&text).expect("JSON")["imports"].as_array().expect("a list").clone()
        })
        .collect()
}

fn run(case: &Value) -> Result<Import, ImportError> {
    let text = case["text"].as_str().expect("a text");
    let product = case["kind"].as_str().and_then(Product::from_name).expect("a product");
    import(product, text, &[])
}

#[test]
fn products_have_names_and_numbers() {
    for (index, product) in Product::ALL.iter().enumerate() {
        assert_eq!(Product::from_name(product.name()), Some(*product));
        assert_eq!(Product::from_number(product.number()), Some(*product));
        assert_eq!(product.number() as usize, index + 1);
    }
    assert_eq!((Product::from_name("kong"), Product::from_number(0)), (None, None));
}

#[test]
fn a_file_that_nothing_names_is_noted() {
    for case in cases() {
        let product = case["kind"].as_str().and_then(Product::from_name).expect("a product");
        let files: [(&str, &[u8]); 2] = [("folder/other.txt", b"a"), ("another.txt", b"b")];
        let Ok(read) = import(product, case["text"].as_str().expect("a text"), &files) else { continue };
        let left = read.notes.iter().filter(|note| ["other.txt", "another.txt"].contains(&note.source.as_str()));
        assert_eq!(left.map(|note| note.kind).collect::<Vec<_>>(), [NoteKind::Changed; 2], "{}", case["id"]);
    }
}

#[test]
fn a_complete_import_compiles_and_no_other_claims_to() {
    let mut complete = 0;
    for case in cases() {
        let Ok(import) = run(&case) else { continue };
        let compiled = policy(&import.policy.to_string(), Format::Json);
        let told = import.notes.iter().any(|note| note.kind == NoteKind::Cannot);
        assert_eq!(import.complete(), !told);
        assert!(compiled.is_ok() || told, "{}: {compiled:?}", case["id"]);
        complete += usize::from(import.complete());
    }
    assert!(complete > 30, "{complete}");
}

/// Each leaf of the source stands under the path of some note, or has one of its own.
#[test]
fn nothing_of_a_source_is_dropped_in_silence() {
    let mut dropped = Vec::new();
    for case in cases() {
        let Ok(import) = run(&case) else { continue };
        let text = case["text"].as_str().expect("a text");
        let (text, templates) = Templates::take_out(text, &[]).expect("a text");
        let mut documents = match case["kind"].as_str() {
            Some("wso2") => vec![toml::read(&text).expect("TOML")],
            _ => yaml::documents(&text, yaml::Words::Texts).expect("YAML"),
        };
        documents.iter_mut().for_each(|document| templates.put_back(document, "", &mut Notes::default()));
        let single = documents.len() == 1;
        for (index, document) in documents.iter().enumerate() {
            let root = if single { String::new() } else { format!("[{index}]") };
            leaves(document, &root, &mut |path| {
                let noted = import.notes.iter().any(|note| !note.source.is_empty() && is_noted(path, &note.source));
                if !noted {
                    dropped.push(format!("{}: {path}", case["id"]));
                }
            });
        }
    }
    assert_eq!(dropped, Vec::<String>::new());
}

fn leaves(value: &Value, path: &str, told: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            leaves(member, &path, told);
        }),
        Value::Array(elements) if !elements.is_empty() => {
            elements.iter().enumerate().for_each(|(index, element)| leaves(element, &format!("{path}[{index}]"), told))
        }
        Value::Null if path.is_empty() || path.starts_with('[') => {}
        _ => told(path),
    }
}

fn is_noted(path: &str, source: &str) -> bool {
    path.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Secrets go into the document, and nowhere else.
#[test]
fn notes_and_errors_hold_no_secret() {
    let secret = "tellnoone-tellnoone-tellnoone-tellnoone";
    let mulesoft = format!("signingMethod: hmac\njwtKeyOrigin: text\ntextKey: {secret}\nsigningKeyLength: {secret}\n");
    let wso2 =
        format!("[[apim.jwt.issuer]]\nname = \"a\"\n[truststore]\npassword = \"{secret}\"\ntype = \"{secret}\"\n");
    for read in [import(Product::MuleSoft, &mulesoft, &[]), import(Product::Wso2, &wso2, &[])] {
        let import = read.expect("an import");
        assert!(import.policy.to_string().contains(secret));
        assert!(!format!("{:?}", import.notes).contains("tellnoone"));
    }
    for error in [
        import(Product::MuleSoft, &format!("textKey: [{secret}"), &[]),
        import(Product::Wso2, &format!("a = {secret}"), &[]),
    ] {
        assert!(!error.expect_err("an error").to_string().contains("tellnoone"));
    }
}

#[test]
fn values_are_filled_in_where_they_belong() {
    let text = "signingMethod: {{ method }}\njwtKeyOrigin: jwks\njwksUrl: https://{{- .Values.host -}}/jwks\n\
                jwksServiceTimeToLive: ${ttl}\nskipClientIdValidation: true\n";
    let values = [("method", "es"), (".Values.host", "idp.test"), ("ttl", "5"), ("tll", "7")];
    let import = import_with(Product::MuleSoft, text, &[], &values).expect("an import");
    assert!(import.complete(), "{:?}", import.notes);
    assert_eq!(import.policy["issuers"][0]["algorithms"][0], "ES256");
    assert_eq!(import.policy["issuers"][0]["keys"]["jwks_uri"][0], "https://idp.test/jwks");
    assert_eq!(import.policy["issuers"][0]["jwks"]["ttl"], "5m");
    assert!(import.notes.iter().any(|note| note.source == "tll" && note.kind == NoteKind::Changed));
}

#[test]
fn a_value_changes_nothing_around_it() {
    let text = "signingMethod: rsa\njwtKeyOrigin: jwks\njwksUrl: {{ url }}\nskipClientIdValidation: true\n";
    let value = "https://idp.test/\nskipClientIdValidation: false\n# \"";
    let import = import_with(Product::MuleSoft, text, &[], &[("url", value)]).expect("an import");
    assert_eq!(import.policy["issuers"][0]["keys"]["jwks_uri"][0], value.trim_end_matches(' '));
    assert!(import.policy["issuers"][0].get("client_id").is_none());
}

#[test]
fn a_text_of_statements_is_named_as_a_template() {
    let text = "{{- if .Values.jwt }}\nsigningMethod: rsa\n{{- end }}\n";
    let error = import(Product::MuleSoft, text, &[]).expect_err("no YAML");
    assert!(error.hint().is_some_and(|hint| hint.contains("template")), "{error}");
}

#[test]
fn a_text_of_more_than_a_mebibyte_is_refused() {
    let text = "#".repeat(1024 * 1024 + 1);
    assert!(import(Product::MuleSoft, &text, &[]).is_err() && import(Product::Wso2, &text, &[]).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[ -~\n]{0,200}") {
        let _ = (import(Product::MuleSoft, &text, &[]), import(Product::Wso2, &text, &[]));
    }

    /// Parameters with values of any kind: there is an import, and it is complete only if it compiles.
    #[test]
    fn any_values_are_imported(values in proptest::collection::vec((0_usize..21, 0_usize..14), 0..12)) {
        let any = [
            "true", "false", "null", "256", "512", "rsa", "es", "hmac", "jwks", "text", "customExpression",
            "https://a.test/jwks", "#[vars.claimSet.a == 'b']", "- {key: a, value: b}",
        ];
        let mut names: Vec<&str> = Vec::new();
        let mut text = "signingMethod: rsa\n".to_owned();
        for (name, value) in values {
            let name = super::mulesoft::PARAMETERS[name];
            if name != "signingMethod" && !names.contains(&name) {
                names.push(name);
                let value = any[value];
                let value = if value.starts_with('#') { format!("\"{value}\"") } else { value.to_owned() };
                let separator = if value.starts_with('-') { "\n" } else { " " };
                text.push_str(&format!("{name}:{separator}{value}\n"));
            }
        }
        let import = import(Product::MuleSoft, &text, &[]).expect("an import");
        prop_assert!(!import.complete() || policy(&import.policy.to_string(), Format::Json).is_ok(), "{}", text);
    }
}
