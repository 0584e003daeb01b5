"""The example of a store in Redis, with a real Redis and several processes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import redis
import redis.asyncio

from issuer import AUDIENCE, ISSUER, Key, KeyServer, send
from jotgate import Validator
from redis_store import AsyncRedisStore, RedisStore

Make = Callable[..., Validator]
Eventually = Callable[..., None]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def program() -> str:
    found = shutil.which("redis-server")
    if found is None:
        missing = "there is no redis-server on this machine (Debian: redis-server)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def redis_server(program: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL of a Redis of our own, which keeps nothing on disk; and the shell that ends it, at the latest with us."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    # Its input ends when this process does, whichever way.
    script = '"$@" >/dev/null & cat; kill $!; wait $!'
    with subprocess.Popen(["sh", "-c", script, "redis", program, *options], stdin=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        try:
            wait_for_answer(port)
            yield f"redis://127.0.0.1:{port}/0", shell
        finally:
            shell.stdin.close()


def wait_for_answer(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(redis.ConnectionError), redis.Redis(port=port) as client:
            assert client.ping()
            return
        time.sleep(0.01)
    raise AssertionError("redis-server did not start")


@pytest.fixture
def url(program: str, tmp_path: Path) -> Iterator[str]:
    with redis_server(program, tmp_path) as (url, _):
        yield url


@contextmanager
def workers(count: int, url: str, server: KeyServer, key: Key) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have made their validators and wait for a word."""
    own = {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URI": server.url, "REDIS_URL": url}
    own["TOKEN"] = key.token(exp=time.time() + 600)
    own["PYTHONPATH"] = os.pathsep.join([str(HERE.parent / "examples"), os.environ.get("PYTHONPATH", "")])
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            process = subprocess.Popen(
                [sys.executable, str(HERE / "redis_worker.py")],
                env={**os.environ, **own},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.append(stack.enter_context(process))
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield started
        for process in started:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(20) == 0


def ask(processes: list[subprocess.Popen[str]]) -> list[dict[str, object]]:
    """What each says, all of them asked before the first answer."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in processes if process.stdout is not None]


def test_workers_that_start_together_make_one_fetch(url: str, server: KeyServer, key: Key) -> None:
    # So long that every worker asks while the first one's fetch is under way.
    def respond(handler: object) -> None:
        time.sleep(0.3)
        server.send_keys(handler)  # type: ignore[arg-type]

    server.respond = respond
    with workers(6, url, server, key) as processes:
        told = ask(processes)
    assert [one["sub"] for one in told] == ["alice"] * 6
    assert sorted(str(one["shared"]) for one in told) == ["0", "1", "1", "1", "1", "1"]
    assert server.fetches == 1


def test_workers_that_start_in_an_outage_begin_warm(
    url: str, server: KeyServer, key: Key, eventually: Eventually
) -> None:
    with workers(1, url, server, key) as processes, redis.Redis.from_url(url) as client:
        assert ask(processes) == [{"sub": "alice", "shared": 0}]
        eventually(lambda: client.exists("jotgate:orders") == 1)
    server.respond = lambda handler: send(handler, 503, b"")
    with workers(2, url, server, key) as processes:
        assert ask(processes) == [{"sub": "alice", "shared": 1}] * 2
    assert server.fetches == 1


def test_a_lease_whose_holder_died_holds_nobody_up_for_long(
    url: str, remote: Make, server: KeyServer, key: Key
) -> None:
    with redis.Redis.from_url(url) as client:
        client.set("jotgate:orders:lease", "1", px=100)
        store = RedisStore(client, "orders", lease=0.1)
        assert remote(store=store).validate(key.token()).subject == "alice"
    assert server.fetches == 1


def test_without_redis_everybody_fetches(
    program: str, tmp_path: Path, remote: Make, server: KeyServer, key: Key
) -> None:
    with redis_server(program, tmp_path) as (url, shell):
        pass
    assert shell.returncode is not None, "it has ended with its user"
    with redis.Redis.from_url(url) as client:
        with pytest.raises(redis.ConnectionError):
            client.ping()
        assert remote(store=RedisStore(client, "orders")).validate(key.token()).subject == "alice"
    assert server.fetches == 1


def test_tasks_share_through_the_async_one(url: str, remote: Make, server: KeyServer, key: Key) -> None:
    async def on_a_loop() -> list[str | None]:
        async with redis.asyncio.Redis.from_url(url) as client:
            validators = [remote(store=AsyncRedisStore(client, "orders")) for _ in range(5)]
            subjects = await asyncio.gather(*(validator.validate_async(key.token()) for validator in validators))
            return [verified.subject for verified in subjects]

    assert asyncio.run(on_a_loop()) == ["alice"] * 5
    assert server.fetches == 1
