"""For which time a token is judged: now, one time for all, or a time for each."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from issuer import NOW, Key
from jotgate import Validator
from samples import codes, issuer_entry

AT = datetime.fromtimestamp(NOW, tz=timezone.utc)
OFFSETS = [0, 599, 700, -10]
EXPECTED = ["accepted", "accepted", "expired", "not_yet_valid"]


@pytest.fixture
def token(key: Key) -> str:
    """Good from now on for ten minutes; there is a leeway of five seconds."""
    return key.token(nbf=NOW)


def times(kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        whole = pa.array(
            [AT.replace(tzinfo=None) + timedelta(seconds=offset) for offset in OFFSETS], pa.timestamp("us")
        )
        return whole.cast(pa.timestamp(kind.unit)).cast(kind)
    return pa.array([NOW + offset for offset in OFFSETS]).cast(kind)


KINDS = [
    pa.timestamp("s"),
    pa.timestamp("ms", "UTC"),
    pa.timestamp("us"),
    pa.timestamp("ns", "UTC"),
    pa.int64(),
    pa.float64(),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_token_for_its_time(local: Validator, token: str, kind: pa.DataType) -> None:
    table = pa.table({"token": [token] * 4, "at": times(kind)})
    assert codes(local, table, "token", time_column="at") == EXPECTED
    assert codes(local, table.slice(1), "token", time_column="at") == EXPECTED[1:]


def test_a_zone_changes_how_a_time_is_shown_and_not_when_it_is(local: Validator, token: str) -> None:
    frame = pl.DataFrame({"token": [token] * 4, "at": times(pa.timestamp("us", "UTC")).to_pylist()})
    frame = frame.with_columns(pl.col("at").dt.convert_time_zone("Asia/Tokyo"))
    assert codes(local, frame, "token", time_column="at") == EXPECTED


@pytest.mark.parametrize("at", [None, float("nan"), float("inf")])
def test_without_a_time_nothing_is_asked(local: Validator, token: str, at: float | None) -> None:
    table = pa.table({"token": [token, token, None], "at": pa.array([NOW, at, NOW], pa.float64())})
    assert codes(local, table, "token", time_column="at") == ["accepted", None, None]


@pytest.mark.parametrize("as_of", [NOW + 700, int(NOW) + 700, AT + timedelta(seconds=700)])
def test_all_tokens_for_one_time(local: Validator, token: str, as_of: Any) -> None:
    assert codes(local, pa.array([token])) == ["accepted"]
    assert codes(local, pa.array([token]), as_of=as_of) == ["expired"]


@pytest.mark.parametrize(
    ("as_of", "error"),
    [("2027", TypeError), (True, TypeError), (datetime(2027, 1, 1), ValueError), (float("nan"), ValueError)],
)
def test_what_is_no_time_is_a_mistake(local: Validator, token: str, as_of: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"as_of|time"):
        codes(local, pa.array([token]), as_of=as_of)


def test_a_cache_of_signatures_changes_no_verdict(key: Key, token: str) -> None:
    entry = issuer_entry(jwks={"keys": [key.jwk()]})
    validator = Validator.from_policy(
        {"version": 1, "issuers": [entry], "cache": {"entries": 10000}}, clock=lambda: NOW
    )
    table = pa.table({"token": [token] * 400, "at": pa.concat_arrays([times(pa.float64())] * 100)})
    assert codes(validator, table, "token", time_column="at") == EXPECTED * 100
    assert validator.health()["cache"]["hits"] > 0


def test_a_token_is_judged_for_one_time(local: Validator, token: str) -> None:
    table = pa.table({"token": [token], "at": [NOW]})
    with pytest.raises(ValueError, match="as_of excludes time_column"):
        codes(local, table, "token", as_of=NOW, time_column="at")
