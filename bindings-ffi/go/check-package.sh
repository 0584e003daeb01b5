#!/bin/sh
# Uses the packages as a stranger would: a new project far from the repository gets them from the proxy of package.sh,
# builds, validates a token and tests itself with jotgatetest; then once more with its dependencies vendored and no proxy at all.
# Another one does so with a module for a framework; the others are fetched.
set -eu

cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)
version=v$(sed -n 's/^version = "\(.*\)"$/\1/p' "$repository/Cargo.toml" | head -n 1)
proxy=${CARGO_TARGET_DIR:-$repository/target}/go/proxy
module=github.com/jotgate/jotgate/bindings-ffi/go
# What other modules need: this machine has most of it, since the tests of the modules need the same.
others="file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"

projects=$(mktemp -d)
trap 'chmod -R u+w "$projects" && rm -rf "$projects"' EXIT
expect() {
    if [ "$1" != "$2" ]; then
        echo "check-package.sh: $3 printed '$1', not '$2'" >&2
        exit 1
    fi
    echo "check-package.sh: $3: ok"
}

# Its own module cache: what an earlier check has left behind must not help.
export GOPROXY="file://$proxy" GONOSUMDB="$module" GOMODCACHE="$projects/cache" GOFLAGS= GOWORK=off

mkdir "$projects/stranger"
cp testdata/stranger/*.go "$projects/stranger"
mkdir "$projects/frameworks"
cp testdata/frameworks/*.go "$projects/frameworks"

cd "$projects/stranger"
expected='alice, jotgate 0.1.0'
go mod init example.com/stranger
go get "$module@$version"
expect "$(go run .)" "$expected" "from the proxy"
go test .

go mod vendor
chmod -R u+w "$GOMODCACHE" && rm -rf "$GOMODCACHE"
GOPROXY=off go build -mod=vendor -o stranger .
expect "$(./stranger)" "$expected" "vendored"
GOPROXY=off go test -mod=vendor .

cd "$projects/frameworks"
export GOPROXY="file://$proxy,$others" GONOSUMDB='*'
go mod init example.com/frameworks
go mod download "$module/jotgategin@$version" "$module/jotgategrpc@$version" "$module/jotgateprometheus@$version"
go get "$module/jotgateecho@$version"
go get .
go mod vendor
chmod -R u+w "$GOMODCACHE" && rm -rf "$GOMODCACHE"
GOPROXY=off go build -mod=vendor -o frameworks .
expect "$(./frameworks)" guarded "vendored, with a framework"
