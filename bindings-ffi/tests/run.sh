#!/usr/bin/env bash
# Builds and runs the tests of the C interface: against the static and the shared library, under AddressSanitizer with
# UndefinedBehaviorSanitizer, under ThreadSanitizer, and under valgrind. Closes with the counts.
#
# Takes the libraries from JOTGATE_LIBRARIES, or else builds them. Needs a C and a C++ compiler; valgrind is left out when it is missing, unless CI=true.
set -uo pipefail
cd "$(dirname "$0")/../.."

ffi=bindings-ffi
mkdir -p target
out=$(mktemp -d target/c-tests.XXXXXX) # its own, so that two may run at once
trap 'rm -rf "$out"' EXIT
passed=0
failed=0
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
warnings=(-std=c11 -Wall -Wextra -Werror -pedantic)
flags=("${warnings[@]}" -g -I "$ffi/include" "-DEXPECTED_VERSION=\"$version\"")
native=(-lpthread -ldl -lm)
programs=(arguments sizes verdicts members many undecided require pull push completions requests keys causes store events as_of explain testing threads)
# Those in which threads meet.
threaded=(many push completions store threads)

# pass NAME / fail NAME: count one test.
pass() { passed=$((passed + 1)); echo "ok $1"; }
fail() { failed=$((failed + 1)); echo "FAILED $1"; }

# check NAME COMMAND...: one test, which passes when the command does. Its output is shown when it fails.
check() {
    local name=$1 log=$out/check.log
    shift
    if "$@" >"$log" 2>&1; then pass "$name"; else cat "$log"; fail "$name"; fi
}

# run_program LABEL COMMAND...: a test program, which prints a line per test. One that ends badly without having named a
# failed test (a crash, a leak, a report of a sanitizer) counts as a failed test of its own.
run_program() {
    local label=$1 log=$out/program.log status named
    shift
    "$@" >"$log" 2>"$log.err"
    status=$?
    sed "s,^\(ok\|FAILED\) ,\1 $label: ," "$log"
    named=$(grep -c '^FAILED ' "$log")
    passed=$((passed + $(grep -c '^ok ' "$log")))
    failed=$((failed + named))
    if [ "$status" -ne 0 ]; then
        cat "$log.err"
        if [ "$named" -eq 0 ]; then fail "$label: ended with status $status"; fi
    fi
}

# build PROGRAM LABEL ARGUMENTS...: compiles a test program as PROGRAM-LABEL.
build() {
    local program=$1 label=$2
    shift 2
    cc "${flags[@]}" "$ffi/tests/$program.c" "$@" "${native[@]}" -o "$out/$program-$label"
}

run_all() {
    local label=$1 program
    for program in "${@:2}"; do
        run_program "$label/$program" "$out/$program-$label"
    done
}

libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --quiet -p jotgate-ffi --features aws-lc || exit 1
    libraries=$PWD/target/debug
fi
static=$libraries/libjotgate.a
# Under the name that programs look for.
abi=$(sed -n 's/^#define JOTGATE_ABI_VERSION //p' "$ffi/include/jotgate.h")
ln -s "$libraries/libjotgate.so" "$out/libjotgate.so.$abi"
ln -s "libjotgate.so.$abi" "$out/libjotgate.so"
shared=(-L "$out" -ljotgate "-Wl,-rpath,$PWD/$out")

for program in "${programs[@]}" fork stacks lengths; do
    build "$program" static -O2 "$static" && build "$program" shared -O2 "${shared[@]}" || exit 1
done
for program in "${programs[@]}" lengths; do
    build "$program" asan -O1 -fsanitize=address,undefined -fno-sanitize-recover=all "$static" || exit 1
done
run_all static "${programs[@]}" fork stacks lengths
run_all shared "${programs[@]}" fork stacks lengths
# It opens the shared library by itself.
cc "${flags[@]}" -O2 "$ffi/tests/unload.c" "${native[@]}" -o "$out/unload" || exit 1
run_program "shared/unload" "$out/unload" "$libraries/libjotgate.so"
# Not with fork: a child made while another thread allocates may hang inside of the sanitizer's own allocator.
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
run_all asan "${programs[@]}" lengths
# It sees what the C side does: whether what one thread wrote may be read by another, in callbacks, too. The library was not compiled
# for it, so what it does inside is left out; that is why it is the shared one.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1
for program in "${threaded[@]}"; do
    build "$program" tsan -O1 -fsanitize=thread "${shared[@]}" || exit 1
done
run_all tsan "${threaded[@]}"
if command -v valgrind >/dev/null; then
    for program in "${programs[@]}"; do
        run_program "valgrind/$program" valgrind --quiet --error-exitcode=99 --leak-check=full \
            --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect \
            "$out/$program-static"
    done
elif [ "${CI:-}" = true ]; then
    fail "valgrind is missing (Debian: valgrind)"
else
    echo "valgrind is missing (Debian: valgrind): its runs are left out" >&2
fi

# That is what keeps them from being unloaded before the threads that used them; those of Node and Java lie beside ours.
stays_loaded() { readelf -d "$1" | grep -q NODELETE; }
if [ "$(uname -s)" = Linux ]; then
    for library in "$libraries"/libjotgate{,_jni,_node}.so; do
        if [ -e "$library" ]; then check "$(basename "$library") stays loaded" stays_loaded "$library"; fi
    done
fi

# The header speaks C and C++ and is what the sources say; the library exports what it declares and nothing more.
check "the header is C11" cc "${warnings[@]}" -fsyntax-only -x c "$ffi/include/jotgate.h"
check "the header is C++17" c++ -std=c++17 -Wall -Wextra -Werror -pedantic -fsyntax-only -x c++ "$ffi/include/jotgate.h"
check "the header is what cbindgen makes" "$ffi/tests/header.sh"
declared() { grep -oE '\bjotgate_[a-z0-9_]+\(' "$ffi/include/jotgate.h" | tr -d '(' | sort -u; }
exported() { nm -D --defined-only "$libraries/libjotgate.so" | sed 's/.* //' | sort -u; }
check "the library exports what the header declares and nothing else" diff <(declared) <(exported)

# Bugs inside, in a library of its own that has them. What it stands on is there already: only its crate is made anew.
panics=$PWD/target/panics
ships_no_bugs() { ! grep -q JOTGATE_PANIC_AT "$static" "$libraries/libjotgate.so"; }
check "no bugs are in what ships" ships_no_bugs
check "the library with bugs" env CARGO_TARGET_DIR="$panics" CARGO_BUILD_BUILD_DIR="$PWD/target" \
    cargo build -p jotgate-ffi --features aws-lc,panics
build panics static -O2 "$panics/debug/libjotgate.a" || exit 1
run_program "panics" "$out/panics-static"

# The example and the program of the README.
example=$out/validate
expect_example() {
    local status=$1 output=$2 got
    shift 2
    got=$("$example" "$@" 2>/dev/null </dev/null)
    [ $? -eq "$status" ] && grep -qF "$output" <<<"$got" || { echo "got: $got"; return 1; }
}
from_stdin() { "$example" "$ffi/examples/policy.json" "$ffi/examples/jwks.json" <"$ffi/examples/token.jwt"; }
check "the example compiles" cc "${flags[@]}" "$ffi/examples/validate.c" "$static" "${native[@]}" -o "$example"
inputs=("$ffi/examples/policy.json" "$ffi/examples/jwks.json")
token=$(cat "$ffi/examples/token.jwt")
check "the example accepts a token" expect_example 0 '"sub":"alice"' "${inputs[@]}" "$token"
check "the example finds the subject" expect_example 0 'subject: alice' "${inputs[@]}" "$token"
check "the example reads standard input" from_stdin
check "the example rejects a token" expect_example 1 'rejected: invalid_signature' "${inputs[@]}" "${token%?????}AAAAA"
check "the example knows no keys" expect_example 2 'unavailable: keys_unavailable' "${inputs[0]}" "${inputs[0]}" "$token"
check "the example names a policy error" expect_example 2 'policy error at: keys' "${inputs[1]}" "${inputs[1]}" "$token"

readme_prints() { [ "$("$out/readme")" = "refused: algorithm_not_allowed" ]; }
sed -n '/^```c$/,/^```$/p' "$ffi/README.md" | sed '/^```/d' >"$out/readme.c"
check "the README's program compiles" cc "${flags[@]}" "$out/readme.c" "$static" "${native[@]}" -o "$out/readme"
check "the README's program does what it says" readme_prints

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
