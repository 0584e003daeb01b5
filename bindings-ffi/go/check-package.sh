#!/bin/sh
# Uses the packages as a stranger would, in projects far from the repository. The first gets the module from a repository with
# the release of release.sh in it, builds, and tests itself with jotgatetest; then it is committed with its dependencies
# vendored, and a clone of that builds with no module proxy and no cache at all. The second gets it from the proxy of
# package.sh, with one of the modules for frameworks, vendored as well; the others are fetched.
set -eu

cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)
version=v$(sed -n 's/^version = "\(.*\)"$/\1/p' "$repository/Cargo.toml" | head -n 1)
proxy=${CARGO_TARGET_DIR:-$repository/target}/go/proxy
module=github.com/jotgate/jotgate/bindings-ffi/go
frameworks="$module/jotgategin@$version $module/jotgategrpc@$version $module/jotgateprometheus@$version"
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
export GOMODCACHE="$projects/cache" GOFLAGS= GOWORK=off GONOSUMDB='*'
forget() { chmod -R u+w "$GOMODCACHE" && rm -rf "$GOMODCACHE"; }

# The files as they are, committed or not. Git asks for an author.
export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@example.com GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@example.com
commit=$(git stash create)
git clone --quiet --bare --shared "$repository" "$projects/released"
GIT_DIR="$projects/released" GIT_WORK_TREE="$repository" ./release.sh "${commit:-$(git rev-parse HEAD)}"

mkdir -p "$projects/stranger/server"
cp testdata/stranger/*.go "$projects/stranger"
cp examples/server/*.go "$projects/stranger/server"
mkdir "$projects/frameworks"
cp testdata/frameworks/*.go "$projects/frameworks"

cd "$projects/stranger"
git init --quiet
go mod init example.com/stranger
# Where the module's name leads, there is our repository, and nothing goes out to the net.
GIT_CONFIG_COUNT=2 \
    GIT_CONFIG_KEY_0="url.file://$projects/released.insteadOf" GIT_CONFIG_VALUE_0="https://${module%/bindings-ffi/go}" \
    GIT_CONFIG_KEY_1=protocol.https.allow GIT_CONFIG_VALUE_1=never GOPROXY=direct \
    sh -c "go mod download $frameworks && go get $module@$version"
expected='alice, jotgate 0.1.0'
export GOPROXY=off
expect "$(go run .)" "$expected" "from the repository"
go test ./...

go mod vendor
git add .
git commit --quiet --message vendored
forget
git clone --quiet . "$projects/clone"
cd "$projects/clone"
go build -o stranger .
expect "$(./stranger)" "$expected" "vendored, committed and cloned"
go test ./...

cd "$projects/frameworks"
export GOPROXY="file://$proxy,$others"
go mod init example.com/frameworks
go mod download $frameworks
go get "$module/jotgateecho@$version"
go get .
go mod vendor
forget
export GOPROXY=off
go build -o frameworks .
expect "$(./frameworks)" guarded "vendored, with a framework"
