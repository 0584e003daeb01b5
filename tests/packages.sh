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
            "$elsewhere/python/bin/pip" install --quiet target/wheels/jotgate_arrow-*.whl
            cp tests/packages/use_arrow.py "$elsewhere/use_arrow.py"
            (cd "$elsewhere" && python/bin/python use_arrow.py)
            if [[ " $* " == *" node "* ]]; then
                echo "== the program jotgate, beside that of the Node package"
                python3 tests/packages/command_line.py "$elsewhere/python/bin/python" "$PWD/bindings-node/dist/cli.js"
            fi
            ;;
        c)
            echo "== the C library, installed and found by pkg-config"
            bindings-ffi/tests/check-package.sh
            ;;
        go)
            echo "== the Go module from a repository, as go get reads it, and through a module proxy in a folder"
            bindings-ffi/go/package.sh
            bindings-ffi/go/check-package.sh
            ;;
        java)
            echo "== the JARs on the class path of a project of its own"
            bindings-ffi/java/check-package.sh
            bindings-ffi/java/check-loading.sh
            ;;
        kotlin)
            echo "== the JAR for Kotlin in a project of its own"
            bindings-ffi/kotlin/check-package.sh
            ;;
        ruby)
            echo "== the gem in a folder of its own"
            bindings-ffi/ruby/check-package.sh
            ;;
        rust)
            echo "== the crates as they would be published, unpacked and compiled outside of the workspace"
            cargo package --quiet --allow-dirty --no-verify -p jotgate -p jotgate-host -p jotgate-http -p jotgate-testing -p jotgate-tools
            target=$PWD/target
            # Not by cargo's own verification, which makes every dependency anew: with the profiles of the workspace and its
            # folder, those of `make test-rust` are taken.
            for crate in jotgate jotgate-host jotgate-http jotgate-testing jotgate-tools; do
                tar -xzf "$(ls -t target/package/"$crate"-[0-9]*.crate | head -n 1)" -C "$elsewhere"
                project=$(echo "$elsewhere/$crate"-[0-9]*)
                sed -n '/^\[profile\.dev/,$p' Cargo.toml >>"$project/Cargo.toml"
            done
            (cd "$elsewhere"/jotgate-[0-9]* && cargo check --locked --target-dir "$target")
            # On those that were packed beside it: no registry has them before the release.
            beside=()
            for crate in jotgate jotgate-host jotgate-tools; do
                beside+=(--config "patch.crates-io.$crate.path='$(echo "$elsewhere/$crate"-[0-9]*)'")
            done
            for crate in jotgate-host jotgate-http jotgate-testing jotgate-tools; do
                (cd "$elsewhere/$crate"-[0-9]* && cargo check --target-dir "$target" "${beside[@]}")
            done
            ;;
    esac
done
