"""The words of the guide's notation, each read by itself."""

import json
import re
from collections.abc import Iterator

from .encoding import compact
from .explanations.report import outcomes
from .keys import key_set
from .tokens import NOW

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class BadLine(Exception):
    """The guide says something that cannot be run; the text says what."""


def joined(text: str) -> Iterator[str]:
    """The lines, those that go on with the one before together."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += "\n" + line
        elif line.strip():
            lines.append(line)
    return iter(lines)


def without_note(line: str) -> tuple[str, str]:
    words, _, note = line.partition("  # ")
    return words.strip(), note.strip()


def seen(lines: list[str]) -> dict:
    """What the application sees of the request that goes on: fields, those that are not there, and the query."""
    found: dict[str, str | None] = {}
    for line in lines:
        if line.startswith("without "):
            found[line.removeprefix("without ").lower()] = None
        else:
            name, _, value = line.partition(": " if ": " in line else " ")
            found[name.lower()] = value
    return {"sees": found} if found else {}


def serving(words: str) -> dict[str, dict | None]:
    """What a URL answers: keys, a document, or nothing."""
    if found := re.fullmatch(r"(https?://\S+) is down", words):
        return {found[1]: None}
    found = re.fullmatch(r"(https?://\S+) serves\s+(\{.*\}|[\w, -]+?)(?: with ([\w-]+): (.+))?", words, re.DOTALL)
    if not found:
        raise BadLine(f"{words}: neither a check nor something to serve")
    document = json.loads(found[2]) if found[2].startswith("{") else key_set(*re.split(r", *", found[2]))
    return {found[1]: answer(document, {found[3].lower(): found[4]} if found[3] else {})}


def answer(document: dict, fields: dict[str, str] | None = None) -> dict:
    return {"status": 200, "headers": {"content-type": "application/json"} | (fields or {}), "body": compact(document)}


def changed(policy: dict, words: str) -> dict:
    """A copy of the policy in which one member has another value, or is not there."""
    copied = json.loads(json.dumps(policy))
    path, _, value = words.partition(" = ")
    if words.startswith("without "):
        path = words.removeprefix("without ")
    elif not value:
        raise BadLine(f"{words}: PATH = JSON, or without PATH")
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    place = copied
    for part in parents:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    if value:
        place[last] = json.loads(value)
    else:
        del place[last]
    return copied


def explained(text: str) -> dict:
    """What the text of an explanation says, as a case expects it."""
    marks = {"ok": "passed", "FAILED": "failed", "-": "skipped"}
    found = re.findall(r"^  \(?(ok|FAILED|-)\)? +([\w.\[\]]+) ", text, re.MULTILINE)
    ended = {name: marks[mark] for mark, name in found}
    for names in re.findall(r"^  not reached: (.*)$", text, re.MULTILINE):
        ended |= dict.fromkeys(names.split(", "), "skipped")
    rules = sum(name.startswith("claims[") for name in ended)
    checks = outcomes(rules=rules, **{name.replace("[", "_").rstrip("]"): outcome for name, outcome in ended.items()})
    first = re.match(r"(\w+)(?:: (\w+)(?: \((\S+)\))?)?", text)
    if not first:
        raise BadLine("an explanation begins with its verdict")
    verified = "The signature was not verified" not in text
    wanted = {"verdict": first[1], "verified": verified, "checks": checks, "text": text}
    return wanted | ({"code": first[2]} if first[2] else {}) | ({"claim": first[3]} if first[3] else {})


def is_moment(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"now([+-]\d+[smhd])?", value) is not None


def moment(words: str) -> int:
    """`now`, or so long before or after it."""
    if not is_moment(words):
        raise BadLine(f"{words}: now, now-30s, now+5m")
    return NOW + (int(words[3:-1]) * UNITS[words[-1]] if len(words) > 3 else 0)


def listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


def singles(found: dict[str, list[str]]) -> dict[str, object]:
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
