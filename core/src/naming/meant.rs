//! Which option was probably meant by one that does not exist.
//!
//! Fields and algorithms are measured by `likeness.rs`, which counts a common beginning for more. Options have their first words in common:
//! there `requiredScopes` is most like `requiredClaims`, and `clockSkew` like `clock`, and neither was meant. So letters are counted here.

/// The name that is up to two letters apart, or else one with the same end or the same first word.
pub(super) fn nearest<'n>(option: &str, names: &[&'n str]) -> Option<&'n str> {
    // Names of options are short; of a longer one nobody knows what it was meant to be.
    let written: String = option.chars().take(LONGEST).collect::<String>().to_ascii_lowercase();
    let apart = |name: &str| strsim::levenshtein(&written, &name.to_ascii_lowercase());
    let near = names.iter().map(|name| (apart(name), *name));
    let near = near.filter(|(apart, name)| *apart <= (name.len() / 2).min(2)).min_by_key(|(apart, _)| *apart);
    let ends = |name: &&&str| written.ends_with(&name.to_ascii_lowercase());
    let begins = |name: &&&str| first_word(name) == first_word(option);
    near.map(|(_, name)| name)
        .or_else(|| names.iter().find(ends).copied())
        .or_else(|| names.iter().find(begins).copied())
}

/// Names have their words in camel case, or lines between them.
fn first_word(name: &str) -> &str {
    name.split(|letter: char| letter.is_ascii_uppercase() || letter == '_').next().unwrap_or_default()
}

const LONGEST: usize = 64;
