//! Tells the linker that the symbols of Node-API come from the process that loads the addon, and keeps it loaded.

fn main() {
    napi_build::setup();
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // aws-lc keeps a queue of errors for each thread, which the system frees by a function of this library when the thread
        // ends: for a worker that alone has loaded the addon, after Node has unloaded it.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
