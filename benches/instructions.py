"""Counts the instructions of one validation in Rust, which no busy machine can disturb: needs valgrind.

    python3 benches/instructions.py [--against COMMIT] [--binary FILE]

`--against` counts for another commit as well, with the present program on that commit's core, and prints by how much
the present one differs. `--binary` names a program that is built already.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from languages import Failure, Workshop

CASES = [
    ("HS256", "small", "accepted"),
    ("HS256", "large", "accepted"),
    ("RS256", "small", "accepted"),
    ("RS256", "large", "accepted"),
    ("RS256", "small", "fetched"),
    ("RS256", "small", "unknown_key"),
    ("HS256", "small", "malformed_token"),
    ("HS256", "small", "unknown_issuer"),
    ("HS256", "small", "invalid_signature"),
    ("HS256", "small", "expired"),
]
FEW, MANY = 20, 120
"""What the difference of two runs leaves out is all that happens once."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts the instructions of a validation.")
    parser.add_argument("--against", metavar="COMMIT", help="compares with this commit's core")
    parser.add_argument("--binary", type=Path, help="a jotgate-bench that is built already")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("there is no valgrind", file=sys.stderr)
        return 1
    workshop = Workshop(build=arguments.binary is None)
    try:
        tokens = workshop.tokens()
        binary = arguments.binary or built(Workshop.ROOT, Workshop.ROOT / "target")
        before = at_commit(arguments.against) if arguments.against else None
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    for case in CASES:
        now = per_validation(binary, tokens, case)
        line = f"{' '.join(case):32}{now:12,.0f}"
        if before is not None:
            then = per_validation(before, tokens, case)
            line += f"  was {then:12,.0f}  {now - then:+9,.0f}  {now / then - 1:+.2%}"
        print(line, flush=True)
    return 0


def built(root: Path, target: Path) -> Path:
    command = ["cargo", "build", "--quiet", "--release", "-p", "jotgate-bench", "--target-dir", str(target)]
    if subprocess.run(command, cwd=root, check=False).returncode != 0:
        raise Failure("jotgate-bench does not build")
    return target / "release" / "jotgate-bench"


def at_commit(commit: str) -> Path:
    """That commit's core under the present program, so that both are asked the same."""
    target = Workshop.MADE / "before"
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(Workshop.ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            shutil.copytree(Workshop.BENCHES / "rust", tree / "benches" / "rust", dirs_exist_ok=True)
            return built(tree, target)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def per_validation(binary: Path, tokens: Path, case: tuple[str, str, str]) -> float:
    few, many = (instructions(binary, tokens, case, times) for times in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def instructions(binary: Path, tokens: Path, case: tuple[str, str, str], times: int) -> int:
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    program = [str(binary), str(tokens), "--repeat", *case, str(times)]
    process = subprocess.run([*valgrind, *program], capture_output=True, text=True, check=False)
    found = re.search(r"I\s+refs:\s+([\d,]+)", process.stderr)
    if process.returncode != 0 or found is None:
        raise SystemExit(process.stderr)
    return int(found.group(1).replace(",", ""))


if __name__ == "__main__":
    sys.exit(main())
