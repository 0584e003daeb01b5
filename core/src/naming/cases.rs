//! How languages spell the names of fields.

/// As JavaScript and Java do: `required_claims` is `requiredClaims`.
pub(super) fn camel(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut letters = field.chars().peekable();
    while let Some(letter) = letters.next() {
        let follows = name.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit());
        match letters.next_if(|next| letter == '_' && follows && next.is_ascii_lowercase()) {
            Some(next) => name.push(next.to_ascii_uppercase()),
            None => name.push(letter),
        }
    }
    name
}

/// As Python does, which is how the document does.
pub(super) fn snake(field: &str) -> String {
    field.to_owned()
}

/// As Go does: `jwks_uri` is `JWKSURI`.
pub(super) fn go(field: &str) -> String {
    match field {
        // The two whose zero value says what the field does where it is not given.
        "mandatory" => "Optional".to_owned(),
        "respect_cache_control" => "IgnoreCacheControl".to_owned(),
        _ => field.split('_').map(go_word).collect(),
    }
}

fn go_word(word: &str) -> String {
    match word {
        "ids" => "IDs".to_owned(),
        "base64url" => "Base64URL".to_owned(),
        "http" | "iat" | "id" | "json" | "jwks" | "pem" | "ttl" | "uri" => word.to_ascii_uppercase(),
        _ => capitalised(word),
    }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
    first.to_ascii_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::{camel, go};

    #[test]
    fn names_are_spelled_as_the_languages_do() {
        for (field, in_java, in_go) in [
            ("jwks_uri", "jwksUri", "JWKSURI"),
            ("reject_future_iat", "rejectFutureIat", "RejectFutureIAT"),
            ("numeric_ids", "numericIds", "NumericIDs"),
            ("min_ttl", "minTtl", "MinTTL"),
            ("json_depth", "jsonDepth", "JSONDepth"),
            ("mandatory", "mandatory", "Optional"),
            ("typ", "typ", "Typ"),
            ("", "", ""),
            ("__proto__", "__proto__", "Proto"),
            ("é", "é", "é"),
        ] {
            assert_eq!((camel(field).as_str(), go(field).as_str()), (in_java, in_go));
        }
    }
}
