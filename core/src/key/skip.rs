//! Why a key of a set does not count, and in which foreign spelling one that counts was written: two stable lists.

use crate::signature::BadKey;
use serde::{Serialize, Serializer};
use std::fmt;

macro_rules! reasons {
    ($(#[$doc:meta])+ $list:ident: $( $variant:ident = $name:literal, $text:literal; )+) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $list {
            $( #[doc = $text] $variant, )+
        }

        impl $list {
            /// Every reason, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The reason in words, which may change. They hold nothing of the key.
            #[must_use]
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl Serialize for $list {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

reasons! {
    /// Why a key of a set cannot be used. The names are stable; `core/docs/key-sets.md` lists them.
    SkipReason:
    NotAnObject = "not_an_object", "the key is not an object";
    OverMaxKeys = "over_max_keys", "the set holds more keys than max_keys";
    NoKeyType = "no_key_type", "the key has no kty";
    KeyType = "key_type", "the key type is not supported: RSA, EC and OKP are";
    NoCurve = "no_curve", "the key has no crv";
    Curve = "curve", "the curve is not supported: P-256, P-384, P-521 and Ed25519 are";
    MissingMember = "missing_member", "a number of the key is missing";
    NotText = "not_text", "a member of the key is not a string";
    NotBase64Url = "not_base64url", "a number of the key is not base64url";
    NumberLength = "number_length", "a number of the key is longer than any that is used";
    CoordinateLength = "coordinate_length", "x and y must have the length of the curve's field, leading zeros included";
    PrivateKey = "private_key", "the key carries private members";
    PublishedSecret = "published_secret", "a symmetric key in a fetched set is never used";
    ShortSecret = "short_secret", "an HMAC secret must have at least 32 bytes, and as many as the hash of its alg: 48 for HS384, 64 for HS512 (RFC 7518 section 3.2)";
    SecretIsKey = "secret_is_key", "this looks like a key or certificate, not like an HMAC secret; public keys belong to pem or jwks";
    Use = "use", "the key's use is not sig";
    Operations = "operations", "the key's key_ops do not include verify";
    Algorithm = "algorithm", "the key's alg is not a supported signature algorithm";
    AlgorithmType = "algorithm_type", "the key's alg does not fit its type";
    RsaLength = "rsa_length", "the RSA modulus must have 2048 to 8192 bits";
    RsaModulus = "rsa_modulus", "the RSA modulus must be odd";
    RsaRoca = "rsa_roca", "the RSA modulus is of a kind that can be factored (ROCA, CVE-2017-15361): have another key made";
    RsaExponent = "rsa_exponent", "the RSA exponent must be odd, at least 3 and below 2^33";
    PointForm = "point_form", "the point is not in uncompressed form";
    OffCurve = "off_curve", "the point is not on its curve";
    SmallOrder = "small_order", "the Ed25519 point is of small order";
    NotCanonical = "not_canonical", "the Ed25519 point is not in canonical form";
    Provider = "provider", "the cryptography of this build does not take the key; aws-lc takes P-521: a feature of the crates, and in all packages but jotgate/edge";
}

reasons! {
    /// In what a key that counts is spelled otherwise than RFC 7518 has it. Issuers do so, and mean the same number.
    Spelling:
    LeadingZeros = "leading_zeros", "n or e begins with a zero octet (RFC 7518 section 6.3.1 has none)";
    Alphabet = "alphabet", "a number is in the standard alphabet of base64 (RFC 7518 section 2 has base64url)";
    Padded = "padded", "a number is padded with = (RFC 7518 section 2 has no padding)";
}

impl From<BadKey> for SkipReason {
    fn from(why: BadKey) -> Self {
        match why {
            BadKey::NotUncompressed => Self::PointForm,
            BadKey::OffCurve => Self::OffCurve,
            BadKey::SmallOrder => Self::SmallOrder,
            BadKey::NotCanonical => Self::NotCanonical,
            BadKey::Provider => Self::Provider,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SkipReason, Spelling};

    /// The guide lists both, so that whoever writes an alert finds the words.
    #[test]
    fn the_guide_has_every_name() {
        let path = format!("{}/docs/key-sets.md", env!("CARGO_MANIFEST_DIR"));
        let guide = std::fs::read_to_string(path).expect("the guide");
        let names =
            SkipReason::ALL.iter().map(|reason| reason.name()).chain(Spelling::ALL.iter().map(|how| how.name()));
        for name in names {
            assert!(guide.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
