"""Reading a file of cases, and refusing one that is not what it should be."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import documents
import imports
import scenarios
from runners import ROOT

VECTORS = ROOT / "tests" / "vectors"
VERDICTS = frozenset({"accepted", "rejected", "unavailable", "skipped", "policy_error"})
_MEMBERS = frozenset({"id", "spec", "note", "policy", "responses", "token", "request", "host", "require", "now", "expect"})
_EXCHANGE_MEMBERS = frozenset({"id", "spec", "note", "policy", "responses", "now", "send", "expect"})
_REQUIRED = ("id", "policy", "now", "expect")


class BadVectors(Exception):
    """The file cannot be run; the text says why."""


def indexed(provider: str) -> list[Path]:
    """Every file of token cases in the index that counts for packages with this provider of cryptography, in its order."""
    return [VECTORS / entry["file"] for entry in [*_index("files"), *_marked(provider, "cases")]]


def indexed_scenarios(provider: str) -> list[Path]:
    """Every file of scenarios in the index that counts for packages with this provider, in its order."""
    return [VECTORS / entry["file"] for entry in [*_index("scenarios"), *_marked(provider, "scenarios")]]


def indexed_exchanges() -> list[Path]:
    """Every file of HTTP exchanges in the index, in its order."""
    return [VECTORS / entry["file"] for entry in _index("http")]


def indexed_explanations() -> list[Path]:
    """Every file of explanations in the index, in its order."""
    return [VECTORS / entry["file"] for entry in _index("explain")]


def indexed_imports(provider: str) -> list[Path]:
    """Every file of imports in the index that counts for packages with this provider, in its order."""
    return [VECTORS / entry["file"] for entry in [*_index("imports"), *_marked(provider, "imports")]]


def indexed_documents() -> list[Path]:
    """Every file of documents in the index, in its order."""
    return [VECTORS / entry["file"] for entry in _index("documents")]


def load(path: Path) -> list[dict]:
    """What a file of any kind holds. An indexed file must be the very one that the index describes."""
    try:
        text = path.read_bytes()
        document = json.loads(text)
    except OSError as error:
        raise BadVectors(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadVectors(f"{path}: no JSON: {error}") from error
    kinds = ("scenarios", "exchanges", "explanations", "imports", "documents") if isinstance(document, dict) else ()
    kind = next((kind for kind in kinds if kind in document), "cases")
    cases = document.get(kind) if isinstance(document, dict) else None
    if not isinstance(cases, list) or not cases:
        raise BadVectors(f'{path}: expected {{"cases": [...]}} with at least one case')
    _refuse_changed(path, text, len(cases))
    seen: set[str] = set()
    for position, case in enumerate(cases):
        problem = _PROBLEMS.get(kind, _problem)(case)
        if not problem and case["id"] in seen:
            problem = "another case has this id"
        if problem:
            name = case.get("id") if isinstance(case, dict) else None
            raise BadVectors(f"{path}: case {position} ({name or 'no id'}): {problem}")
        seen.add(case["id"])
    return cases


def joined(files: Mapping[Path, list[dict]]) -> bytes:
    """One file with what all these of one kind hold, given as they were loaded: their own octets, so that every text, number
    and name reaches the runners as it is spelled."""
    heads, parts = set(), []
    for path in files:
        head, _, rest = path.read_bytes().partition(b"[")
        heads.add(head)
        parts.append(rest.rstrip().removesuffix(b"]}"))
    text = heads.pop() + b"[" + b",".join(parts) + b"]}\n"
    if heads or [*json.loads(text).values()] != [[case for cases in files.values() for case in cases]]:
        raise BadVectors(f"{', '.join(str(path) for path in files)}: cannot be joined")
    return text


def _index(*kinds: str) -> list[dict]:
    index = json.loads((VECTORS / "index.json").read_text())
    return [entry for kind in kinds for entry in index.get(kind, [])]


def _marked(provider: str, kind: str) -> list[dict]:
    """The entries that count for one provider alone."""
    return [entry for entry in _index("by_provider") if entry["provider"] == provider and kind in entry]


def _refuse_changed(path: Path, text: bytes, count: int) -> None:
    resolved = path.resolve()
    for entry in _index("files", "by_provider", "scenarios", "http", "explain", "imports", "documents"):
        if (VECTORS / entry["file"]).resolve() != resolved:
            continue
        if hashlib.sha256(text).hexdigest() != entry["sha256"] or count not in entry.values():
            raise BadVectors(f"{path}: differs from what tests/vectors/index.json says of it")


def _exchange_problem(exchange: object) -> str | None:
    if not isinstance(exchange, dict) or exchange.keys() != _EXCHANGE_MEMBERS:
        return f"an exchange has the members {', '.join(sorted(_EXCHANGE_MEMBERS))}"
    return None


def _problem(case: object) -> str | None:
    if not isinstance(case, dict):
        return "a case is an object"
    unknown = sorted(case.keys() - _MEMBERS)
    if unknown:
        return f"unknown members {', '.join(unknown)}"
    missing = [name for name in _REQUIRED if name not in case]
    if missing:
        return f"lacks {', '.join(missing)}"
    if not isinstance(case["id"], str) or not isinstance(case["policy"], dict):
        return "id is a text and policy an object"
    if isinstance(case["now"], bool) or not isinstance(case["now"], int | float):
        return "now is a number of seconds"
    if ("token" in case) == ("request" in case):
        return "has either a token or a request"
    expect = case["expect"]
    if not isinstance(expect, dict) or expect.get("verdict") not in VERDICTS:
        return f"expect.verdict is one of {', '.join(sorted(VERDICTS))}"
    return None


_PROBLEMS = {"scenarios": scenarios.problem, "exchanges": _exchange_problem, "imports": imports.problem, "documents": documents.problem}
