//! The one table of checks: their order, their names, and when an explanation lists them.
//!
//! Everything that goes through all checks takes them from here. A check that is added to this table and nowhere else does
//! not compile: who runs checks and who explains them match on [`CheckName`] without a wildcard.

/// Which explanations list a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All, so that a reader sees what was not reached.
    Always,
    /// Those of requests, for a token alone has nothing for it to look at.
    WithRequest,
    /// Those in which it was run. The policy decides whether there is such a check at all.
    WhenRun,
}

macro_rules! checklist {
    ($( $(#[$doc:meta])+ $variant:ident = $name:literal, $listed:ident; )+) => {
        /// The name of a check. Names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum CheckName {
            $( $(#[$doc])+ $variant, )+
            /// One of the rules about claims of the issuer's entry, by its number. They come last.
            Rule(usize),
            /// One of the rules of the request's route, by its number. Behind those of the issuer.
            RouteRule(usize),
        }

        impl CheckName {
            /// Every check but the rules, in the order in which a validation runs them.
            pub(crate) const IN_ORDER: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, the same in every language; a rule's is followed by its number in brackets.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Rule(_) => "claims",
                    Self::RouteRule(_) => "route_claims",
                }
            }

            /// Which explanations list it.
            pub(crate) const fn listed(self) -> Listed {
                match self {
                    $(Self::$variant => Listed::$listed,)+
                    Self::Rule(_) | Self::RouteRule(_) => Listed::WhenRun,
                }
            }
        }

        /// The names for documentation, in their order.
        macro_rules! check_names {
            () => { concat!($("`", $name, "`, ",)+ "and `claims[0]` and so on for the rules of the issuer's entry, `route_claims[0]` for those of the route.") };
        }
    };
}

checklist! {
    /// Which of the policy's routes the request takes, and whether that one asks for a token.
    Route = "route", WithRequest;
    /// Where in the request the token is, and that there is one only (RFC 6750 section 2).
    Token = "token", WithRequest;
    /// Three segments of strict base64url, not longer than the policy allows (RFC 7515 section 7.1).
    Shape = "shape", Always;
    /// A header of strict JSON that asks for nothing unknown (RFC 7515 section 4).
    Header = "header", Always;
    /// Claims of strict JSON (RFC 7519 section 7.2).
    Payload = "payload", Always;
    /// `iss` picks an entry of the policy (RFC 8725 section 3.8). Everything behind it belongs to that entry.
    Issuer = "issuer", Always;
    /// The header's `alg` agrees with the policy (RFC 8725 section 3.1).
    Algorithm = "algorithm", Always;
    /// One key of the issuer fits.
    Key = "key", Always;
    /// The signature over the bytes as received (RFC 7515 section 5.2).
    Signature = "signature", Always;
    /// The header's `typ` (RFC 8725 section 3.11).
    Typ = "typ", Always;
    /// The date of expiry (RFC 7519 section 4.1.4).
    Exp = "exp", Always;
    /// The date of the beginning (RFC 7519 section 4.1.5).
    Nbf = "nbf", Always;
    /// The date of issue (RFC 7519 section 4.1.6).
    Iat = "iat", Always;
    /// How long ago the token was issued. Behind `iat`, from which it counts.
    MaxAge = "max_age", Always;
    /// How long the token lives. Behind `iat` and `exp`, between which it counts.
    MaxLifetime = "max_lifetime", Always;
    /// For whom the token is meant (RFC 7519 section 4.1.3).
    Aud = "aud", Always;
    /// Whom the token is about: that it is a text (RFC 7519 section 4.1.2).
    Sub = "sub", Always;
    /// The token's own id: that it is a text (RFC 7519 section 4.1.7).
    Jti = "jti", Always;
    /// The claims that the policy wants to see.
    RequiredClaims = "required_claims", Always;
    /// Whether the token is bound to a key (RFC 7800 section 3.1). Before the client and the scopes, whose answers (403) are for
    /// who has shown whose token it is.
    Confirmation = "confirmation", Always;
    /// The client that the token was given to.
    ClientId = "client_id", Always;
    /// The scopes that the issuer's entry asks for (RFC 6749 section 3.3).
    Scopes = "scopes", Always;
    /// The issuers whose tokens the request's route takes.
    RouteIssuers = "route_issuers", WhenRun;
    /// For whom a token is meant that the request's route takes (RFC 7519 section 4.1.3).
    RouteAud = "route_aud", WhenRun;
    /// The clients whose tokens the request's route takes.
    RouteClientId = "route_client_id", WhenRun;
    /// The scopes that the request's route asks for.
    RouteScopes = "route_scopes", WithRequest;
    /// Claims get their other names. Behind all checks that know claims by the names of the token.
    ClaimMapping = "claim_mapping", WhenRun;
}

impl std::fmt::Display for CheckName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule(index) | Self::RouteRule(index) => write!(f, "{}[{index}]", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CheckName;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = CheckName::IN_ORDER.iter().map(|check| check.name()).collect();
        assert_eq!(names.len(), CheckName::IN_ORDER.len());
        assert_eq!(CheckName::Rule(7).to_string(), "claims[7]");
    }
}
