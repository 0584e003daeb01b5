#!/bin/sh
# Runs token cases through the public API: run.sh VECTORS RAW_REPORT START_INDEX.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
if [ ! -d "$target/test-libraries" ]; then
    echo "run.sh: not built; run make build-java" >&2
    exit 1
fi
# Started for each file: what the second compiler and a collector with threads of its own cost would not come back.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$target/classes:$target/test-classes:$target/test-libraries/*" io.jotgate.conformance.Runner "$@"
