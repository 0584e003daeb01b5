"""What the application adds to a verdict: revocation and a view of its own on the claims."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, Clock, Key
from jotgate import ClientNotAllowedError, InternalError, RevokedTokenError, UndecidedToken, Validator, Verified
from jotgate._native import Core, Undecided
from jotgate._numbers import ANSWER_FAILED, ANSWER_NO, QUESTION_REVOKED
from jotgate.policy import ClientPolicy

Call = Callable[[Validator, str], Verified | None]


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


SYNC: dict[str, Call] = {
    "validate": lambda validator, token: validator.validate(token),
    "nowait": lambda validator, token: validator.validate_nowait(token),
    "request": lambda validator, token: validator.validate_request("GET", "/", "", headers(token)),
}
ASYNC: dict[str, Call] = {
    "async": lambda validator, token: asyncio.run(validator.validate_async(token)),
    "request async": lambda validator, token: asyncio.run(
        validator.validate_request_async("GET", "/", "", headers(token))
    ),
}
EVERY = SYNC | ASYNC


@pytest.fixture
def make(key: Key, clock: Clock) -> Callable[..., Validator]:
    return lambda **options: Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, **options)


@pytest.mark.parametrize("call", EVERY.values(), ids=EVERY)
def test_a_revoked_token_is_refused(make: Callable[..., Validator], key: Key, call: Call) -> None:
    asked: list[str | None] = []

    def is_revoked(verified: UndecidedToken) -> bool:
        asked.append(verified.token_id)
        return bool(verified["jti"] == "stolen")

    validator = make(is_revoked=is_revoked)
    good = call(validator, key.token(jti="mine"))
    assert good is not None
    assert good["jti"] == "mine"
    with pytest.raises(RevokedTokenError) as refused:
        call(validator, key.token(jti="stolen"))
    assert (refused.value.code, refused.value.issuer_index) == ("revoked", 0)
    assert validator.answer(refused.value).status == 401
    with pytest.raises(jotgate.ExpiredSignatureError):
        call(validator, key.token(jti="old", exp=1))
    assert asked == ["mine", "stolen"], "it is asked about good tokens alone, and once"


@pytest.mark.parametrize("call", ASYNC.values(), ids=ASYNC)
def test_hooks_may_be_async(make: Callable[..., Validator], key: Key, call: Call) -> None:
    async def is_revoked(verified: UndecidedToken) -> bool:
        await asyncio.sleep(0)
        return bool(verified["jti"] == "stolen")

    async def transform(claims: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"user": claims["sub"]}

    validator = make(is_revoked=is_revoked, transform=transform)
    good = call(validator, key.token(jti="mine"))
    assert good is not None
    assert good.claims == {"user": "alice"}
    with pytest.raises(RevokedTokenError):
        call(validator, key.token(jti="stolen"))


@pytest.mark.parametrize("call", SYNC.values(), ids=SYNC)
@pytest.mark.parametrize("name", ["is_revoked", "transform"])
def test_an_async_hook_refuses_where_nobody_can_wait(
    make: Callable[..., Validator], key: Key, call: Call, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def hook(claims: Any) -> bool:
        return False

    with pytest.raises(InternalError):
        call(make(**{name: hook}), key.token())
    assert f"{name} failed" in caplog.text
    assert "only validate_async and validate_request_async can wait for it" in caplog.text


def raising(claims: object) -> bool:
    raise KeyError("jti")


async def raising_async(claims: object) -> bool:
    raise KeyError("jti")


def containing_itself(claims: dict[str, Any]) -> dict[str, Any]:
    claims["all"] = [claims]
    return claims


class Raising(Mapping[str, Any]):
    """A mapping that cannot be read."""

    def __getitem__(self, name: str) -> Any:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("the mapping is broken")

    def __len__(self) -> int:
        return 1


BAD: dict[str, Any] = {
    "is_revoked raises": {"is_revoked": raising},
    "is_revoked returns nothing": {"is_revoked": lambda _: None},
    "is_revoked returns a number": {"is_revoked": lambda _: 0},
    "transform raises": {"transform": raising},
    "transform returns nothing": {"transform": lambda _: None},
    "transform returns pairs": {"transform": lambda _: [("sub", "alice")]},
    "transform returns what contains itself": {"transform": containing_itself},
    "transform returns a mapping that raises": {"transform": lambda _: Raising()},
}


@pytest.mark.parametrize("call", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("options", BAD.values(), ids=BAD)
def test_a_bad_hook_refuses_the_token(
    make: Callable[..., Validator], key: Key, options: Any, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    token = key.token()
    validator = make(**options)
    with caplog.at_level(logging.ERROR, "jotgate"), pytest.raises(InternalError) as refused:
        call(validator, token)
    assert validator.answer(refused.value).status == 500
    assert next(iter(options)) in caplog.text
    assert not any(segment in caplog.text for segment in token.split("."))


@pytest.mark.parametrize("name", ["is_revoked", "transform"])
def test_an_async_hook_that_raises_refuses(make: Callable[..., Validator], key: Key, name: str) -> None:
    with pytest.raises(InternalError) as refused:
        asyncio.run(make(**{name: raising_async}).validate_async(key.token()))
    assert isinstance(refused.value.__cause__, KeyError)


def test_transform_changes_what_is_shown_and_nothing_that_was_signed(make: Callable[..., Validator], key: Key) -> None:
    seen: list[dict[str, Any]] = []

    def transform(claims: dict[str, Any]) -> Mapping[str, Any]:
        seen.append(claims)
        claims["roles"] = claims.pop("groups").split()
        claims["sub"] = "ALICE"
        return claims

    verified = make(transform=transform).validate(key.token(groups="a b"))
    assert verified["roles"] == ["a", "b"]
    assert "groups" not in verified
    assert verified.get("sub") == verified["sub"] == "ALICE"
    assert dict(verified) == verified.claims == seen[0]
    assert (verified.subject, verified.audience, verified.issuer) == ("alice", (AUDIENCE,), ISSUER)
    assert b'"groups"' in verified.payload
    verified["roles"].append("admin")
    verified.claims["roles"].append("admin")
    seen[0]["roles"].append("admin")
    assert verified["roles"] == ["a", "b"], "what is shown cannot be changed from outside"


class Growing:
    """A key whose hash adds a member to a dict."""

    def __init__(self, members: dict[Any, Any]) -> None:
        self._members = members

    def __hash__(self) -> int:
        self._members[len(self._members)] = None
        return 7


def test_what_changes_while_it_is_copied_is_no_panic(make: Callable[..., Validator], key: Key) -> None:
    def transform(claims: dict[str, Any]) -> dict[str, Any]:
        members: dict[Any, Any] = {}
        members[Growing(members)] = None
        return {"members": members}

    assert len(make(transform=transform).validate(key.token())["members"]) >= 2


def test_revocation_is_asked_before_the_transformer(make: Callable[..., Validator], key: Key) -> None:
    order: list[str] = []

    def is_revoked(verified: UndecidedToken) -> bool:
        order.append(str(verified["sub"]))
        return False

    def transform(claims: dict[str, Any]) -> dict[str, Any]:
        order.append("transform")
        return {"sub": "other"}

    assert make(is_revoked=is_revoked, transform=transform).validate(key.token())["sub"] == "other"
    assert order == ["alice", "transform"]


@pytest.mark.parametrize("name", ["client_lookup", "is_revoked", "transform", "on_event", "fetch", "clock"])
def test_hooks_are_callable_or_a_type_error(key: Key, name: str) -> None:
    options: dict[str, Any] = {name: "module:function"}
    with pytest.raises(TypeError, match=f"^{name} must be callable"):
        Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), **options)


def test_a_request_without_a_token_runs_no_hook(key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path": "/health", "skip": True}],
    }
    validator = Validator.from_policy(policy, clock=clock, is_revoked=raising, transform=lambda _: {})
    assert validator.validate_request("GET", "/health") is None
    assert asyncio.run(validator.validate_request_async("GET", "/health")) is None


def looking_up(key: Key, clock: Clock, **options: Any) -> Validator:
    client: ClientPolicy = {"allowed": "host", "claims": ["azp"]}
    return Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, client_id=client, **options)


@pytest.mark.parametrize("call", EVERY.values(), ids=EVERY)
def test_clients_are_looked_up_where_the_policy_says_so(key: Key, clock: Clock, call: Call) -> None:
    asked: list[tuple[str, Any]] = []

    def client_lookup(client: str, verified: UndecidedToken) -> bool:
        asked.append((client, verified["sub"]))
        return client == "shop"

    validator = looking_up(key, clock, client_lookup=client_lookup, is_revoked=lambda _: False)
    good = call(validator, key.token(azp="shop"))
    assert good is not None
    assert good["azp"] == "shop"
    with pytest.raises(ClientNotAllowedError) as refused:
        call(validator, key.token(azp="other"))
    assert (refused.value.claim, refused.value.issuer_index) == ("azp", 0)
    assert refused.value.detail == "the host does not know the client"
    with pytest.raises(ClientNotAllowedError):
        call(validator, key.token())
    assert asked == [("shop", "alice"), ("other", "alice")]


async def allow_async(client: str, verified: UndecidedToken) -> bool:
    return True


def test_a_client_lookup_may_be_async(key: Key, clock: Clock) -> None:
    validator = looking_up(key, clock, client_lookup=allow_async)
    assert asyncio.run(validator.validate_async(key.token(azp="shop")))["azp"] == "shop"
    with pytest.raises(ClientNotAllowedError):
        validator.validate(key.token(azp="shop"))


def failing(client: str, verified: UndecidedToken) -> bool:
    raise ConnectionError("the directory is down")


@pytest.mark.parametrize("call", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("lookup", [failing, lambda *_: None, lambda *_: 1, lambda *_: "yes", lambda: True])
def test_nothing_but_true_lets_a_client_through(key: Key, clock: Clock, call: Call, lookup: Any) -> None:
    with pytest.raises(ClientNotAllowedError) as refused:
        call(looking_up(key, clock, client_lookup=lookup), key.token(azp="shop"))
    assert refused.value.claim == "azp"
    # What is no bool at all is a look-up that failed; so is one that raises.
    assert refused.value.detail == "the host's look-up of the client failed"


def test_the_refusal_is_told_with_the_claim_and_the_route(key: Key, clock: Clock) -> None:
    told: list[dict[str, Any]] = []
    client: ClientPolicy = {"allowed": "host", "claims": ["azp"]}
    issuer = {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}, "client_id": client}
    policy = {"version": 1, "issuers": [issuer], "routes": [{"path": "/orders"}]}
    validator = Validator.from_policy(policy, clock=clock, client_lookup=lambda *_: False, on_event=told.append)
    with pytest.raises(ClientNotAllowedError) as refused:
        validator.validate_request("GET", "/orders", "", headers(key.token(azp="shop")))
    assert (refused.value.claim, refused.value.issuer_index, refused.value.route_index) == ("azp", 0, 0)
    (event,) = told
    assert (event["event"], event["code"], event["claim"]) == ("rejected", "client_not_allowed", "azp")
    assert (event["issuer"], event["route"]) == (0, 0)


def test_what_a_hook_sees_is_no_verified_and_cannot_be_changed(make: Callable[..., Validator], key: Key) -> None:
    seen: list[UndecidedToken] = []

    def is_revoked(token: UndecidedToken) -> bool:
        seen.append(token)
        token.claims["roles"].append("admin")
        token["roles"].append("admin")
        token.header["kid"] = "other"
        return False

    verified = make(is_revoked=is_revoked).validate(key.token(jti="mine", roles=["user"]))
    (token,) = seen
    assert not isinstance(token, Verified)
    assert token.claims == token == verified.claims
    assert (token.claims["roles"], token["roles"], verified["roles"]) == (["user"], ["user"], ["user"])
    assert (token.header, token.payload, token.issuer_index) == (verified.header, verified.payload, 0)
    assert (token.issuer, token.subject, token.token_id) == (ISSUER, "alice", "mine")
    assert (dict(token), len(token), "jti" in token) == (verified.claims, len(verified), True)
    assert "alice" not in repr(token)
    with pytest.raises(AttributeError):
        token.issuer_index = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        make().forward(token, "GET", "/")  # type: ignore[arg-type]


def test_an_undecided_token_has_one_way_on(key: Key, clock: Clock) -> None:
    policy = {"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}]}
    core = Core(json.dumps(policy), 7, revocation_check=True)
    undecided = core.validate(key.token(), clock())
    assert isinstance(undecided, Undecided)
    assert undecided.question == (QUESTION_REVOKED, None)
    assert isinstance(undecided.answer(ANSWER_NO), Verified)
    for again in (lambda: undecided.answer(ANSWER_NO), undecided.parts, lambda: undecided.question):
        with pytest.raises(InternalError):
            again()
    for answer in (ANSWER_FAILED, 0, 4):
        undecided = core.validate(key.token(), clock())
        assert isinstance(undecided, Undecided)
        with pytest.raises(InternalError):
            undecided.answer(answer)


def test_a_policy_that_asks_for_a_lookup_needs_one(key: Key, clock: Clock) -> None:
    with pytest.raises(jotgate.PolicyError) as wrong:
        looking_up(key, clock, is_revoked=lambda _: False)
    assert wrong.value.path == "client_id.allowed"
    listed: ClientPolicy = {"allowed": ["shop"], "claims": ["azp"]}
    validator = Validator(
        issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, client_id=listed, client_lookup=failing
    )
    assert validator.validate(key.token(azp="shop"))["azp"] == "shop", "nobody is asked"
