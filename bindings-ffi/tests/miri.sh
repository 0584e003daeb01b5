#!/usr/bin/env bash
# Runs the Rust tests of the C interface and of the edge under Miri, which sees every pointer that is used wrongly.
#
# It wants a nightly toolchain with Miri. No test of these crates checks a signature, because Miri runs no assembly.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "miri.sh: Miri is missing (rustup toolchain install nightly --component miri --component rust-src)" >&2
    exit 1
fi
# Leaks are valgrind's matter: what a caught panic carried is left alone on purpose, because dropping it could panic again.
MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-ignore-leaks" cargo +nightly miri test -p jotgate-edge -p jotgate-ffi --lib
