#!/bin/sh
# Serves HTTP exchanges through a middleware: serve.sh [servlet | spring] FILE. See tests/conformance/exchanges.py.
# Serves an application with routes: serve.sh (httpserver | servlet | spring)-routes FILE. See tests/conformance/targets.py.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
server=Serve
case $1 in
    servlet) server=ServeServlet; shift ;;
    spring) server=ServeSpring; shift ;;
    httpserver-routes) server=ServeRoutes; shift ;;
    servlet-routes) server=ServeServletRoutes; shift ;;
    spring-routes) server=ServeSpringRoutes; shift ;;
esac
# As in run.sh.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$target/classes:$target/test-classes:$target/test-libraries/*" "io.jotgate.conformance.$server" "$@"
