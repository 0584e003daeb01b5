//! Where an accepted token comes from: from which line of validators, and from which of its policies.

use super::random::Random;

/// The policy that a token was accepted under: its line of validators, and its number among the policies of that.
///
/// It is below 2^52, so that it is a number in every language, and never 0. It tells tokens of other validators, which a program
/// asks about by mistake; it keeps nobody out, and no token is trusted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(u64);

impl Origin {
    /// Of no line, since those begin at 1, and of every validator.
    pub(crate) const OF_ANY_VALIDATOR: Self = Self(1);

    /// That of the first policy of a line. `place` is where the line lies in memory, where no other does as long as it lives: so
    /// two lines with one seed are told apart as well.
    pub(super) fn of_line(seed: u64, place: usize) -> Self {
        let place = u64::try_from(place).unwrap_or_default();
        let line = Random::new(seed ^ place.rotate_left(32)).up_to(LINES).saturating_add(1);
        Self(line << POLICY_BITS)
    }

    /// That of the policy of this number in the same line. Numbers come again after a million of policies.
    pub(super) fn of_policy(self, number: u32) -> Self {
        Self(self.0 & !POLICIES | u64::from(number) & POLICIES)
    }

    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// Whether a validator and that which came in its place, or came before it, have these.
    pub(crate) fn is_of_line_of(self, other: Self) -> bool {
        self.0 >> POLICY_BITS == other.0 >> POLICY_BITS
    }
}

const POLICY_BITS: u32 = 20;
const POLICIES: u64 = (1 << POLICY_BITS) - 1;
/// One less than the numbers that 32 bits have without 0.
const LINES: u64 = (1 << 32) - 2;

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn lines_differ_by_seed_and_by_place() {
        let origin = Origin::of_line(7, 0x1000);
        for other in [Origin::of_line(8, 0x1000), Origin::of_line(7, 0x1040)] {
            assert!(!origin.is_of_line_of(other));
        }
        assert!(origin.number() > 0 && origin.number() < 1 << 52);
    }

    #[test]
    fn policies_of_a_line_differ_and_are_of_it() {
        let first = Origin::of_line(7, 0x1000);
        let second = first.of_policy(1);
        assert_ne!(first, second);
        assert_eq!(second.of_policy(0), first);
        for number in [1, 0xf_ffff, 0x10_0000, u32::MAX] {
            assert!(first.of_policy(number).is_of_line_of(second), "{number}");
        }
        assert_eq!(Origin::from_number(second.number()), second);
    }

    #[test]
    fn that_of_any_validator_is_of_no_line() {
        for seed in 0..1000 {
            assert!(!Origin::of_line(seed, 0x1000).is_of_line_of(Origin::OF_ANY_VALIDATOR));
        }
    }
}
