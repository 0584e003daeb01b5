"""Columns of tokens in, columns of verdicts and claims out: jotgate for pyarrow, polars, DuckDB and Spark.

    import jotgate
    import jotgate_arrow

    validator = jotgate.Validator(issuer="https://idp.example.com/", audience="orders")
    verdicts = jotgate_arrow.validate(validator, table, "token", claims=["sub", "exp"], keep=["path"])

Whatever speaks Arrow's PyCapsule interface goes in and comes out, one record batch after the other.
"""

from ._shared import shared_validator
from ._validate import ArrowArray, ArrowStream, validate

__all__ = ["ArrowArray", "ArrowStream", "shared_validator", "validate"]
