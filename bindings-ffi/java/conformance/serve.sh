#!/bin/sh
# Serves HTTP exchanges through a middleware: serve.sh FILE. See tests/conformance/exchanges.py.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
exec java -cp "$target/classes:$target/test-classes:$target/test-libraries/*" io.jotgate.conformance.Serve "$@"
