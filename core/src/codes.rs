//! The one table of codes: what can be wrong, its stable number, its class, and how each answer preset maps it.

/// What kind of thing a code is about; useful for metrics and for branching without listing codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The request carries no usable token, or is none that the policy lets come so far.
    Request,
    /// The token is not a compact JWS that this library reads.
    Token,
    /// The issuer is missing or not one of the policy's.
    Issuer,
    /// The token's algorithm is not one that the policy allows.
    Algorithm,
    /// No single key of the issuer fits.
    Key,
    /// The signature is wrong.
    Signature,
    /// A claim is missing, malformed or not what the policy asks for.
    Claims,
    /// The client is not one of the known ones.
    Client,
    /// The token lacks a scope.
    Scope,
    /// The token was revoked.
    Revoked,
    /// Nobody knows whether the token is good: the keys are not at hand.
    Keys,
    /// The policy document is wrong.
    Policy,
    /// A bug in this library; the token is refused.
    Internal,
}

/// HTTP status codes of one code under each answer preset, and WSO2's own error code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statuses {
    pub(crate) rfc6750: u16,
    pub(crate) mulesoft: u16,
    pub(crate) mulesoft_2020: u16,
    pub(crate) wso2: u16,
    pub(crate) wso2_code: u32,
}

macro_rules! codes {
    ($( $(#[$doc:meta])+ $variant:ident = $number:literal, $name:literal, $class:ident,
        [$rfc6750:literal, $mulesoft:literal, $mulesoft_2020:literal, $wso2:literal / $wso2_code:literal];)+) => {
        /// Why a token was refused, or why nobody could say. Names and numbers are stable.
        ///
        /// ```
        /// use jotgate::{Class, Code};
        /// assert_eq!(Code::Expired.name(), "expired");
        /// assert_eq!(Code::from_name("expired"), Some(Code::Expired));
        /// assert_eq!(Code::Expired.class(), Class::Claims);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum Code {
            $( $(#[$doc])+ $variant = $number, )+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The stable name, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),+ }
            }

            /// The stable number, for interfaces that pass integers.
            #[must_use]
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// What kind of thing the code is about.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Code::$variant => Class::$class),+ }
            }

            pub(crate) const fn statuses(self) -> Statuses {
                match self {
                    $(Code::$variant => Statuses {
                        rfc6750: $rfc6750,
                        mulesoft: $mulesoft,
                        mulesoft_2020: $mulesoft_2020,
                        wso2: $wso2,
                        wso2_code: $wso2_code,
                    }),+
                }
            }
        }
    };
}

codes! {
    /// The request carries no token where the policy looks for one.
    MissingToken = 1001, "missing_token", Request, [401, 400, 400, 401 / 900902];
    /// The request carries several tokens that differ (RFC 6750 section 2: one method per request).
    MultipleTokens = 1002, "multiple_tokens", Request, [400, 400, 400, 401 / 900901];
    /// No route of the policy names the request, and the policy says `unmatched: deny`.
    UnmatchedRequest = 1003, "unmatched_request", Request, [403, 403, 403, 403 / 900906];
    /// Servers read the path of the request in more than one way, and one of them could let it pass somewhere.
    AmbiguousTarget = 1004, "ambiguous_target", Request, [400, 400, 400, 400 / 900906];
    /// Not three strict base64url segments that hold strict JSON objects (RFC 7515 section 5.2, RFC 7519 section 7.2).
    MalformedToken = 2001, "malformed_token", Token, [401, 401, 401, 401 / 900901];
    /// A token of a kind that is not read: encrypted, compressed, nested or with a detached payload.
    UnsupportedToken = 2002, "unsupported_token", Token, [401, 401, 401, 401 / 900901];
    /// The header demands an extension (`crit`, RFC 7515 section 4.1.11); none is supported.
    UnsupportedCritical = 2003, "unsupported_critical", Token, [401, 401, 401, 401 / 900901];
    /// The token is longer than the policy's `limits.token_bytes`.
    TokenTooLarge = 2004, "token_too_large", Token, [401, 401, 401, 401 / 900901];
    /// There is no `iss` claim (RFC 7519 section 4.1.1).
    MissingIssuer = 3001, "missing_issuer", Issuer, [401, 401, 401, 401 / 900901];
    /// `iss` is none of the policy's issuers, byte for byte.
    UnknownIssuer = 3002, "unknown_issuer", Issuer, [401, 401, 401, 401 / 900901];
    /// The header's `alg` is not in the issuer's list (RFC 8725 section 3.1).
    AlgorithmNotAllowed = 4001, "algorithm_not_allowed", Algorithm, [401, 401, 401, 401 / 900901];
    /// The issuer has no key of this `kid`, and all its key sets have been asked.
    UnknownKey = 5001, "unknown_key", Key, [401, 401, 401, 401 / 900901];
    /// Several different keys fit the token.
    AmbiguousKey = 5002, "ambiguous_key", Key, [401, 401, 401, 401 / 900901];
    /// The issuer has a key of this `kid`, but it cannot verify this token.
    UnusableKey = 5003, "unusable_key", Key, [401, 401, 401, 401 / 900901];
    /// The signature does not verify under the key (RFC 7515 section 5.2).
    InvalidSignature = 6001, "invalid_signature", Signature, [401, 401, 401, 401 / 900901];
    /// `exp` has passed (RFC 7519 section 4.1.4).
    Expired = 7001, "expired", Claims, [401, 401, 401, 401 / 900903];
    /// `nbf` lies ahead (RFC 7519 section 4.1.5).
    NotYetValid = 7002, "not_yet_valid", Claims, [401, 401, 401, 401 / 900901];
    /// `iat` lies ahead (RFC 7519 section 4.1.6).
    IssuedInFuture = 7003, "issued_in_future", Claims, [401, 401, 401, 401 / 900901];
    /// The token was issued longer ago than the policy's `max_age`.
    TooOld = 7004, "too_old", Claims, [401, 401, 401, 401 / 900901];
    /// The token lives longer than the policy's `max_lifetime`.
    LifetimeTooLong = 7005, "lifetime_too_long", Claims, [401, 401, 401, 401 / 900901];
    /// A claim that the policy requires is absent or `null`.
    MissingClaim = 7006, "missing_claim", Claims, [401, 401, 401, 401 / 900901];
    /// A claim has a type or value that its definition does not allow.
    InvalidClaim = 7007, "invalid_claim", Claims, [401, 401, 401, 401 / 900901];
    /// The header's `typ` is not one that the policy accepts (RFC 8725 section 3.11).
    InvalidType = 7008, "invalid_type", Claims, [401, 401, 401, 401 / 900901];
    /// None of the policy's audiences is in `aud` (RFC 7519 section 4.1.3).
    AudienceMismatch = 7009, "audience_mismatch", Claims, [401, 401, 401, 401 / 900901];
    /// A claim rule of the policy does not hold.
    ClaimRejected = 7010, "claim_rejected", Claims, [401, 401, 401, 401 / 900901];
    /// The token is bound to a key (`cnf`, RFC 7800 section 3.1), and nothing proves that the client holds it (RFC 9449 section
    /// 7.1, RFC 8705 section 3).
    ConfirmationFailed = 7011, "confirmation_failed", Claims, [401, 401, 401, 401 / 900901];
    /// The client id is none of the known ones.
    ClientNotAllowed = 8001, "client_not_allowed", Client, [403, 401, 403, 403 / 900908];
    /// The token lacks a scope that is needed (RFC 6750 section 3.1).
    InsufficientScope = 9001, "insufficient_scope", Scope, [403, 401, 401, 403 / 900910];
    /// The host says that the token was revoked.
    Revoked = 10001, "revoked", Revoked, [401, 401, 401, 401 / 900904];
    /// No usable key set is at hand, so the token can be neither accepted nor refused: answer 503, not 401.
    KeysUnavailable = 11001, "keys_unavailable", Keys, [503, 503, 502, 503 / 900900];
    /// The policy document is wrong; only construction reports it.
    PolicyError = 12001, "policy_error", Policy, [500, 500, 500, 500 / 900900];
    /// A bug in this library or its host; the token is refused.
    InternalError = 13001, "internal_error", Internal, [500, 500, 500, 500 / 900900];
}

impl Code {
    /// The code of a stable name; `None` for a name that is not in the table.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code of a stable number; `None` for a number that is not in the table.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_numbers_are_unique_and_lead_back() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        let numbers: BTreeSet<_> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert_eq!(numbers.len(), Code::ALL.len());
        for &code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(code));
            assert_eq!(Code::from_number(code.number()), Some(code));
        }
        assert_eq!(Code::from_name("nonsense"), None);
        assert_eq!(Code::from_number(0), None);
    }
}
