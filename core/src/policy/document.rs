//! The policy document as it is written: field names, types, and nothing else.

use super::duration::PolicyDuration;
use crate::answer::Responses;
use crate::key::StoreType;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::fmt;
use std::marker::PhantomData;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) version: u64,
    pub(crate) issuers: Vec<Object<Issuer>>,
    #[serde(default)]
    pub(crate) limits: Object<Limits>,
    #[serde(default)]
    pub(crate) token: Object<Token>,
    #[serde(default)]
    pub(crate) routes: Vec<Object<Route>>,
    #[serde(default)]
    pub(crate) responses: Responses,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) sources: Option<Vec<Object<TokenSource>>>,
}

/// One place to look for the token in; exactly one of header, cookie and query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSource {
    pub(crate) header: Option<String>,
    pub(crate) scheme: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) query: Option<String>,
}

/// Which requests are meant, and what is asked of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) methods: Option<OneOrMany>,
    pub(crate) path: Option<String>,
    pub(crate) path_regex: Option<String>,
    #[serde(default)]
    pub(crate) skip: bool,
    #[serde(default)]
    pub(crate) optional: bool,
    pub(crate) scopes: Option<Object<RouteScopes>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteScopes {
    #[serde(default)]
    pub(crate) all: Vec<String>,
    #[serde(default)]
    pub(crate) any: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    pub(crate) issuer: OneOrMany,
    pub(crate) tenants: Option<OneOrMany>,
    pub(crate) keys: Object<Keys>,
    pub(crate) algorithms: Option<Vec<String>>,
    pub(crate) audience: OneOrMany,
    pub(crate) typ: Option<OneOrMany>,
    pub(crate) required_claims: Option<Vec<String>>,
    pub(crate) leeway: Option<PolicyDuration>,
    pub(crate) max_age: Option<PolicyDuration>,
    pub(crate) max_lifetime: Option<PolicyDuration>,
    #[serde(default)]
    pub(crate) reject_future_iat: bool,
    pub(crate) client_id: Option<Object<ClientId>>,
    pub(crate) scopes: Option<Object<Scopes>>,
    #[serde(default)]
    pub(crate) claims: Vec<Object<ClaimRule>>,
    #[serde(default)]
    pub(crate) try_all_keys: bool,
    #[serde(default)]
    pub(crate) jwks: Object<Jwks>,
}

/// Where the keys of an issuer come from; several sources may stand beside each other.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    pub(crate) jwks_uri: Option<OneOrMany>,
    pub(crate) discovery: Option<Discovery>,
    pub(crate) jwks: Option<Value>,
    pub(crate) pem: Option<String>,
    pub(crate) secret: Option<Object<Secret>>,
    pub(crate) trust_store: Option<Object<TrustStore>>,
    #[serde(default)]
    pub(crate) allow_expired_certificates: bool,
    #[serde(default)]
    pub(crate) accept_unsigned: bool,
}

/// An HMAC secret; exactly one member says how its octets are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    pub(crate) text: Option<String>,
    pub(crate) base64url: Option<String>,
    pub(crate) hex: Option<String>,
}

/// Never shows the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A store of certificates; exactly one of `base64` and `text` holds it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustStore {
    pub(crate) r#type: StoreType,
    pub(crate) base64: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) default_alias: Option<String>,
}

/// Never shows the password, nor what it protects.
impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustStore")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientId {
    pub(crate) claims: Option<Vec<String>>,
    pub(crate) allowed: AllowedClients,
}

/// Which clients may use a token.
#[derive(Debug)]
pub(crate) enum AllowedClients {
    /// The word `host` alone: the host looks the client up.
    Host,
    Listed(Vec<String>),
}

impl<'de> Deserialize<'de> for AllowedClients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match OneOrMany::deserialize(deserializer)? {
            OneOrMany::Many(ids) => Ok(Self::Listed(ids)),
            word if word.is_waiver("host") => Ok(Self::Host),
            // Not a list of one: a misspelt `host` would be a client id that no token has.
            OneOrMany::One(_) => Err(de::Error::custom("expected a list of client ids, or the word host")),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scopes {
    pub(crate) claims: Option<Vec<String>>,
    pub(crate) all: Option<Vec<String>>,
    pub(crate) any: Option<Vec<String>>,
}

/// What is asked of a claim: at most one of the operators from `equals` to `max`, and an expression.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimRule {
    pub(crate) claim: Option<OneOrMany>,
    pub(crate) mandatory: Option<bool>,
    pub(crate) equals: Option<Value>,
    pub(crate) any_of: Option<Vec<Value>>,
    pub(crate) all_of: Option<Vec<Value>>,
    pub(crate) none_of: Option<Vec<Value>>,
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
    pub(crate) contains: Option<Value>,
    pub(crate) matches: Option<String>,
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
    pub(crate) separator: Option<String>,
    pub(crate) expression: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jwks {
    pub(crate) ttl: Option<PolicyDuration>,
    pub(crate) respect_cache_control: Option<bool>,
    pub(crate) min_ttl: Option<PolicyDuration>,
    pub(crate) refresh_ahead: Option<f64>,
    pub(crate) max_stale: Option<PolicyDuration>,
    pub(crate) timeout: Option<PolicyDuration>,
    pub(crate) cooldown: Option<PolicyDuration>,
    pub(crate) backoff: Option<Object<Backoff>>,
    pub(crate) max_body: Option<usize>,
    pub(crate) max_keys: Option<usize>,
    #[serde(default)]
    pub(crate) allow_http: bool,
}

/// The pauses after failed fetches.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backoff {
    pub(crate) first: Option<PolicyDuration>,
    pub(crate) max: Option<PolicyDuration>,
}

/// Whether the key set's URL is to be taken from metadata, and from which.
#[derive(Debug)]
pub(crate) enum Discovery {
    /// `true` stands for the URL that follows from the issuer's.
    Switch(bool),
    Url(String),
}

impl<'de> Deserialize<'de> for Discovery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DiscoveryVisitor;

        impl Visitor<'_> for DiscoveryVisitor {
            type Value = Discovery;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or the URL of the metadata")
            }

            fn visit_bool<E: de::Error>(self, switch: bool) -> Result<Self::Value, E> {
                Ok(Discovery::Switch(switch))
            }

            fn visit_str<E: de::Error>(self, url: &str) -> Result<Self::Value, E> {
                Ok(Discovery::Url(url.to_owned()))
            }
        }

        deserializer.deserialize_any(DiscoveryVisitor)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) token_bytes: Option<usize>,
    pub(crate) json_depth: Option<usize>,
}

/// A value that must be written as an object: serde would also read a struct from a list of its fields' values.
#[derive(Debug, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// One text, or a list of texts.
#[derive(Clone, Debug)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// Whether the text alone stands there, which is how waivers are written; a list of that text is a plain value.
    pub(crate) fn is_waiver(&self, word: &str) -> bool {
        matches!(self, Self::One(text) if text == word)
    }

    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;

        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = sequence.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany::Many(texts))
            }
        }

        deserializer.deserialize_any(OneOrManyVisitor)
    }
}
