//! Trust stores: certificates under aliases, as Java programs and gateways keep them.
//!
//! What an alias means is decided here, and PEM is read here. The other formats are old, large and full of ciphers that
//! verify nothing, so a reader that the caller hands in takes the certificates out of them.
//!
//! An alias is a key id. It compares without regard to case, as it does in Java, whose tools write aliases in lower
//! case: a key id of mixed case would find its certificate in no store otherwise.

mod bundle;
mod error;
mod reader;

use super::{Candidates, KeySet, Periods, Unusable};
use crate::algorithm::Algorithms;
use crate::limits;
pub(crate) use error::StoreError;
use error::TOO_MANY_ENTRIES;
pub(crate) use reader::NoTrustStores;
pub use reader::{NamedCertificate, TrustStoreContent, TrustStoreError, TrustStoreFormat, TrustStores};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The certificates of one store, and the one that a token without a key id means.
#[derive(Debug)]
pub(crate) struct TrustStore {
    /// Under their aliases in lower case.
    certificates: KeySet,
    default_alias: Box<str>,
}

/// The formats of stores, as a policy names them.
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
pub(crate) struct StoreContent<'s> {
    pub(crate) store_type: StoreType,
    pub(crate) bytes: &'s [u8],
    pub(crate) password: Option<&'s str>,
}

impl TrustStore {
    /// Reads a store. Without a `default_alias` it is the one of WSO2's gateway, which then need not be there.
    pub(crate) fn read(
        content: &StoreContent<'_>, default_alias: Option<&str>, periods: Periods, allowed: Algorithms,
        stores: &dyn TrustStores,
    ) -> Result<Self, StoreError> {
        let certificates = keys(certificates(content, stores)?, periods, allowed)?;
        let alias = default_alias.unwrap_or(DEFAULT_ALIAS).to_lowercase();
        if default_alias.is_some() && !certificates.knows(&alias) {
            return Err(StoreError::DefaultAlias(Unusable("the store has no certificate under this alias")));
        }
        Ok(Self { certificates, default_alias: alias.into() })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &super::Key> {
        self.certificates.keys()
    }

    /// The aliases of certificates whose keys do not count.
    pub(crate) fn unusable(&self) -> impl Iterator<Item = &str> {
        self.certificates.unusable()
    }

    /// Takes the certificate of this alias out of what a token may mean.
    pub(crate) fn deny<'k>(&'k self, candidates: &mut Candidates<'k>, alias: &str) {
        candidates.deny(&self.certificates, &alias.to_lowercase());
    }

    /// Adds the certificate that a token means: the one its `kid` names, without a `kid` the one of its thumbprint, and
    /// without either the default one. A `kid`
    /// that is no alias never falls back to the default: that would verify a token with another key than it names.
    pub(crate) fn offer<'k>(&'k self, candidates: &mut Candidates<'k>, kid: Option<&str>) {
        match kid {
            Some(kid) => candidates.add(&self.certificates, Some(&kid.to_lowercase())),
            None if candidates.names_certificate() => candidates.add(&self.certificates, None),
            None => candidates.add(&self.certificates, Some(&self.default_alias)),
        }
    }
}

fn certificates(content: &StoreContent<'_>, stores: &dyn TrustStores) -> Result<Vec<NamedCertificate>, StoreError> {
    if content.bytes.len() > limits::STORE_BYTES_MAX {
        return Err(StoreError::Content(Unusable("the store is larger than 2 MiB")));
    }
    let format = match content.store_type {
        StoreType::Jks => TrustStoreFormat::Jks,
        StoreType::Pkcs12 => TrustStoreFormat::Pkcs12,
        StoreType::Pem if content.password.is_some() => {
            return Err(StoreError::Password(Unusable("certificates in PEM have no password")));
        }
        StoreType::Pem => return bundle::read(content.bytes),
    };
    let content = TrustStoreContent { format, bytes: content.bytes, password: content.password };
    Ok(stores.read(&content)?)
}

/// The keys of the certificates. As in a key set, one that is not usable does not spoil the others.
fn keys(entries: Vec<NamedCertificate>, periods: Periods, allowed: Algorithms) -> Result<KeySet, StoreError> {
    if entries.len() > limits::STORE_ENTRIES_MAX {
        return Err(TOO_MANY_ENTRIES);
    }
    let mut seen = BTreeMap::new();
    let mut set = KeySet::default();
    let mut reason = "there is no certificate with an alias";
    for NamedCertificate { alias, der } in entries {
        let alias = alias.to_lowercase();
        match seen.get(&alias) {
            Some(other) if *other == der => continue,
            Some(_) => return Err(StoreError::Content(Unusable("two certificates have the same alias"))),
            None => {}
        }
        let id: Box<str> = alias.as_str().into();
        match super::Key::from_certificate(&der, periods, allowed) {
            Ok(key) => set.insert(super::Key { id: Some(id), ..key }),
            Err(Unusable(refusal)) => {
                reason = refusal;
                set.without(id);
            }
        }
        seen.insert(alias, der);
    }
    if set.len() == 0 { Err(StoreError::Content(Unusable(reason))) } else { Ok(set) }
}

/// The alias under which WSO2's gateway looks for the certificate of tokens without a `kid`.
const DEFAULT_ALIAS: &str = "gateway_certificate_alias";
