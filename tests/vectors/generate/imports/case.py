"""How a case of an import is written down."""

import json

URL = "https://idp.test/jwks"
BEARER = {"header": "Authorization", "scheme": "Bearer"}
# The parameters of a policy that is carried over without a question left open.
CONFIG = {"signingMethod": "rsa", "jwtKeyOrigin": "jwks", "jwksUrl": URL, "skipClientIdValidation": True}
_SETTINGS = {"ttl": "60m", "timeout": "10000ms", "respect_cache_control": False}
ISSUER = {
    "issuer": "any",
    "algorithms": ["RS256"],
    "keys": {"jwks_uri": [URL]},
    "audience": "any",
    "required_claims": [],
    "jwks": _SETTINGS,
}
# Of every import: the gateway has no issuers, and no end to what is stale.
USUAL = [("changed", ""), ("changed", "")]
ABSENT = object()


def changed(usual: dict, changes: dict) -> dict:
    return {name: value for name, value in (usual | changes).items() if value is not ABSENT}


def config(**changes) -> dict:
    return changed(CONFIG, changes)


def policy(issuer: dict | None = None, **members) -> dict:
    """The document that `CONFIG` becomes, with changes to its issuer entry and to itself."""
    entry = changed(ISSUER, issuer or {})
    usual = {"version": 1, "responses": "mulesoft", "token": {"sources": [BEARER]}, "issuers": [entry]}
    return changed(usual, members)


def settings(**changes) -> dict:
    return changed(_SETTINGS, changes)


def case(kind: str, name: str, note: str, text: str, wanted: dict, notes: list[tuple[str, str]], targets: dict | None = None) -> dict:
    """`notes` are those that are not `carried`, by kind and source; their order does not matter."""
    listed = [{"kind": kind, "source": source} for kind, source in sorted(notes)]
    expect = {"policy": wanted, "notes": listed} | ({"targets": targets} if targets else {})
    return {"id": name, "note": note, "kind": kind, "text": text, "expect": expect}


def error(kind: str, name: str, note: str, text: str, path: str) -> dict:
    return {"id": name, "note": note, "kind": kind, "text": text, "expect": {"error": {"path": path}}}


def written(document: object) -> str:
    return json.dumps(document, indent=1)
