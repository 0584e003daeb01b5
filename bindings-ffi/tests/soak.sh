#!/usr/bin/env bash
# The tests of the C interface in which threads and processes meet, at length: many times the rounds, under the sanitizers, and
# under valgrind, which also sees what the library does itself. Takes the libraries from JOTGATE_LIBRARIES, or else builds them.
set -euo pipefail
cd "$(dirname "$0")/../.."

ffi=bindings-ffi
libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --release -p jotgate-ffi --features aws-lc
    libraries=$PWD/target/release
fi
mkdir -p target
out=$(mktemp -d "$PWD/target/c-soak.XXXXXX")
trap 'rm -rf "$out"' EXIT
abi=$(sed -n 's/^#define JOTGATE_ABI_VERSION //p' "$ffi/include/jotgate.h")
ln -s "$libraries/libjotgate.so" "$out/libjotgate.so.$abi"
ln -s "libjotgate.so.$abi" "$out/libjotgate.so"
shared=(-L "$out" -ljotgate "-Wl,-rpath,$out")
flags=(-std=c11 -g -I "$ffi/include")

# soak LABEL PROGRAM ARGUMENTS...: builds and runs a test program with the rounds that are left to it.
soak() {
    echo "== $1: $2"
    cc "${flags[@]}" "${@:3}" "$ffi/tests/$2.c" "${shared[@]}" -lpthread -o "$out/$2-$1"
    "${under[@]}" "$out/$2-$1"
}

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 TSAN_OPTIONS=ignore_noninstrumented_modules=1
under=()
soak plain fork -O2 -DROUNDS=50
soak plain stacks -O2 -DDOCUMENT_STACK=131072
for program in threads completions; do
    soak plain "$program" -O2 -DROUNDS=200000
    soak asan "$program" -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -DROUNDS=50000
    soak tsan "$program" -O1 -fsanitize=thread -DROUNDS=50000
done
# An optimiser may read a field before it asks whether it is there, and make use of it only where it is: valgrind, which sees the branch,
# calls that an uninitialised value, in code without any `unsafe`. So the library that ships is looked at for leaks and for memory
# that is not its own, and for uninitialised values the one of the tests, in which nothing is reordered.
leaks=(valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect)
under=("${leaks[@]}" --undef-value-errors=no)
soak valgrind threads -O2 -DROUNDS=1000
soak valgrind stacks -O2
cargo build -p jotgate-ffi --features aws-lc
ln -sf "$PWD/target/debug/libjotgate.so" "$out/libjotgate.so.$abi"
under=("${leaks[@]}")
soak valgrind-debug threads -O2 -DROUNDS=200
soak valgrind-debug stacks -O2
