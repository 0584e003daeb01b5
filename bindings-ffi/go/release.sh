#!/bin/sh
# Makes the commit that `go get` downloads, and its tags: COMMIT with the native libraries inside. No branch has it, since
# libraries do not belong into a history that everybody clones; push the tags that it prints, and nothing else.
#
#   ./release.sh [COMMIT]      HEAD by default
#
# The libraries are those that lie in native/: build-native.sh has put one there for each platform that this release is for,
# from the same COMMIT.
set -eu

cd "$(dirname "$0")"
commit=$(git rev-parse --verify "${1:-HEAD}^{commit}")
module=$(git rev-parse --show-prefix)
version=v$(sed -n 's/^version = "\(.*\)"$/\1/p' ../../Cargo.toml | head -n 1)

index=$(mktemp -d)
trap 'rm -rf "$index"' EXIT
export GIT_INDEX_FILE="$index/index"
git read-tree "$commit"
git update-index -q --refresh || true
if ! git diff --quiet; then
    echo "release.sh: the files here are not those of $commit" >&2
    exit 1
fi

git add --force library.h native/include/jotgate.h native/*/libjotgate.a
# What each archive is made of, where that was written.
for bill in native/*/jotgate.cdx.json; do
    [ ! -e "$bill" ] || git add --force "$bill"
done
# Vendored, it would hide the libraries from the repository of whoever vendors.
git rm --quiet --cached .gitignore
# The go command takes nothing from above a module's folder, and each module is one of its own.
modules=$(git ls-files '*go.mod' | sed 's|go.mod$||' | grep -E '^(jotgate[a-z]+/)?$')
for folder in $modules ''; do
    for licence in LICENSE-APACHE LICENSE-MIT THIRD-PARTY-LICENSES; do
        blob=$(git rev-parse "$commit:$licence")
        git update-index --add --cacheinfo "100644,$blob,$module$folder$licence"
    done
done

released=$(git commit-tree "$(git write-tree)" -p "$commit" -m "Go modules $version, with the native libraries")
for folder in $modules ''; do
    git tag "$module$folder$version" "$released"
    echo "$module$folder$version"
done
