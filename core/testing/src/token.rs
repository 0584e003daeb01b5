//! What a test says of a token; everything else the policy says.

use crate::document::Object;
use jotgate::Algorithm;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a token is to be. What is not said here is as the policy asks: its issuer, an audience, the scopes and the client that it
/// wants, ten minutes to live.
///
/// The same fields, by the same names, are the arguments in the other languages.
///
/// ```
/// use jotgate_testing::Token;
/// let token = Token::new().subject("alice").scopes(["orders:read"]).claim("tenant", "blue").lifetime(60);
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Token {
    pub(crate) subject: Option<String>,
    pub(crate) audience: Option<Value>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) client: Option<String>,
    pub(crate) lifetime: Option<f64>,
    pub(crate) claims: Object,
    pub(crate) without: Vec<String>,
    pub(crate) header: Object,
    pub(crate) algorithm: Option<String>,
    pub(crate) kid: Option<String>,
    pub(crate) now: Option<f64>,
}

impl Token {
    /// A token of which nothing is said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whom it is about: `sub`. Default `test-user`.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// For whom it is: `aud`, one text or a list of them. Default: the first audience of the policy.
    #[must_use]
    pub fn audience(self, audience: impl Into<Value>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// What it may do, in the claim where the policy looks for scopes. Default: what the issuer's entry asks for.
    #[must_use]
    pub fn scopes(self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { scopes: Some(scopes.into_iter().map(Into::into).collect()), ..self }
    }

    /// Which client uses it, in the claim where the policy looks for that. Default: the first that is allowed.
    #[must_use]
    pub fn client(self, client: impl Into<String>) -> Self {
        Self { client: Some(client.into()), ..self }
    }

    /// For how many seconds it lives. Default ten minutes, or the policy's `max_lifetime` where that is less.
    #[must_use]
    pub fn lifetime(self, seconds: u32) -> Self {
        Self { lifetime: Some(seconds.into()), ..self }
    }

    /// A claim, in place of what it would be.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// No such claim.
    #[must_use]
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.without.push(name.into());
        self
    }

    /// A parameter of the header, in place of what it would be; `null` takes it out.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// What signs it. Default: the issuer's first algorithm.
    #[must_use]
    pub fn algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm: Some(algorithm.name().to_owned()), ..self }
    }

    /// Which of the issuer's keys signs it, one before a rotation included. Default: the newest.
    #[must_use]
    pub fn kid(self, kid: impl Into<String>) -> Self {
        Self { kid: Some(kid.into()), ..self }
    }

    /// When it is made, in seconds since 1970. Default: the issuer's clock.
    #[must_use]
    pub fn now(self, seconds: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "exact for every date that a token can have")]
        let now = seconds as f64;
        Self { now: Some(now), ..self }
    }

    /// Puts what is said into claims that have what the policy asks for.
    pub(crate) fn say(&self, claims: &mut Object, scope_claim: &str, client_claims: &[String]) {
        if let Some(subject) = &self.subject {
            claims.insert("sub".to_owned(), json!(subject));
        }
        if let Some(audience) = &self.audience {
            claims.insert("aud".to_owned(), audience.clone());
        }
        if let Some(scopes) = &self.scopes {
            claims.insert(scope_claim.to_owned(), json!(scopes.join(" ")));
        }
        if let Some(client) = &self.client {
            // Where the policy asks for a client, it stands in one of these already.
            let claim = client_claims.iter().find(|name| claims.contains_key(*name)).or(client_claims.first());
            claims.extend(claim.map(|name| (name.clone(), json!(client))));
        }
        claims.extend(self.claims.clone());
        claims.retain(|name, _| !self.without.contains(name));
    }
}
