"""Writes the vectors, or with `--check` says how the checked-in files differ from what would be written."""

import argparse
import sys
from pathlib import Path

from .check import problems
from .keys import VECTORS
from .output import files


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    check_only = parser.parse_args().check
    made = files()
    found = problems(made)
    found += _differences(made) if check_only else _write(made)
    for line in found:
        print(line, file=sys.stderr)
    exchanges = sum(text.count(b'\n  "send": ') for text in made.values())
    explanations = sum(text.count(b'\n  "expect": ') for path, text in made.items() if path.startswith("explain/"))
    cases = sum(text.count(b'\n  "expect": ') for text in made.values()) - exchanges - explanations
    scenarios = sum(text.count(b'\n  "steps": ') for text in made.values())
    kinds = f"{cases} cases, {scenarios} scenarios, {exchanges} exchanges, {explanations} explanations"
    print(f"{len(made) - 1} files, {kinds}, {len(found)} problems")
    return 1 if found else 0


def _stored() -> set[str]:
    folders = ("tokens", "scenarios", "http", "explain", "imports", "documents")
    found = (path for folder in folders for path in (VECTORS / folder).glob("*.json"))
    return {path.relative_to(VECTORS).as_posix() for path in found} | {"index.json"}


def _differences(made: dict[str, bytes]) -> list[str]:
    found = [f"{path}: nothing generates this file" for path in sorted(_stored() - made.keys())]
    for path, text in made.items():
        file: Path = VECTORS / path
        if not file.is_file():
            found.append(f"{path}: missing")
        elif file.read_bytes() != text:
            found.append(f"{path}: differs from what is generated")
    return found


def _write(made: dict[str, bytes]) -> list[str]:
    for path in _stored() - made.keys():
        (VECTORS / path).unlink(missing_ok=True)
    for path, text in made.items():
        (VECTORS / path).parent.mkdir(parents=True, exist_ok=True)
        (VECTORS / path).write_bytes(text)
    return []


if __name__ == "__main__":
    sys.exit(main())
