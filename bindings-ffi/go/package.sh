#!/bin/sh
# Makes a module proxy in target/go/proxy: what `go get` downloads, with the native library inside.
set -eu

cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)
version=v$(sed -n 's/^version = "\(.*\)"$/\1/p' "$repository/Cargo.toml" | head -n 1)
proxy=${CARGO_TARGET_DIR:-$repository/target}/go/proxy

./build-native.sh
rm -rf "$proxy"
go run ./internal/modzip . "$repository" "$version" "$proxy"
find "$proxy" -name "$version.zip" -exec ls -l {} +
