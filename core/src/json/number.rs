//! Whether a double can hold a number.

use super::steps;
use std::cmp::Ordering;

/// Whether a double can hold a number as JSON writes it (RFC 8259 section 6), rounded.
///
/// It is decided by the digits and not by making the double: a text of more than 19 digits that stands near the middle of two
/// doubles takes 30 µs for that, and who sends a token chooses its numbers before anybody has looked at the signature.
pub(super) fn fits_double(literal: &str) -> bool {
    let (written, power) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    let written = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let mut digits = whole.bytes().chain(fraction.bytes()).enumerate().skip_while(|(_, digit)| {
        steps::count();
        *digit == b'0'
    });
    let Some((zeros, first)) = digits.next() else {
        return true;
    };
    match magnitude(whole.len(), zeros, power).cmp(&LIMIT_MAGNITUDE) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => {
            let digits = [first].into_iter().chain(digits.map(|(_, digit)| digit));
            digits.inspect(|_| steps::count()).lt(LIMIT_DIGITS.bytes())
        }
    }
}

/// The number of a text of at most fifteen digits and nothing else, which a double holds exactly: it does so up to 2^53.
#[inline]
pub(crate) fn few_digits(text: &str) -> Option<u64> {
    let with = |number: u64, byte: &u8| {
        let digit = byte.wrapping_sub(b'0');
        // So few digits cannot overflow.
        (digit <= 9).then(|| number.wrapping_mul(10).wrapping_add(digit.into()))
    };
    if matches!(text.len(), 1..=15) { text.as_bytes().iter().try_fold(0, with) } else { None }
}

/// The power of ten that the first digit behind the zeros counts.
fn magnitude(whole: usize, zeros: usize, power: &str) -> i64 {
    // Longer ones than any that a text of that length could make up for.
    let far = if power.starts_with('-') { i64::MIN } else { i64::MAX };
    let count = |digits: usize| i64::try_from(digits).unwrap_or(i64::MAX);
    power.parse().unwrap_or(far).saturating_add(count(whole)).saturating_sub(count(zeros)).saturating_sub(1)
}

/// The least number that rounds to infinity is the middle between the largest double and what would be the next one, 2^1024 - 2^970
/// (IEEE 754 section 4.3.1, ties to even): its digits, and the power of ten of the first one.
const LIMIT_MAGNITUDE: i64 = 308;
const LIMIT_DIGITS: &str = "\
    1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070\
    9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447\
    5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904\
    174497792";

#[cfg(test)]
mod tests {
    use super::{LIMIT_DIGITS, LIMIT_MAGNITUDE, fits_double};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    fn as_parsed(literal: &str) -> bool {
        literal.parse::<f64>().is_ok_and(f64::is_finite)
    }

    #[test]
    fn the_limit_itself_is_the_first_that_does_not_fit() {
        let zeros = "0".repeat(309 - LIMIT_DIGITS.len());
        let below = format!("{}{}", &LIMIT_DIGITS[..LIMIT_DIGITS.len() - 1], '1');
        let point = |digits: &str| format!("{}.{}e{LIMIT_MAGNITUDE}", &digits[..1], &digits[1..]);
        for (literal, fits) in [
            (format!("{LIMIT_DIGITS}{zeros}"), false),
            (format!("-{LIMIT_DIGITS}{zeros}.0"), false),
            (point(LIMIT_DIGITS), false),
            (format!("{below}{zeros}"), true),
            (format!("{below}{zeros}.99"), true),
            (point(&below), true),
            (format!("0.{}{below}e619", "0".repeat(310)), true),
            (format!("0.{}{LIMIT_DIGITS}e619", "0".repeat(310)), false),
        ] {
            assert_eq!((fits_double(&literal), as_parsed(&literal)), (fits, fits), "{literal}");
        }
    }

    #[test]
    fn powers_may_be_longer_than_any_integer() {
        let long = "9".repeat(400);
        for literal in [format!("1e{long}"), format!("0.1E+{long}"), format!("0e{long}"), format!("1e-{long}")] {
            assert_eq!(fits_double(&literal), as_parsed(&literal), "{literal}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_double_that_would_be_made(
            before in "0|[1-9][0-9]{0,20}", after in prop::option::of("0{0,3}[0-9]{1,30}"), by in -30_i32..30, minus in any::<bool>(),
            taken in 0_usize..40,
        ) {
            let fraction = after.map(|digits| format!(".{digits}")).unwrap_or_default();
            let sign = if minus { "-" } else { "" };
            let near = &LIMIT_DIGITS[..taken];
            for literal in [
                format!("{sign}{before}{fraction}e{}", 300 + by),
                format!("{sign}{before}{fraction}E-{}", 300 + by),
                format!("{sign}{near}{before}e{}", LIMIT_MAGNITUDE + 1 - (taken + before.len()) as i64),
            ] {
                prop_assert_eq!(fits_double(&literal), as_parsed(&literal), "{}", literal);
            }
        }
    }
}
