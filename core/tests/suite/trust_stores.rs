//! Trust stores as the core sees them: a reader takes the certificates out, and the core says what they mean.

use jotgate::{
    NamedCertificate, Policy, PolicyError, TrustStoreContent, TrustStoreError, TrustStoreFormat, TrustStores,
};
use serde_json::{Value, json};
use std::cell::RefCell;

/// Gives what it was made with, and remembers what it was asked.
struct Reader {
    answer: Result<Vec<NamedCertificate>, TrustStoreError>,
    asked: RefCell<Vec<Asked>>,
}

/// A store's format, bytes and password.
type Asked = (TrustStoreFormat, Vec<u8>, Option<String>);

impl TrustStores for Reader {
    fn read(&self, store: &TrustStoreContent<'_>) -> Result<Vec<NamedCertificate>, TrustStoreError> {
        let password = store.password.map(str::to_owned);
        self.asked.borrow_mut().push((store.format, store.bytes.to_vec(), password));
        self.answer.clone()
    }
}

fn reader(answer: Result<Vec<NamedCertificate>, TrustStoreError>) -> Reader {
    Reader { answer, asked: RefCell::default() }
}

fn policy(store: Value) -> String {
    let entry = json!({"issuer": "https://idp.test/", "audience": "any", "keys": {"trust_store": store}});
    json!({"version": 1, "issuers": [entry]}).to_string()
}

fn store() -> Value {
    json!({"type": "jks", "base64": "AQID", "password": "changeit"})
}

fn refused(policy: Result<Policy, PolicyError>) -> (String, String) {
    let error = policy.expect_err("an error");
    (error.path().to_owned(), error.message().to_owned())
}

#[test]
fn without_a_reader_the_error_says_who_has_one() {
    let (path, message) = refused(Policy::from_json(&policy(store())));
    assert_eq!(path, "issuers[0].keys.trust_store.type");
    assert!(message.contains("jotgate_tools::policy"), "{message}");
}

#[test]
fn the_reader_gets_the_store_as_it_is() {
    let reader = reader(Ok(Vec::new()));
    assert!(Policy::from_json_with(&policy(store()), &reader).is_err());
    let asked = reader.asked.into_inner();
    assert_eq!(asked, [(TrustStoreFormat::Jks, vec![1, 2, 3], Some("changeit".to_owned()))]);
}

#[test]
fn what_the_reader_refuses_is_named_by_its_field() {
    for (error, field) in [
        (TrustStoreError::Type("because"), "type"),
        (TrustStoreError::Content("because"), "base64"),
        (TrustStoreError::Password("because"), "password"),
    ] {
        let found = refused(Policy::from_json_with(&policy(store()), &reader(Err(error))));
        assert_eq!(found, (format!("issuers[0].keys.trust_store.{field}"), "because".to_owned()));
    }
}

/// A reader may be wrong: nothing that it gives is believed before it was checked.
#[test]
fn what_the_reader_gives_is_checked() {
    let junk = |alias: &str| NamedCertificate { alias: alias.to_owned(), der: vec![0x30, 0] };
    for certificates in [vec![], vec![junk("a")], (0..=NamedCertificate::MOST).map(|n| junk(&n.to_string())).collect()]
    {
        let (path, _) = refused(Policy::from_json_with(&policy(store()), &reader(Ok(certificates))));
        assert_eq!(path, "issuers[0].keys.trust_store.base64");
    }
}

/// The bounds themselves are allowed.
#[test]
fn a_store_is_bounded_in_bytes_and_entries() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    const BYTES: usize = 2 * 1024 * 1024;
    for (bytes, asked) in [(BYTES, 1), (BYTES + 1, 0)] {
        let store = json!({"type": "jks", "base64": STANDARD.encode(vec![7; bytes]), "password": "changeit"});
        let reader = reader(Ok(Vec::new()));
        refused(Policy::from_json_with(&policy(store), &reader));
        assert_eq!(reader.asked.into_inner().len(), asked, "{bytes} bytes");
    }
    let entry = |n: usize| NamedCertificate { alias: n.to_string(), der: vec![0x30, 0] };
    let block = "friendlyName: a\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    for (entries, too_many) in [(NamedCertificate::MOST, false), (NamedCertificate::MOST + 1, true)] {
        let given = reader(Ok((0..entries).map(entry).collect()));
        let (_, of_reader) = refused(Policy::from_json_with(&policy(store()), &given));
        let pem = json!({"type": "pem", "text": block.repeat(entries)});
        let (_, of_pem) = refused(Policy::from_json_with(&policy(pem), &reader(Ok(Vec::new()))));
        for message in [of_reader, of_pem] {
            assert_eq!(message.contains("more than 1000 entries"), too_many, "{entries}: {message}");
        }
    }
}

#[test]
fn no_reader_is_asked_for_pem() {
    let reader = reader(Ok(Vec::new()));
    let store = json!({"type": "pem", "text": "nothing"});
    let (path, _) = refused(Policy::from_json_with(&policy(store), &reader));
    assert_eq!(path, "issuers[0].keys.trust_store.text");
    assert!(reader.asked.into_inner().is_empty());
}
