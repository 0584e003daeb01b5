"""The Go package's types are written by hand, because Go has its own ways to leave a field out; they must be complete."""

from __future__ import annotations

import re

from model import ROOT, Record

FOLDER = ROOT / "bindings-ffi" / "go"
NAMES = {"Document": "Policy", "ClientId": "ClientID", "RouteClientId": "RouteClientID", "Jwks": "KeySets"}


def problems(records: list[Record]) -> list[str]:
    """One line for each field of the document that has no place in Go, and for each that only Go has."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("policy*.go")))
    found: list[str] = []
    for record in records:
        name = NAMES.get(record.name, record.name)
        # A type with a marshaller of its own names its fields there.
        places = re.findall(
            rf"^type {name} struct {{\n(.*?)^}}|^func \(\w+ {name}\) MarshalJSON\(\)(.*?)^}}",
            text,
            re.MULTILINE | re.DOTALL,
        )
        if not places:
            found.append(f"Go: there is no type {name} for {record.name}")
            continue
        tags = set(re.findall(r'json:"(\w+)', "".join(part for place in places for part in place)))
        fields = {field.name for field in record.fields} - ({"version"} if record.name == "Document" else set())
        found += [f"Go: {name} has no field for {field}" for field in sorted(fields - tags)]
        found += [f"Go: {name} has {field}, and the document does not" for field in sorted(tags - fields - {"version"})]
    return found
