"""What users write, as type checkers read it: no assertions where none are needed, and each mistake is seen.

mypy and pyright read this file, and both complain where an `ignore` is not needed. Nothing runs it.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from typing_extensions import Unpack, assert_type

from jotgate import HostOptions, Requirement, Validator, ValidatorOptions, Verified, shadow
from jotgate.policy import KeySetSettings, PolicyDocument


@dataclass
class Customer:
    sub: str
    tenant: str


class Claims(TypedDict):
    sub: str


def properties(token: Verified) -> None:
    assert_type(token.subject, str)
    assert_type(token.issuer, str)
    assert_type(token.token_id, str)
    assert_type(token.audience, tuple[str, ...])
    assert_type(token.expires_at, float)
    assert_type(token.claims, dict[str, Any])
    assert_type(token.into(Customer), Customer)
    assert_type(token.into(Claims), Claims)
    assert token.subject.upper() + token.into(Customer).tenant + token.into(Claims)["sub"]


async def validations(validator: Validator) -> None:
    assert_type(validator.validate("token"), Verified)
    assert_type(validator.validate("token", into=Customer), Customer)
    assert_type(validator.validate_nowait("token", into=Claims), Claims)
    assert_type(await validator.validate_async("token"), Verified)
    assert_type(await validator.validate_async("token", as_of=7, into=Customer), Customer)
    assert_type(shadow(validator, existing)("token"), Customer)


def existing(token: str) -> Customer:
    return Customer(token, "blue")


def make(**options: Unpack[ValidatorOptions]) -> Validator:
    return Validator(**options)


def from_policy(**host: Unpack[HostOptions]) -> Validator:
    policy: PolicyDocument = {"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "orders"}]}
    return Validator.from_policy(policy, **host)


def right() -> None:
    settings: KeySetSettings = {"ttl": "10m", "timeout": 5}
    make(issuer="https://idp.test/", audience=["orders"], algorithms=["RS256"], jwks_options=settings)
    make(issuer="https://idp.test/", audience="any", scopes={"all": ["read"]}, limits={"json_depth": 8})
    from_policy(clock=lambda: 0.0)


def endpoints(validator: Validator, token: Verified) -> None:
    assert_type(validator.require(token, scopes="read"), Verified)
    assert_type(validator.require(token, Requirement(claims=[{"claim": "tenant", "equals": "blue"}])), Verified)
    assert_type(token.scopes, tuple[str, ...])
    assert_type(token.has_scope("read"), bool)


def wrong() -> None:
    Requirement(scope="read")  # type: ignore[call-arg]
    Requirement(claims=[{"clain": "tenant"}])  # type: ignore[typeddict-unknown-key]
    make(issuers="https://idp.test/")  # type: ignore[call-arg]
    make(responses="rfc6749")  # type: ignore[arg-type]
    make(scopes={"al": ["read"]})  # type: ignore[arg-type]
    make(jwks_options={"tll": 5})  # type: ignore[arg-type]
    Validator(issuer="https://idp.test/", audiance="orders")  # type: ignore[call-arg]
    Validator(limits={"json_depth": "8"})  # type: ignore[arg-type]
    from_policy(fetcher=None)  # type: ignore[call-arg]
