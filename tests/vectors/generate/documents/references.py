"""Texts by `{ env: NAME }` and `{ file: PATH }`, and what is said when they are not there."""

import json

from ..keys import jwk, secret_bytes, spki_pem
from ..tokens import AUDIENCE, ISSUER, NOW, token


def references() -> list[dict]:
    return [*_filled(), *_missing(), *_elsewhere()]


def _filled() -> list[dict]:
    yaml = _policy("{ env: JOTGATE_VECTOR_ISSUER }", "[spare, { env: JOTGATE_VECTOR_AUDIENCE }]", "secret: { hex: { file: key.hex } }")
    variables = {"JOTGATE_VECTOR_ISSUER": ISSUER, "JOTGATE_VECTOR_AUDIENCE": AUDIENCE}
    secret = secret_bytes("hmac-32").hex()
    good = token(key="hmac-32")
    json_text = (
        '{"version": 1, "issuers": [{"issuer": "%s", "audience": "%s", "keys": {"pem": {"file": "keys/idp.pem"}}}]}'
        % (ISSUER, AUDIENCE)
    )
    return [
        _accepted("filled.yaml", "Issuer, audience and secret; the line break at the end of the file is no part of the secret.", "yaml", yaml, good, variables, {"key.hex": secret + "\n"}),
        _accepted("filled.crlf", "Nor is one of Windows.", "yaml", yaml, good, variables, {"key.hex": secret + "\r\n"}),
        _accepted("filled.json", "A path starts at the folder of the policy file.", "json", json_text, token(), {}, {"keys/idp.pem": spki_pem("ec-a")}),
        _accepted(
            "filled.toml",
            "As in TOML.",
            "toml",
            f'version = 1\n[[issuers]]\nissuer = "{ISSUER}"\naudience.env = "JOTGATE_VECTOR_AUDIENCE"\nkeys.secret.hex.env = "JOTGATE_VECTOR_SECRET"\n',
            good,
            {"JOTGATE_VECTOR_AUDIENCE": AUDIENCE, "JOTGATE_VECTOR_SECRET": secret},
            {},
        ),
        *_key_sets(),
    ]


def _key_sets() -> list[dict]:
    text = json.dumps({"keys": [jwk("ec-a"), {"kty": "none", "x": None}]}, indent=2)
    policy = _policy(ISSUER, AUDIENCE, "jwks: { file: keys/jwks.json }")
    return [
        _accepted("filled.jwks", "A key set lies in a file of its own.", "yaml", policy, token(), {}, {"keys/jwks.json": text + "\n"}),
        _accepted("filled.jwks.mark", "With the mark that editors of Windows write in front.", "yaml", policy, token(), {}, {"keys/jwks.json": "\ufeff" + text}),
        _accepted("filled.jwks.env", "Or in a variable.", "yaml", _policy(ISSUER, AUDIENCE, "jwks: { env: JOTGATE_VECTOR_JWKS }"), token(), {"JOTGATE_VECTOR_JWKS": text}, {}),
    ]


def _missing() -> list[dict]:
    yaml = _policy("{ env: JOTGATE_VECTOR_ISSUER }", "{ env: JOTGATE_VECTOR_AUDIENCE }", "secret: { text: { file: key.txt } }")
    places = [("issuers[0].issuer", 3, 5), ("issuers[0].audience", 4, 5), ("issuers[0].keys.secret.text", 5, 23)]
    by_name = [places[1], places[0], places[2]]
    variables = {"JOTGATE_VECTOR_ISSUER": ISSUER, "JOTGATE_VECTOR_AUDIENCE": AUDIENCE}
    jwks = _policy(ISSUER, "a", "jwks: { file: jwks.json }")
    at_jwks = [("issuers[0].keys.jwks", 5, 13)]
    return [
        _wrong("jwks.missing", "A file with a key set that is not there.", jwks, {}, {}, at_jwks),
        _wrong("jwks.text", "A key set is JSON.", jwks, {}, {"jwks.json": "<html>"}, at_jwks),
        _wrong("jwks.twice", "And as strict as any.", jwks, {}, {"jwks.json": '{"keys": [], "keys": []}'}, at_jwks),
        _wrong("jwks.list", "What it says is checked as if it stood there.", jwks, {}, {"jwks.json": '{"keys": {}}'}, at_jwks),
        _wrong("missing", "All that is not there is told at once.", yaml, {}, {}, by_name),
        _wrong("empty", "What is empty was forgotten.", yaml, {"JOTGATE_VECTOR_ISSUER": " ", "JOTGATE_VECTOR_AUDIENCE": AUDIENCE}, {"key.txt": "\n"}, [places[0], places[2]]),
        _wrong("unfit", "What is filled in is checked as if it stood there, and its place is that of the reference.", yaml, variables, {"key.txt": "short\n"}, [("issuers[0].keys.secret", 5, 13)]),
        _wrong("folder", "A folder is no file.", _policy(ISSUER, "a", "pem: { file: . }"), {}, {}, [("issuers[0].keys.pem", 5, 13)]),
        _wrong("name", "A variable and a file have names.", _policy("{ env: 'A=B' }", "{ env: [a] }", "pem: { file: '' }"), {}, {}, [("issuers[0].audience.env", 4, 17), ("issuers[0].issuer.env", 3, 15), ("issuers[0].keys.pem.file", 5, 20)]),
    ]


def _elsewhere() -> list[dict]:
    keys = "jwks_uri: https://idp.test/jwks"
    return [
        _wrong("template", "A template of another program is not filled in.", _policy("${ISSUER}", "'https://${HOST:-api}/'", "jwks_uri: [ '${URL}' ]"), {}, {}, [("issuers[0].audience", 4, 5), ("issuers[0].issuer", 3, 5), ("issuers[0].keys.jwks_uri[0]", 5, 25)]),
        _wrong("leeway", "A reference stands for texts alone.", _policy(ISSUER, "a", keys) + "    leeway: { env: JOTGATE_VECTOR_LEEWAY }\n", {"JOTGATE_VECTOR_LEEWAY": "5s"}, {}, [("issuers[0].leeway", 6, 5)]),
        _accepted(
            "claims",
            "A claim may be called `env`, and have an object as its value.",
            "yaml",
            _policy(ISSUER, AUDIENCE, f"secret: {{ hex: {secret_bytes('hmac-32').hex()} }}") + "    claim_mapping: { env: environment }\n    claims: [{ claim: missing, mandatory: false, equals: { env: X } }]\n",
            token(key="hmac-32"),
            {},
            {},
        ),
    ]


def _policy(issuer: str, audience: str, keys: str) -> str:
    return f"version: 1\nissuers:\n  - issuer: {issuer}\n    audience: {audience}\n    keys: {{ {keys} }}\n"


def _accepted(what: str, note: str, form: str, text: str, good: str, env: dict, files: dict) -> dict:
    return _case(what, note, form, text, env, files) | {"token": good, "now": NOW, "expect": {"verdict": "accepted"}}


def _wrong(what: str, note: str, text: str, env: dict, files: dict, problems: list[tuple[str, int, int]]) -> dict:
    wanted = [{"path": path, "line": line, "column": column} for path, line, column in problems]
    return _case(what, note, "yaml", text, env, files) | {"expect": {"problems": wanted}}


def _case(what: str, note: str, form: str, text: str, env: dict, files: dict) -> dict:
    """Each case has variables of its own, so that all of them can be set before a program starts."""

    def own(name: str) -> str:
        return name.replace("JOTGATE_VECTOR", f"JOTGATE_{what.upper().replace('.', '_')}")

    variables = {own(name): value for name, value in env.items()}
    return {"id": f"document.{what}", "note": note, "format": form, "text": own(text), "env": variables, "files": files}
