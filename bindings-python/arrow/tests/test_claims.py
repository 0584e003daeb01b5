"""Claims as columns: of the type that was asked for, and null in every other case."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from issuer import NOW, Key
from jotgate import Validator
from jotgate_arrow import validate
from samples import rows

VALUES: list[Any] = ["text", 'esc\n"aped\u2603', "", 0, 7, -3, 1.5, 5.0, 1e300, 2**53 + 1, 2**70, True, False]
VALUES += [["a", "b\n"], [], ["a", 1], [["a"]], {"a": [1]}]

EXPECTED: dict[str, list[Any]] = {
    "string": ["text", 'esc\n"aped\u2603', "", *[None] * 15],
    "int64": [None, None, None, 0, 7, -3, None, 5, None, 2**53 + 1, *[None] * 8],
    "float64": [None, None, None, 0.0, 7.0, -3.0, 1.5, 5.0, 1e300, float(2**53 + 1), float(2**70), *[None] * 7],
    "bool": [*[None] * 11, True, False, *[None] * 5],
    "list<string>": [["text"], ['esc\n"aped\u2603'], [""], *[None] * 10, ["a", "b\n"], [], None, None, None],
}


def column(values: list[Any], key: Key) -> pa.Array:
    return pa.array([key.token(x=value) for value in values], pa.string())


def shown(validator: Validator, values: list[Any], key: Key, kind: str) -> list[Any]:
    return [row["x"] for row in rows(validator, column(values, key), claims={"x": kind})]


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_type_takes_its_values(local: Validator, key: Key, kind: str) -> None:
    assert shown(local, VALUES, key, kind) == EXPECTED[kind]


def test_json_is_what_was_signed(local: Validator, key: Key) -> None:
    payloads = ['{"a": [1,  2]}', '"t\\u0065xt"', "null", "1.50", "true"]
    head = '{"iss":"https://idp.test/","aud":"orders","exp":1800000600,"x":'
    tokens = [key.token(payload=f"{head}{payload}}}".encode()) for payload in payloads]
    tokens.append(key.token())
    assert [row["x"] for row in rows(local, pa.array(tokens), claims={"x": "json"})] == [*payloads, None]


def test_timestamps_are_in_utc(local: Validator, key: Key) -> None:
    times = [NOW, NOW + 0.25, -1, 1e18, "soon"]
    assert shown(local, times, key, "timestamp") == [
        datetime(2027, 1, 15, 8, tzinfo=timezone.utc),
        datetime(2027, 1, 15, 8, 0, 0, 250_000, tzinfo=timezone.utc),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=timezone.utc),
        None,
        None,
    ]


def test_registered_claims_have_their_types(local: Validator, key: Key) -> None:
    table = pa.table(validate(local, column([1], key), claims=["sub", "aud", "exp", "nbf", "iat"]))
    assert table.schema.field("exp").type == pa.timestamp("us", tz="UTC")
    assert table.select(["sub", "aud", "exp", "nbf", "iat"]).to_pylist() == [
        {
            "sub": "alice",
            "aud": ["orders"],
            "exp": datetime(2027, 1, 15, 8, 10, tzinfo=timezone.utc),
            "nbf": None,
            "iat": None,
        }
    ]


def test_refused_tokens_show_no_claim(local: Validator, key: Key) -> None:
    tokens = pa.array([key.token(exp=NOW - 60, x="secret"), key.token(x="open"), None])
    assert [row["x"] for row in rows(local, tokens, claims=["x"])] == [None, "open", None]


def test_a_claim_may_have_another_name_as_a_column(local: Validator, key: Key) -> None:
    others: dict[str, Any] = {"https://x.test/t": 4}
    tokens = pa.array([key.token(code="c", **others)])
    claims = {"token_code": ("code", "string"), "tenant": ("https://x.test/t", "int64"), "again": ("code", "json")}
    (row,) = rows(local, tokens, claims=claims)
    assert (row["token_code"], row["tenant"], row["again"], row["code"]) == ("c", 4, '"c"', None)


def test_a_prefix_stands_before_all_that_is_made(local: Validator, key: Key) -> None:
    table = pa.table({"token": [key.token()], "verdict": ["mine"]})
    reader = validate(local, table, "token", claims=["sub"], keep=["verdict"], prefix="jwt_")
    assert reader.schema.names == ["verdict", "jwt_verdict", "jwt_code", "jwt_claim", "jwt_issuer_index", "jwt_sub"]
    assert pa.table(reader).to_pylist()[0]["verdict"] == "mine"


def test_mapped_claims_have_the_names_of_the_policy(key: Key) -> None:
    policy = {
        "version": 1,
        "issuers": [
            {
                "issuer": "https://idp.test/",
                "audience": "orders",
                "keys": {"pem": key.pem()},
                "claim_mapping": {"x": "role"},
            }
        ],
    }
    validator = Validator.from_policy(policy, clock=lambda: NOW)
    assert rows(validator, column(["admin"], key), claims=["role", "x"])[0] | {"sub": 0} == {
        "verdict": "accepted",
        "code": None,
        "claim": None,
        "issuer_index": 0,
        "role": "admin",
        "x": None,
        "sub": 0,
    }


def test_every_library_takes_what_comes_out(local: Validator, key: Key) -> None:
    tokens = column(["a", "b"], key)
    claims = {"x": "string", "aud": "list<string>", "exp": "timestamp", "ok": "bool", "n": "int64", "f": "float64"}

    frame = pl.DataFrame(validate(local, tokens, claims=claims))
    assert frame["x"].to_list() == ["a", "b"]
    assert frame["aud"].to_list() == [["orders"], ["orders"]]
    assert frame.schema["exp"] == pl.Datetime("us", "UTC")

    relation = duckdb.from_arrow(validate(local, tokens, claims=claims))
    found = relation.project("x, aud[1], ok, verdict").order("x").fetchall()
    assert found == [("a", "orders", None, "accepted"), ("b", "orders", None, "accepted")]

    table = pa.table(validate(local, tokens, claims=claims))
    table.validate(full=True)


def test_columns_outlive_what_they_were_made_of(local: Validator, key: Key) -> None:
    batch = next(iter(validate(local, column(["a", "b"] * 500, key), claims={"x": "string", "aud": "list<string>"})))
    items = pa.array(batch.column("aud")).flatten()
    text = pa.array(batch.column("x"))
    del batch
    assert set(text.to_pylist()) == {"a", "b"}
    assert set(items.to_pylist()) == {"orders"}
