//! The signature algorithms (RFC 7518 section 3.1, RFC 8037, RFC 9864) and their properties, in one table.

/// What kind of key an algorithm needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Hmac,
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

macro_rules! algorithms {
    ($( $(#[$doc:meta])+ $variant:ident = $name:literal, $family:ident, $hash_bytes:literal;)+) => {
        /// A signature algorithm that a policy may allow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Algorithm {
            $( $(#[$doc])+ $variant, )+
        }

        impl Algorithm {
            /// Every algorithm, in the order of the table.
            pub const ALL: &'static [Algorithm] = &[$(Algorithm::$variant),+];

            /// The name in the `alg` header parameter.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The algorithm of a name, compared byte for byte; `none` and everything that is not in the table is `None`.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            pub(crate) const fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family),+ }
            }

            /// The length of the hash, which is the shortest HMAC secret (RFC 7518 section 3.2).
            pub(crate) const fn hash_bytes(self) -> usize {
                match self { $(Self::$variant => $hash_bytes),+ }
            }
        }
    };
}

algorithms! {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256 = "RS256", Rsa, 32;
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384 = "RS384", Rsa, 48;
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512 = "RS512", Rsa, 64;
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    Ps256 = "PS256", Rsa, 32;
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    Ps384 = "PS384", Rsa, 48;
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes.
    Ps512 = "PS512", Rsa, 64;
    /// ECDSA with P-256 and SHA-256.
    Es256 = "ES256", P256, 32;
    /// ECDSA with P-384 and SHA-384.
    Es384 = "ES384", P384, 48;
    /// ECDSA with P-521 and SHA-512; not every build verifies it.
    Es512 = "ES512", P521, 64;
    /// Ed25519 under the name of RFC 8037; a policy lists it beside, not in place of, `Ed25519`.
    EdDsa = "EdDSA", Ed25519, 64;
    /// Ed25519 under the name of RFC 9864.
    Ed25519 = "Ed25519", Ed25519, 64;
    /// HMAC with SHA-256.
    Hs256 = "HS256", Hmac, 32;
    /// HMAC with SHA-384.
    Hs384 = "HS384", Hmac, 48;
    /// HMAC with SHA-512.
    Hs512 = "HS512", Hmac, 64;
}

impl Algorithm {
    /// Whether signer and verifier share one secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self.family(), Family::Hmac)
    }

    /// The shortest signature: that of an RSA key of 2048 bits, of two numbers as long as the field (RFC 7518 section 3.4), or
    /// as long as the hash.
    pub(crate) const fn signature_bytes(self) -> usize {
        match self.family() {
            Family::Rsa => 256,
            Family::P256 | Family::Ed25519 => 64,
            Family::P384 => 96,
            Family::P521 => 132,
            Family::Hmac => self.hash_bytes(),
        }
    }

    /// The bit that stands for it in [`Algorithms`].
    const fn bit(self) -> u16 {
        1_u16.wrapping_shl(self as u32)
    }
}

/// Some of the algorithms, a bit for each: every key of a set has two of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Algorithms(u16);

impl Algorithms {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const EVERY: Self = Self((1 << Algorithm::ALL.len()) - 1);

    /// Those that are meant.
    pub(crate) fn which(mut is_meant: impl FnMut(Algorithm) -> bool) -> Self {
        let mut set = Self::NONE;
        Algorithm::ALL.iter().filter(|algorithm| is_meant(**algorithm)).for_each(|algorithm| set.insert(*algorithm));
        set
    }

    pub(crate) fn insert(&mut self, algorithm: Algorithm) {
        self.0 |= algorithm.bit();
    }

    pub(crate) fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & algorithm.bit() != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(move |algorithm| self.contains(*algorithm))
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
