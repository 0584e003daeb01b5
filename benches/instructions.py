"""Counts the instructions of one validation in Rust, which no busy machine can disturb: needs valgrind.

    python3 benches/instructions.py [--check | --update] [--against COMMIT]

What counts is what this project and its Rust libraries do: neither what picks its
functions by the processor (the arithmetic of signatures, base64), nor the C library. `--check` compares with `instructions.json`, for the compiler that this stands there for, and fails where a count
is larger by more than 3 %; `--update` writes it. `--against` counts for another commit as well, with the present program on
that commit's core.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "target" / "bench"
KEPT = Path(__file__).resolve().parent / "instructions.json"
CASES = [
    "HS256/small/accepted",
    "HS256/large/accepted",
    "HS256/small/cached",
    "HS256/large/cached",
    "RS256/small/accepted",
    "RS256/large/accepted",
    "RS256/small/fetched",
    "RS256/small/unknown_key",
    "HS256/small/malformed_token",
    "HS256/small/unknown_issuer",
    "HS256/small/invalid_signature",
    "HS256/small/expired",
]
# The dearest tokens that `benches/rust/examples/worst` has found, one of each kind, at two lengths in KiB.
WORST = [
    "audience,short,escape,tight,plain,accepted",
    "header,escaped,digit,tight,plain,forged",
    "nested,escaped,power,tight,plain,repeated",
    "objects-of-16,alike-escaped,digit,tight,plain,forged",
    "claims,escaped,digit,tight,mapped,accepted",
    "claims,escaped,digit,tight,numeric-ids,accepted",
]
LENGTHS = (8, 16)
# No token may cost more for each of its KiB, and one of twice the length no more than this many times as much.
MOST_PER_KIB = {"plain": 100_000, "mapped": 275_000, "numeric-ids": 210_000}
GROWTH = 2.1
TIMES = 50
WORST_TIMES = 5
TOLERANCE = 0.03
MARK = "*validations_that_count*"
# Which of their functions run is decided by the processor.
ELSEWHERE = re.compile(r"^<?(ring_core_|ring::|memchr::|base64::)")

Counts = dict[str, int]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Counts the instructions of a validation."
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="fails where there are more than instructions.json says",
    )
    what.add_argument("--update", action="store_true", help="writes instructions.json")
    parser.add_argument(
        "--against", metavar="COMMIT", help="compares with this commit's core"
    )
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("instructions: there is no valgrind")
        return 1
    tokens = fresh_tokens()
    counts = counted(built(ROOT, ROOT / "target"), tokens)
    worst = counted_worst(built_worst())
    counts |= worst
    compiler, kept = version_of_compiler(), json.loads(KEPT.read_text(encoding="utf-8"))
    before = kept.get(compiler, {})
    if arguments.update:
        kept[compiler] = counts
        KEPT.write_text(
            json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
    if arguments.against:
        before = counted(at_commit(arguments.against), tokens)
    wrong = [*told(counts, before), *beyond_bounds(worst)]
    return 1 if wrong and arguments.check else 0


def told(counts: Counts, before: Counts) -> list[str]:
    """Prints the counts, and gives the cases that have become dearer."""
    dearer = []
    for case, now in counts.items():
        then = before.get(case)
        print(
            f"{case:64}{now:10,}"
            + ("" if then is None else f"  was {then:10,}  {now / then - 1:+.2%}")
        )
        if then is not None and now > then * (1 + TOLERANCE):
            dearer.append(case)
    if not before:
        print(
            f"instructions: not compared, because there are no counts for {version_of_compiler()}"
        )
    for case in dearer:
        print(
            f"instructions: {case} is dearer by more than {TOLERANCE:.0%}; `--update` if it has to be"
        )
    print(f"instructions: {len(counts)} cases, {len(dearer)} dearer")
    return dearer


def beyond_bounds(worst: Counts) -> list[str]:
    """Prints what the dearest tokens cost for each KiB, and gives those that cost too much or grow too fast."""
    wrong = []
    short, long = LENGTHS
    for label in WORST:
        few, many = (worst[worst_case(label, kib)] for kib in LENGTHS)
        policy = label.split(",")[-2]
        print(f"{label:60}{many // long:8,} a KiB, {many / few:.2f} times as much for twice the length")
        if many > MOST_PER_KIB[policy] * long:
            wrong.append(f"{label} costs more than {MOST_PER_KIB[policy]:,} a KiB")
        if many > GROWTH * few * long / short / 2:
            wrong.append(f"{label} costs more than {GROWTH} times as much at twice the length")
    for what in wrong:
        print(f"instructions: {what}")
    return wrong


def worst_case(label: str, kib: int) -> str:
    return f"worst/{label}/{kib}"


def version_of_compiler() -> str:
    told = subprocess.run(
        ["rustc", "-vV"], capture_output=True, text=True, check=True
    ).stdout
    fields = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    return f"rustc {fields['release']} {fields['host']}"


def fresh_tokens() -> Path:
    """Tokens expire, so each run has its own. Takes the package cryptography."""
    MADE.mkdir(parents=True, exist_ok=True)
    output = MADE / "counted.json"
    generate = Path(__file__).resolve().parent / "tokens" / "generate.py"
    subprocess.run([sys.executable, str(generate), str(output)], check=True)
    return output


def built(root: Path, target: Path) -> Path:
    command = [
        "cargo",
        "build",
        "--quiet",
        "--profile",
        "counted",
        "-p",
        "jotgate-bench",
        "--target-dir",
        str(target),
    ]
    subprocess.run(command, cwd=root, check=True)
    return target / "counted" / "jotgate-bench"


def built_worst() -> Path:
    command = "cargo build --quiet --profile counted -p jotgate-bench --example worst"
    subprocess.run(command.split(), cwd=ROOT, check=True)
    return ROOT / "target" / "counted" / "examples" / "worst"


def at_commit(commit: str) -> Path:
    """That commit's core under the present program, so that both are asked the same."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run(
            [*git, "add", "--quiet", "--detach", str(tree), commit], check=True
        )
        try:
            shutil.copytree(
                ROOT / "benches" / "rust", tree / "benches" / "rust", dirs_exist_ok=True
            )
            shutil.copy(ROOT / "Cargo.toml", tree / "Cargo.toml")
            return built(tree, MADE / "before")
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def counted(binary: Path, tokens: Path) -> Counts:
    """The instructions of one validation of each case."""
    return {case: count(binary, [str(tokens), "--counted", str(TIMES), case], TIMES) for case in CASES}


def counted_worst(binary: Path) -> Counts:
    """The same of the dearest tokens."""
    return {
        worst_case(label, kib): count(binary, ["--counted", str(WORST_TIMES), label, str(kib * 1024)], WORST_TIMES)
        for label in WORST
        for kib in LENGTHS
    }


def count(binary: Path, arguments: list[str], times: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "out"
        tool = [
            "valgrind",
            "--tool=callgrind",
            "--quiet",
            f"--callgrind-out-file={written}",
            "--compress-strings=no",
        ]
        marks = ["--collect-atstart=no", f"--toggle-collect={MARK}"]
        subprocess.run([*tool, *marks, str(binary), *arguments], check=True)
        return of_ours(written, binary) // times


def of_ours(profile: Path, binary: Path) -> int:
    """The sum of what the functions of the program cost themselves, but for those that depend on the processor."""
    sums: Counter[str] = Counter()
    name, ours, inclusive = "", False, False
    for line in profile.read_text(encoding="utf-8").splitlines():
        if line.startswith("ob="):
            ours = line[3:] == str(binary)
        elif line.startswith("fn="):
            name = line[3:]
        elif line.startswith("calls="):
            inclusive = True  # the next line is what the called function costs, which stands under its own name
        elif line[:1] in tuple("0123456789+-*"):
            _, *cost = line.split()
            if cost and not inclusive and ours and not ELSEWHERE.match(name):
                sums[name] += int(cost[0])
            inclusive = False
    return sums.total()


if __name__ == "__main__":
    sys.exit(main())
