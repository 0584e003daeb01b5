//! Names the shared library inside of itself, so that programs look for `libjotgate.so` and not for the path that it
//! had when they were linked, and keeps it loaded.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libjotgate.so");
        // aws-lc keeps a queue of errors for each thread, which the system frees by a function of this library when the thread
        // ends: perhaps after `dlclose`.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
