#!/bin/sh
# Uses the built gem as a stranger would: installed into a folder of its own, far from the repository, with a small service on Puma that
# takes it from there. Build it first: make build-ruby.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
fail() {
    echo "check-package.sh: $1" >&2
    exit 1
}
gem=$(ls "$root"/target/gems/jotgate-*.gem 2>/dev/null) || fail "there is no gem in target/gems; run make build-ruby"
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp "$here/test/package/use.rb" "$here/examples/orders.ru" "$project/"
cd "$project"

# What it depends on is here already: nothing is asked of a registry.
gem install --quiet --local --ignore-dependencies --no-document --install-dir "$project/gems" "$gem"
for licence in LICENSE-APACHE LICENSE-MIT THIRD-PARTY-LICENSES; do
    ls "$project"/gems/gems/jotgate-*/"$licence" >/dev/null || fail "the gem lacks $licence"
done
unset RUBYLIB RUBYOPT
printed=$(GEM_PATH="$project/gems:$(gem environment path)" ruby use.rb)
[ "$printed" = 'alice, 401, 403' ] || fail "the program printed '$printed'"
echo "check-package.sh: the gem works on its own"
