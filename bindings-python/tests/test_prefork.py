"""A real pre-forking server: gunicorn with two workers, the application loaded in each of them or before they fork."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from test_asgi import bearer

from issuer import AUDIENCE, ISSUER, Key, KeyServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

Eventually = Callable[..., None]


EXAMPLES = str(Path(__file__).parents[1] / "examples")


@contextmanager
def gunicorn(server: KeyServer, *options: str, **environment: str) -> Iterator[str]:
    """The URL of the service."""
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "2", *options]
    command += ["--bind", "127.0.0.1:0", "--graceful-timeout", "1", "prefork_site:app"]
    own = {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URI": server.url, **environment}
    own["PYTHONPATH"] = os.pathsep.join([EXAMPLES, os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        command, cwd=Path(__file__).parent, env={**os.environ, **own}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        log: list[str] = []
        try:
            for line in process.stderr:
                log.append(line)
                if found := re.search(r"Listening at: (http://\S+)", line):
                    break
            else:
                raise AssertionError("".join(log))
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield found[1]
        finally:
            process.terminate()


def ask_both(url: str, token: str, eventually: Eventually) -> None:
    """Asks until each worker has answered, and every answer is right."""
    workers: set[int] = set()

    def ask() -> bool:
        # A connection of its own for each request, so that the kernel spreads them.
        answer = httpx.get(f"{url}/orders", headers=bearer(token))
        assert (answer.status_code, answer.json()["sub"]) == (200, "alice"), answer.text
        workers.add(answer.json()["worker"])
        return len(workers) == 2

    eventually(ask, seconds=30)


@pytest.mark.parametrize("options", [[], ["--preload"]], ids=["loaded in each", "loaded before the fork"])
def test_workers_fetch_for_themselves(server: KeyServer, key: Key, eventually: Eventually, options: list[str]) -> None:
    with gunicorn(server, *options) as url:
        ask_both(url, key.token(exp=time.time() + 600), eventually)
        assert server.fetches == 2, "one for each worker"
        assert httpx.get(f"{url}/orders").json()["code"] == "missing_token"


def test_workers_fetch_while_they_load(server: KeyServer, key: Key, eventually: Eventually) -> None:
    token = key.token(exp=time.time() + 600)
    with gunicorn(server, TOKEN=token) as url:
        ask_both(url, token, eventually)
        assert server.fetches == 2, "one for each worker"


def test_workers_inherit_the_keys_and_renew_them(server: KeyServer, key: Key, eventually: Eventually) -> None:
    token = key.token(exp=time.time() + 600)
    with gunicorn(server, "--preload", TOKEN=token) as url:
        before = server.fetches
        assert before == 1
        ask_both(url, token, eventually)
        new = Key("k2")
        server.keys = [key, new]
        # It is not in the set that they inherited, so each worker fetches it.
        ask_both(url, new.token(exp=time.time() + 600), eventually)
        assert server.fetches == before + 2


@pytest.mark.parametrize("options", [[], ["--preload"]], ids=["loaded in each", "loaded before the fork"])
def test_workers_share_through_a_store(
    server: KeyServer, key: Key, eventually: Eventually, options: list[str], tmp_path: Path
) -> None:
    token, file = key.token(exp=time.time() + 600), tmp_path / "keys.json"
    with gunicorn(server, *options, STORE=str(file)) as url:
        assert httpx.get(f"{url}/orders", headers=bearer(token)).json()["sub"] == "alice"
        eventually(file.exists)
        ask_both(url, token, eventually)
        assert server.fetches == 1
