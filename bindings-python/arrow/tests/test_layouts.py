"""Every layout of texts that Arrow has, of every library, says the same as the tokens one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from issuer import ISSUER, Key
from jotgate import Validator
from jotgate_arrow import ArrowArray, ArrowStream, validate
from samples import Row, alone, mixed, rows

Column = ArrowArray | ArrowStream
Tokens = list[str | None]


def sliced(array: pa.Array, front: int = 3) -> pa.Array:
    """The same values behind others that are cut off, so that nothing begins where its buffer does."""
    first = pa.array(["cut", None, "away"], pa.string()).cast(array.type)
    return pa.concat_arrays([first, array])[front:]


def dictionary(tokens: Tokens, index: pa.DataType, values: pa.DataType) -> pa.Array:
    distinct = sorted({token for token in tokens if token is not None})
    indices = [None if token is None else distinct.index(token) for token in tokens]
    return pa.DictionaryArray.from_arrays(pa.array(indices, index), pa.array(distinct, pa.string()).cast(values))


def chunked(tokens: Tokens) -> pa.ChunkedArray:
    middle = len(tokens) // 2
    return pa.chunked_array([pa.array(part, pa.string()) for part in (tokens[:middle], [], tokens[middle:])])


def in_struct(tokens: Tokens) -> pa.ChunkedArray:
    fields = pa.StructArray.from_arrays([pa.array(range(len(tokens))), pa.array(tokens, pa.string())], ["n", "token"])
    return pa.chunked_array([fields])


LAYOUTS: dict[str, Callable[[Tokens], Column]] = {
    "pyarrow string": lambda tokens: pa.array(tokens, pa.string()),
    "pyarrow large_string": lambda tokens: pa.array(tokens, pa.large_string()),
    "pyarrow string_view": lambda tokens: pa.array(tokens, pa.string()).cast(pa.string_view()),
    "pyarrow binary": lambda tokens: pa.array(tokens, pa.string()).cast(pa.binary()),
    "pyarrow large_binary": lambda tokens: pa.array(tokens, pa.string()).cast(pa.large_binary()),
    "pyarrow binary_view": lambda tokens: pa.array(tokens, pa.string()).cast(pa.binary()).cast(pa.binary_view()),
    "pyarrow dictionary of int8": lambda tokens: dictionary(tokens, pa.int8(), pa.string()),
    "pyarrow dictionary of int64": lambda tokens: dictionary(tokens, pa.int64(), pa.large_string()),
    "pyarrow dictionary of uint16": lambda tokens: dictionary(tokens, pa.uint16(), pa.binary()),
    "pyarrow chunked": chunked,
    "sliced string": lambda tokens: sliced(pa.array(tokens, pa.string())),
    "sliced string_view": lambda tokens: sliced(pa.array(tokens, pa.string()).cast(pa.string_view())),
    "sliced dictionary": lambda tokens: pa.concat_arrays([dictionary([None, *tokens], pa.int32(), pa.string())])[1:],
    "polars String": lambda tokens: pl.Series(tokens, dtype=pl.String),
    "polars Binary": lambda tokens: pl.Series(tokens, dtype=pl.String).cast(pl.Binary),
    "polars Categorical": lambda tokens: pl.Series(tokens, dtype=pl.Categorical),
    "polars sliced": lambda tokens: pl.Series(["cut", None, *tokens], dtype=pl.String)[2:],
    "polars chunked": lambda tokens: pl.concat(
        [pl.Series(tokens[:7], dtype=pl.String), pl.Series(tokens[7:], dtype=pl.String)], rechunk=False
    ),
}

TABLES: dict[str, Callable[[Tokens], Column]] = {
    "pyarrow table": lambda tokens: pa.table({"n": range(len(tokens)), "token": pa.array(tokens, pa.string())}),
    "pyarrow record batch": lambda tokens: pa.record_batch({"token": pa.array(tokens, pa.string())}),
    "pyarrow reader": lambda tokens: pa.table({"token": pa.array(tokens, pa.string())}).to_reader(max_chunksize=5),
    "pyarrow struct": in_struct,
    "polars frame": lambda tokens: pl.DataFrame({"n": range(len(tokens)), "token": tokens}),
    "duckdb relation": lambda tokens: duckdb.from_arrow(pa.table({"n": range(len(tokens)), "token": tokens})).order(
        "n"
    ),
}


@pytest.fixture
def three(key: Key) -> Callable[[], Validator]:
    """Makes validators of two issuers with keys, and one that is down."""

    def fetch(request: Any) -> Any:
        raise ConnectionError("the network is down")

    def entry(name: str, keys: dict[str, Any]) -> dict[str, Any]:
        return {"issuer": name, "audience": "orders", "keys": keys}

    inline = {"jwks": {"keys": [key.jwk()]}}
    entries = [entry(ISSUER, inline), entry("https://two.test/", inline), entry("https://down.test/", DOWN)]

    def make() -> Validator:
        return Validator.from_policy({"version": 1, "issuers": entries}, fetch=fetch, clock=lambda: 1_800_000_000.0)

    return make


DOWN = {"jwks_uri": "https://down.test/jwks"}
ISSUERS = [ISSUER, "https://two.test/", "https://down.test/"]


@pytest.fixture(scope="module")
def tokens(key: Key) -> Tokens:
    return mixed(key, ISSUERS)


@pytest.fixture
def expected(three: Callable[[], Validator], tokens: Tokens) -> list[Row]:
    validator = three()
    return [alone(validator, token) for token in tokens]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_column_says_what_each_token_alone_is_told(
    three: Callable[[], Validator], tokens: Tokens, expected: list[Row], layout: str
) -> None:
    assert rows(three(), LAYOUTS[layout](tokens), claims=["sub"]) == expected


@pytest.mark.parametrize("table", TABLES)
def test_so_does_a_column_of_a_table(
    three: Callable[[], Validator], tokens: Tokens, expected: list[Row], table: str
) -> None:
    assert rows(three(), TABLES[table](tokens), "token", claims=["sub"]) == expected


def test_every_kind_is_among_them(expected: list[Row]) -> None:
    found = {row["code"] for row in expected}
    assert {None, "keys_unavailable", "unknown_issuer", "unknown_key", "expired", "token_too_large"} <= found
    assert {row["verdict"] for row in expected} == {None, "accepted", "rejected", "unavailable"}
    assert {row["issuer_index"] for row in expected} == {None, 0, 1, 2}


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 3000])
@pytest.mark.parametrize("threads", [None, 1, 3])
def test_columns_of_any_length(
    three: Callable[[], Validator], tokens: Tokens, expected: list[Row], count: int, threads: int | None
) -> None:
    places = random.Random(count).choices(range(len(tokens)), k=count)
    column = pa.array([tokens[place] for place in places], pa.string())
    assert rows(three(), column, claims=["sub"], threads=threads) == [expected[place] for place in places]


def test_a_column_longer_than_a_piece(local: Validator, key: Key) -> None:
    good, late = key.token(), key.token(exp=1)
    column = pa.array([good, late, None] * 7000, pa.string())
    (batch,) = pa.table(validate(local, column)).to_batches()
    assert batch.num_rows == 21_000
    assert batch["verdict"].to_pylist() == ["accepted", "rejected", None] * 7000


def test_a_batch_ends_before_its_texts_are_too_many(
    local: Validator, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jotgate_arrow._validate.LARGEST", 1)
    table = pa.table({"n": range(40_000), "token": [key.token(), None] * 20_000}).combine_chunks()
    batches = list(map(pa.record_batch, validate(local, table, "token", keep=["n"])))
    assert [batch.num_rows for batch in batches] == [16_384, 16_384, 7_232]
    together = pa.Table.from_batches(batches)
    assert together["n"].to_pylist() == list(range(40_000))
    assert together["verdict"].to_pylist() == ["accepted", None] * 20_000


def test_a_column_of_nulls_alone(local: Validator) -> None:
    assert [row["verdict"] for row in rows(local, pa.nulls(3))] == [None] * 3


def test_bytes_that_are_no_text_are_no_token(local: Validator) -> None:
    assert rows(local, pa.array([b"\xff\xfe", b"\x00"], pa.binary()))[0]["code"] == "malformed_token"
