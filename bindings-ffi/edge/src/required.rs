//! What endpoints ask for in code.

use crate::mistake::Mistake;
use jotgate::{HeldToken, Rejection, Requirement, Validator, policy_text};

/// What an endpoint asks for, from its document: JSON text in UTF-8.
///
/// # Errors
///
/// The text is no such document.
pub fn requirement(document: &[u8]) -> Result<Requirement, Mistake> {
    policy_text(document).and_then(Requirement::from_json).map_err(|error| Mistake::from(&error))
}

/// Whether a request is what an endpoint asks for: one without a token never is.
///
/// # Errors
///
/// It is not.
pub fn required(
    validator: &Validator, token: Option<&HeldToken<'_>>, requirement: &Requirement,
) -> Result<(), Rejection> {
    match token {
        Some(token) => validator.require_held(token, requirement),
        None => Err(Rejection::missing_token()),
    }
}

#[cfg(test)]
mod tests {
    use super::{required, requirement};
    use crate::{Options, VerdictRecord, open};
    use jotgate::{Code, HeldToken, Timestamp, Verdict};

    #[test]
    fn a_mistake_names_its_place() {
        assert_eq!(
            requirement(br#"{"scopes":{"all":[""]}}"#).err().map(|error| error.path).as_deref(),
            Some("scopes.all[0]")
        );
        let no_text = b"{\"scopes\": {\"all\": [\"a\xff\"]}}";
        assert_eq!(requirement(no_text).err().map(|error| error.path).as_deref(), Some("scopes.all[0]"));
    }

    #[test]
    fn a_request_without_a_token_is_never_enough() {
        let policy = br#"{"version":1,"issuers":[{"issuer":"https://issuer.test/","audience":"any","required_claims":[],"keys":{"accept_unsigned":true}}]}"#;
        let validator = open(policy, Options::default()).unwrap();
        let asked = requirement(br#"{"claims":[{"claim":"client_id"}]}"#).unwrap();
        let refused = required(&validator, None, &asked).unwrap_err();
        assert_eq!(refused.code, Code::MissingToken);
        assert_eq!(VerdictRecord::from(&refused).code, Code::MissingToken.number());
        let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImNsaWVudF9pZCI6ImFwcCJ9.";
        let Verdict::Accepted(verified) = validator.validate(token, Timestamp::from_seconds(7)) else {
            panic!("not accepted")
        };
        assert_eq!(required(&validator, Some(&HeldToken::from(&verified)), &asked), Ok(()));
    }
}
