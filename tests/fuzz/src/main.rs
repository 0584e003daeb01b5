//! Foreign bytes for every reader, and what must hold whatever they are.
//!
//! `JOTGATE_FUZZ_TARGET` names a target of [`targets`]. Built with the feature `libfuzzer` the program is libFuzzer's, with its
//! options; without it, it plays the files that it is given once each. `tests/fuzz/run.py` builds and calls it.

#![cfg_attr(feature = "libfuzzer", no_main)]

mod documents;
mod input;
mod key_sets;
mod reading;
mod requests;
mod targets;
mod tokens;

use std::sync::OnceLock;
use targets::Target;

static TARGET: OnceLock<Target> = OnceLock::new();

fn target() -> Target {
    *TARGET.get_or_init(|| {
        let name = std::env::var("JOTGATE_FUZZ_TARGET").unwrap_or_default();
        let found = targets::ALL.iter().find(|(known, _)| *known == name);
        assert!(found.is_some(), "JOTGATE_FUZZ_TARGET must be one of {:?}", targets::ALL.map(|(known, _)| known));
        found.map_or(|_| {}, |(_, target)| *target)
    })
}

#[cfg(feature = "libfuzzer")]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target()(bytes));

#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        target()(&std::fs::read(path)?);
    }
    Ok(())
}
