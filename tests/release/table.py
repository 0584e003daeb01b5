"""The table of platforms in the README, written from `platforms.json` and from what `release.proof` runs.

    python3 -m release.table [--check]    in `tests`
"""

from __future__ import annotations

import re
import sys

from .platforms import ROOT, Platform, every, floors
from .proof import PROOFS

README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- platforms: written by tests/release/table\.py -->\n).*?(<!-- /platforms -->)", re.DOTALL)
LANGUAGES = {"c": "C", "go": "Go", "python": "Python", "node": "Node", "java": "Java", "ruby": "Ruby"}
EMULATORS = {"qemu": "under qemu", "wine": "under wine"}


def table() -> str:
    """Its lines."""
    oldest = floors()
    rows = ["| Platform | Tier | From | How it is tested |", "|---|---|---|---|"]
    rows += [f"| {row.title} | {row.tier} | {_floor(row, oldest)} | {_tested(row)} |" for row in every()]
    languages = ", ".join(f"{name} {oldest[name]}" for name in ("Python", "Node.js", "Go", "Java", "Ruby", "Rust"))
    return "\n".join(rows) + f"\n\nThe oldest languages: {languages}.\n"


def _floor(platform: Platform, oldest: dict[str, str]) -> str:
    if platform.system == "linux":
        libc = "musl" if platform.musl else "glibc"
        return f"{libc} {oldest[libc]}"
    system = {"darwin": "macOS", "windows": "Windows"}[platform.system]
    return f"{system} {oldest[system]}"


def _tested(platform: Platform) -> str:
    if platform.name == "linux-x64-gnu":
        return "everything, with each change"
    proved = [LANGUAGES[proof.binding] for proof in PROOFS if proof.platform == platform.name]
    if not proved:
        return "built, not run"
    how = [EMULATORS[platform.emulator]] if platform.emulator else []
    how += ["in programs that are linked statically"] if platform.musl else []
    return f"all vectors {', '.join(how)}: {', '.join(proved)}"


def written(text: str) -> str:
    """The README with the table as it is to be."""
    made, found = BLOCK.subn(lambda block: block[1] + table() + block[2], text)
    if found != 1:
        raise SystemExit("README.md has no place for the table of platforms")
    return made


def main() -> int:
    text = README.read_text()
    if "--check" in sys.argv[1:]:
        if written(text) != text:
            print("README.md: the table of platforms is old; write it by tests/release/table.py")
            return 1
        return 0
    README.write_text(written(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
