"""The services of the examples, each in a process of its own."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from test_asgi import bearer
from test_grpc import as_bytes
from test_lambda import http2, route_event

from issuer import AUDIENCE, ISSUER, Key, KeyServer

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", ["fastapi_app", "flask_app", "django_app", "litestar_app", "quart_app"])
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


def test_the_function_of_aws_lambda(server: KeyServer, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URI": server.url}.items():
        monkeypatch.setenv(name, value)
    function = importlib.import_module("lambda_app")
    reading, writing = (bearer(key.token(exp=time.time() + 60, scope=f"orders:{word}")) for word in ("read", "write"))
    answer = function.orders(http2("GET", "/orders", **reading), None)
    assert json.loads(answer["body"]) == {"sub": "alice", "language": "python"}
    assert function.orders(http2("GET", "/orders"), None)["statusCode"] == 401
    event = {**http2("DELETE", "/orders/7", **writing), "pathParameters": {"order": "7"}}
    assert json.loads(function.delete(event, None)["body"]) == {"order": "7", "deleted_by": "alice"}
    assert function.delete({**event, **http2("DELETE", "/orders/7", **reading)}, None)["statusCode"] == 403
    allowed = function.authorize(route_event(**reading), None)
    assert allowed["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    assert server.fetches == 1


def test_the_service_of_grpc(server: KeyServer, key: Key) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URI": server.url, "PORT": str(port)}
    command = [sys.executable, str(EXAMPLES / "grpc_app.py")]
    with subprocess.Popen(command, env={**os.environ, **environment}) as service:
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                check_grpc(channel, key)
        finally:
            service.send_signal(signal.SIGTERM)


def check_grpc(channel: grpc.Channel, key: Key) -> None:
    def fields(**claims: Any) -> Any:
        return (("authorization", f"Bearer {key.token(exp=time.time() + 60, **claims)}"),)

    asked: dict[str, Any] = {"timeout": 60, "wait_for_ready": True}
    listing = channel.unary_unary("/shop.Orders/List", as_bytes, json.loads)
    assert listing({}, metadata=fields(), **asked) == {"sub": "alice", "language": "python"}
    with pytest.raises(grpc.RpcError) as missing:
        listing({}, **asked)
    assert missing.value.code() is grpc.StatusCode.UNAUTHENTICATED
    deleting = channel.unary_unary("/shop.Orders/Delete", as_bytes, json.loads)
    with pytest.raises(grpc.RpcError) as lacking:
        deleting({"order": 7}, metadata=fields(), **asked)
    assert lacking.value.code() is grpc.StatusCode.PERMISSION_DENIED
    writing = fields(scope="orders:write")
    assert deleting({"order": 7}, metadata=writing, **asked) == {"order": 7, "deleted_by": "alice"}
    watching = channel.unary_stream("/shop.Orders/Watch", as_bytes, json.loads)
    assert list(watching({"orders": 2}, metadata=fields(), **asked)) == [{"order": 0}, {"order": 1}]


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/orders").status_code == 401
    except httpx.TransportError:
        return False
