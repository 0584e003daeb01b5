from __future__ import annotations

from collections.abc import Iterator

import pytest

from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer, key_server
from jotgate import Validator


@pytest.fixture(scope="session")
def key() -> Key:
    return Key("k1")


@pytest.fixture
def server(key: Key) -> Iterator[KeyServer]:
    with key_server(key) as running:
        yield running


@pytest.fixture
def local(key: Key) -> Validator:
    """A validator that needs no fetch."""
    return Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=Clock())
