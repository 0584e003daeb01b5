"""A process may fork at any time, as pre-forking servers do."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from file_store import FileStore
from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer
from jotgate import Validator
from stores import Custom

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def in_child(work: Callable[[], bool]) -> int:
    """Runs `work` in a forked child and gives its process id; the child ends with status 0 if it returned true."""
    with warnings.catch_warnings():
        # Forking with threads around is the very thing under test.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that hangs dies, and the test fails
        status = 1
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    return child


def status_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_child_inherits_the_keys(remote: Callable[..., Validator], server: KeyServer, key: Key) -> None:
    validator = remote()
    validator.validate(key.token())
    children = [in_child(lambda: validator.validate(key.token()).subject == "alice") for _ in range(5)]
    assert [status_of(child) for child in children] == [0] * 5
    assert server.fetches == 1


def test_a_child_goes_on_with_the_cache_of_verified_tokens(key: Key, clock: Clock) -> None:
    entry = {"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}
    validator = Validator.from_policy({"version": 1, "issuers": [entry], "cache": {"entries": 8}}, clock=clock)
    token = key.token()
    validator.validate(token)
    stop = threading.Event()

    def use() -> None:
        while not stop.is_set():
            validator.validate(token)

    def works() -> bool:
        before = validator.health()["cache"]["hits"]
        validator.validate(token)
        validator.validate(key.token(sub="bob"))
        health = validator.health()["cache"]
        return bool(health["hits"] == before + 1 and health["entries"] == 2)

    busy = [threading.Thread(target=use) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        children = [in_child(works) for _ in range(20)]
    finally:
        stop.set()
        for thread in busy:
            thread.join()
    assert [status_of(child) for child in children] == [0] * 20


def test_a_child_fetches_anew_what_was_in_flight(
    remote: Callable[..., Validator], server: KeyServer, key: Key, eventually: Callable[..., None]
) -> None:
    opened = threading.Event()

    def respond(handler: object) -> None:
        opened.wait(20)
        server.send_keys(handler)  # type: ignore[arg-type]

    server.respond = respond
    validator = remote()
    token = key.token()
    results: list[str | None] = []
    caller = threading.Thread(target=lambda: results.append(validator.validate(token).subject))
    caller.start()
    eventually(lambda: server.fetches == 1)
    child = in_child(lambda: validator.validate(token).subject == "alice")
    eventually(lambda: server.fetches == 2)
    opened.set()
    assert status_of(child) == 0
    caller.join()
    assert results == ["alice"]


def test_children_share_what_one_of_them_has_fetched(
    remote: Callable[..., Validator], server: KeyServer, key: Key, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    validator = remote(store=FileStore(file))

    def validates(*, until_saved: bool) -> bool:
        subject = validator.validate(key.token()).subject
        while until_saved and not file.exists():
            time.sleep(0.002)
        return subject == "alice"

    assert status_of(in_child(lambda: validates(until_saved=True))) == 0
    assert server.fetches == 1
    children = [in_child(lambda: validates(until_saved=False)) for _ in range(5)]
    assert [status_of(child) for child in children] == [0] * 5
    assert server.fetches == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("place", ["load", "save"])
def test_a_child_uses_the_store_anew_that_hangs_in_its_parent(
    remote: Callable[..., Validator], server: KeyServer, key: Key, eventually: Callable[..., None], place: str
) -> None:
    parent, reached, release = os.getpid(), threading.Event(), threading.Event()
    store = Custom()
    well = getattr(store, place)

    def hang(*arguments: str) -> object:
        if os.getpid() == parent:
            reached.set()
            release.wait(20)
        return well(*arguments)

    setattr(store, place, hang)
    validator = remote(store=store)
    caller = threading.Thread(target=validator.validate, args=(key.token(),))
    caller.start()
    reached.wait(20)
    new = Key("k2")

    def in_the_child() -> bool:
        # After a save the keys are at hand, so the child has to look for another to get to its own save.
        token = key.token() if place == "load" else new.token()
        subject = validator.validate(token).subject
        while store.text is None:
            time.sleep(0.002)
        return subject == "alice"

    server.keys = [key, new]
    child = in_child(in_the_child)
    assert status_of(child) == 0
    release.set()
    caller.join()


def test_a_lock_that_was_held_at_the_fork_does_not_hang_the_child(remote: Callable[..., Validator], key: Key) -> None:
    validator = remote(store=Custom())
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with validator._driver._under_way._lock:
            held.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    child = in_child(lambda: validator.validate(key.token()).subject == "alice")
    assert status_of(child) == 0
    release.set()
    holder.join()
