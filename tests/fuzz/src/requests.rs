//! Requests: routes that no spelling evades, tokens in their places, and fields that go on.

use crate::input::{now, parts, text, validator};
use crate::reading::forgiving;
use crate::tokens::{ISSUERS, good};
use jotgate::{Request, Validator, Verdict};
use std::sync::LazyLock;

/// With and without the scope that the routes ask for.
static TOKENS: LazyLock<[String; 2]> = LazyLock::new(|| [good("write"), good("read")]);

static TOKEN_FOR_THE_REST: LazyLock<Validator> = LazyLock::new(|| validator(&policy("token")));
static NOTHING_FOR_THE_REST: LazyLock<Validator> = LazyLock::new(|| validator(&policy("deny")));

fn policy(unmatched: &str) -> String {
    format!(
        r#"{{"version": 1, "issuers": {ISSUERS}, "unmatched": "{unmatched}",
        "token": {{"sources": [{{"header": "Authorization", "scheme": "Bearer"}}, {{"cookie": "session"}}, {{"query": "token"}}]}},
        "routes": [
            {{"path": "/orders", "methods": ["GET", "POST"], "scopes": {{"all": ["write"]}}}},
            {{"path": "/admin/{{id}}", "scopes": {{"all": ["write"]}}}},
            {{"path": "/health", "skip": true}},
            {{"path_regex": "/public/.*", "optional": true}}],
        "forward": {{"claims_to_headers": {{"sub": "X-User", "scope": "X-Scope"}}, "strip_token": true}}}}"#
    )
}

/// Method, path, query, and fields with their values; `@` and `!` in a value stand for a token with and without the scope.
pub(crate) fn request(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let (Some(method), Some(path), Some(query)) = (text(&mut parts), text(&mut parts), text(&mut parts)) else {
        return;
    };
    let query = with_tokens(query);
    let mut fields: Vec<(String, String)> = Vec::new();
    while let (Some(name), Some(value)) = (text(&mut parts), text(&mut parts)) {
        fields.push((name.to_owned(), with_tokens(value)));
    }
    let headers: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request = Request::new(method, path).with_query(&query).with_headers(&headers);
    for validator in [&*TOKEN_FOR_THE_REST, &*NOTHING_FOR_THE_REST] {
        judge(validator, &request, method, path, &query);
    }
}

fn judge(validator: &Validator, request: &Request<'_>, method: &str, path: &str, query: &str) {
    let with_scope = request.headers.iter().any(|(_, value)| value.contains(TOKENS[0].as_str()))
        || query.contains(TOKENS[0].as_str());
    let verdict = validator.validate(request, now());
    let read = forgiving(path);
    match &verdict {
        Verdict::Skipped(_) => {
            let open = read == "health" || read == "public" || read.starts_with("public/");
            assert!(open, "no token was asked for at a path that some server reads otherwise");
        }
        Verdict::Accepted(_) if !with_scope => {
            let guarded = matches!(method.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "POST") && read == "orders"
                || read.strip_prefix("admin/").is_some_and(|id| !id.contains('/'));
            assert!(!guarded, "a token without the scope passed at a path that some server reads as a guarded one");
        }
        _ => {}
    }
    let verified = match &verdict {
        Verdict::Accepted(verified) => Some(verified),
        _ => None,
    };
    let forward = validator.forward(verified, request);
    for (name, value) in &forward.set {
        assert!(!value.bytes().any(|byte| byte < b' ' || byte == 0x7f), "a value that is more than one line");
        let known = ["X-User", "X-Scope", "Cookie"].contains(&name.as_str());
        assert!(
            known || name.eq_ignore_ascii_case("connection") || name.eq_ignore_ascii_case("trailer"),
            "set: {name}"
        );
    }
    for kept in ["X-User", "X-Scope"] {
        assert!(forward.remove.iter().any(|removed| removed.eq_ignore_ascii_case(kept)), "a client's own field stays");
    }
}

fn with_tokens(text: &str) -> String {
    text.replace('@', &TOKENS[0]).replace('!', &TOKENS[1])
}
