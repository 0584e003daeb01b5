#!/usr/bin/env bash
# packages.sh LANGUAGE...: installs what was built into throw-away projects outside the tree and uses it there, as a user
# would. The npm tarball goes through the same in `make test-node`.
set -euo pipefail
cd "$(dirname "$0")/.."

elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT

for language in "$@"; do
    case $language in
        python)
            echo "== the wheel in an environment of its own"
            python3 -m venv "$elsewhere/python"
            "$elsewhere/python/bin/pip" install --quiet target/wheels/jotgate-*.whl
            cp tests/packages/use.py "$elsewhere/use.py"
            readme=$PWD/README.md
            (cd "$elsewhere" && python/bin/python use.py "$readme")
            if [[ " $* " == *" node "* ]]; then
                echo "== the program jotgate, beside that of the Node package"
                python3 tests/packages/command_line.py "$elsewhere/python/bin/python" "$PWD/bindings-node/dist/cli.js"
            fi
            ;;
        go)
            echo "== the Go module through a module proxy in a folder"
            bindings-ffi/go/package.sh
            bindings-ffi/go/check-package.sh
            ;;
        java)
            echo "== the JAR alone on the class path of a project of its own"
            bindings-ffi/java/check-package.sh
            ;;
        rust)
            echo "== the crate as it would be published, unpacked and compiled outside of the workspace"
            cargo package --quiet --allow-dirty --no-verify -p jotgate
            tar -xzf "$(ls -t target/package/jotgate-[0-9]*.crate | head -n 1)" -C "$elsewhere"
            # Not by cargo's own verification, which makes every dependency anew: with the profiles of the workspace and its
            # folder, those of `make test-rust` are taken.
            project=$(echo "$elsewhere"/jotgate-[0-9]*)
            sed -n '/^\[profile\.dev/,$p' Cargo.toml >>"$project/Cargo.toml"
            target=$PWD/target
            (cd "$project" && cargo check --locked --target-dir "$target")
            ;;
    esac
done
