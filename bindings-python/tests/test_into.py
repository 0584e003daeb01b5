"""Claims as objects of the application's own classes, and properties that need no assertion."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NewType, TypedDict

import msgspec
import pydantic
import pytest
from typing_extensions import NotRequired

from issuer import AUDIENCE, ISSUER, Key
from jotgate import InvalidClaimError, InvalidToken, MissingRequiredClaimError, Validator, Verified

Tenant = NewType("Tenant", str)
SECRET = "a-value-that-nobody-may-see"


class Role(enum.Enum):
    READER = "reader"
    WRITER = "writer"


@dataclass(frozen=True)
class Address:
    street: str
    number: int | None = None


class Limits(TypedDict):
    day: int
    month: NotRequired[int]


@dataclass(frozen=True)
class Customer:
    sub: str
    tenant: Annotated[Tenant, ["any", "metadata"]]
    plan: Literal["free", "paid"]
    roles: list[Role]
    weight: float = 1.0
    address: Address | None = None
    limits: Limits | None = None
    pair: tuple[int, str] = (0, "")
    tags: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)
    group: str = field(default="", metadata={"claim": "https://claims.test/group"})
    seen: bool = field(default=False, init=False)


class Plain(TypedDict, total=False):
    sub: str
    scope: str


class Model(pydantic.BaseModel):
    sub: str
    tenant: str = pydantic.Field(alias="https://claims.test/tenant")
    level: int = 0


@pydantic.dataclasses.dataclass
class Checked:
    sub: str
    tenant: str = pydantic.Field(alias="https://claims.test/tenant")
    level: int = 0


class Struct(msgspec.Struct, rename={"tenant": "https://claims.test/tenant"}):
    sub: str
    tenant: str
    level: int = 0
    roles: list[Role] = []


GOOD: dict[str, Any] = {"tenant": "blue", "plan": "paid", "roles": ["reader"]}


def verified(local: Validator, key: Key, **claims: Any) -> Verified:
    return local.validate(key.token(**claims))


def test_a_dataclass(local: Validator, key: Key) -> None:
    more = {
        "weight": 2,
        "address": {"street": "High Street", "number": 7, "ignored": True},
        "limits": {"day": 3},
        "pair": [1, "a"],
        "tags": ["x", "y", "x"],
        "extra": {"any": [1, None]},
        "https://claims.test/group": "staff",
    }
    customer = verified(local, key, **GOOD, **more).into(Customer)
    expected = Customer(
        "alice",
        Tenant("blue"),
        "paid",
        [Role.READER],
        2,
        Address("High Street", 7),
        {"day": 3},
        (1, "a"),
        frozenset({"x", "y"}),
        {"any": [1, None]},
        "staff",
    )
    assert customer == expected
    assert verified(local, key, **GOOD).into(Customer).group == ""


@pytest.mark.parametrize(
    ("claims", "claim", "detail"),
    [
        ({"plan": SECRET}, "plan", "not as Customer has it: expected one of 'free', 'paid'"),
        ({"roles": [SECRET]}, "roles", "not as Customer has it: expected a value of Role"),
        ({"roles": SECRET}, "roles", "not as Customer has it: expected a list"),
        ({"tenant": 7}, "tenant", "not as Customer has it: expected a text"),
        ({"tenant": None}, "tenant", "Customer needs it"),
        ({"weight": True}, "weight", "not as Customer has it: expected a number"),
        ({"address": SECRET}, "address", "not as Customer has it: expected an object for Address or null"),
        ({"address": {}}, "address", "not as Customer has it: expected an object for Address with street or null"),
        (
            {"address": {"street": "", "number": SECRET}},
            "address",
            "not as Customer has it: expected an object for Address whose number is a whole number or null or null",
        ),
        ({"limits": {SECRET: 1}}, "limits", "not as Customer has it: expected an object for Limits with day or null"),
        ({"pair": [1]}, "pair", "not as Customer has it: expected a list of 2"),
        ({"tags": [[SECRET]]}, "tags", "not as Customer has it: expected a text"),
        ({"extra": [SECRET]}, "extra", "not as Customer has it: expected an object"),
    ],
)
def test_what_does_not_fit(local: Validator, key: Key, claims: dict[str, Any], claim: str, detail: str) -> None:
    kind = MissingRequiredClaimError if detail == "Customer needs it" else InvalidClaimError
    with pytest.raises(kind) as refused:
        verified(local, key, **{**GOOD, **claims}).into(Customer)
    error = refused.value
    assert (error.claim, error.detail, error.issuer_index) == (claim, detail, 0)
    assert_nothing_shown(error)
    assert local.answer(error).status == 401


def assert_nothing_shown(error: BaseException) -> None:
    assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in repr(error) + str(error)


def test_a_dataclass_has_its_own_say(local: Validator, key: Key) -> None:
    @dataclass
    class Short:
        sub: str

        def __post_init__(self) -> None:
            if len(self.sub) > 5:
                raise ValueError(self.sub)

    assert verified(local, key).into(Short) == Short("alice")
    with pytest.raises(InvalidClaimError) as refused:
        verified(local, key, sub=SECRET).into(Short)
    assert refused.value.claim is None
    assert_nothing_shown(refused.value)


def test_a_typed_dict(local: Validator, key: Key) -> None:
    assert verified(local, key, tenant="blue").into(Plain) == {"sub": "alice"}
    assert verified(local, key, scope="read").into(Plain) == {"sub": "alice", "scope": "read"}
    assert verified(local, key, day=1, month=2).into(Limits) == {"day": 1, "month": 2}
    with pytest.raises(MissingRequiredClaimError) as refused:
        verified(local, key, month=2).into(Limits)
    assert refused.value.claim == "day"


@pytest.mark.parametrize("kind", [Model, Struct, Checked])
def test_pydantic_and_msgspec(local: Validator, key: Key, kind: type[Any]) -> None:
    tenant = {"https://claims.test/tenant": "blue", **GOOD}
    filled = verified(local, key, **tenant, level=3).into(kind)
    assert (type(filled), filled.sub, filled.tenant) == (kind, "alice", "blue")


@pytest.mark.parametrize("kind", [Model, Struct, Checked])
def test_pydantic_and_msgspec_show_nothing(local: Validator, key: Key, kind: type[Any]) -> None:
    name = "https://claims.test/tenant"
    with pytest.raises(MissingRequiredClaimError) as missing:
        verified(local, key).into(kind)
    assert missing.value.claim == name
    for claims, claim in (({name: {SECRET: SECRET}}, name), ({name: "", "level": SECRET}, "level")):
        with pytest.raises(InvalidClaimError) as refused:
            verified(local, key, **claims).into(kind)
        assert refused.value.claim == claim
        assert refused.value.detail.startswith(f"not as {kind.__name__} has it: ")
        assert_nothing_shown(refused.value)


def test_no_name_of_the_token_is_told(local: Validator, key: Key) -> None:
    class Strict(pydantic.BaseModel, extra="forbid"):
        sub: str

    class StrictStruct(msgspec.Struct, forbid_unknown_fields=True):
        sub: str

    class OfRoles(msgspec.Struct):
        roles: list[Role]

    kinds: Sequence[tuple[type[Any], str | None]] = ((Strict, None), (StrictStruct, None), (OfRoles, "roles"))
    for kind, claim in kinds:
        with pytest.raises(InvalidClaimError) as refused:
            verified(local, key, roles=[SECRET], **{SECRET: 1}).into(kind)
        assert refused.value.claim == claim
        assert_nothing_shown(refused.value)


def test_a_class_that_cannot_be_filled_is_a_mistake_of_the_program(local: Validator, key: Key) -> None:
    token = verified(local, key)

    @dataclass
    class Odd:
        sub: bytes

    for kind, told in ((int, "not int"), ("Customer", "not str"), ({}, "not dict"), (Odd, "Odd.sub is of a type")):
        wrong: Any = kind
        with pytest.raises(TypeError, match=told):
            token.into(wrong)


def test_what_transform_gives_is_what_is_taken(local: Validator, key: Key) -> None:
    token = verified(local, key).with_claims({"sub": "bob", "day": 1})
    assert token.into(Plain) == {"sub": "bob"}
    assert token.subject == "alice"


def test_neither_library_is_imported_for_the_package() -> None:
    import subprocess

    code = "import jotgate._into, sys; sys.exit(bool({'pydantic', 'msgspec'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_property_is_there_or_an_error_that_can_be_answered(local: Validator, key: Key) -> None:
    bare = verified(local, key, sub=None)
    for read, claim in (
        (lambda: bare.subject, "sub"),
        (lambda: bare.token_id, "jti"),
        (lambda: bare.not_before, "nbf"),
        (lambda: bare.issued_at, "iat"),
    ):
        with pytest.raises(MissingRequiredClaimError) as missing:
            read()
        assert (missing.value.claim, missing.value.issuer_index) == (claim, 0)
        assert local.answer(missing.value).status == 401
    subject: str = verified(local, key).subject
    expires_at: float = bare.expires_at
    assert (subject, bare.get("sub"), expires_at) == ("alice", None, bare["exp"])
    assert dataclasses.is_dataclass(verified(local, key, **GOOD).into(Customer))


def test_a_validation_gives_the_object_at_once(local: Validator, remote: Any, key: Key) -> None:
    text = key.token(scope="read")
    filled = {"sub": "alice", "scope": "read"}
    assert local.validate(text, into=Plain) == local.validate(text).into(Plain) == filled
    assert local.validate_nowait(text, into=Plain) == filled
    assert asyncio.run(local.validate_async(text, into=Plain)) == filled
    assert remote().validate(text, into=Plain) == filled
    alone = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem())
    assert alone.validate(key.token(exp=time.time() + 60, scope="read"), into=Plain) == filled
    with pytest.raises(InvalidToken) as expired:
        local.validate(key.token(exp=1), into=Plain)
    assert expired.value.code == "expired"
    with pytest.raises(InvalidClaimError):
        local.validate(key.token(scope=7), into=Plain)
    with pytest.raises(TypeError, match="into takes a dataclass"):
        local.validate(text, into=dict)
