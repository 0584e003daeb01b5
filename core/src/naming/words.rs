//! Names of fields in paths and in sentences.

/// A path whose fields are spelled in another way. What an author has named himself stays as it is: claims and header fields, and
/// a key set, which has members of its own.
pub(super) fn spelled(path: &str, name: fn(&str) -> String) -> String {
    let mut spelled = String::with_capacity(path.len());
    let (mut before, mut is_own) = ("", false);
    for (number, step) in path.split('.').enumerate() {
        if number > 0 {
            spelled.push('.');
        }
        let (field, place) = step.split_at(step.find('[').unwrap_or(step.len()));
        if is_own {
            spelled.push_str(field);
        } else {
            spelled.push_str(&name(field));
        }
        spelled.push_str(place);
        is_own |= matches!((before, field), (_, "claim_mapping" | "claims_to_headers") | ("keys", "jwks"));
        before = field;
    }
    spelled
}

/// A text with other words in it: `other` gives what stands in a word's place.
pub(super) fn in_words(text: &str, other: impl Fn(&str) -> Option<String>) -> String {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_word) {
        let (between, word) = rest.split_at(start);
        let (word, behind) = word.split_at(word.find(|letter| !is_of_word(letter)).unwrap_or(word.len()));
        // A full stop and an ellipsis belong to no name.
        let name = word.trim_end_matches('.');
        told.push_str(between);
        match other(name) {
            Some(other) => told.push_str(&other),
            None => told.push_str(name),
        }
        told.push_str(word.get(name.len()..).unwrap_or_default());
        rest = behind;
    }
    told.push_str(rest);
    told
}

/// Whether a word of a sentence can only be the name of a field, or the way to one.
pub(super) fn names_field(word: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let begins = word.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    begins && word.contains(['_', '.']) && word.bytes().all(is_of_name)
}
