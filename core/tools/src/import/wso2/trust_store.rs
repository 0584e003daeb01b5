//! The trust store: a file beside `deployment.toml`, whose name, type and password stand there.

use crate::import::files::Files;
use crate::import::notes::Notes;
use crate::import::section::Section;
use crate::import::templates::is_open;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) struct Store<'f> {
    file: String,
    /// The file itself, where it was given.
    content: Option<&'f [u8]>,
    store_type: &'static str,
    password: String,
    given: bool,
    used: bool,
}

impl<'f> Store<'f> {
    /// `[truststore]`, or the gateway's default.
    pub(super) fn read(root: &mut Section, files: &mut Files<'f>, notes: &mut Notes) -> Self {
        let mut store = Self::described(root, notes);
        store.content = if is_open(&store.file) { files.only() } else { files.named(&store.file) };
        store
    }

    fn described(root: &mut Section, notes: &mut Notes) -> Self {
        let mut store = Self {
            file: "client-truststore.jks".to_owned(),
            content: None,
            store_type: "jks",
            password: "wso2carbon".to_owned(),
            given: root.has("truststore"),
            used: false,
        };
        let Some(mut section) = root.section("truststore", notes) else { return store };
        if let Some(file) = section.text("file_name", notes) {
            store.file = file;
        }
        match section.text("type", notes).map(|kind| kind.to_ascii_uppercase()).as_deref() {
            None | Some("JKS") => {}
            Some("PKCS12" | "P12" | "PFX") => store.store_type = "pkcs12",
            Some(_) => notes.cannot(section.at("type"), None, "expected JKS or PKCS12"),
        }
        if let Some(password) = section.text("password", notes) {
            store.password = password;
        }
        section.remark(&["alias", "key_password"], "about a private key, which verifies nothing", notes);
        section.refuse_rest(&["file_name", "type", "password", "alias", "key_password"], notes);
        store
    }

    /// The member `trust_store` of the keys of an issuer, which lacks nothing but the file's content where that is not given.
    pub(super) fn keys(&mut self, index: usize, notes: &mut Notes) -> Value {
        self.used = true;
        let target = format!("issuers[{index}].keys.trust_store");
        match self.content {
            Some(_) => {
                notes.carried("truststore.file_name", &format!("{target}.base64"), "the file that was given");
                notes.settle("truststore.file_name");
            }
            None => notes.cannot("truststore.file_name", Some(&format!("{target}.base64")), self.missing()),
        }
        let message =
            "kid names the alias; without kid it is gateway_certificate_alias. Certificates out of date are refused";
        notes.changed("truststore", Some(&target), message);
        match self.content {
            Some(content) => {
                json!({"type": self.store_type, "password": self.password, "base64": STANDARD.encode(content)})
            }
            None => json!({"type": self.store_type, "password": self.password}),
        }
    }

    fn missing(&self) -> String {
        // A name may come from an environment that is not ours to show.
        let file = if is_open(&self.file) { "the trust store" } else { self.file.as_str() };
        format!("the content of {file} is a file of its own: put it here in base64, or give its bytes to the import")
    }

    pub(super) fn remark_unused(&self, notes: &mut Notes) {
        if self.given && !self.used {
            notes.changed("truststore", None, "every issuer has its key set, so no certificate is asked for");
        }
    }
}
