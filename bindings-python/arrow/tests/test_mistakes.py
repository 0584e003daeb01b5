"""What goes in wrong is told before any token is read, with what was expected."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from issuer import Key
from jotgate import Validator
from jotgate_arrow import validate
from samples import codes

TABLE = pa.table({"token": ["a.b.c"], "n": [1], "at": [1.0]})
COLUMN = pa.array(["a.b.c"])


@pytest.mark.parametrize(
    "data", [None, 7, "a.b.c", ["a.b.c"], b"a.b.c", {"token": ["a.b.c"]}, pa.schema({"a": pa.int8()})]
)
def test_what_is_no_arrow_data(local: Validator, data: Any) -> None:
    with pytest.raises(TypeError, match=f"must be an Arrow column or table, .*, not {type(data).__name__}"):
        validate(local, data)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1]),
        pa.array([["a"]]),
        pa.array([1.5]),
        pa.array([b"ab"], pa.binary(2)),
        pa.array([1], pa.timestamp("s")),
        pa.array([1]).dictionary_encode(),
        pl.Series([True]),
        pa.RunEndEncodedArray.from_arrays([2], ["a.b.c"]),
    ],
    ids=lambda column: str(column.type if isinstance(column, pa.Array) else column.dtype),
)
def test_columns_of_other_types(local: Validator, column: Any) -> None:
    with pytest.raises(TypeError, match=r"must be of a type of strings or bytes, or a dictionary of them, not \w+"):
        validate(local, column)


@pytest.mark.parametrize(
    ("data", "arguments", "options", "error", "told"),
    [
        (TABLE, (), {}, ValueError, "column must name the column with the tokens: one of 'token', 'n', 'at'"),
        (TABLE, ("jwt",), {}, ValueError, "column must name the column with the tokens: one of 'token', 'n', 'at'"),
        (TABLE, (7,), {}, TypeError, "column must be the name of a column, not int"),
        (TABLE, ("n",), {}, TypeError, "must be of a type of strings or bytes, .*, not Int64"),
        (TABLE, ("token",), {"time_column": "when"}, ValueError, "time_column must name the column with the times"),
        (
            TABLE,
            ("token",),
            {"time_column": "token"},
            TypeError,
            "a column of times must be of a type of timestamps, .*Utf8",
        ),
        (TABLE, ("token",), {"keep": ["x"]}, ValueError, "keep must name the column with a column to keep"),
        (TABLE, ("token",), {"keep": "n"}, TypeError, "keep must be a list of names, not str"),
        (
            TABLE.append_column("token", pa.array(["x"])),
            ("token",),
            {},
            ValueError,
            "column names 2 columns of the table",
        ),
        (COLUMN, ("token",), {}, ValueError, "column names a column of a table, and what is given is a single column"),
        (COLUMN, (), {"time_column": "at"}, ValueError, "time_column names a column of a table"),
        (COLUMN, (), {"keep": ["n"]}, ValueError, "keep names a column of a table"),
        (
            COLUMN,
            (),
            {"claims": "sub"},
            TypeError,
            "claims must be a list of names or a dict of names and types, not str",
        ),
        (COLUMN, (), {"claims": 7}, TypeError, "claims must be a list of names or a dict of names and types, not int"),
        (COLUMN, (), {"claims": [7]}, TypeError, "the name of a claim must be a str, not int"),
        (
            COLUMN,
            (),
            {"claims": {"sub": "text"}},
            ValueError,
            r"claims\['sub'\] must be one of the types string, int64",
        ),
        (COLUMN, (), {"claims": {"sub": 7}}, TypeError, r"claims\['sub'\] must be a type, or the name of a claim and"),
        (COLUMN, (), {"claims": ["sub", "sub"]}, ValueError, "two columns would be named 'sub': give a prefix, or"),
        (COLUMN, (), {"claims": ["code"]}, ValueError, "two columns would be named 'code'"),
        (COLUMN, (), {"scheme": ""}, ValueError, 'scheme must be the name of a scheme such as "Bearer"'),
        (COLUMN, (), {"scheme": "Bearer "}, ValueError, 'scheme must be the name of a scheme such as "Bearer"'),
        (COLUMN, (), {"prefix": 7}, TypeError, "prefix must be a str, not int"),
        (COLUMN, (), {"threads": 0}, ValueError, "threads must be at least 1"),
        (COLUMN, (), {"threads": "2"}, TypeError, "threads must be an int, not str"),
    ],
)
def test_options_that_make_no_sense(
    local: Validator, data: Any, arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        validate(local, data, *arguments, **options)


def test_what_is_no_validator() -> None:
    policy: Any = {"version": 1}
    with pytest.raises(TypeError, match=r"validator must be a jotgate.Validator, not dict"):
        validate(policy, COLUMN)


def test_a_scheme_is_taken_off_where_it_is_asked_for(local: Validator, key: Key) -> None:
    token = key.token()
    fields = [f"Bearer {token}", f"bearer   {token} ", token, "Basic dXNlcjo=", "Bearer", "", None, "Bearer junk"]
    expected = ["accepted", "accepted", *["missing_token"] * 4, None, "malformed_token"]
    assert codes(local, pa.array(fields), scheme="Bearer") == expected
    assert codes(local, pa.array([f"Bearer {token}", token])) == ["malformed_token", "accepted"]


def test_an_array_that_is_not_what_it_says(local: Validator) -> None:
    offsets, data = pa.array([0, 9, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a.b")
    column = pa.Array.from_buffers(pa.string(), 2, [None, offsets, data])
    assert codes(local, column) == ["internal_error", "internal_error"]
    indices = pa.array([0, 7, -1], pa.int8()).buffers()[1]
    column = pa.DictionaryArray.from_buffers(
        pa.dictionary(pa.int8(), pa.string()), 3, [None, indices], pa.array(["a.b.c"])
    )
    assert codes(local, column) == ["malformed_token", "internal_error", "internal_error"]


def test_nothing_of_a_token_is_told(local: Validator, key: Key) -> None:
    """Columns show codes, names and what was asked for; no error quotes a value."""
    token = key.token(exp=1, sub="somebody-secret")
    table = pa.table({"token": [token]})
    told = str(pa.table(validate(local, table, "token", claims=["sub"])).to_pylist())
    with pytest.raises(TypeError) as wrong:
        validate(local, pa.array([[token]]))
    for piece in [*token.split("."), "somebody-secret"]:
        assert piece not in told
        assert piece not in str(wrong.value)
