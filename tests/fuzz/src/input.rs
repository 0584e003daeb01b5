//! What targets have in common: parts of an input, the clock, and a validator of a policy.

use jotgate::{Policy, Timestamp, Validator};
use jotgate_tools::JavaStores;

/// Some second of January 2027, as in the vectors.
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

/// The parts of an input. They end at an octet that stands in no UTF-8 text, so that every text can be a part.
pub(crate) fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|octet| *octet == 0xff)
}

/// The next part, as text where it is that.
pub(crate) fn text<'a>(parts: &mut impl Iterator<Item = &'a [u8]>) -> Option<&'a str> {
    std::str::from_utf8(parts.next()?).ok()
}

/// A validator of a policy that is written here.
pub(crate) fn validator(policy: &str) -> Validator {
    let policy = Policy::from_json_with(policy, &JavaStores);
    assert!(policy.is_ok(), "a policy of a target must compile: {:?}", policy.err());
    policy.map_or_else(|_| std::process::abort(), |policy| Validator::new(policy, 7519))
}
