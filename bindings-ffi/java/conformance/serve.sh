#!/bin/sh
# Serves HTTP exchanges through a middleware: serve.sh [servlet] FILE. See tests/conformance/exchanges.py.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
server=Serve
if [ "$1" = servlet ]; then
    server=ServeServlet
    shift
fi
exec java -cp "$target/classes:$target/test-classes:$target/test-libraries/*" "io.jotgate.conformance.$server" "$@"
