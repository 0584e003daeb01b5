#!/bin/sh
# Builds libjotgate.a and puts it, with its header, where cgo looks for them.
#
#   ./build-native.sh                               for this machine
#   ./build-native.sh aarch64-unknown-linux-gnu     for a Rust target whose toolchain and linker are installed
#
# With JOTGATE_LIBRARIES=FOLDER it takes the library that lies there instead, such as that of the demo and the tests.
set -eu

cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)
target=${1:-$(rustc -vV | sed -n 's/^host: //p')}

case $target in
    x86_64-unknown-linux-gnu) platform=linux_amd64 ;;
    aarch64-unknown-linux-gnu) platform=linux_arm64 ;;
    x86_64-apple-darwin) platform=darwin_amd64 ;;
    aarch64-apple-darwin) platform=darwin_arm64 ;;
    *)
        echo "build-native.sh: no Go platform for $target" >&2
        exit 1
        ;;
esac

products=${CARGO_TARGET_DIR:-$repository/target}
if [ -n "${JOTGATE_LIBRARIES:-}" ]; then
    library=$JOTGATE_LIBRARIES/libjotgate.a
elif [ $# -gt 0 ]; then
    cargo build --manifest-path "$repository/Cargo.toml" --release -p jotgate-ffi --features aws-lc --target "$target"
    library=$products/$target/release/libjotgate.a
else
    cargo build --manifest-path "$repository/Cargo.toml" --release -p jotgate-ffi --features aws-lc
    library=$products/release/libjotgate.a
fi

cp "$library" "native/$platform/libjotgate.a"
# What debuggers want of the standard library is a third of what everybody would download. STRIP names another platform's strip.
if [ $# -eq 0 ] || [ -n "${STRIP:-}" ]; then
    "${STRIP:-strip}" -S "native/$platform/libjotgate.a"
fi
cp "$repository/bindings-ffi/include/jotgate.h" native/include/jotgate.h

# The go command does not look at what cgo links. This text ends in the package's object (core.go), so programs are linked
# and tests run anew.
{
    echo '/* Made by build-native.sh: changes with the library. */'
    printf '#define JOTGATE_GO_LIBRARY "%s"\n' "$(cksum native/*/libjotgate.a native/include/jotgate.h | tr '\n' ' ')"
} >library.h
