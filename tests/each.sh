#!/usr/bin/env bash
# each.sh TARGET NAME...: runs `make TARGET-NAME` for each, goes on after a failure, and sums up: how each ended, how long it
# took, and the processor time that it and its children used. Of those that failed, the last lines stand at the end, where a
# record that keeps only the end has them.
set -uo pipefail
cd "$(dirname "$0")/.."

target=$1
shift
failed=()
rows=()

# read_processor: sets `processor` to the seconds that the children of this shell have used so far. By a file: in a subshell
# `times` tells of that one's children.
clock=$(mktemp)
output=$(mktemp)
ends=$(mktemp)
trap 'rm -f "$clock" "$output" "$ends"' EXIT
read_processor() {
    times >"$clock"
    processor=$(awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, part, /[ms]/); sum += part[1] * 60 + part[2] } printf "%d", sum }' "$clock")
}

number=0
for name in "$@"; do
    number=$((number + 1))
    label="[$number/$#] $target $name"
    printf '\n=== %s\n' "$label"
    started=$SECONDS
    read_processor
    before=$processor
    outcome=passed
    if [ -n "${CI:-}" ]; then
        make --no-print-directory "$target-$name" 2>&1 | tee "$output" || outcome=FAILED
    else
        # As it is, for a terminal.
        make --no-print-directory "$target-$name" || outcome=FAILED
    fi
    if [ "$outcome" = FAILED ]; then
        failed+=("$name")
        { printf '\n--- the end of %s\n' "$label" && tail -n 30 "$output"; } >>"$ends"
    fi
    took=$((SECONDS - started))
    read_processor
    used=$((processor - before))
    echo "=== $label: $outcome after $took s, $used s of processor time"
    rows+=("$(printf '%-12s  %-6s  %7d s  %9d s' "$name" "$outcome" "$took" "$used")")
done

printf '\n%-12s  %-6s  %9s  %11s\n' "$target" "" time processor
printf '%s\n' "${rows[@]}"
printf '%-12s  %-6s  %7d s  %9d s\n' "" "" "$SECONDS" "$processor"
if [ "${#failed[@]}" -gt 0 ]; then
    cat "$ends"
    echo "$target: FAILED for ${failed[*]}"
    exit 1
fi
