#!/usr/bin/env bash
# Makes include/jotgate.h anew and fails when the one that is checked in differs. With --write it is replaced instead.
#
# cbindgen is pinned, because the text that it makes changes from release to release.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=0.29.4
tools=target/tools
if [ "$("$tools/bin/cbindgen" --version 2>/dev/null || true)" != "cbindgen $version" ]; then
    echo "installing cbindgen $version into $tools" >&2
    # Not optimised: it is made once and reads one crate.
    CARGO_PROFILE_DEV_DEBUG=false cargo install --quiet --debug cbindgen --version "$version" --locked --root "$tools"
fi

header=bindings-ffi/include/jotgate.h
if [ "${1:-}" = --write ]; then
    made=$header
else
    made=$(mktemp)
    trap 'rm -f "$made"' EXIT
fi
# It names private constants on stderr that it leaves out, as it should; errors end in an exit status.
"$tools/bin/cbindgen" --quiet --config bindings-ffi/cbindgen.toml --output "$made" bindings-ffi/src/lib.rs
diff -u "$header" "$made"
