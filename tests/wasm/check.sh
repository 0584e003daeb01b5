#!/usr/bin/env bash
# The core does no I/O: built for WebAssembly it is a module that imports nothing, and judges tokens all the same.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=wasm32-unknown-unknown
if ! command -v clang >/dev/null; then
    # `ring` holds C code, which the compiler of this machine translates for this machine alone.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clang >&2
    else
        echo "check.sh: missing clang (Debian: clang)" >&2
        exit 1
    fi
fi
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then rustup target add "$target" >&2; fi

cargo build --locked --quiet -p jotgate-wasm --target "$target"
node tests/wasm/run.mjs "${CARGO_TARGET_DIR:-target}/$target/debug/jotgate_wasm.wasm"
