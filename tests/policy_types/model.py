"""The policy document as its JSON Schema says it, in a form that is easy to write types from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Kind:
    """A type: `text`, `number`, `integer`, `boolean`, `any`, `list` and `map` (of `of`), `record` or `word` (by `name`)."""

    what: str
    of: Kind | None = None
    name: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    name: str
    doc: str
    kind: Kind
    required: bool


@dataclass(frozen=True)
class Record:
    name: str
    doc: str
    fields: tuple[Field, ...]


# What users of Python and TypeScript import them as, where the name in the core says too little outside of it.
PUBLIC_NAMES = {
    "Document": "PolicyDocument",
    "Issuer": "IssuerPolicy",
    "Keys": "KeySources",
    "Jwks": "KeySetSettings",
    "Route": "RoutePolicy",
    "Token": "TokenSettings",
    "Limits": "TokenLimits",
    "Forward": "ForwardSettings",
    "Secret": "SecretText",
    "ClientId": "ClientPolicy",
    "Scopes": "ScopePolicy",
    "Backoff": "BackoffSettings",
}

# What the schema says of these in several forms has one name in each language.
NAMED = frozenset({"Duration", "OneOrMany", "Text", "Texts", "AllowedClients", "Discovery", "KeySet"})


def records() -> list[Record]:
    """The document first, under the name `Document`, and then what is in it."""
    schema = json.loads((ROOT / "core" / "policy.schema.json").read_text(encoding="utf-8"))
    definitions = schema["$defs"]
    found = [_record("Document", schema, definitions)]
    for name, node in definitions.items():
        if node.get("type") == "object" and name not in NAMED:
            found.append(_record(name, node, definitions))
    return found


def _record(name: str, node: dict, definitions: dict) -> Record:
    if node.get("additionalProperties") is not False:
        raise ValueError(f"{name} takes unknown fields")
    required = node.get("required", [])
    fields = (
        Field(field, _sentence(member), _kind(member, definitions), field in required)
        for field, member in node["properties"].items()
        # For editors of files: no program writes it.
        if field != "$schema"
    )
    return Record(name, _sentence(node), tuple(fields))


def _sentence(node: dict) -> str:
    return " ".join(node.get("description", "").split())


def _kind(node: dict | bool, definitions: dict) -> Kind:
    if node is True or not set(node) - {"description", "default"}:
        return Kind("any")
    if "const" in node:
        return Kind("word", words=(node["const"],))
    if "$ref" in node:
        return _named(node["$ref"].rpartition("/")[2], definitions)
    if "oneOf" in node and all("const" in choice for choice in node["oneOf"]):
        return Kind("word", words=tuple(choice["const"] for choice in node["oneOf"]))
    match node.get("type"):
        case "array":
            of = _kind(node.get("items", True), definitions)
            return Kind("list", of=Kind("text") if of.name == "Text" else of)
        case "object":
            return Kind("map", of=_kind(node["additionalProperties"], definitions))
        case "string":
            return Kind("text")
        case "number" | "integer" | "boolean" as what:
            return Kind(what)
    raise ValueError(f"no type for {node}")


def _named(name: str, definitions: dict) -> Kind:
    node = definitions[name]
    if name in NAMED:
        return Kind("named", name=name)
    if node.get("type") == "object" and "properties" in node:
        return Kind("record", name=name)
    if name == "Algorithms":
        return Kind("list", of=Kind("text"))
    return _kind(node, definitions)
