#!/bin/sh
# Builds the gem for this machine into target/gems, with the library that build-native.sh has put into its place.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp -R "$here/lib" "$here/README.md" "$here/jotgate.gemspec" "$folder/"
cp "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$root/THIRD-PARTY-LICENSES" "$folder/"
rm -rf "$root/target/gems"
mkdir -p "$root/target/gems"
cd "$folder"
gem build --quiet --strict --output "$root/target/gems/jotgate.gem" jotgate.gemspec
