//! Who mints: a test kit, which the host brings, so that nothing of it is in libraries that have no command line.

use serde_json::{Map, Value};

/// Makes an issuer from the options of the crate `jotgate-testing`, as JSON; or says why it cannot.
pub type TestKit = fn(options: &str) -> Result<TestIssuer, String>;

/// An issuer of a test kit: a word and a JSON object of arguments in, JSON out, as `jotgate_testing::Issuer::call` has them.
pub type TestIssuer = Box<dyn Fn(&str, &str) -> Result<String, String> + Send + Sync>;

/// The issuer with the words that are asked here.
pub(super) struct Issuer(TestIssuer);

impl Issuer {
    pub(super) fn new(kit: TestKit, options: &Value) -> Result<Self, String> {
        kit(&options.to_string()).map(Self)
    }

    /// The `iss` of its tokens.
    pub(super) fn name(&self) -> Result<String, String> {
        self.text("name", &Value::Object(Map::new()))
    }

    /// Its key set.
    pub(super) fn jwks(&self) -> Result<Value, String> {
        let text = self.text("jwks", &Value::Object(Map::new()))?;
        serde_json::from_str(&text).map_err(|_| UNREADABLE.to_owned())
    }

    pub(super) fn token(&self, token: &Value) -> Result<String, String> {
        self.text("token", token)
    }

    fn text(&self, word: &str, arguments: &Value) -> Result<String, String> {
        serde_json::from_str(&(self.0)(word, &arguments.to_string())?).map_err(|_| UNREADABLE.to_owned())
    }
}

const UNREADABLE: &str = "the test kit answers something else than was asked for";
