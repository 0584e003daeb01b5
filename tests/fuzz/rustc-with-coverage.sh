#!/bin/sh
# What cargo calls in place of rustc for the crates of this workspace: the code then counts which of its branches ran, as
# libFuzzer wants to know. The dependencies are those of every other build.
rustc=$1
shift
exec "$rustc" "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
