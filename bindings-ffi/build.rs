//! Names the shared library inside of itself by the version of its interface, so that programs look for `libjotgate.so.1`, and
//! not for the path that it had when they were linked, nor for a library whose interface is another; and keeps it loaded.

use std::{env, fs};

fn main() -> Result<(), String> {
    let version = abi_version()?;
    match env::var("CARGO_CFG_TARGET_OS").unwrap_or_default().as_str() {
        "linux" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libjotgate.so.{version}");
            // aws-lc keeps a queue of errors for each thread, which the system frees by a function of this library when the thread
            // ends: perhaps after `dlclose`.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        // Programs say by their run paths where it lies.
        "macos" => println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libjotgate.{version}.dylib"),
        _ => {}
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SOURCE}");
    Ok(())
}

/// The one number that tells programs apart for which a library is another one.
fn abi_version() -> Result<String, String> {
    let source = fs::read_to_string(SOURCE).map_err(|error| format!("{SOURCE}: {error}"))?;
    let (_, rest) =
        source.split_once("JOTGATE_ABI_VERSION: u32 = ").ok_or_else(|| format!("{SOURCE} has no version"))?;
    Ok(rest.chars().take_while(char::is_ascii_digit).collect())
}

const SOURCE: &str = "src/code.rs";
