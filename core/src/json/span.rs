//! A piece of a text, as one number.

use std::ops::Range;

/// Where a piece of a text begins and ends, and a mark. One number, because it is written and copied for each value of a token: a
/// processor waits where several small parts were written just now and are read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(u64);

impl Span {
    /// Of a text that is no longer than [`LONGEST_TEXT`].
    #[inline]
    pub(super) fn new(start: usize, end: usize, marked: bool) -> Self {
        Self(start as u64 | (end as u64) << END | u64::from(marked) << MARK)
    }

    #[inline]
    pub(super) fn range(self) -> Range<usize> {
        let place = |bits: u64| (bits & PLACE) as usize;
        place(self.0)..place(self.0 >> END)
    }

    #[inline]
    pub(super) fn is_marked(self) -> bool {
        self.0 >> MARK == 1
    }
}

/// In bytes.
pub(super) const LONGEST_TEXT: usize = PLACE as usize;

const PLACE: u64 = u32::MAX as u64 >> 1;
const END: u32 = 32;
const MARK: u32 = 63;

#[cfg(test)]
mod tests {
    use super::{LONGEST_TEXT, Span};

    #[test]
    fn says_what_was_said() {
        for (start, end) in [(0, 0), (0, 1), (7, 4_000), (0, LONGEST_TEXT), (LONGEST_TEXT, LONGEST_TEXT)] {
            for marked in [false, true] {
                let span = Span::new(start, end, marked);
                assert_eq!((span.range(), span.is_marked()), (start..end, marked));
            }
        }
    }
}
