"""The types of the Python package."""

from __future__ import annotations

import textwrap

from model import PUBLIC_NAMES as NAMES
from model import Field, Kind, Record

FILE = "bindings-python/python/jotgate/policy.py"

HEAD = '''\
"""Types of the policy document, for those who write it in Python and let a type checker read along.

    policy: PolicyDocument = {"version": 1, "issuers": [{"issuer": ..., "audience": ..., "keys": {"jwks_uri": ...}}]}

Nothing here runs: the core reads the document, and says what is wrong with it.
"""

# Made by tests/policy_types/generate.py from core/policy.schema.json.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeAlias, TypedDict

Duration: TypeAlias = float | str | timedelta
"""A number of seconds, text with a unit (`500ms`, `30s`, `15m`, `1h`, `1d`), or a timedelta, which JSON has not."""
'''

NAMED = {
    "Duration": "Duration",
    "OneOrMany": "str | Sequence[str]",
    "Text": "str | Mapping[str, str]",
    "Texts": "str | Mapping[str, str] | Sequence[str | Mapping[str, str]]",
    "AllowedClients": 'Sequence[str] | Literal["host"]',
    "Discovery": "bool | str | Mapping[str, str]",
    "KeySet": "Mapping[str, Any]",
}


def write(records: list[Record]) -> str:
    # What is in the document comes before it, so that names are there when they are read.
    return "\n\n".join([HEAD, *(_record(record) for record in reversed(_ordered(records)))])


def _ordered(records: list[Record]) -> list[Record]:
    """Each record before those that it holds."""
    by_name = {record.name: record for record in records}
    found: list[Record] = []

    def visit(record: Record) -> None:
        for field in record.fields:
            kind = field.kind
            while kind.of is not None:
                kind = kind.of
            if kind.what == "record":
                visit(by_name[kind.name])
        if record not in found:
            found.append(record)

    for record in records:
        visit(record)
    return found[::-1]


def _record(record: Record) -> str:
    name = NAMES.get(record.name, record.name)
    required = [field for field in record.fields if field.required]
    optional = [field for field in record.fields if not field.required]
    doc = "".join(f"    {line}\n" for line in _wrapped(f'"""{record.doc}"""', 4))
    if not required or not optional:
        total = "" if required else ", total=False"
        return f"class {name}(TypedDict{total}):\n{doc}\n{_fields(required or optional)}"
    base = f"_{name}Required"
    return (
        f"class {base}(TypedDict):\n{_fields(required)}\n\n"
        f"class {name}({base}, total=False):\n{doc}\n{_fields(optional)}"
    )


def _fields(fields: list[Field]) -> str:
    return "".join(f"{_field(field)}\n{_doc(field)}" for field in fields)


def _field(field: Field) -> str:
    """On one line, or a list of many words with a line for each."""
    line = f"    {field.name}: {_type(field.kind)}"
    if len(line) <= 120 or field.kind.what != "list" or field.kind.of.what != "word":
        return line
    words = "".join(f'            "{word}",\n' for word in field.kind.of.words)
    return f"    {field.name}: Sequence[\n        Literal[\n{words}        ]\n    ]"


def _doc(field: Field) -> str:
    return "".join(f"    {line}\n" for line in _wrapped(f'"""{field.doc}"""', 4)) if field.doc else ""


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, 118 - indent, break_long_words=False, break_on_hyphens=False)


def _type(kind: Kind) -> str:
    simple = {"text": "str", "number": "float", "integer": "int", "boolean": "bool", "any": "Any"}
    match kind.what:
        case "named":
            return NAMED[kind.name]
        case "record":
            return NAMES.get(kind.name, kind.name)
        case "word":
            words = ", ".join(str(word) if isinstance(word, int) else f'"{word}"' for word in kind.words)
            return f"Literal[{words}]"
        case "list":
            return f"Sequence[{_type(kind.of)}]"
        case "map":
            return f"Mapping[str, {_type(kind.of)}]"
        case what:
            return simple[what]
