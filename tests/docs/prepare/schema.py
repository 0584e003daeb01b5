"""The fields of the policy, out of its schema: a section for each kind of value, with a row for each member."""

import json
from collections.abc import Iterator
from typing import Any

from . import repository

Schema = dict[str, Any]


def sections() -> str:
    schema = json.loads(repository.text("core/policy.schema.json"))
    # What has members of its own comes first, as documents are written from the outside.
    kinds = sorted(schema["$defs"].items(), key=lambda kind: "properties" not in kind[1])
    whole = [section("The document", schema), *(section(name, kind) for name, kind in kinds)]
    return "\n\n".join(whole) + "\n"


def section(name: str, schema: Schema) -> str:
    parts = [f"## {name}", one_line(schema.get("description", ""))]
    if "properties" in schema:
        parts.append("\n".join(["| member | value | |", "|---|---|---|", *rows(schema)]))
    elif "description" not in schema or "oneOf" in schema or "anyOf" in schema:
        choices = [choice for key in ("oneOf", "anyOf") for choice in schema.get(key, [])] or [schema]
        parts.append("\n".join(f"- {spelled(choice)}{': ' * ('description' in choice)}{told(choice)}" for choice in choices))
    return "\n\n".join(part for part in parts if part)


def rows(schema: Schema) -> Iterator[str]:
    for name, value in schema["properties"].items():
        must = " (required)" if name in schema.get("required", []) else ""
        yield f"| `{name}`{must} | {spelled(value)} | {told(value)} |"


def spelled(schema: Schema | bool) -> str:
    """What may stand there, with links to the sections of what has one."""
    if isinstance(schema, bool):
        return "any value"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {spelled(schema.get('items', True))}"
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(spelled(choice) for choice in schema[key])
    kind = schema.get("type", "any value")
    if kind == "object" and "properties" in schema:
        members = (f"`{name}` ({spelled(value)})" for name, value in schema["properties"].items())
        return f"object with {', '.join(members)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of any names, each with {spelled(schema['additionalProperties'])}"
    return " or ".join(kind) if isinstance(kind, list) else kind


def told(schema: Schema) -> str:
    return one_line(schema.get("description", ""))


def one_line(text: str) -> str:
    return " ".join(text.split())
