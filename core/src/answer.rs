//! The HTTP answer to a request that may not pass, by preset.

use crate::codes::{Class, Code};
use serde::Deserialize;
use std::time::Duration;

/// Which gateway's manner of answering to take: the policy's `responses`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Responses {
    /// RFC 6750 section 3: a `WWW-Authenticate: Bearer` challenge, and `application/problem+json` (RFC 9457) with the code.
    #[default]
    #[serde(rename = "rfc6750")]
    Rfc6750,
    /// What MuleSoft's policy answers since 2021.
    #[serde(rename = "mulesoft")]
    Mulesoft,
    /// What MuleSoft's policy answered before: 403 for an unknown client, 502 without keys.
    #[serde(rename = "mulesoft-2020")]
    Mulesoft2020,
    /// What WSO2 API Manager answers: its 9009xx codes.
    #[serde(rename = "wso2")]
    Wso2,
}

/// A complete HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header fields to set, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The body; always JSON.
    pub body: String,
}

impl Answer {
    /// The answer for `code`; `scopes` are those that the token's issuer entry asks for, `retry_after` how long the
    /// keys stay unavailable.
    pub(crate) fn new(preset: Responses, code: Code, scopes: &[&str], retry_after: Option<Duration>) -> Self {
        let statuses = code.statuses();
        let (status, content_type, body) = match preset {
            Responses::Rfc6750 => (statuses.rfc6750, "application/problem+json", problem(statuses.rfc6750, code)),
            Responses::Mulesoft => (statuses.mulesoft, "application/json", mulesoft_body(code)),
            Responses::Mulesoft2020 => (statuses.mulesoft_2020, "application/json", mulesoft_body(code)),
            Responses::Wso2 => (statuses.wso2, "application/json", wso2_body(statuses.wso2_code)),
        };
        let mut headers = vec![("Content-Type", content_type.to_owned())];
        if let Some(challenge) = challenge(preset, status, code, scopes) {
            headers.push(("WWW-Authenticate", challenge));
        }
        if code == Code::KeysUnavailable {
            headers.push(("Retry-After", retry_after_seconds(retry_after).to_string()));
        }
        Self { status, headers, body }
    }
}

/// The challenge of RFC 6750 section 3. A request without any token gets no error code (section 3.1), the others say
/// which kind of mistake it was and no more: the detail of a code is for operators.
fn challenge(preset: Responses, status: u16, code: Code, scopes: &[&str]) -> Option<String> {
    if matches!(preset, Responses::Mulesoft | Responses::Mulesoft2020) || !matches!(status, 400 | 401 | 403) {
        return None;
    }
    let realm = if preset == Responses::Wso2 { " realm=\"WSO2 API Manager\"" } else { "" };
    let (error, description) = match code.class() {
        Class::Request if code == Code::MissingToken => return Some(format!("Bearer{realm}")),
        // No token was looked at, and none would help.
        Class::Request if matches!(code, Code::UnmatchedRequest | Code::AmbiguousTarget) => return None,
        Class::Request => ("invalid_request", "The request carries more than one token"),
        Class::Scope => ("insufficient_scope", "The token lacks a scope that this resource needs"),
        // 403 says that another token of this client would not help; `invalid_token` would make it get one (section 3.1).
        Class::Client if preset == Responses::Rfc6750 => return None,
        Class::Client => ("invalid_token", "The client is not known to this resource"),
        _ => ("invalid_token", "The token is not valid for this resource"),
    };
    let comma = if realm.is_empty() { "" } else { "," };
    let mut challenge = format!("Bearer{realm}{comma} error=\"{error}\", error_description=\"{description}\"");
    if code == Code::InsufficientScope && !scopes.is_empty() {
        challenge.push_str(", scope=\"");
        challenge.push_str(&scopes.join(" "));
        challenge.push('"');
    }
    Some(challenge)
}

/// At least one second: a Retry-After of 0 invites a loop (RFC 9110 section 10.2.3).
fn retry_after_seconds(retry_after: Option<Duration>) -> u64 {
    let millis = retry_after.unwrap_or(Duration::from_secs(1)).as_millis();
    u64::try_from(millis.div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

fn problem(status: u16, code: Code) -> String {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    format!(r#"{{"type":"about:blank","title":"{title}","status":{status},"code":"{}"}}"#, code.name())
}

fn mulesoft_body(code: Code) -> String {
    let error = match code.class() {
        Class::Request if code == Code::MissingToken => "JWT Token is required.",
        Class::Request if code == Code::UnmatchedRequest => "Request is not allowed.",
        Class::Request if code == Code::AmbiguousTarget => "Invalid request.",
        Class::Keys => "JWKS service is unavailable.",
        _ => "Invalid token.",
    };
    format!(r#"{{"error":"{error}"}}"#)
}

fn wso2_body(code: u32) -> String {
    let (message, description) = match code {
        900_902 => (
            "Missing Credentials",
            "Send the access token in the Authorization header: Authorization: Bearer ACCESS_TOKEN",
        ),
        900_903 => ("Access Token Expired", "The access token has expired; get a new one and try again"),
        900_904 => ("Access Token Inactive", "The access token was revoked; get a new one and try again"),
        900_906 => (
            "No matching resource found in the API for the given request",
            "Check the API documentation and add a proper REST resource path to the invocation URL",
        ),
        900_908 => ("Resource forbidden", "The client has no access to this resource"),
        900_910 => (
            "The access token does not allow you to access the requested resource",
            "The access token lacks a scope that this resource needs",
        ),
        900_901 => ("Invalid Credentials", "The access token is not valid for this resource"),
        _ => ("Unclassified Authentication Failure", "The access token could not be checked"),
    };
    format!(r#"{{"code":"{code}","message":"{message}","description":"{description}"}}"#)
}

#[cfg(test)]
mod tests {
    use super::{Answer, Responses};
    use crate::codes::Code;
    use std::time::Duration;

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_request_without_token_gets_a_bare_challenge() {
        let answer = Answer::new(Responses::Rfc6750, Code::MissingToken, &[], None);
        assert_eq!(answer.status, 401);
        assert_eq!(header(&answer, "WWW-Authenticate"), Some("Bearer"));
    }

    #[test]
    fn a_missing_scope_names_the_scopes() {
        let answer = Answer::new(Responses::Rfc6750, Code::InsufficientScope, &["orders:read", "orders:write"], None);
        assert_eq!(answer.status, 403);
        let challenge = header(&answer, "WWW-Authenticate").unwrap_or_default();
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.ends_with("scope=\"orders:read orders:write\""), "{challenge}");
    }

    #[test]
    fn each_gateway_says_in_its_own_words_what_was_wrong() {
        for (preset, code, said) in [
            (Responses::Mulesoft, Code::MissingToken, "JWT Token is required."),
            (Responses::Mulesoft, Code::UnmatchedRequest, "Request is not allowed."),
            (Responses::Mulesoft, Code::MultipleTokens, "Invalid token."),
            (Responses::Wso2, Code::Revoked, "Access Token Inactive"),
            (Responses::Wso2, Code::Expired, "Access Token Expired"),
        ] {
            let answer = Answer::new(preset, code, &[], None);
            assert!(answer.body.contains(&format!(":\"{said}\"")), "{code:?}: {}", answer.body);
        }
    }

    #[test]
    fn unavailable_keys_round_the_wait_up() {
        let answer = Answer::new(Responses::Rfc6750, Code::KeysUnavailable, &[], Some(Duration::from_millis(1200)));
        assert_eq!((answer.status, header(&answer, "Retry-After")), (503, Some("2")));
        assert_eq!(header(&answer, "WWW-Authenticate"), None);
    }

    /// No token was looked at, so nothing is said of one.
    #[test]
    fn a_target_that_is_read_in_several_ways_gets_no_challenge() {
        for (preset, body) in [
            (Responses::Rfc6750, r#""code":"ambiguous_target""#),
            (Responses::Mulesoft, r#"{"error":"Invalid request."}"#),
            (Responses::Mulesoft2020, r#"{"error":"Invalid request."}"#),
            (Responses::Wso2, r#""code":"900906""#),
        ] {
            let answer = Answer::new(preset, Code::AmbiguousTarget, &[], None);
            assert_eq!((answer.status, header(&answer, "WWW-Authenticate")), (400, None), "{preset:?}");
            assert!(answer.body.contains(body), "{}", answer.body);
        }
    }

    #[test]
    fn every_body_is_json_in_every_preset() {
        for &code in Code::ALL {
            for preset in [Responses::Rfc6750, Responses::Mulesoft, Responses::Mulesoft2020, Responses::Wso2] {
                let answer = Answer::new(preset, code, &[], None);
                assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_ok(), "{code} {preset:?}");
            }
        }
    }
}
