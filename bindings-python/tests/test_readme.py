"""The blocks of the README run, in order, against a real issuer on loopback."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import subprocess
import sys
import time
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from django.urls import path
from prometheus_client import REGISTRY
from test_asgi import bearer, running
from test_documents import MULESOFT
from test_lambda import http2, route_event

import sites
from file_store import FileStore
from issuer import Handler, Key, KeyServer, send
from jotgate import ClientNotAllowedError, FetchRequest, FetchResponse, UrllibFetcher, errors

Eventually = Callable[..., None]
Names = dict[str, Any]

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.filterwarnings("ignore:Using `httpx`")
def test_the_blocks_run(
    server: KeyServer,
    key: Key,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    text = key.token(iss="https://idp.example.com/", exp=time.time() + 60, scope="orders:read", azp="web")
    (tmp_path / "binding.yaml").write_text(MULESOFT, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(policy(server), encoding="utf-8")
    monkeypatch.setattr("jotgate._validator.UrllibFetcher", partial(PublicNames, server))
    server.respond = partial(publish, server)
    names: Names = {"__name__": "shop.views", "text": text}
    monkeypatch.setitem(sys.modules, "shop.views", types.ModuleType("shop.views"))
    python = blocks("python")
    assert len(python) == 32
    for block in python:
        here = block.replace("https://idp.example.com/jwks", server.url).replace("/var/lib/orders", str(tmp_path))
        exec(compile(here, "README.md", "exec", dont_inherit=True), names)
        assert names["validator"].validate(text)["sub"] == "alice"
    assert names["orders"].health()["ready"] is False
    check_printed(capsys.readouterr().out, server)
    check_calls(names, key, server)
    good: Names = {"iss": "https://idp.example.com/", "exp": time.time() + 60, "azp": "web"}
    writing, reading = (key.token(**good, scope=f"orders:{word}") for word in ("write", "read"))
    check_asgi(names, text, (writing, reading), eventually)
    check_wsgi(names, text, writing, eventually)
    check_django(names, text, writing, monkeypatch, eventually)
    check_lambda(names, text, writing)
    check_grpc(names, text)
    assert names["sharing"].validate(text)["sub"] == "alice"
    eventually((tmp_path / "keys.json").exists)
    names["session"].close()
    names["client"].close()


class PublicNames:
    """The default fetcher, for which the issuer of the README is the one on loopback."""

    def __init__(self, server: KeyServer) -> None:
        self._origin = server.url.removesuffix("jwks")

    def __call__(self, request: FetchRequest) -> FetchResponse:
        names = ("headers", "timeout", "max_body")
        parts = {name: getattr(request, name) for name in names}
        here: Any = types.SimpleNamespace(url=request.url.replace("https://idp.example.com/", self._origin), **parts)
        return UrllibFetcher()(here)


def publish(server: KeyServer, handler: Handler) -> None:
    if handler.path == "/.well-known/openid-configuration":
        metadata = {"issuer": "https://idp.example.com/", "jwks_uri": "https://idp.example.com/jwks"}
        send(handler, 200, json.dumps(metadata).encode())
    else:
        server.send_keys(handler)


def policy(server: KeyServer) -> str:
    return (
        next(block for block in blocks("python") if "POLICY = " in block)
        .split('"""')[1]
        .replace("https://idp.example.com/jwks", server.url)
    )


def check_printed(printed: str, server: KeyServer) -> None:
    assert printed.startswith("alice ('orders:read',) None 1")
    assert "\nalice free\n" in printed
    assert "\nFalse ('orders:read',)\n" in printed
    assert "alice https://idp.example.com/ ES256\nfresh\n" in printed
    assert "alice under trio\n" in printed
    assert "passed alice\nrefused malformed_token\npassed alice\n" in printed
    assert "jwks_uri " in printed
    assert "\nkeys_changed\nalso keys_changed\n" in printed
    assert "accepted None\n" in printed
    assert "\nmissing_token\n" in printed
    assert "high issuers[0].audience: " in printed
    assert "\ncannot " in printed
    assert "\njotgate policy\n" in printed
    assert printed.endswith(f"fetching {server.url}\n")


def check_calls(names: Names, key: Key, server: KeyServer) -> None:
    text = names["text"]
    assert names["verified"]["sub"] == names["audited"]["sub"] == "alice"
    assert (names["status"], json.loads(names["body"])["code"]) == (401, "malformed_token")
    with pytest.raises(ClientNotAllowedError):
        names["partners"].validate(key.token(iss="https://idp.example.com/", exp=time.time() + 60, azp="other"))
    assert names["another"].validate(text)["sub"] == "alice"
    assert names["validator_of_file"].validate(text)["sub"] == "alice"
    assert json.loads(names["document"])["version"] == 1
    labels = {"validator": "orders", "issuer": "0", "url": server.url}
    assert REGISTRY.get_sample_value("jotgate_key_set_keys", labels) == 1
    assert names["validator_with_a_ca"].validate(text)["sub"] == "alice"
    for validator in names["validators_on_a_loop"]:
        assert asyncio.run(validator.validate_async(text))["sub"] == "alice"
    assert names["validator_on_httpx"].validate(text)["sub"] == "alice"
    assert server.requests[-1]["user-agent"] == "orders/1.0"


def assert_asks_for_a_scope(answer: Any) -> None:
    assert answer.status_code == 403
    assert 'scope="orders:write"' in answer.headers["WWW-Authenticate"]


def check_asgi(names: Names, text: str, more: tuple[str, str], eventually: Eventually) -> None:
    writing, reading = more
    with running(names["app"], eventually) as http:
        assert http.get("/orders", headers=bearer(text)).json() == {"sub": "alice"}
        assert http.get("/orders").json()["code"] == "missing_token"
        assert_asks_for_a_scope(http.delete("/orders/7", headers=bearer(text)))
        assert http.delete("/orders/7", headers=bearer(writing)).json() == {"deleted by": "alice"}
        assert http.get("/plan", headers=bearer(text)).json() == {"plan": "free"}
        asked = http.get("/openapi.json").json()["paths"]["/orders/{order}"]["delete"]
        assert asked["security"] == [{"bearer": ["orders:write"]}]
        assert {"401", "403", "503"} <= asked["responses"].keys()
    for name in ("litestar_app", "quart_app"):
        with running(names[name], eventually) as http:
            assert http.get("/orders", headers=bearer(text)).json() == {"sub": "alice"}
            assert http.get("/orders").json()["code"] == "missing_token"
            assert_asks_for_a_scope(http.delete("/orders/7", headers=bearer(text)))
            assert http.delete("/orders/7", headers=bearer(writing)).json() == {"deleted by": "alice"}
    with running(names["starlette_app"], eventually) as http:
        assert http.get("/orders", headers=bearer(writing)).status_code == 403
        assert http.get("/orders", headers=bearer(reading)).json() == {"sub": "alice"}
    with running(names["shop"], eventually) as http:
        assert http.get("/health").json() == {"sources": 1}
        assert http.get("/catalog/tea").json() == {"item": "tea", "for": "everyone"}
        assert http.get("/catalog/tea", headers=bearer(text)).json() == {"item": "tea", "for": "alice"}
        assert http.get("/catalog/tea", headers=bearer("broken")).status_code == 401
        refused = http.post("/orders", headers=bearer(text))
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    with running(names["protected"], eventually) as http:
        assert http.get("/orders").status_code == 401


def check_wsgi(names: Names, text: str, writing: str, eventually: Eventually) -> None:
    service, shelf = names["service"].test_client(), names["shelf"].test_client()
    assert service.get("/orders", headers=bearer(text)).json == {"sub": "alice"}
    assert service.get("/orders").json["code"] == "missing_token"
    assert_asks_for_a_scope(service.delete("/orders/7", headers=bearer(text)))
    assert service.delete("/orders/7", headers=bearer(writing)).json == {"deleted by": "alice"}
    smuggled = {**bearer(text), "X-User": "root"}
    assert shelf.get("/whoami", headers=smuggled).json == {"user": "alice", "token": None}
    with sites.running(names["protected_plain"], eventually) as http:
        assert http.get("/", headers=bearer(text)).text == "alice"
        assert http.get("/").status_code == 401


def check_lambda(names: Names, text: str, writing: str) -> None:
    orders, delete = names["lambda_orders"], names["lambda_delete"]
    assert orders(http2("GET", "/orders", **bearer(text)), None) == {"statusCode": 200, "body": "alice"}
    assert orders(http2("GET", "/orders"), None)["statusCode"] == 401
    assert delete(http2("DELETE", "/orders/7", **bearer(text)), None)["statusCode"] == 403
    assert delete(http2("DELETE", "/orders/7", **bearer(writing)), None) == {"statusCode": 204}
    assert names["authorize"](route_event(**bearer(text)), None)["principalId"] == "alice"


def check_grpc(names: Names, text: str) -> None:
    server, service = names["grpc_server"], names["OrdersService"]()
    methods: dict[str, Any] = {
        name: grpc.unary_unary_rpc_method_handler(getattr(service, name)) for name in ("List", "Delete")
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("shop.Orders", methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        metadata = (("authorization", f"Bearer {text}"),)
        calls: dict[str, Any] = {name: channel.unary_unary(f"/shop.Orders/{name}") for name in methods}
        assert calls["List"](b"", metadata=metadata, timeout=20) == b"alice"
        with pytest.raises(grpc.RpcError) as lacking:
            calls["Delete"](b"", metadata=metadata, timeout=20)
        assert lacking.value.code() is grpc.StatusCode.PERMISSION_DENIED
    server.stop(None).wait()


def check_django(
    names: Names, text: str, writing: str, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    routes = [
        path("orders", names["django_orders"]),
        path("orders/<int:order>", names["django_delete"]),
        path("rest", names["RestOrders"].as_view()),
        path("rest/<int:order>", names["RestOrder"].as_view()),
    ]
    modules = {
        "shop": {},
        "shop.urls": {"urlpatterns": routes},
    }
    for name, members in modules.items():
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    assert names["REST_FRAMEWORK"].items() <= settings.REST_FRAMEWORK.items()
    own = {"ROOT_URLCONF": "shop.urls", "JOTGATE_VALIDATOR": names["JOTGATE_VALIDATOR"]}
    with (
        override_settings(**own, MIDDLEWARE=names["MIDDLEWARE"]),
        sites.running(WSGIHandler(), eventually) as http,
    ):
        assert http.get("/orders", headers=bearer(text)).json() == {"sub": "alice"}
        assert http.get("/orders").json()["code"] == "missing_token"
        assert_asks_for_a_scope(http.delete("/orders/7", headers=bearer(text)))
    with override_settings(**own, MIDDLEWARE=[]), sites.running(WSGIHandler(), eventually) as http:
        assert http.get("/rest", headers=bearer(text)).json() == {"sub": "alice", "user": "alice"}
        assert http.get("/rest").json()["code"] == "missing_token"
        for place in ("/rest/7", "/orders/7"):
            assert_asks_for_a_scope(http.delete(place, headers=bearer(text)))
            assert http.delete(place, headers=bearer(writing)).json() == {"deleted by": "alice"}


def test_the_commands_run(server: KeyServer, key: Key, tmp_path: Path) -> None:
    (tmp_path / "binding.yaml").write_text(MULESOFT, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(policy(server), encoding="utf-8")
    token = key.token(iss="https://idp.example.com/", exp=time.time() + 60)
    log = json.dumps({"path": "/orders", "jwt": token, "at": time.time()})
    (tmp_path / "log.ndjson").write_text(f"{log}\n", encoding="utf-8")
    (tmp_path / "tokens.txt").write_text(f"{token}\nnonsense\n", encoding="utf-8")
    (tmp_path / "cases.txt").write_text(blocks("verdicts")[0], encoding="utf-8")
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    (commands,) = blocks("sh")
    told = [
        subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": programs, "TOKEN": token},
            capture_output=True,
            text=True,
            check=False,
        )
        for command in commands.splitlines()
    ]
    validated, explained, asked, several, linted, tested, keys, schema, audited, imported = told
    assert (validated.returncode, validated.stdout) == (0, "accepted\n")
    assert (explained.returncode, "accepted" in explained.stdout) == (0, True)
    assert (asked.returncode, "GET /orders" in asked.stdout) == (0, True)
    assert (several.returncode, several.stdout) == (1, "accepted\nrejected malformed_token\n")
    assert linted.returncode == 0
    assert (tested.returncode, tested.stdout) == (0, "6 passed, 0 failed\n")
    assert (keys.returncode, "1 key, 1 usable" in keys.stdout) == (0, True)
    assert schema.returncode == 0
    assert "$schema" in (tmp_path / "policy.schema.json").read_text(encoding="utf-8")
    assert (audited.returncode, "accepted" in audited.stdout) == (0, True)
    assert (imported.returncode, "CANNOT" in imported.stderr) == (1, True)
    assert json.loads((tmp_path / "policy.json").read_text(encoding="utf-8"))["version"] == 1


def test_the_store_is_that_of_the_examples() -> None:
    assert inspect.getsource(FileStore) in README


def test_the_table_of_errors_is_complete() -> None:
    table = README.partition("## Errors")[2].partition("## Fetching")[0]
    for code, cls in errors.CLASS_OF_CODE.items():
        assert f"`{cls.__name__}`" in table
        assert f"`{code}`" in table
