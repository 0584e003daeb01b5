//! The generator of UniFFI: its programs are used from a crate, so that their version is that of the library.

fn main() {
    uniffi::uniffi_bindgen_main();
}
