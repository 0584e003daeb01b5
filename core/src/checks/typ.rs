//! The header's `typ` (RFC 8725 section 3.11): a token made for another purpose is not taken for an access token.

use crate::codes::Code;
use crate::document::{OneOrMany, PolicyError, Profile};
use crate::explain::{Facts, NOT_ASKED};
use crate::rejection::Rejection;
use crate::text::listed;
use crate::token::Header;

/// The types that are accepted, in the form in which they compare; without a list every type but those of [`FOREIGN`].
#[derive(Debug)]
pub(crate) struct Types(Option<Vec<String>>);

impl Types {
    /// `path` is that of the issuer's entry.
    pub(crate) fn compile(
        written: Option<OneOrMany>, profile: Option<Profile>, path: &str,
    ) -> Result<Self, PolicyError> {
        let path = format!("{path}.typ");
        let types = written.map(|written| written.as_slice().iter().map(|typ| media_type(typ)).collect::<Vec<_>>());
        if types.as_ref().is_some_and(|types| types.is_empty() || types.iter().any(String::is_empty)) {
            return Err(PolicyError::new(path, "expected at least one type, none of them empty"));
        }
        match (types, profile) {
            (Some(types), Some(Profile::Rfc9068)) if types.iter().any(|typ| typ != ACCESS_TOKEN) => {
                let error = PolicyError::new(path, "profile: rfc9068 takes the type at+jwt alone (RFC 9068 section 4)");
                Err(error.with_hint("leave typ out, or the profile"))
            }
            (_, Some(Profile::Rfc9068)) => Ok(Self(Some(vec![ACCESS_TOKEN.to_owned()]))),
            (types, None) => Ok(Self(types)),
        }
    }

    /// A header without `typ` is refused where the policy names types: what does not say its kind may be of any.
    pub(super) fn check(&self, header: &Header<'_>) -> Result<(), Rejection> {
        let detail = match (&self.0, &header.typ) {
            (None, Some(typ)) if is_foreign(typ) => {
                "tokens of this type are no access tokens; name it in typ if they are meant"
            }
            (None, _) => return Ok(()),
            (Some(accepted), Some(typ)) if accepted.contains(&media_type(typ)) => return Ok(()),
            (Some(_), _) => "the header's typ is not one that the policy accepts",
        };
        Err(Rejection::new(Code::InvalidType, detail))
    }

    pub(super) fn facts(&self, header: &Header<'_>) -> Facts {
        match (&self.0, &header.typ) {
            (None, Some(typ)) if is_foreign(typ) => Facts::checked().expected("a type of access tokens").found(typ),
            (None, _) => Facts::idle(NOT_ASKED),
            (Some(accepted), Some(typ)) => Facts::checked().expected(listed(accepted)).found(typ),
            (Some(accepted), None) => Facts::checked().expected(listed(accepted)).note("the header has no typ"),
        }
    }
}

/// The form in which types are compared: `application/` may be left out (RFC 7515 section 4.1.9), and media types compare
/// without case (RFC 2045 section 5.1).
fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        // A second slash would be a parameter, and then the prefix is not optional.
        Some(rest) if !rest.contains('/') => rest.to_owned(),
        _ => lower,
    }
}

/// Whether tokens of this type are never access tokens. Parameters of the media type do not make it another one here: what is
/// accepted compares whole, what is refused does not.
fn is_foreign(typ: &str) -> bool {
    if USUAL.contains(&typ) {
        return false;
    }
    let bare = typ.split(';').next().unwrap_or_default().trim_matches([' ', '\t']);
    let (tree, name) = bare.rsplit_once('/').unwrap_or(("application", bare));
    tree.eq_ignore_ascii_case("application") && FOREIGN.iter().any(|foreign| foreign.eq_ignore_ascii_case(name))
}

/// The type of access tokens (RFC 9068 section 2.1).
pub(crate) const ACCESS_TOKEN: &str = "at+jwt";

/// What nearly all access tokens say, so that the list of the others is not gone through.
const USUAL: [&str; 2] = ["JWT", ACCESS_TOKEN];

/// Types that are registered, or in use, for something else than access tokens. A list of what is refused and not of what is
/// taken: issuers give their access tokens names of their own.
const FOREIGN: [&str; 22] = [
    // OpenID Connect Back-Channel Logout 1.0 section 2.4, RFC 8417 section 2.3, RFC 9449 section 4.2.
    "logout+jwt",
    "secevent+jwt",
    "dpop+jwt",
    // RFC 9101 section 10.8, RFC 9701 section 5, RFC 7523 as amended, Attestation-Based Client Authentication.
    "oauth-authz-req+jwt",
    "token-introspection+jwt",
    "client-authentication+jwt",
    "oauth-client-attestation+jwt",
    "oauth-client-attestation-pop+jwt",
    // An identity assertion is exchanged for an access token, and is none.
    "oauth-id-jag+jwt",
    // Token Status List, SD-JWT, Verifiable Credentials, EAT (RFC 9711).
    "statuslist+jwt",
    "kb+jwt",
    "dc+sd-jwt",
    "vc+jwt",
    "vp+jwt",
    "eat+jwt",
    "provided-claims+jwt",
    "openid4vci-proof+jwt",
    // OpenID Federation 1.0.
    "entity-statement+jwt",
    "resolve-response+jwt",
    "trust-mark+jwt",
    "trust-mark-delegation+jwt",
    "jwk-set+jwt",
];
