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
# The time is asked for by no test, but std's own threads do.
MIRIFLAGS="-Zmiri-disable-isolation" cargo +nightly miri test -p jotgate-edge -p jotgate-ffi --lib
