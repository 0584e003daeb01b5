"""One validator for all that a process does under a policy."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from jotgate import Validator


@lru_cache(maxsize=16)
def shared_validator(policy: str, format: Literal["json", "yaml", "toml"] = "json") -> Validator:  # noqa: A002
    """The validator of a policy document, made once in this process and kept with its key sets.

    For workers that get their functions by pickle, as those of Spark, Dask and Ray: a validator cannot travel, and its
    policy can, as text. Raises `PolicyError`.
    """
    return Validator.from_policy(policy, format=format)
