//! Eight bytes of a text at a time.

use super::steps;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The eight bytes from `at` on, the first one lowest. Behind the end of the text there are zeros.
#[inline]
pub(super) fn word(text: &[u8], at: usize) -> u64 {
    steps::count();
    if let Some(rest) = text.get(at..)
        && let Some(bytes) = rest.first_chunk::<8>()
    {
        return u64::from_le_bytes(*bytes);
    }
    last_word(text, at)
}

#[cold]
#[inline(never)]
fn last_word(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// How many of the eight bytes stand before the first that is a quote, a backslash or below 0x20.
#[inline]
pub(super) fn plain_bytes(word: u64) -> usize {
    // The highest bit of a byte says that it is a hit. A subtraction may borrow from the byte above a hit and mark that
    // one too, never from one below, so the first mark is right. Bytes beyond ASCII are no hits.
    let control = word.wrapping_sub(ONES.wrapping_mul(0x20));
    let quote = (word ^ ONES.wrapping_mul(b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ ONES.wrapping_mul(b'\\' as u64)).wrapping_sub(ONES);
    first_mark((control | quote | backslash) & !word)
}

/// How many of the eight bytes stand before the first that is no digit.
#[inline]
pub(super) fn digits(word: u64) -> usize {
    // Digits become 0 to 9. An addition may carry into the byte above a hit, never into one below.
    let digits = word ^ ONES.wrapping_mul(b'0' as u64);
    first_mark(digits.wrapping_add(ONES.wrapping_mul(0x76)) | digits)
}

/// The first byte whose highest bit is set; 8 when there is none.
fn first_mark(marks: u64) -> usize {
    (marks & HIGHS).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::{digits, plain_bytes, word};

    #[test]
    fn finds_the_first_byte_that_ends_a_run_whatever_stands_around() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for (around, ends_string, ends_digits) in
                    [(b'7', false, false), (b'~', false, true), (0xff, false, true), (0, true, true)]
                {
                    let mut bytes = [b'5'; 8];
                    bytes.iter_mut().skip(place + 1).for_each(|behind| *behind = around);
                    bytes[place] = byte;
                    let first = |hit: bool, behind: bool| {
                        if hit {
                            place
                        } else if behind && place < 7 {
                            place + 1
                        } else {
                            8
                        }
                    };
                    let word = u64::from_le_bytes(bytes);
                    assert_eq!(
                        plain_bytes(word),
                        first(byte < 0x20 || byte == b'"' || byte == b'\\', ends_string),
                        "{bytes:?}"
                    );
                    assert_eq!(digits(word), first(!byte.is_ascii_digit(), ends_digits), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn behind_the_end_there_are_zeros() {
        assert_eq!(word(b"12345678", 0).to_le_bytes(), *b"12345678");
        assert_eq!(word(b"12345678", 1).to_le_bytes(), *b"2345678\0");
        assert_eq!((word(b"12345678", 8), word(b"12345678", 9), word(b"", usize::MAX)), (0, 0, 0));
    }
}
