#!/bin/sh
# Runs token cases through the public API: run.sh VECTORS RAW_REPORT START_INDEX.
# Serves in Ktor what tests/conformance asks for: run.sh (exchanges | routes | plugin-routes) FILE.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
java=$(cd "$(dirname "$0")/../../java" && pwd)/target
if [ ! -d "$target/test-libraries" ]; then
    echo "run.sh: not built; run make build-kotlin" >&2
    exit 1
fi
main=io.jotgate.kotlin.conformance.RunnerKt
case $1 in
    exchanges | routes | plugin-routes) main=io.jotgate.ktor.ServeKt ;;
esac
# Started for each file: what the second compiler and a collector with threads of its own cost would not come back.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -cp "$target/classes:$target/test-classes:$java/classes:$java/test-classes:$target/test-libraries/*" "$main" "$@"
