//! Names the shared library inside of itself, so that programs look for `libjotgate.so` and not for the path that it
//! had when they were linked.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libjotgate.so");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
