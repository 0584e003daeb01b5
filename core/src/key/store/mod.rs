//! Trust stores: certificates under aliases, as Java programs and gateways keep them.
//!
//! An alias is a key id. It compares without regard to case, as it does in Java, whose tools write aliases in lower
//! case: a key id of mixed case would find its certificate in no store otherwise.

#[cfg(feature = "trust-stores")]
mod bundle;
#[cfg(feature = "trust-stores")]
mod jks;
#[cfg(feature = "trust-stores")]
mod password;
#[cfg(feature = "trust-stores")]
mod pkcs12;

use super::{Candidates, KeySet, Periods, Unusable};
use serde::Deserialize;

/// The certificates of one store, and the one that a token without a key id means.
#[derive(Debug)]
pub(crate) struct TrustStore {
    /// Under their aliases in lower case.
    certificates: KeySet,
    default_alias: Box<str>,
}

/// The formats of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoreType {
    /// The key store of Java before version 9.
    Jks,
    /// RFC 7292, which Java writes since version 9.
    Pkcs12,
    /// Certificates one after the other.
    Pem,
}

/// A store as it stands in a policy.
#[cfg_attr(not(feature = "trust-stores"), expect(dead_code, reason = "nothing reads it"))]
pub(crate) struct StoreContent<'s> {
    pub(crate) store_type: StoreType,
    pub(crate) bytes: &'s [u8],
    pub(crate) password: Option<&'s str>,
}

/// Why a store cannot be used, by the field that has to change.
#[cfg_attr(not(feature = "trust-stores"), expect(dead_code, reason = "without readers nothing else can be wrong"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    Type(Unusable),
    Content(Unusable),
    Password(Unusable),
    DefaultAlias(Unusable),
}

impl TrustStore {
    /// Reads a store. Without a `default_alias` it is the one of WSO2's gateway, which then need not be there.
    #[cfg(feature = "trust-stores")]
    pub(crate) fn read(
        content: &StoreContent<'_>, default_alias: Option<&str>, periods: Periods,
    ) -> Result<Self, StoreError> {
        let certificates = keys(named_certificates(content)?, periods)?;
        let alias = default_alias.unwrap_or(DEFAULT_ALIAS).to_lowercase();
        if default_alias.is_some() && !certificates.knows(&alias) {
            return Err(StoreError::DefaultAlias(Unusable("the store has no certificate under this alias")));
        }
        Ok(Self { certificates, default_alias: alias.into() })
    }

    /// This build reads no stores.
    #[cfg(not(feature = "trust-stores"))]
    pub(crate) fn read(_: &StoreContent<'_>, _: Option<&str>, _: Periods) -> Result<Self, StoreError> {
        Err(StoreError::Type(Unusable("this build was made without the feature trust-stores")))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &super::Key> {
        self.certificates.keys()
    }

    /// Adds the certificate that a token means: the one its `kid` names, and without a `kid` the default one. A `kid`
    /// that is no alias never falls back to the default: that would verify a token with another key than it names.
    pub(crate) fn offer<'k>(&'k self, candidates: &mut Candidates<'k>, kid: Option<&str>) {
        match kid {
            Some(kid) => candidates.add(&self.certificates, Some(&kid.to_lowercase())),
            None => candidates.add(&self.certificates, Some(&self.default_alias)),
        }
    }
}

/// A certificate in DER and its name.
#[cfg(feature = "trust-stores")]
struct Entry {
    alias: String,
    certificate: Vec<u8>,
}

#[cfg(feature = "trust-stores")]
fn named_certificates(content: &StoreContent<'_>) -> Result<Vec<Entry>, StoreError> {
    if content.bytes.len() > crate::limits::STORE_BYTES_MAX {
        return Err(StoreError::Content(Unusable("the store is larger than 2 MiB")));
    }
    match content.store_type {
        StoreType::Jks => jks::read(content.bytes, content.password),
        StoreType::Pkcs12 => pkcs12::read(content.bytes, content.password),
        StoreType::Pem if content.password.is_some() => {
            Err(StoreError::Password(Unusable("certificates in PEM have no password")))
        }
        StoreType::Pem => bundle::read(content.bytes),
    }
}

/// The keys of the certificates. As in a key set, one that is not usable does not spoil the others.
#[cfg(feature = "trust-stores")]
fn keys(entries: Vec<Entry>, periods: Periods) -> Result<KeySet, StoreError> {
    if entries.len() > crate::limits::STORE_ENTRIES_MAX {
        return Err(TOO_MANY_ENTRIES);
    }
    let mut seen = std::collections::BTreeMap::new();
    let mut set = KeySet::default();
    let mut reason = "there is no certificate with an alias";
    for Entry { alias, certificate } in entries {
        let alias = alias.to_lowercase();
        match seen.get(&alias) {
            Some(other) if *other == certificate => continue,
            Some(_) => return Err(StoreError::Content(Unusable("two certificates have the same alias"))),
            None => {}
        }
        let id: Box<str> = alias.as_str().into();
        match super::Key::from_certificate(&certificate, periods) {
            Ok(key) => set.insert(super::Key { id: Some(id), ..key }),
            Err(Unusable(refusal)) => {
                reason = refusal;
                set.skip(Some(id), refusal);
            }
        }
        seen.insert(alias, certificate);
    }
    if set.len() == 0 { Err(StoreError::Content(Unusable(reason))) } else { Ok(set) }
}

#[cfg(feature = "trust-stores")]
const TOO_MANY_ENTRIES: StoreError = StoreError::Content(Unusable("the store has more than 1000 entries"));

/// The alias under which WSO2's gateway looks for the certificate of tokens without a `kid`.
#[cfg(feature = "trust-stores")]
const DEFAULT_ALIAS: &str = "gateway_certificate_alias";
