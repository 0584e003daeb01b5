//! The ends of strings, eight bytes at a time.

use super::steps;

/// The place of the next quote, backslash or control character from `at` on, or one before it: of the last bytes of the text
/// it skips none.
pub(super) fn plain_bytes(text: &[u8], mut at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let (words, _) = rest.as_chunks::<8>();
    for word in words {
        steps::count();
        let plain = plain_in_word(u64::from_le_bytes(*word));
        at = at.wrapping_add(plain);
        if plain < 8 {
            return at;
        }
    }
    at
}

/// How many of the eight bytes stand before the first that is a quote, a backslash or below 0x20.
fn plain_in_word(word: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The highest bit of a byte says that it is a hit. A subtraction may borrow from the byte above a hit and mark that
    // one too, never from one below, so the first mark is right.
    let zero_byte = |x: u64| x.wrapping_sub(ONES) & !x & HIGHS;
    let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word & HIGHS;
    let quote = zero_byte(word ^ ONES.wrapping_mul(b'"' as u64));
    let backslash = zero_byte(word ^ ONES.wrapping_mul(b'\\' as u64));
    // At most 64, which is no hit.
    let bits = (control | quote | backslash).trailing_zeros();
    bits as usize / 8
}
