#!/bin/sh
# The long ones: many validations in a process that must not grow, and virtual threads that wait for a fetch on one carrier.
# soak.sh [VALIDATIONS]; build first: make build-java. `JAVA_HOME` names another JDK.
set -eu
cd "$(dirname "$0")"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
path="target/classes:target/test-classes:target/test-libraries/*"
release=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
access=
[ "$release" -lt 24 ] || access=--enable-native-access=ALL-UNNAMED

run() {
    printed=$("$java" $access -cp "$path" "$@")
    [ "$printed" = done ] || { echo "soak.sh: $printed" >&2; exit 1; }
}

run -Xms64m -Xmx64m -XX:+UseSerialGC -XX:+AlwaysPreTouch io.jotgate.Soak "${1:-10000000}"
echo "soak.sh: ${1:-10000000} validations, and the process has not grown (Java $release)"
if [ "$release" -ge 21 ]; then
    run -Djdk.virtualThreadScheduler.parallelism=1 -Djdk.virtualThreadScheduler.maxPoolSize=1 io.jotgate.VirtualThreads
    echo "soak.sh: no virtual thread is pinned by a fetch (Java $release)"
else
    echo "soak.sh: NOT TESTED: Java $release has no virtual threads; name a JDK 21 or later by JAVA_HOME"
fi
