#!/usr/bin/env bash
# Builds the WebAssembly module of `jotgate/edge` as it ships, and puts it where the npm package is packed: beside the addons, and into
# `dist` where that has been made. Without what it takes it says so and builds nothing; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=wasm32-unknown-unknown

miss() {
    echo "jotgate/edge: no WebAssembly module is built, missing $1" >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
}

# `ring` holds C code, and the C compiler of this machine compiles for this machine alone.
if ! command -v clang >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clang >&2
fi
command -v clang >/dev/null || miss "clang (Debian: clang)"
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    if command -v rustup >/dev/null; then rustup target add "$target" >&2; else miss "Rust for $target (rustup target add $target)"; fi
fi

# The paths of this machine are of no use to whoever has the module.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/jotgate"
cargo build --locked --quiet -p jotgate-wasm --target "$target" --profile wasm
built=${CARGO_TARGET_DIR:-target}/$target/wasm/jotgate_wasm.wasm
mkdir -p bindings-node/native
for folder in bindings-node/native bindings-node/dist; do
    [ ! -d "$folder" ] || install -m 644 "$built" "$folder/jotgate.wasm"
done
