#!/usr/bin/env bash
# The core does no I/O: built for WebAssembly it is a module that imports nothing, and judges tokens all the same.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=wasm32-unknown-unknown

# miss WHAT: what is not here and could not be installed ends the check; with CI=true that is a failure.
miss() {
    echo "wasm: skipped, missing $1" >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
}

# `ring` holds C code, and the C compiler of this machine compiles for this machine alone.
if ! command -v clang >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clang >&2
fi
command -v clang >/dev/null || miss "clang (Debian: clang)"
command -v node >/dev/null || miss "Node.js 20 or later"
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    if command -v rustup >/dev/null; then rustup target add "$target" >&2; else miss "Rust for $target (rustup target add $target)"; fi
fi

# It judges a handful of tokens: to optimise it takes longer than they do.
slow=()
for crate in jotgate base64 crypto-bigint serde_json; do slow+=(--config "profile.dev.package.$crate.opt-level=0"); done
cargo build --locked --quiet -p jotgate-wasm --target "$target" "${slow[@]}"
node tests/wasm/run.mjs "${CARGO_TARGET_DIR:-target}/$target/debug/jotgate_wasm.wasm"
