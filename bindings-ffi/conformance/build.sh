#!/usr/bin/env bash
# Builds the conformance runner of the C interface as target/conformance/runners/c, from the library in
# JOTGATE_LIBRARIES, or else from the one that is shipped, which it builds. Needs a C compiler and json-c (Debian: libjson-c-dev).
set -euo pipefail
cd "$(dirname "$0")/../.."

libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --quiet --release -p jotgate-ffi --features aws-lc
    libraries=target/release
fi
mkdir -p target/conformance/runners
read -ra json_c <<<"$(pkg-config --cflags --libs json-c)"
"${CC:-cc}" -std=c11 -O2 -g -Wall -Wextra -Werror -pedantic -I bindings-ffi/include \
    bindings-ffi/conformance/*.c "$libraries/libjotgate.a" \
    "${json_c[@]}" -lpthread -ldl -lm -o target/conformance/runners/c
