#!/bin/sh
# Uses the package as a stranger would: a new project far from the repository gets it from the proxy of package.sh,
# builds, validates a token and tests itself with jotgatetest; then once more with its dependencies vendored and no proxy at all.
set -eu

cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)
version=v$(sed -n 's/^version = "\(.*\)"$/\1/p' "$repository/Cargo.toml" | head -n 1)
proxy=${CARGO_TARGET_DIR:-$repository/target}/go/proxy
module=github.com/jotgate/jotgate/bindings-ffi/go

project=$(mktemp -d)
trap 'chmod -R u+w "$project" && rm -rf "$project"' EXIT
cp testdata/stranger/*.go "$project"
cd "$project"

# Its own module cache: what an earlier check has left behind must not help.
export GOPROXY="file://$proxy" GONOSUMDB="$module" GOMODCACHE="$project/cache" GOFLAGS= GOWORK=off
expected='alice, jotgate 0.1.0'
expect() {
    if [ "$1" != "$expected" ]; then
        echo "check-package.sh: $2 printed '$1', not '$expected'" >&2
        exit 1
    fi
    echo "check-package.sh: $2: ok"
}

go mod init example.com/stranger
go get "$module@$version"
expect "$(go run .)" "from the proxy"
go test .

go mod vendor
chmod -R u+w cache && rm -rf cache
GOPROXY=off go build -mod=vendor -o stranger .
expect "$(./stranger)" "vendored"
GOPROXY=off go test -mod=vendor .
