//! Warnings about what an entry asks of tokens, and about where they come from.

use super::document::{duration, is_word, list, texts};
use super::warning::{Severity, Warning};
use serde_json::Value;
use std::time::Duration;

pub(super) fn lint(entry: &Value, path: &str, warnings: &mut Vec<Warning>) {
    let mut warn = |code, severity, field: &str, message: &str, hint: &str| {
        warnings.push(Warning::new(code, severity, format!("{path}.{field}"), message, hint));
    };
    if is_word(entry, "issuer", "any") {
        let hint = "name the issuers";
        warn("any_issuer", Severity::High, "issuer", "tokens of every issuer pass that these keys sign", hint);
    }
    if is_word(entry, "tenants", "any") {
        let hint = "list the tenants";
        warn("any_tenant", Severity::Medium, "tenants", "every tenant of the issuer is let in", hint);
    }
    if is_word(entry, "audience", "any") {
        let message = "tokens that were made for other services pass";
        warn("any_audience", Severity::High, "audience", message, "name this service's audience");
    } else if texts(entry, "audience").iter().any(|audience| texts(entry, "issuer").contains(audience)) {
        let message = "the audience is the issuer: tokens that the issuer makes for itself pass";
        warn("audience_is_issuer", Severity::Medium, "audience", message, "use an audience of this service's own");
    }
    if never_expires(entry) {
        let message = "a token without exp never expires";
        warn("exp_not_required", Severity::High, "required_claims", message, "add exp, or set max_age");
    }
    if is_word(entry, "confirmation", "ignore") {
        let message = "a token that is bound to a client's key passes without a proof: a stolen one is as good as the real one (RFC 7800)";
        let hint = "have the issuer give unbound tokens to clients that prove nothing";
        warn("confirmation_ignored", Severity::High, "confirmation", message, hint);
    }
    if entry.get("typ").is_none() && entry.get("profile").is_none() {
        let message = "ID tokens and other kinds of tokens of the issuer may pass as access tokens";
        warn(
            "typ_not_checked",
            Severity::Low,
            "typ",
            message,
            "set  profile: rfc9068, or  typ: at+jwt, if the issuer writes it (RFC 9068)",
        );
    }
    if duration(entry.get("leeway")) > Some(Duration::from_secs(60)) {
        let message = "expired tokens pass for more than a minute";
        warn("long_leeway", Severity::Low, "leeway", message, "keep clocks in step, and allow for seconds");
    }
}

/// `exp` is required by default; `max_lifetime` requires it too, and `max_age` ends tokens without it.
fn never_expires(entry: &Value) -> bool {
    entry.get("required_claims").is_some()
        && !texts(entry, "required_claims").contains(&"exp")
        && entry.get("max_age").is_none()
        && entry.get("max_lifetime").is_none()
}

/// Warnings about where tokens come from and how large they are.
pub(super) fn lint_token(document: &Value, warnings: &mut Vec<Warning>) {
    let sources = document.get("token").map_or(&[][..], |token| list(token, "sources"));
    for (index, source) in sources.iter().enumerate() {
        let path = format!("token.sources[{index}]");
        if source.get("query").is_some() {
            let message = "tokens in URLs end in logs, histories and referrers (RFC 9700 section 4.3.2)";
            let hint = "take the token from the Authorization header";
            warnings.push(Warning::new("token_in_query", Severity::Medium, format!("{path}.query"), message, hint));
        }
        if source.get("cookie").is_some() {
            let message = "browsers send cookies unasked, so other sites can make requests with the token";
            let hint = "set SameSite on the cookie, or check the origin of requests that change something";
            warnings.push(Warning::new("token_in_cookie", Severity::Low, format!("{path}.cookie"), message, hint));
        }
    }
    let token_bytes = document.get("limits").and_then(|limits| limits.get("token_bytes")).and_then(Value::as_u64);
    if token_bytes > Some(64 * 1024) {
        let message = "few servers take header fields this long, and every byte is decoded before the key is known";
        let hint = "lower it to what the issuer's tokens need";
        warnings.push(Warning::new("large_tokens", Severity::Low, "limits.token_bytes", message, hint));
    }
}
