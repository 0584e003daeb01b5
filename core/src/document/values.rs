//! Values of the document that serde cannot derive: each takes one of two forms, or refuses one that serde would take.

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

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
    /// `[any]` is a list of one audience that is called any, and no waiver.
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

/// What becomes of requests that no route names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unmatched {
    /// They need a token, and no more.
    Token,
    /// They are refused, whatever token they carry.
    Deny,
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

/// What becomes of tokens that are bound to a key. Only a word is understood; an object will say which proofs are accepted.
#[derive(Debug)]
pub(crate) enum Confirmation {
    Word(String),
    Object,
}

impl<'de> Deserialize<'de> for Confirmation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConfirmationVisitor;

        impl<'de> Visitor<'de> for ConfirmationVisitor {
            type Value = Confirmation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the word ignore")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
                Ok(Confirmation::Word(word.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Confirmation::Object)
            }
        }

        deserializer.deserialize_any(ConfirmationVisitor)
    }
}

/// A standard for access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Profile {
    /// RFC 9068: the type `at+jwt` and seven claims that must be there.
    #[serde(rename = "rfc9068")]
    Rfc9068,
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
