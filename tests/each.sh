#!/usr/bin/env bash
# each.sh TARGET NAME...: runs `make TARGET-NAME` for each, goes on after a failure, and sums up: how each ended, how long it
# took, and the processor time that it and its children used.
set -uo pipefail
cd "$(dirname "$0")/.."

target=$1
shift
failed=()
rows=()

# processor_seconds: what the children of this shell have used so far.
processor_seconds() {
    times | awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, part, /[ms]/); sum += part[1] * 60 + part[2] } printf "%d", sum }'
}

number=0
for name in "$@"; do
    number=$((number + 1))
    label="[$number/$#] $target $name"
    printf '\n=== %s\n' "$label"
    started=$SECONDS
    used=$(processor_seconds)
    outcome=passed
    make --no-print-directory "$target-$name" || { outcome=FAILED; failed+=("$name"); }
    took=$((SECONDS - started))
    used=$(($(processor_seconds) - used))
    echo "=== $label: $outcome after $took s"
    rows+=("$(printf '%-12s  %-6s  %7d s  %9d s' "$name" "$outcome" "$took" "$used")")
done

printf '\n%-12s  %-6s  %9s  %11s\n' "$target" "" time processor
printf '%s\n' "${rows[@]}"
printf '%-12s  %-6s  %7d s  %9d s\n' "" "" "$SECONDS" "$(processor_seconds)"
if [ "${#failed[@]}" -gt 0 ]; then
    echo "$target: FAILED for ${failed[*]}"
    exit 1
fi
