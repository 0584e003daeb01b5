//! Certificates in PEM, one after the other, as certificate authorities publish them and OpenSSL writes them.

use super::error::{StoreError, TOO_MANY_ENTRIES};
use super::reader::NamedCertificate;
use crate::key::Unusable;
use crate::key::certificate::common_name;
use crate::key::pem::{Block, JKS_MAGIC};
use crate::key::shape::Shape;

/// Reads the certificates. PEM knows no aliases: the alias is the `friendlyName` that `openssl pkcs12 -nokeys` writes
/// above a certificate, and where there is none, the common name of the subject.
pub(super) fn read(text: &[u8]) -> Result<Vec<NamedCertificate>, StoreError> {
    let mut rest = std::str::from_utf8(text).map_err(|_| other_format(text))?;
    let mut entries = Vec::new();
    while rest.contains("-----BEGIN ") {
        let (block, after) = Block::first(rest).ok_or(DAMAGED)?;
        let der = block.certificate().map_err(StoreError::Content)?;
        let alias = friendly_name(block.before).or_else(|| common_name(&der)).ok_or(NAMELESS)?;
        entries.push(NamedCertificate { alias, der });
        if entries.len() > crate::limits::STORE_ENTRIES_MAX {
            return Err(TOO_MANY_ENTRIES);
        }
        rest = after;
    }
    if entries.is_empty() { Err(other_format(text)) } else { Ok(entries) }
}

/// The last one above the certificate, which is the nearest.
fn friendly_name(before: &str) -> Option<String> {
    let names = before.lines().rev().filter_map(|line| line.trim().strip_prefix("friendlyName:"));
    names.map(str::trim).find(|name| !name.is_empty()).map(str::to_owned)
}

fn other_format(store: &[u8]) -> StoreError {
    match store {
        store if store.starts_with(&JKS_MAGIC) => {
            StoreError::Type(Unusable("this is a Java key store; set type to jks"))
        }
        store if Shape::of(store) == Shape::Pkcs12 => {
            StoreError::Type(Unusable("this is a PKCS #12 store; set type to pkcs12"))
        }
        _ => StoreError::Content(Unusable("there is no certificate in PEM")),
    }
}

const DAMAGED: StoreError = StoreError::Content(Unusable("the PEM text is damaged: a block has no end"));
const NAMELESS: StoreError = StoreError::Content(Unusable(
    "a certificate has no common name to be its alias; write a line  friendlyName: ALIAS  above it",
));
