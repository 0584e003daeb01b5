from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def local(key: Key, clock: Clock) -> Validator:
    """A validator that needs no fetch."""
    return Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock)


@pytest.fixture
def remote(server: KeyServer, clock: Clock) -> Callable[..., Validator]:
    """Makes validators that fetch from the key server."""

    def make(**options: Any) -> Validator:
        return Validator(**{"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": server.url, "clock": clock, **options})

    return make


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Waits for a condition that another thread brings about."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come about"
        pause.wait(0.002)


@pytest.fixture(name="eventually")
def eventually_fixture() -> Callable[..., None]:
    return eventually
