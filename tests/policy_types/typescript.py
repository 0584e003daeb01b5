"""The types of the Node package."""

from __future__ import annotations

import textwrap

from model import PUBLIC_NAMES as NAMES
from model import Field, Kind, Record

FILE = "bindings-node/ts/policy-document.ts"

HEAD = """\
// Made by tests/policy_types/generate.py from core/policy.schema.json.

/** A number of seconds, or a number with a unit: `'500ms'`, `'30s'`, `'15m'`, `'1h'`, `'1d'`. */
export type Duration = number | string;

/** A text that is written elsewhere: in an environment variable, or in a file. */
export type TextReference = { env: string } | { file: string };
"""

NAMED = {
    "Duration": "Duration",
    "OneOrMany": "string | string[]",
    "Text": "string | TextReference",
    "Texts": "string | TextReference | (string | TextReference)[]",
    "AllowedClients": "string[] | 'host'",
    "Discovery": "boolean | string | TextReference",
    "KeySet": "object",
}

# Fields of which exactly one stands there, each with those that may stand beside it.
CHOICES = {
    "Secret": [["text"], ["base64url"], ["hex"]],
    "TokenSource": [["header", "scheme"], ["cookie"], ["query"], ["expression"]],
}


def write(records: list[Record]) -> str:
    return "\n".join([HEAD, *(_record(record) for record in records)])


def _record(record: Record) -> str:
    name = NAMES.get(record.name, record.name)
    head = _doc(record.doc, "")
    if record.name in CHOICES:
        choices = [[field for field in record.fields if field.name in choice] for choice in CHOICES[record.name]]
        choices = [choice for choice in choices if choice]
        if sorted(field.name for choice in choices for field in choice) != sorted(
            field.name for field in record.fields
        ):
            raise ValueError(f"the choices of {record.name} are not its fields")
        lines = [
            f"  | {{\n{''.join(_field(field, field is choice[0], '      ') for field in choice)}    }}"
            for choice in choices
        ]
        # The first is the one that the others go with.
        return f"{head}export type {name} =\n" + "\n".join(lines) + ";\n"
    body = "".join(_field(field, field.required, "  ") for field in record.fields)
    return f"{head}export interface {name} {{\n{body}}}\n"


def _field(field: Field, required: bool, indent: str) -> str:
    mark = "" if required else "?"
    line = f"{indent}{field.name}{mark}: {_type(field.kind)};"
    if len(line) > 120 and field.kind.what == "list" and field.kind.of.what == "word":
        words = "".join(f"{indent}  | '{word}'\n" for word in field.kind.of.words)
        line = f"{indent}{field.name}{mark}: (\n{words}{indent})[];"
    return f"{_doc(field.doc, indent)}{line}\n"


def _type(kind: Kind) -> str:
    match kind.what:
        case "text":
            return "string"
        case "number" | "integer":
            return "number"
        case "boolean":
            return "boolean"
        case "any":
            return "unknown"
        case "named":
            return NAMED[kind.name]
        case "record":
            return NAMES.get(kind.name, kind.name)
        case "word":
            return " | ".join(str(word) if isinstance(word, int) else f"'{word}'" for word in kind.words)
        case "list":
            inner = _type(kind.of)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "map":
            return f"Record<string, {_type(kind.of)}>"
    raise ValueError(kind.what)


def _doc(text: str, indent: str) -> str:
    if not text:
        return ""
    lines = textwrap.wrap(text, 116 - len(indent), break_long_words=False)
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"
