#!/bin/sh
# Serves HTTP exchanges through a middleware: serve.sh [servlet | spring] FILE. See tests/conformance/exchanges.py.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
server=Serve
case $1 in
    servlet) server=ServeServlet; shift ;;
    spring) server=ServeSpring; shift ;;
esac
exec java -cp "$target/classes:$target/test-classes:$target/test-libraries/*" "io.jotgate.conformance.$server" "$@"
