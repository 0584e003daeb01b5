"""Fixtures for pytest, where a `conftest.py` asks for them; nothing is loaded into test runs that do not.

pytest_plugins = ["jotgate.pytest"]

@pytest.fixture(scope="session")
def jotgate_policy():
    return Path("policy.yaml")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import pytest

from ._validator import Validator
from .testing import Issuer, IssuerServer

__all__ = ["jotgate_issuer", "jotgate_policy", "jotgate_server", "jotgate_validator"]


@pytest.fixture(scope="session")
def jotgate_policy() -> Mapping[str, Any] | str | PathLike[str] | None:
    """The policy that the application ships: a project has its own fixture of this name."""
    return None


@pytest.fixture(scope="session")
def _jotgate_issuers() -> list[tuple[object, Issuer]]:
    """The issuers of the tests before, each beside its policy, unless one of them has changed its keys."""
    return []


@pytest.fixture
def jotgate_issuer(
    jotgate_policy: Mapping[str, Any] | str | PathLike[str] | None, _jotgate_issuers: list[tuple[object, Issuer]]
) -> Iterator[Issuer]:
    """The issuer of the policy. Its key is made once for many tests; what a test breaks is whole in the next."""
    found = next((issuer for policy, issuer in _jotgate_issuers if policy is jotgate_policy), None)
    issuer = found or Issuer(jotgate_policy)
    yield issuer
    issuer.mend()
    _jotgate_issuers[:] = [(policy, other) for policy, other in _jotgate_issuers if other is not issuer]
    if not issuer._changed:
        _jotgate_issuers.append((jotgate_policy, issuer))


@pytest.fixture
def jotgate_validator(jotgate_issuer: Issuer) -> Validator:
    """A validator of the policy with the issuer's keys in place of its own."""
    return jotgate_issuer.validator()


@pytest.fixture
def jotgate_server(jotgate_issuer: Issuer) -> Iterator[IssuerServer]:
    """The issuer behind a socket of the loopback interface, which ends with the test."""
    with jotgate_issuer.serve() as server:
        yield server
