"""Policy documents in other formats and in files, and the warnings about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, Clock, Key
from jotgate import PolicyError, PolicyWarning, Validator

SECRET = "a secret of at least 32 bytes, which nobody knows"
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"secret": {"text": SECRET}}}],
}
YAML = f"""
version: 1
issuers:
  - issuer: {ISSUER}
    audience: {AUDIENCE}
    keys:
      secret: {{ text: "{SECRET}" }}
"""
TOML = f"""
version = 1
[[issuers]]
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
keys.secret.text = "{SECRET}"
"""
HALF: dict[str, Any] = {"version": 1, "issuers": [{"issuer": ISSUER, "audience": [AUDIENCE, "a\ud800"]}]}

SPELLINGS: dict[Any, str] = {"json": json.dumps(DOCUMENT), "yaml": YAML, "toml": TOML}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_all_formats_are_the_same_document(kind: Any, tmp_path: Path) -> None:
    assert json.loads(jotgate.policy_json(SPELLINGS[kind], kind)) == DOCUMENT
    assert isinstance(Validator.from_policy(SPELLINGS[kind], format=kind), Validator)
    for name in (kind, kind.upper(), "yml" if kind == "yaml" else kind):
        file = tmp_path / f"policy.{name}"
        file.write_text(SPELLINGS[kind], encoding="utf-8")
        assert isinstance(Validator.from_file(file), Validator)
        assert isinstance(Validator.from_file(str(file)), Validator)


def test_files_that_are_no_policy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Validator.from_file(tmp_path / "none.yaml")
    with pytest.raises(ValueError, match=r"ends in \.json"):
        Validator.from_file(tmp_path / "policy.txt")
    latin = tmp_path / "policy.yaml"
    latin.write_bytes("version: 1 # \xe9".encode("latin-1"))
    with pytest.raises(PolicyError, match="UTF-8") as wrong:
        Validator.from_file(latin)
    assert (wrong.value.path, wrong.value.problems[0].line) == ("line 1, column 14", 1)
    latin.write_text("version: 1\nversion: 1\n")
    with pytest.raises(PolicyError) as wrong:
        Validator.from_file(latin)
    assert wrong.value.path == "line 2, column 1"


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("issuers[0].audience[1]", lambda: Validator.from_policy(HALF)),
        ("issuers[0].audience[1]", lambda: Validator.from_policy(json.dumps(HALF, ensure_ascii=False))),
        ("issuers[0].audience[1]", lambda: jotgate.lint(json.dumps(HALF, ensure_ascii=False))),
        ("audience[1]", lambda: Validator(issuer=ISSUER, audience=HALF["issuers"][0]["audience"])),
        ("line 1, column 4", lambda: jotgate.policy_json("a: \udc00", "yaml")),
        ("line 1, column 4", lambda: Validator.from_policy("a: \udc00", format="yaml")),
        ("scopes[0]", lambda: jotgate.Requirement(scopes=["\ud800"])),
    ],
)
def test_half_of_a_surrogate_pair_is_told_with_its_place(path: str, make: Callable[[], object]) -> None:
    with pytest.raises(PolicyError, match="half of a surrogate pair") as wrong:
        make()
    assert wrong.value.path == path
    assert wrong.value.hint


def test_an_unknown_format_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="json, yaml or toml"):
        jotgate.policy_json("", "xml")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="json, yaml or toml"):
        Validator.from_policy("", format="xml")  # type: ignore[arg-type]


def test_a_file_takes_the_same_hooks(tmp_path: Path, key: Key, clock: Clock) -> None:
    file = tmp_path / "policy.json"
    issuer = {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}
    file.write_text(json.dumps({"version": 1, "issuers": [issuer]}))
    validator = Validator.from_file(file, clock=clock, is_revoked=lambda _: True)
    with pytest.raises(jotgate.RevokedTokenError):
        validator.validate(key.token())


def test_lint_tells_the_worst_first() -> None:
    entry = {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"jwks_uri": "https://idp.test/jwks"}}
    open_to_all = {"version": 1, "issuers": [{**entry, "audience": "any"}]}
    for policy in (open_to_all, json.dumps(open_to_all)):
        warnings = jotgate.lint(policy)
        assert isinstance(warnings[0], PolicyWarning)
        assert (warnings[0].code, warnings[0].severity) == ("any_audience", "high")
        assert warnings[0].path == "issuers[0].audience"
        assert warnings[0].hint
        assert str(warnings[0]).startswith("issuers[0].audience: ")
    assert "any_audience" not in [warning.code for warning in jotgate.lint({"version": 1, "issuers": [entry]})]
    with pytest.raises(PolicyError) as wrong:
        jotgate.lint({"version": 1})
    assert wrong.value.path == "issuers"


def test_an_option_that_is_not_there_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="'leeway'"):
        Validator.from_policy(DOCUMENT, leeway=5)  # type: ignore[call-arg]


def test_the_schema_is_that_of_the_document() -> None:
    schema = jotgate.schema()
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert {"version", "issuers"} <= schema["properties"].keys()
    schema.clear()
    assert jotgate.schema()


MULESOFT = """
apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata: { name: jwt }
spec:
  policyRef: { name: jwt-validation-flex }
  config:
    jwtOrigin: httpBearerAuthenticationHeader
    jwtSigningMethod: hmac
"""


def test_policies_of_other_gateways() -> None:
    imported = jotgate.import_policy("mulesoft", MULESOFT)
    assert isinstance(imported, jotgate.PolicyImport)
    assert imported.policy["version"] == 1
    assert not imported.complete
    assert {note.kind for note in imported.notes} >= {"cannot"}
    assert any(note.source for note in imported.notes)
    for product, text in (("mulesoft", "- ["), ("wso2", "[[apim.jwt")):
        assert product in jotgate.products()
        with pytest.raises(PolicyError):
            jotgate.import_policy(product, text)
    with pytest.raises(ValueError, match="mulesoft, wso2"):
        jotgate.import_policy("kong", "")


def test_values_fill_in_the_templates_of_an_import() -> None:
    text = '[[apim.jwt.issuer]]\nname = "{{ issuer }}"\njwks.url = "https://${host}/jwks"\n'
    assert not jotgate.import_policy("wso2", text).complete
    given = jotgate.import_policy("wso2", text, values={"issuer": "https://idp.test/", "host": "idp.test"})
    assert given.complete
    assert given.policy["issuers"][0]["keys"]["jwks_uri"] == "https://idp.test/jwks"


def test_a_trust_store_completes_an_import() -> None:
    text = '[[apim.jwt.issuer]]\nname = "https://idp.test/"\n[truststore]\nfile_name = "a.jks"\npassword = "changeit"\n'
    without = jotgate.import_policy("wso2", text)
    given = jotgate.import_policy("wso2", text, files={"a.jks": b"store"})
    assert "c3RvcmU" not in json.dumps(without.policy)
    assert "c3RvcmU" in json.dumps(given.policy)
