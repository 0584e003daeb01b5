//! What servers read in more than one way.

use serde::Deserialize;

/// Something in the path of a request that one server resolves and the next one leaves alone, so that two that look at the
/// same request see different paths.
///
/// A policy may allow those that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Oddity {
    /// `%2F`: a slash within a segment, or one between two.
    EncodedSlash,
    /// `\` or `%5C`: a character like others, or a slash.
    Backslash,
    /// `;`, as it is or escaped: a part of the name, or the beginning of parameters that are no part of it (RFC 3986 section 3.3).
    PathParameters,
    /// `//`: a segment without a name, or one slash.
    EmptySegments,
    /// `%3F` and `%23`: characters like others, or the end of the path.
    EncodedDelimiters,
    /// A segment that begins or ends with a space: with it or without.
    OuterSpaces,
    /// `%` without two hexadecimal digits behind it: a mistake, or a percent sign.
    StrayPercent,
    /// Escapes that are no UTF-8, and U+FFFD, by which others write such.
    NotUtf8,
    /// Not a path: the form for proxies, `*`, or nothing (RFC 9112 section 3.2).
    #[serde(skip)]
    NoSlash,
    /// `?` or `#`: they end a path, so somebody has not taken the target apart.
    #[serde(skip)]
    Delimiter,
    /// `.` and `..` (RFC 3986 section 5.2.4).
    #[serde(skip)]
    DotSegments,
    /// Characters that end lines and texts, or that nobody sees.
    #[serde(skip)]
    ControlCharacters,
    /// `%25` in front of what is an escape then: for whoever decodes twice.
    #[serde(skip)]
    DoubleEncoding,
    /// A character of ASCII in several octets (RFC 3629 section 10): for whoever decodes without care.
    #[serde(skip)]
    OverlongUtf8,
}

/// A set of oddities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Oddities(u16);

impl Oddity {
    /// In the order in which a rejection names them: first what nobody sends by chance.
    const ALL: [Self; 14] = [
        Self::NoSlash,
        Self::Delimiter,
        Self::ControlCharacters,
        Self::OverlongUtf8,
        Self::DoubleEncoding,
        Self::DotSegments,
        Self::EncodedSlash,
        Self::Backslash,
        Self::PathParameters,
        Self::EmptySegments,
        Self::EncodedDelimiters,
        Self::OuterSpaces,
        Self::StrayPercent,
        Self::NotUtf8,
    ];

    /// What a rejection says of it.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::NoSlash => "the target does not begin with a slash",
            Self::Delimiter => "the path has a ? or # in it",
            Self::ControlCharacters => "the path has control characters",
            Self::OverlongUtf8 => "the path has overlong UTF-8",
            Self::DoubleEncoding => "the path is encoded twice",
            Self::DotSegments => "the path has dot segments",
            Self::EncodedSlash => "the path has an escaped slash: encoded_slash",
            Self::Backslash => "the path has a backslash: backslash",
            Self::PathParameters => "the path has parameters: path_parameters",
            Self::EmptySegments => "the path has empty segments: empty_segments",
            Self::EncodedDelimiters => "the path has an escaped ? or #: encoded_delimiters",
            Self::OuterSpaces => "a segment of the path begins or ends with a space: outer_spaces",
            Self::StrayPercent => "the path has a percent sign that escapes nothing: stray_percent",
            Self::NotUtf8 => "the path is not UTF-8: not_utf8",
        }
    }

    fn bit(self) -> u16 {
        1_u16.checked_shl(self as u32).unwrap_or_default()
    }
}

impl Oddities {
    pub(crate) const NONE: Self = Self(0);

    /// Those of which a path has another spelling when they are resolved.
    pub(super) fn readable_in_two_ways() -> Self {
        [
            Oddity::EncodedSlash,
            Oddity::Backslash,
            Oddity::PathParameters,
            Oddity::EmptySegments,
            Oddity::EncodedDelimiters,
            Oddity::OuterSpaces,
        ]
        .into_iter()
        .collect()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, oddity: Oddity) -> bool {
        self.0 & oddity.bit() != 0
    }

    pub(crate) fn add(&mut self, oddity: Oddity) {
        self.0 |= oddity.bit();
    }

    pub(super) fn add_if(&mut self, holds: bool, oddity: Oddity) {
        if holds {
            self.add(oddity);
        }
    }

    pub(super) fn without(self, oddity: Oddity) -> Self {
        Self(self.0 & !oddity.bit())
    }

    pub(super) fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The first that is none of `others`.
    pub(crate) fn first_without(self, others: Self) -> Option<Oddity> {
        Oddity::ALL.into_iter().find(|oddity| self.has(*oddity) && !others.has(*oddity))
    }

    /// Every set that can be made of those in both, the empty one included.
    pub(super) fn subsets_with(self, others: Self) -> impl Iterator<Item = Self> {
        let both = self.0 & others.0;
        // The next smaller subset of a set of bits, down to the empty one.
        std::iter::successors(Some(both), move |subset| subset.checked_sub(1).map(|less| less & both)).map(Self)
    }
}

impl FromIterator<Oddity> for Oddities {
    fn from_iter<I: IntoIterator<Item = Oddity>>(oddities: I) -> Self {
        let mut set = Self::NONE;
        oddities.into_iter().for_each(|oddity| set.add(oddity));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::{Oddities, Oddity};

    #[test]
    fn every_oddity_has_a_bit_of_its_own() {
        let all: Oddities = Oddity::ALL.into_iter().collect();
        assert_eq!(all.0.count_ones(), 14);
        for oddity in Oddity::ALL {
            let only: Oddities = [oddity].into_iter().collect();
            assert_eq!(all.first_without(Oddities(all.0 ^ only.0)), Some(oddity));
            assert_eq!(only.first_without(only), None);
        }
    }

    #[test]
    fn subsets_are_all_of_them() {
        let three: Oddities = [Oddity::EncodedSlash, Oddity::EmptySegments, Oddity::NotUtf8].into_iter().collect();
        let two: Oddities = [Oddity::EncodedSlash, Oddity::EmptySegments, Oddity::Backslash].into_iter().collect();
        let subsets: Vec<u16> = three.subsets_with(two).map(|subset| subset.0).collect();
        assert_eq!(subsets, [0b1001, 0b1000, 0b0001, 0]);
    }
}
