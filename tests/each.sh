#!/usr/bin/env bash
# each.sh TARGET LANGUAGE...: runs `make TARGET-LANGUAGE` for each, goes on after a failure, and sums up.
set -uo pipefail
cd "$(dirname "$0")/.."

target=$1
shift
passed=()
failed=()
for language in "$@"; do
    printf '\n=== %s %s\n' "$target" "$language"
    started=$SECONDS
    if make --no-print-directory "$target-$language"; then
        passed+=("$language")
    else
        failed+=("$language")
    fi
    echo "=== $target $language took $((SECONDS - started)) s"
done
printf '\n%s: passed for %s\n' "$target" "${passed[*]:-nothing}"
if [ "${#failed[@]}" -gt 0 ]; then
    echo "$target: FAILED for ${failed[*]}"
    exit 1
fi
