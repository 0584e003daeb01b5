#!/bin/sh
# Writes the interfaces of other languages anew, of the library for this machine: generate.sh. It builds the generator first, which
# takes minutes. With --check it says whether they are as they stand in the tree.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cargo build --quiet --manifest-path "$root/Cargo.toml" -p jotgate-uniffi --features aws-lc
cargo build --quiet --locked --manifest-path "$here/bindgen/Cargo.toml" --target-dir "$target/bindgen"
case $(uname -s) in
    Darwin) library=$target/debug/libjotgate_uniffi.dylib ;;
    *) library=$target/debug/libjotgate_uniffi.so ;;
esac

interface=$(python3 "$here/interface.py" "$(dirname "$library")")

# generated LANGUAGE: what the generator writes for it, into the folder.
generated() {
    "$target/bindgen/debug/jotgate-uniffi-bindgen" generate --no-format --language "$1" --out-dir "$out" "$library"
}

generated ruby
{
    echo "# Made by bindings-ffi/uniffi/generate.sh; the interface is $interface"
    # The library lies beside it, and not where the system looks for libraries. Texts are copied as a whole: the generator makes an
    # Array of the octets of each, which takes longer than the validation of a token. Many tokens are judged while other threads of
    # Ruby run. No space stands at the end of a line.
    sed -e "s|ffi_lib 'jotgate_uniffi'|ffi_lib File.join(__dir__, FFI.map_library_name('jotgate_uniffi'))|" \
        -e 's/reserve(value\.bytes\.size) do/reserve(value.bytesize) do/' \
        -e 's/put_array_of_char @rust_buf\.len, \(.*\)\.bytes$/put_bytes @rust_buf.len, \1/' \
        -e 's/[ \t]*$//' \
        -e '/attach_function :.*_method_core_validate_many,$/,/^    RustBuffer.by_value$/ s/^    RustBuffer.by_value$/&, blocking: true/' \
        "$out/jotgate_native.rb"
} >"$out/made.rb"

generated swift
for name in jotgate_native.swift jotgate_nativeFFI.h; do
    {
        echo "// Made by bindings-ffi/uniffi/generate.sh; the interface is $interface"
        sed -e 's/[ \t]*$//' "$out/$name"
    } >"$out/made.$name"
done

# placed MADE FILE: puts it there, or with --check says whether it is there.
check=${1:-}
placed() {
    if [ "$check" = --check ]; then cmp "$1" "$2"; else cp "$1" "$2"; fi
}
placed "$out/made.rb" "$here/../ruby/lib/jotgate/jotgate_native.rb"
placed "$out/made.jotgate_native.swift" "$here/../swift/Sources/JotgateNative/jotgate_native.swift"
placed "$out/made.jotgate_nativeFFI.h" "$here/../swift/Sources/jotgate_nativeFFI/jotgate_nativeFFI.h"
