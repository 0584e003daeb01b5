#!/usr/bin/env python3
"""Writes the types of the policy document in other languages from its JSON Schema: `generate.py [--check]`.

With `--check` nothing is written, and a file that is not what would be written is an error. So the types of Python,
TypeScript and Java cannot say another thing than the core; those of Go are compared field by field.
"""

from __future__ import annotations

import sys

import go_types
import java_types
import model
import python_types
import typescript


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    records = model.records()
    found = go_types.problems(records)
    for language in (typescript, python_types, java_types):
        path = model.ROOT / language.FILE
        made = language.write(records)
        if not check:
            path.write_text(made, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != made:
            found.append(f"{language.FILE}: not what tests/policy_types/generate.py writes")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
