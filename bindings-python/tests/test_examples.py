"""The services of the examples, each in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from test_asgi import bearer

from issuer import AUDIENCE, ISSUER, Key, KeyServer

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", ["fastapi_app", "flask_app", "django_app"])
def test_a_service(name: str, server: KeyServer, key: Key, eventually: Callable[..., None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URI": server.url, "PORT": str(port)}
    command = [sys.executable, str(EXAMPLES / f"{name}.py")]
    quiet = None if name == "fastapi_app" else subprocess.DEVNULL
    with subprocess.Popen(command, env={**os.environ, **environment}, stderr=quiet) as service:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
                eventually(lambda: answers(http), seconds=60)
                check(http, key)
        finally:
            service.send_signal(signal.SIGTERM)


def check(http: httpx.Client, key: Key) -> None:
    reading = bearer(key.token(exp=time.time() + 60))
    response = http.get("/orders", headers=reading)
    assert (response.status_code, response.json()) == (200, {"sub": "alice", "language": "python"})
    expired = http.get("/orders", headers=bearer(key.token(exp=1)))
    assert (expired.status_code, expired.json()["code"]) == (401, "expired")
    lacking = http.delete("/orders/7", headers=reading)
    assert (lacking.status_code, lacking.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="orders:write"' in lacking.headers["WWW-Authenticate"]
    writing = bearer(key.token(exp=time.time() + 60, scope="orders:write"))
    assert http.delete("/orders/7", headers=writing).json() == {"order": "7", "deleted_by": "alice"}


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/orders").status_code == 401
    except httpx.TransportError:
        return False
