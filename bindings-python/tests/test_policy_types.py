"""The typed form of the policy document: a type checker reads this file too."""

from __future__ import annotations

import pytest

from jotgate import InvalidToken, Validator
from jotgate.policy import ClaimRule, IssuerPolicy, PolicyDocument

ISSUER: IssuerPolicy = {
    "issuer": "https://idp.test/",
    "audience": ["https://api.test"],
    "keys": {"secret": {"text": "a secret of at least 32 bytes, which nobody knows"}},
    "leeway": "30s",
    "client_id": {"allowed": ["app-1"]},
}


def test_a_typed_document_makes_a_validator() -> None:
    rule: ClaimRule = {"claim": ["realm", "roles"], "any_of": ["admin", 7, False]}
    document: PolicyDocument = {
        "version": 1,
        "issuers": [{**ISSUER, "claims": [rule]}],
        "routes": [{"methods": "GET|HEAD", "path": "/health", "skip": True}],
        "responses": "wso2",
    }
    with pytest.raises(InvalidToken):
        Validator.from_policy(document).validate("x")


def test_a_misspelt_field_is_seen_by_the_type_checker() -> None:
    wrong: ClaimRule = {"clain": "sub"}  # type: ignore[typeddict-unknown-key]
    assert wrong
