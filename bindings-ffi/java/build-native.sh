#!/bin/sh
# Builds the native library for this machine and puts it where Maven picks it up: target/native/<os>-<arch>/.
# With JOTGATE_LIBRARIES=FOLDER it takes the library that lies there instead, such as that of the demo and the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --release --quiet --manifest-path "$root/Cargo.toml" -p jotgate-jni --features aws-lc
    libraries=${CARGO_TARGET_DIR:-$root/target}/release
fi

case $(uname -s) in
    Linux) os=linux library=libjotgate_jni.so ;;
    Darwin) os=macos library=libjotgate_jni.dylib ;;
    MINGW* | MSYS* | CYGWIN*) os=windows library=jotgate_jni.dll ;;
    *) echo "build-native.sh: unknown system $(uname -s)" >&2; exit 1 ;;
esac
case $(uname -m) in
    x86_64 | amd64) arch=x86_64 ;;
    aarch64 | arm64) arch=aarch64 ;;
    *) arch=$(uname -m) ;;
esac
mkdir -p "$here/target/native/$os-$arch"
cp "$libraries/$library" "$here/target/native/$os-$arch/"
