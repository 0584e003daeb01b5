#!/bin/sh
# Builds the native library for this machine and puts it where the gem picks it up: lib/jotgate.
# With JOTGATE_LIBRARIES=FOLDER it takes the library that lies there instead, such as that of the demo and the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --release --quiet --manifest-path "$root/Cargo.toml" -p jotgate-uniffi --features aws-lc
    libraries=${CARGO_TARGET_DIR:-$root/target}/release
fi
case $(uname -s) in
    Darwin) library=libjotgate_uniffi.dylib ;;
    *) library=libjotgate_uniffi.so ;;
esac
# Beside the place and renamed: a library that is in use is not overwritten.
cp "$libraries/$library" "$here/lib/jotgate/$library.new"
mv "$here/lib/jotgate/$library.new" "$here/lib/jotgate/$library"
