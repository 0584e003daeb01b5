#!/usr/bin/env bash
# references.sh FOLDER: makes the reference of each language below FOLDER, by the generator that its people know. Python's is made with the
# site, from the sources. Swift has none: its generator comes with a toolchain that no machine of the continuous integration has.
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")"
root=$(realpath ../..)
rm -rf "$out"
mkdir -p "$out"

# The languages themselves are what tests/toolchains.sh installs; this is what their references take beside it.
if ! command -v doxygen yard >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends doxygen yard ruby-redcarpet
fi

rust() {
    local target=${CARGO_TARGET_DIR:-$root/target}
    rm -rf "$target/doc"
    export RUSTDOCFLAGS="-D warnings"
    cargo doc --quiet --locked --no-deps -p jotgate -p jotgate-host -p jotgate-testing -p jotgate-tools
    cargo doc --quiet --locked --no-deps -p jotgate-http --features axum,tonic
    cp -r "$target/doc" "$out/rust"
}

node() {
    local entries
    entries=$(command node -p 'Object.keys(require("../../bindings-node/package.json").exports)
        .filter(name => name !== "./package.json")
        .map(name => `../../bindings-node/ts/${name === "." ? "index" : name.slice(2)}.ts`).join(" ")')
    # shellcheck disable=SC2086
    node_modules/.bin/typedoc --options typedoc.json --logLevel Warn --out "$out/node" $entries
}

go() {
    local tool folder package
    tool=$(command go tool -n gomarkdoc)
    mkdir -p "$out/go"
    for folder in . jotgatetest jotgateecho jotgategin jotgategrpc jotgateprometheus; do
        package=$(basename "$folder")
        (cd "$root/bindings-ffi/go/$folder" && "$tool" --repository.url "" --output "$out/go/${package/./jotgate}.md" .)
    done
}

# Kotlin stands on the JARs of Java.
java_and_kotlin() {
    local module
    (cd "$root/bindings-ffi/java" && mvn -q -B -f reactor.xml -Prelease package -DskipTests \
        -pl :jotgate,:jotgate-testing,:jotgate-grpc,:jotgate-spring-boot-starter)
    mkdir -p "$out/java"
    cp -r "$root/bindings-ffi/java/target/reports/apidocs" "$out/java/jotgate"
    for module in testing grpc spring-boot-starter; do
        cp -r "$root/bindings-ffi/java/$module/target/reports/apidocs" "$out/java/jotgate-$module"
    done
    (cd "$root/bindings-ffi/kotlin" && mvn -q -B -f reactor.xml -Pdocs package -DskipTests -Dkotlin.skipTests=true \
        -pl ../java,../java/testing,pom.xml)
    cp -r "$root/bindings-ffi/kotlin/target/dokka" "$out/kotlin"
    # Letters that the JDK of Debian leaves out, and that the style sheets would take where they are.
    for module in "$out"/java/*; do
        mkdir -p "$module/resources/fonts"
        touch "$module/resources/fonts/dejavu.css"
    done
    # No page asks another host for letters or scripts.
    find "$out/kotlin" -name '*.html' -exec sed -i -E 's#<script[^>]*src="https?://[^"]*"[^>]*></script>##' {} +
    : >"$out/kotlin/styles/font-jb-sans-auto.css"
    sed -i '/^@import url/d' "$out/kotlin/styles/style.css"
}

c() {
    HEADER=$root/bindings-ffi/include/jotgate.h FOLDER=$root/bindings-ffi/include OUTPUT=$out doxygen Doxyfile
}

ruby() {
    # Beside the folder of the README, which is a page of the site already.
    (cd "$root/bindings-ffi/ruby/lib" && yard doc --quiet --no-cache --no-save --no-progress --fail-on-warning --no-private \
        --markup markdown --markup-provider redcarpet --title "jotgate for Ruby" --exclude jotgate_native --output-dir "$out/ruby" .)
}

for language in rust node go java_and_kotlin c ruby; do
    echo "the reference of ${language//_/ }"
    "$language"
done
