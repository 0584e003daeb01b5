"""Seeds for every target, made from the vectors: whatever the vectors learn, the fuzzer begins with.

Parts of an input end with the octet FF, which stands in no UTF-8 text.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

VECTORS = Path(__file__).parents[1] / "vectors"
FOUND = Path(__file__).parent / "found"


def write(folder: Path, most: int | None) -> dict[str, int]:
    """Writes seeds of every target below `folder`, beside what is there; their number by target.

    With `most`, so many of each target, from all over the vectors, and all that was found.
    """
    made: dict[str, dict[str, bytes]] = {}
    for target, seed in seeds():
        made.setdefault(target, {})[hashlib.sha256(seed).hexdigest()[:16]] = seed
    for target, chosen in made.items():
        step = 1 if most is None else -(-len(chosen) // most)
        made[target] = dict(itertools.islice(chosen.items(), 0, None, step))
    for target, seed in found():
        made.setdefault(target, {})[hashlib.sha256(seed).hexdigest()[:16]] = seed
    for target, chosen in made.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, seed in chosen.items():
            (folder / target / name).write_bytes(seed)
    return {target: len(chosen) for target, chosen in made.items()}


def found() -> Iterator[tuple[str, bytes]]:
    """Inputs that once broke a promise, kept so that they do not again."""
    for path in sorted(FOUND.glob("*/*")):
        yield path.parent.name, path.read_bytes()


def seeds() -> Iterator[tuple[str, bytes]]:
    for case in each("tokens", "cases"):
        yield from of_case(case)
    for scenario in each("scenarios", "scenarios"):
        yield from of_scenario(scenario)
    for case in each("imports", "imports"):
        target = "import_mulesoft" if case["kind"] == "mulesoft" else "import_wso2"
        yield target, case["text"].encode()
    for case in each("explain", "explanations"):
        yield from of_policy(case["policy"])
    for line in COMMANDS:
        yield "command", line
    yield "signed", joined('{"alg":"HS256"}', GOOD)
    yield "request", joined("GET", "/orders", "token=@", "Authorization", "Bearer !", "Connection", "close, X-User")
    yield "request", joined("POST", "/orders/", "", "Cookie", "session=@", "X-User", "root")
    yield "request", joined("get", "/public/..;/orders%2f", "", "authorization", "bearer  !")


def of_case(case: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    if isinstance(token := case.get("token"), str):
        yield "token", token.encode()
        segments = [decoded(segment) for segment in token.split(".")[:2]]
        if len(segments) == 2 and all(segments):
            yield "signed", joined(*segments)
            yield "signed", joined('{"alg":"HS256"}', segments[1])
    if isinstance(request := case.get("request"), dict):
        fields = [text for pair in request.get("headers", {}).items() for text in pair if isinstance(text, str)]
        place = request.get("path", "/")
        query = urlencode(request.get("query", {}), doseq=True)
        yield "request", joined(request.get("method", "GET"), place, query, *fields)
    for answer in case.get("responses", {}).values():
        if isinstance(answer, dict) and isinstance(answer.get("body"), str):
            yield "key_set", joined(answer["body"])
    yield from of_policy(case["policy"])


def of_policy(policy: Any) -> Iterator[tuple[str, bytes]]:
    yield "policy_json", json.dumps(policy).encode()
    # Every JSON text is YAML.
    yield "policy_yaml", json.dumps(policy, indent=1).encode()
    for value in strings(policy, "expression"):
        yield "expression", value.encode()
    for field in ("path_regex", "matches", "path"):
        for value in strings(policy, field):
            yield "pattern", value.encode()
    for value in strings(policy, "pem"):
        yield "pem", value.encode()
    for store in members(policy, "trust_store"):
        if isinstance(store, dict) and isinstance(store.get("base64"), str):
            yield "trust_store", base64.b64decode(store["base64"] + "===", validate=False)
    if toml := as_toml(policy):
        yield "policy_toml", toml.encode()


def of_scenario(scenario: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    bodies = []
    for answer in members(scenario, "serve"):
        for value in answer.values() if isinstance(answer, dict) else ():
            if isinstance(value, dict) and isinstance(value.get("body"), str):
                fields = [text for pair in value.get("headers", {}).items() for text in pair if isinstance(text, str)]
                bodies.append(value["body"])
                yield "key_set", joined(value["body"], *fields)
                yield "snapshot", json.dumps({"version": 1, "sources": [{"body": value["body"]}]}).encode()
    yield "metadata", joined(*bodies[:4])
    for text in strings(scenario, "text"):
        yield "snapshot", text.encode()


def as_toml(policy: Any) -> str | None:
    """The policy as inline tables, where there is nothing in it that TOML writes otherwise than JSON."""
    if not isinstance(policy, dict):
        return None
    try:
        return "".join(f"{json.dumps(name)} = {inline(value)}\n" for name, value in policy.items())
    except TypeError:
        return None


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {inline(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(member) for member in value) + "]"
    if value is None:
        raise TypeError("TOML has no null")
    return json.dumps(value)


def each(folder: str, member: str) -> Iterator[Any]:
    for path in sorted((VECTORS / folder).glob("*.json")):
        yield from json.loads(path.read_bytes())[member]


def strings(value: Any, name: str) -> Iterator[str]:
    return (member for member in members(value, name) if isinstance(member, str))


def members(value: Any, name: str) -> Iterator[Any]:
    """All members of this name, however deep."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from members(child, name)


def decoded(segment: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        return b""


def joined(*parts: str | bytes) -> bytes:
    # Texts with lone surrogates stand for what is no UTF-8.
    encoded = (part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts)
    return b"\xff".join(encoded)


GOOD = (
    '{"iss":"https://idp.test/","aud":["https://api.test"],"sub":"alice","scope":"read write","azp":"app",'
    '"exp":1800000060,"nbf":1800000000,"iat":1800000000,"jti":"7"}'
)
_POLICY = json.dumps({"version": 1, "issuers": [{"issuer": "any", "audience": "any", "keys": {"jwks": {"keys": []}}}]})
COMMANDS = [
    joined(_POLICY, "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", *arguments)
    for arguments in (
        ["lint", "policy.json"],
        ["lint", "--json", "policy.json"],
        ["explain", "--policy", "policy.json", "-"],
        ["explain", "--policy", "policy.json", "--json", "-"],
        ["validate", "-p", "policy.json", "--count", "--format", "yaml", "-"],
        ["validate", "-p", "policy.json", "-r", "GET /orders", "-H", "Authorization: Bearer a.b.c"],
        ["explain", "-p", "policy.json", "-s", "-"],
        ["keys", "policy.json"],
        ["keys", "--format", "yaml", "https://idp.test/jwks"],
        ["import", "mulesoft", "policy.json"],
        ["import", "wso2", "--format", "yaml", "policy.json"],
        ["--help"],
        ["--version"],
    )
]
