//! What a host's own HTTP stack says of a failure, made fit for logs.

use crate::limits;
use crate::text::plain;

/// The words in one line that steers no terminal, cut to a length, without what could be a secret: user names and passwords in
/// URLs, as of proxies, and what begins like a token. `None` where nothing was said.
pub(crate) fn cleaned(said: &str) -> Option<Box<str>> {
    // Some clients put whole answers into their errors.
    let beginning: String = said.chars().take(limits::CAUSE_CHARS_READ).collect();
    let words: Vec<&str> = beginning.split_whitespace().collect();
    let line = without_tokens(&words.iter().map(|word| without_user(word)).collect::<Vec<_>>().join(" "));
    let line = plain(&line);
    match line.char_indices().nth(limits::CAUSE_CHARS) {
        None if line.is_empty() => None,
        None => Some(line.into()),
        Some((end, _)) => Some(format!("{}…", line.get(..end).unwrap_or_default()).into()),
    }
}

/// The word without all that stands between `://` and the last `@`, whatever is in it.
fn without_user(word: &str) -> String {
    match word.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://…@{host}"),
            None => word.to_owned(),
        },
        None => word.to_owned(),
    }
}

/// The line with `eyJ…` for what begins like a JSON object in base64url, as the parts of tokens do.
fn without_tokens(line: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut told = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, found)) = rest.split_once("eyJ") {
        told.push_str(before);
        told.push_str("eyJ");
        rest = found.trim_start_matches(is_token);
        if rest.len() < found.len() {
            told.push('…');
        }
    }
    told.push_str(rest);
    told
}

#[cfg(test)]
mod tests {
    use super::cleaned;
    use crate::limits;

    fn told(said: &str) -> String {
        cleaned(said).map(String::from).unwrap_or_default()
    }

    #[test]
    fn is_one_line_that_steers_nothing() {
        assert_eq!(told("getaddrinfo ENOTFOUND idp.test"), "getaddrinfo ENOTFOUND idp.test");
        assert_eq!(told("a\r\n\tb\u{1b}[2J\u{202e}c"), "a b\\u{1b}[2J\\u{202e}c");
        assert_eq!(cleaned(" \n "), None);
    }

    #[test]
    fn is_cut() {
        let long = told(&"é".repeat(100_000));
        assert_eq!(long.chars().count(), limits::CAUSE_CHARS + 1);
        assert!(long.ends_with("é…"));
    }

    #[test]
    fn holds_no_secret() {
        assert_eq!(told("proxy http://me:p@ss/w@proxy:3128 refused"), "proxy http://…@proxy:3128 refused");
        assert_eq!(told("bad header 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln'"), "bad header 'Bearer eyJ…'");
        assert_eq!(told("eyJ eyJeyJ x"), "eyJ eyJ… x");
    }
}
