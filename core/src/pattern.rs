//! Regular expressions of a policy: linear in time by their engine, and bounded in size when the policy is compiled.

use crate::document::PolicyError;
use crate::limits;
use regex::{Regex, RegexBuilder};

/// A regular expression in the syntax of the `regex` crate: no look-around and no back-references.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// A pattern that a text must match from its first to its last character.
    pub(crate) fn whole(pattern: &str, path: &str) -> Result<Self, PolicyError> {
        // Alone first: what closes a group too many would escape the group that anchors it.
        Self::anywhere(pattern, path)?;
        build(&format!(r"\A(?:{pattern})\z"), path)
    }

    /// The same, in any letter case.
    pub(crate) fn whole_in_any_case(pattern: &str, path: &str) -> Result<Self, PolicyError> {
        Self::anywhere(pattern, path)?;
        compile(RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).case_insensitive(true), path)
    }

    /// A pattern that a text must match somewhere.
    pub(crate) fn anywhere(pattern: &str, path: &str) -> Result<Self, PolicyError> {
        if pattern.len() > limits::PATTERN_BYTES {
            return Err(PolicyError::new(path, format!("at most {} bytes", limits::PATTERN_BYTES)));
        }
        build(pattern, path)
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn build(pattern: &str, path: &str) -> Result<Pattern, PolicyError> {
    compile(&mut RegexBuilder::new(pattern), path)
}

fn compile(builder: &mut RegexBuilder, path: &str) -> Result<Pattern, PolicyError> {
    let compiled = builder.size_limit(limits::PATTERN_COMPILED_BYTES).nest_limit(limits::PATTERN_NESTING).build();
    compiled.map(Pattern).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => PolicyError::new(path, "the regular expression is too large"),
        _ => PolicyError::new(path, "not a regular expression")
            .with_hint("look-around and back-references are not supported"),
    })
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn whole(pattern: &str, text: &str) -> Option<bool> {
        Pattern::whole(pattern, "").ok().map(|pattern| pattern.matches(text))
    }

    /// It ended the process on threads with small stacks.
    #[test]
    fn is_refused_when_it_nests_deeply() {
        let nested = |levels: usize| format!("{}a{}", "(a|".repeat(levels), ")".repeat(levels));
        assert_eq!(whole(&nested(12), "a"), Some(true));
        assert_eq!(whole(&nested(32), "a"), None);
        assert_eq!(whole(&format!("{}a{}", "(".repeat(28), ")".repeat(28)), "a"), Some(true));
        assert_eq!(whole(&format!("{}a{}", "(".repeat(249), ")".repeat(249)), "a"), None);
    }

    #[test]
    fn is_anchored_at_both_ends_whatever_the_pattern_says() {
        assert_eq!(whole("a|ab", "ab"), Some(true));
        assert_eq!(whole("a|b", "xa"), Some(false));
        assert_eq!(whole("a|b", "bx"), Some(false));
        assert_eq!(whole("a", "a\n"), Some(false));
        assert_eq!(whole("(?m)^a$", "x\na\ny"), Some(false));
        assert_eq!(whole("a)|(b", "xb"), None);
        assert_eq!(whole("a)|(?:.*", "x"), None);
    }

    #[test]
    fn flags_at_the_beginning_hold_for_the_whole_pattern() {
        assert_eq!(whole("(?i)a|b", "B"), Some(true));
        assert_eq!(whole("(?i)a|b", "xB"), Some(false));
        assert_eq!(whole("(?i)straße", "STRASSE"), Some(false));
        assert_eq!(whole("(?is)a.b", "A\nB"), Some(true));
    }

    #[test]
    fn is_bounded_in_length_and_in_compiled_size() {
        assert!(Pattern::anywhere(&"a".repeat(1024), "").is_ok());
        assert!(Pattern::anywhere(&"a".repeat(1025), "").is_err());
        assert!(Pattern::whole(r"(\w{50}){50}", "").is_err());
        assert!(Pattern::whole(r"(a*)*\1", "").is_err());
        assert!(Pattern::whole(r"(?=a)a", "").is_err());
    }
}
