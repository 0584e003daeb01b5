#!/usr/bin/env python3
"""Writes what other languages say of the policy document and of the edge: `generate.py [--check]`.

The types of the document come from its JSON Schema, the numbers of the edge from their table in Rust. With `--check` nothing
is written, and a file that is not what would be written is an error. So no language can say another thing than the core; the
types of Go are compared field by field.
"""

from __future__ import annotations

import sys

import go_types
import java_types
import model
import numbers_of_edge
import python_types
import typescript


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    records = model.records()
    found = go_types.problems(records)
    made = {language.FILE: language.write(records) for language in (typescript, python_types)}
    made |= java_types.files(records)
    groups = numbers_of_edge.groups()
    made |= {name: write(groups) for name, write in numbers_of_edge.FILES.items()}
    for name, text in made.items():
        path = model.ROOT / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            found.append(f"{name}: not what tests/policy_types/generate.py writes")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
