"""The builders of the Java package, a file for each part of the policy."""

from __future__ import annotations

import re
import textwrap

from model import PUBLIC_NAMES as NAMES
from model import Field, Kind, Record

FOLDER = "bindings-ffi/java/src/main/java/io/jotgate"

HEAD = "// Made by tests/policy_types/generate.py from core/policy.schema.json.\npackage io.jotgate;\n\n"

IMPORTS = ("java.time.Duration", "java.util.LinkedHashMap", "java.util.List", "java.util.Map")

# Fields whose waiver is the word `any` alone.
WAIVERS = {("Issuer", "issuer"), ("Issuer", "audience"), ("Issuer", "tenants")}

EXAMPLE = """
 *
 * <pre>{@code
 * JwtValidator validator = JwtValidator.builder().policy(new PolicyDocument().issuers(
 *         new IssuerPolicy().issuer("https://idp.example.com/").audience("https://api.example.com")
 *                 .keys(new KeySources().jwksUri("https://idp.example.com/jwks")))).build();
 * }</pre>
 *
 * <p>Nothing is checked here: {@link JwtValidatorBuilder#build()} says what is wrong with a document.
"""


def files(records: list[Record]) -> dict[str, str]:
    """A class for the document and for each part of it, in files of their own."""
    return {f"{FOLDER}/{_name(record)}.java": _file(record) for record in records}


def _file(record: Record) -> str:
    name = _name(record)
    example = EXAMPLE.strip("\n") + "\n" if name == "PolicyDocument" else ""
    head = "/**\n" + _lines(record.doc, "") + example + " */\n"
    body = f"{head}public final class {name} extends PolicyPart<{name}> {{\n{_members(record, name, '    ')}}}\n"
    used = [line for line in IMPORTS if re.search(rf"\b{line.rpartition('.')[2]}\b", body)]
    return HEAD + "".join(f"import {line};\n" for line in used) + ("\n" if used else "") + body


def _name(record: Record) -> str:
    return NAMES.get(record.name, record.name)


def _members(record: Record, name: str, indent: str) -> str:
    made = [f"{indent}/** Nothing is set. */\n{indent}public {name}() {{{_version(record)}}}\n"]
    for field in record.fields:
        if _is_fixed(field):
            continue
        made += [
            _setter(name, field, parameter, value, suffix, indent) for parameter, value, suffix in _forms(record, field)
        ]
    return "\n".join(made)


def _is_fixed(field: Field) -> bool:
    """Whether a document has this field with this value in any case."""
    return field.required and field.kind.what == "word" and len(field.kind.words) == 1


def _version(record: Record) -> str:
    fixed = [field for field in record.fields if _is_fixed(field)]
    return "".join(f'\n        set("{field.name}", {field.kind.words[0]});\n    ' for field in fixed)


def _setter(name: str, field: Field, parameter: str, value: str, suffix: str, indent: str) -> str:
    doc = field.doc or "The text."
    method = _camel(field.name) + suffix
    # Every object has another method of this name.
    method = "equalTo" if method == "equals" else method
    return (
        f"{indent}/**\n{_lines(doc, indent)}{indent} */\n"
        f'{indent}public {name} {method}({parameter}) {{\n{indent}    return set("{field.name}", {value});\n{indent}}}\n'
    )


def _forms(record: Record, field: Field) -> list[tuple[str, str, str]]:
    """Parameter, value and what is added to the method's name, for each way to give the field."""
    kind = field.kind
    simple = {
        "text": "String",
        "number": "double",
        "integer": "long",
        "boolean": "boolean",
        "any": "Object",
        "word": "String",
    }
    if kind.what in simple:
        return [(f"{simple[kind.what]} value", "value", "")]
    if kind.what == "record":
        return [(f"{NAMES.get(kind.name, kind.name)} value", "value", "")]
    if kind.what == "map" and kind.of.what == "text":
        return [("Map<String, String> values", "new LinkedHashMap<>(values)", "")]
    if kind.what == "list":
        if kind.of.what == "record":
            return [(f"{NAMES.get(kind.of.name, kind.of.name)}... values", "all(values)", "")]
        element = {"text": "String", "word": "String", "any": "Object"}[kind.of.what]
        return [(f"{element}... values", "List.of(values)", "")]
    many = ("String... values", "List.of(values)", "")
    forms = {
        "Duration": [("Duration value", "Json.seconds(value)", "")],
        "OneOrMany": [many],
        "Text": [("String value", "value", "")],
        "Texts": [many],
        "AllowedClients": [many, ("", '"host"', "ByHost")],
        "Discovery": [("boolean value", "value", ""), ("String url", "url", "")],
        "KeySet": [("String json", "new Json.Raw(json)", "")],
    }[kind.name]
    return forms + ([("", '"any"', "Any")] if (record.name, field.name) in WAIVERS else [])


def _lines(doc: str, indent: str) -> str:
    doc = re.sub(r"`([^`]*)`", r"{@code \1}", doc.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    wrapped = textwrap.wrap(doc, 116 - len(indent), break_long_words=False, break_on_hyphens=False)
    return "".join(f"{indent} * {line}\n" for line in wrapped)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
