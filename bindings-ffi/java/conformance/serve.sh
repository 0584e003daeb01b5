#!/bin/sh
# Serves HTTP exchanges through a middleware: serve.sh [servlet | jetty | spring | starter | starter-webflux] FILE. See tests/conformance/exchanges.py.
# Serves an application with routes: serve.sh (httpserver | servlet | jetty | spring | starter)-routes FILE. See tests/conformance/targets.py.
set -eu
target=$(cd "$(dirname "$0")/.." && pwd)/target
server=io.jotgate.conformance.Serve
libraries="$target/test-libraries/*"
container=TOMCAT
case $1 in
    starter | starter-webflux | starter-routes)
        starter=$(cd "$(dirname "$0")/.." && pwd)/spring-boot-starter/target
        server=io.jotgate.spring.boot.ServeStarter
        [ "$1" != starter-webflux ] || server=io.jotgate.spring.boot.ServeStarterWebFlux
        [ "$1" != starter-routes ] || server=io.jotgate.spring.boot.ServeStarterRoutes
        libraries="$starter/test-libraries/*:$starter/classes:$starter/test-classes"
        shift ;;
    servlet) server=io.jotgate.conformance.ServeServlet; shift ;;
    jetty) server=io.jotgate.conformance.ServeServlet; container=JETTY; shift ;;
    spring) server=io.jotgate.conformance.ServeSpring; shift ;;
    httpserver-routes) server=io.jotgate.conformance.ServeRoutes; shift ;;
    servlet-routes) server=io.jotgate.conformance.ServeServletRoutes; shift ;;
    jetty-routes) server=io.jotgate.conformance.ServeServletRoutes; container=JETTY; shift ;;
    spring-routes) server=io.jotgate.conformance.ServeSpringRoutes; shift ;;
esac
# As in run.sh.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djotgate.container=$container -Djotgate.log=OFF \
    -cp "$target/classes:$target/test-classes:$libraries" "$server" "$@"
