//! Whether a secret looks like one that a person thought of (RFC 8725 section 3.5).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use std::collections::BTreeMap;

/// Why the secret can be guessed; the reason says nothing of the secret itself.
pub(super) fn weakness(secret: &Value) -> Option<&'static str> {
    let text = |name: &str| secret.get(name).and_then(Value::as_str);
    let bytes = match (text("text"), text("base64url"), text("hex")) {
        (Some(text), ..) => text.as_bytes().to_vec(),
        (_, Some(text), _) => URL_SAFE_NO_PAD.decode(text).unwrap_or_default(),
        (.., Some(text)) => hex(text),
        _ => return None,
    };
    let lower = String::from_utf8_lossy(&bytes).to_lowercase();
    if WORDS.iter().any(|word| lower.contains(word)) {
        return Some("the secret has a word in it that lists of passwords begin with");
    }
    if lower.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2).count() > 2 && lower.contains(' ') {
        return Some("the secret is a sentence");
    }
    (bits(&bytes) < 100.0).then_some("the secret repeats itself")
}

/// What a secret that is given as text looks like when the issuer may mean the bytes behind it.
pub(super) fn encoded_text(secret: &Value) -> Option<&'static str> {
    let text = secret.get("text").and_then(Value::as_str)?;
    if matches!(text.len(), 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some("the secret is given as text, and looks like hex: its letters are the secret, and not its bytes");
    }
    let decode = |alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(text).ok();
    let bytes = decode(&alphabet::STANDARD).or_else(|| decode(&alphabet::URL_SAFE))?;
    let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    let mixed = kinds.iter().all(|kind| text.as_bytes().iter().any(kind));
    // Other random text may decode by chance, but not to the length of a hash, nor to text.
    let of_a_hash = mixed && matches!(bytes.len(), 32 | 48 | 64);
    let of_text = mixed && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    (text.ends_with('=') || of_a_hash || of_text)
        .then_some("the secret is given as text, and looks like base64: its letters are the secret, and not its bytes")
}

/// How much the bytes can hold at most, judged by how often each occurs.
#[expect(clippy::cast_precision_loss, reason = "lengths of secrets")]
fn bits(bytes: &[u8]) -> f64 {
    let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
    bytes.iter().for_each(|byte| *counts.entry(*byte).or_default() += 1.0);
    let length = bytes.len() as f64;
    counts.values().map(|count| count * (length / count).log2()).sum()
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |place: usize| text.get(place..=place).and_then(|digit| u8::from_str_radix(digit, 16).ok());
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map_while(|place| Some(digit(place)?.checked_mul(16)?.saturating_add(digit(place.saturating_add(1))?)))
        .collect()
}

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Long enough not to stand in random text by chance.
const WORDS: [&str; 14] = [
    "secret", "passw", "change", "admin", "example", "default", "qwerty", "letmein", "12345", "abcdef", "01234567",
    "supersec", "my-key", "your-",
];

#[cfg(test)]
mod tests {
    use super::{encoded_text, weakness};
    use serde_json::json;

    #[test]
    fn tells_what_people_write_from_what_is_random() {
        for weak in [
            json!({"text": "your-256-bit-secret-your-256-bit-secret"}),
            json!({"text": "the quick brown fox jumps over the lazy dog"}),
            json!({"text": "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy"}),
            json!({"hex": "00".repeat(32)}),
            json!({"base64url": "cGFzc3dvcmRwYXNzd29yZHBhc3N3b3JkcGFzc3dvcmQ"}),
        ] {
            assert!(weakness(&weak).is_some(), "{weak}");
        }
        for random in [
            json!({"text": "c4Yl0mZ1p0yqT0yXbW4t6V0k0o2p6j8Rr3nHq1Zs"}),
            json!({"text": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}),
            json!({"hex": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}),
            json!({"base64url": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"}),
        ] {
            assert_eq!(weakness(&random), None, "{random}");
        }
    }

    #[test]
    fn tells_text_from_bytes_that_were_written_down() {
        for encoded in [
            "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
            "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "YSBzZWNyZXQgb2YgMjQgYnl0ZXMhISE",
            "Uk9UMTMgaXMgbm90IGEgc2VjcmV0IGF0IGFsbA==",
        ] {
            assert!(encoded_text(&json!({"text": encoded})).is_some(), "{encoded}");
            assert_eq!(encoded_text(&json!({"base64url": encoded})), None);
        }
        for text in [
            "a secret of at least 32 bytes, which nobody knows",
            "c4Yl0mZ1p0yqT0yXbW4t6V0k0o2p6j8Rr3nHq1Zs",
            "correct-horse-battery-staple-correct-horse",
            "this_is_a_long_name_in_lower_case_letters_x",
        ] {
            assert_eq!(encoded_text(&json!({"text": text})), None, "{text}");
        }
    }
}
