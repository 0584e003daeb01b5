//! Keeps the library loaded.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // aws-lc keeps a queue of errors for each thread, which the system frees by a function of this library when the thread
        // ends: perhaps after the host has unloaded it.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
