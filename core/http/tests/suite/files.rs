//! Policies from files, with what they name elsewhere.

use crate::issuer::{Clock, Does, Issuer, token};
use jotgate_http::{Format, JwtValidator, policy_from_file, policy_from_text};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for a test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("jotgate-files-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        Self(folder)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const YAML: &str = "
version: 1
issuers:
  - issuer: https://idp.test/
    audience: { file: audience }
    keys: { secret: { text: { file: secret } } }
";

#[test]
fn a_file_says_its_format_and_what_it_names_lies_beside_it() {
    let folder = Folder::new();
    folder.write("audience", "https://api.test\n");
    folder.write("secret", "a secret of at least 32 bytes, which nobody knows\n");
    for name in ["policy.yaml", "policy.YML"] {
        assert!(JwtValidator::from_file(folder.write(name, YAML)).is_ok(), "{name}");
    }
    let json = r#"{"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": {"file": "audience"}}]}"#;
    assert!(policy_from_file(folder.write("policy.json", json)).is_ok());
    let toml = "version = 1\n[[issuers]]\nissuer = 'https://idp.test/'\naudience.file = 'audience'\n";
    assert!(policy_from_file(folder.write("policy.toml", toml)).is_ok());
    // A text lies in no folder.
    let error = policy_from_text(YAML, Format::Yaml).expect_err("no such file here");
    assert_eq!(error.path(), "issuers[0].audience");
}

#[test]
fn mistakes_are_told_with_their_lines() {
    let folder = Folder::new();
    let error = |path: &Path| policy_from_file(path).map(|_| ()).expect_err("a mistake");
    folder.write("secret", "short");
    let told = error(&folder.write("policy.yaml", YAML));
    assert_eq!((told.path(), told.problems().next().and_then(|first| first.line())), ("issuers[0].audience", Some(5)));
    let told = error(&folder.write("policy.yml", YAML.replace("audience", "audiense")));
    assert_eq!(told.problems().next().and_then(|first| first.line()), Some(5), "{told}");

    let told = error(&folder.0.join("nowhere.yaml")).to_string();
    assert!(told.contains("nowhere.yaml cannot be read"), "{told}");
    assert!(error(&folder.write("policy.txt", YAML)).to_string().contains(".toml"));
    assert!(error(&folder.0).to_string().contains(".toml"));
    assert!(error(&folder.write("latin.json", [b'{', 0xff, b'}'])).to_string().contains("UTF-8"));
    let long = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(error(&folder.write("long.json", long)).to_string().contains("16 MiB"));
}

#[tokio::test]
async fn a_file_that_is_wrong_changes_nothing() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let folder = Folder::new();
    let policy = issuer.policy().to_string();
    let path = folder.write("policy.json", &policy);
    let clock = Clock::new();
    let validator = issuer.builder(&clock).build().expect("a validator");
    assert!(validator.validate(&token(1)).await.is_ok());
    folder.write("policy.json", &policy[..policy.len() / 2]);
    assert!(validator.replace_from_file(&path).is_err());
    assert!(validator.validate(&token(1)).await.is_ok());
    folder.write("policy.json", policy.replace("https://api.test", "https://another.test"));
    validator.replace_from_file(&path).expect("another policy");
    assert!(validator.validate(&token(1)).await.is_err());
    assert_eq!(issuer.fetches(), 1);
}
