#!/usr/bin/env bash
# Checks the crates of the core under every combination of their features: each has to compile without a warning.
# `features.sh --list` only prints the combinations.
#
# Combinations that switch the same features on in the end (one brings another along) are checked once. Where a crate has more than
# six features, the providers of cryptography change with all the others on, and the others change with one provider. Those without a provider
# of cryptography must not compile, and have to say what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

combinations() {
    cargo metadata --format-version 1 --no-deps | python3 -c '
import itertools, json, sys

def closure(features, chosen):
    """What is on in the end: the chosen features and those of the same crate that they bring along."""
    found, todo = set(), list(chosen)
    while todo:
        name = todo.pop()
        if name in features and name not in found:
            found.add(name)
            todo.extend(features[name])
    return frozenset(found)

workspace = json.load(sys.stdin)
core = workspace["workspace_root"] + "/core/"
for package in workspace["packages"]:
    if not package["manifest_path"].startswith(core):
        continue
    features = package["features"]
    names = sorted(set(features) - {"default"})
    subsets = list(itertools.chain.from_iterable(itertools.combinations(names, size) for size in range(len(names) + 1)))
    if len(names) > 6:
        others = set(names) - {"aws-lc", "ring"}
        subsets = [subset for subset in subsets if others <= set(subset) or {"aws-lc", "ring"} & set(subset) == {"ring"}]
    for chosen in sorted({closure(features, subset) for subset in subsets}, key=lambda on: (len(on), sorted(on))):
        print(package["name"], ",".join(sorted(chosen)) or "-")
'
}

if [ "${1:-}" = --list ]; then
    combinations
    exit
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
while read -r package features; do
    chosen=(--no-default-features)
    if [ "$features" != - ]; then chosen+=(--features "$features"); fi
    case ",$features," in
        *,ring,* | *,aws-lc,*) ;;
        *)
            if cargo check --quiet --color never -p "$package" "${chosen[@]}" >"$log" 2>&1 || ! grep -q 'needs a provider of cryptography' "$log"; then
                cat "$log"
                echo "FAILED $package: $features: compiles without a provider, or does not say what is missing"
                failed=1
            fi
            continue
            ;;
    esac
    # Not by RUSTFLAGS="-D warnings", which would make every dependency anew: warnings are looked for in what is said.
    if cargo check --quiet --color never -p "$package" "${chosen[@]}" >"$log" 2>&1 && ! grep -qE '^(warning|error)' "$log"; then
        echo "ok $package: $features"
    else
        cat "$log"
        echo "FAILED $package: $features"
        failed=1
    fi
done < <(combinations)
exit "$failed"
