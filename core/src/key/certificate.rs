//! X.509 certificates (RFC 5280), taken as what they are in a gateway's policy: a public key with a period of validity.
//!
//! The certificate stands in the policy, so the policy vouches for it. Issuer, signature, names, usages and extensions
//! prove nothing more here, and are not looked at.

use super::{Unusable, public};
use crate::signature::Material;
use crate::time::Timestamp;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// When a certificate may be used, in whole seconds since the epoch, both ends included (RFC 5280 section 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    not_before: i64,
    not_after: i64,
}

impl Validity {
    /// The second that `now` lies in counts: times in certificates have no fractions.
    pub(crate) fn contains(&self, now: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&now.as_millis().div_euclid(1000))
    }
}

/// Reads one certificate that fills `der`.
pub(crate) fn read(der: &[u8]) -> Result<(Material, Validity), Unusable> {
    let certificate = parse(der)?;
    let certificate = certificate.tbs_certificate();
    let period = certificate.validity();
    let validity = Validity {
        not_before: seconds(period.not_before.to_unix_duration()),
        not_after: seconds(period.not_after.to_unix_duration()),
    };
    Ok((public::material(certificate.subject_public_key_info())?, validity))
}

/// The subject's common name, by which people tell certificates apart.
pub(crate) fn common_name(der: &[u8]) -> Option<String> {
    let certificate = parse(der).ok()?;
    let name = certificate.tbs_certificate().subject().common_name().ok()??;
    Some(name.value().into_owned())
}

fn parse(der: &[u8]) -> Result<Certificate, Unusable> {
    Certificate::from_der(der).map_err(|_| Unusable("the certificate is damaged"))
}

fn seconds(since_epoch: Duration) -> i64 {
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
