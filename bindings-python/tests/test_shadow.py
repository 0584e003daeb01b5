"""Shadow mode: the existing validator decides, and each differing verdict is counted and told."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any

import pytest
from test_asgi import bearer

from issuer import AUDIENCE, ISSUER, NOW, Key, KeyServer
from jotgate import Difference, Validator, shadow

Make = Callable[..., Validator]


class LegacyError(Exception):
    """What the existing one raises."""


def lenient(token: str, *, tenant: str = "blue") -> dict[str, str]:
    if token == "refused":
        raise LegacyError(token)
    return {"tenant": tenant}


def test_the_existing_one_decides(local: Validator, key: Key) -> None:
    told: list[Difference] = []
    both = shadow(local, lenient, told.append)
    assert both(key.token(), tenant="red") == {"tenant": "red"}
    assert both(key.token(exp=NOW - 60)) == {"tenant": "blue"}
    assert both("nonsense") == {"tenant": "blue"}
    with pytest.raises(LegacyError):
        both("refused")
    assert [(each.existing, each.jotgate, each.issuer, each.exception) for each in told] == [
        ("accepted", "expired", 0, None),
        ("accepted", "malformed_token", None, None),
    ]
    assert both.counts == {
        "accepted/accepted": 1,
        "accepted/expired": 1,
        "accepted/malformed_token": 1,
        "refused/malformed_token": 1,
    }
    assert (both.differences, both.unreported) == (2, 0)


def test_what_jotgate_accepts_and_the_existing_one_does_not(local: Validator, key: Key) -> None:
    told: list[Difference] = []

    def strict(token: str) -> None:
        raise LegacyError

    with pytest.raises(LegacyError):
        shadow(local, strict, told.append)(key.token())
    assert shadow(local, lambda token: None, told.append)(key.token()) is None
    assert told == [
        Difference("refused", "accepted", None, 0, "LegacyError"),
        Difference("refused", "accepted", None, 0, None),
    ]
    assert str(told[0]) == "jotgate accepts a token that is refused today (LegacyError)"
    assert str(told[1]) == "jotgate accepts a token that is refused today (no claims)"


def test_the_default_is_a_warning_without_anything_of_the_token(
    local: Validator, key: Key, caplog: pytest.LogCaptureFixture
) -> None:
    token = key.token(aud="somebody-else", sub="mallory")
    assert shadow(local, lenient)(token) == {"tenant": "blue"}
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("jotgate", logging.WARNING)
    assert record.getMessage().startswith("jotgate refuses a token that is accepted today: audience_mismatch")
    assert record.jotgate_difference["jotgate"] == "audience_mismatch"  # type: ignore[attr-defined]
    for part in (*token.split("."), "mallory", "somebody-else"):
        assert part not in f"{record.getMessage()} {vars(record)}"


def test_nothing_of_it_comes_into_the_request(local: Validator, key: Key, caplog: pytest.LogCaptureFixture) -> None:
    def broken(difference: Difference) -> None:
        raise ValueError("the listener's own")

    both = shadow(local, lenient, broken)
    assert both("nonsense") == {"tenant": "blue"}
    assert "a shadow could not report" in caplog.text
    assert both(7) == {"tenant": "blue"}  # type: ignore[arg-type]
    assert both.counts["accepted/internal_error"] == 1

    def clock() -> float:
        raise RuntimeError("no time")

    timeless = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock)
    assert shadow(timeless, lenient)(key.token()) == {"tenant": "blue"}


def test_reports_are_bounded_and_counts_are_not(local: Validator) -> None:
    told: list[Difference] = []
    both = shadow(local, lenient, told.append, reports_per_minute=3)
    for _ in range(10):
        both("nonsense")
    # A minute may have begun meanwhile.
    assert 3 <= len(told) <= 6
    assert both.differences == 10
    assert both.unreported == 10 - len(told)


def test_keys_that_are_not_there_yet_are_no_difference(
    remote: Make, key: Key, server: KeyServer, eventually: Callable[..., None]
) -> None:
    told: list[Difference] = []
    validator = remote()
    both = shadow(validator, lenient, told.append)
    both(key.token())
    assert (told, both.counts) == ([], {"accepted/keys_unavailable": 1})
    eventually(lambda: validator.health()["ready"])
    both(key.token())
    assert both.counts["accepted/accepted"] == 1
    assert server.fetches == 1


def test_an_async_one_stays_async(local: Validator, key: Key) -> None:
    told: list[Difference] = []

    async def existing(token: str) -> dict[str, str]:
        await asyncio.sleep(0)
        return lenient(token)

    async def none(token: str) -> None:
        raise LegacyError

    both = shadow(local, existing, told.append)
    assert inspect.iscoroutinefunction(both.__call__)
    assert asyncio.run(both("nonsense")) == {"tenant": "blue"}
    with pytest.raises(LegacyError):
        asyncio.run(shadow(local, none, told.append)(key.token()))
    assert [(each.existing, each.jotgate) for each in told] == [
        ("accepted", "malformed_token"),
        ("refused", "accepted"),
    ]
    assert (both.__name__, list(inspect.signature(both).parameters)) == ("existing", ["token"])  # type: ignore[attr-defined]


def test_requests(key: Key, remote: Make, eventually: Callable[..., None]) -> None:
    told: list[Difference] = []
    validator = remote(scopes={"all": ["read"]})
    beside = shadow(validator, on_difference=told.append)
    request: tuple[str, str, str, Any] = ("GET", "/orders", "", bearer(key.token(scope="read")))
    beside.compare_request(*request)
    eventually(lambda: validator.health()["ready"])
    beside.compare_request(*request)
    beside.compare_request(*request, refused=LegacyError())
    beside.compare_request("GET", "/orders")
    beside.compare_request("GET", "/orders", refused=True)
    assert beside.counts == {
        "accepted/accepted": 1,
        "accepted/keys_unavailable": 1,
        "accepted/missing_token": 1,
        "refused/accepted": 1,
        "refused/missing_token": 1,
    }
    assert [each.exception for each in told] == ["LegacyError", None]
    with pytest.raises(TypeError, match="compare_request"):
        beside("token")


def test_mistakes(local: Validator) -> None:
    async def late(difference: Difference) -> None: ...

    wrong: Any = 7
    with pytest.raises(TypeError, match="existing must be a function of the token, not int"):
        shadow(local, wrong)
    for listener in (late, wrong):
        with pytest.raises(TypeError, match="on_difference must be a function that is not async"):
            shadow(local, lenient, listener)
