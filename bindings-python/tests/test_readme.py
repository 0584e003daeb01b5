"""The Python blocks of the README run, in order, against a real issuer on loopback."""

from __future__ import annotations

import asyncio
import inspect
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_asgi import bearer, running

from file_store import FileStore
from issuer import Key, KeyServer
from jotgate import errors

README = Path(__file__).parents[1] / "README.md"


def test_the_blocks_run(
    server: KeyServer, key: Key, capsys: pytest.CaptureFixture[str], eventually: Callable[..., None], tmp_path: Path
) -> None:
    text = key.token(iss="https://idp.example.com/", exp=time.time() + 60, scope="read")
    names: dict[str, Any] = {"text": text}
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 14
    for block in blocks:
        here = block.replace("https://idp.example.com/jwks", server.url).replace("/var/lib/orders", str(tmp_path))
        exec(compile(here, "README.md", "exec"), names)
        assert names["validator"].validate(text)["sub"] == "alice"
    printed = capsys.readouterr().out
    assert printed.startswith("alice read 1")
    assert "alice under trio\n" in printed
    assert "keys_changed" in printed
    assert "accepted None\n" in printed
    assert "high issuers[0].audience: " in printed
    assert printed.endswith(f"fetching {server.url}\n")
    assert asyncio.run(names["validator_on_a_loop"].validate_async(text))["sub"] == "alice"
    assert server.requests[-2]["user-agent"] == "orders/1.0"
    names["session"].close()
    assert names["sharing"].validate(text)["sub"] == "alice"
    eventually((tmp_path / "keys.json").exists)
    with running(names["app"], eventually) as http:
        assert http.get("/orders", headers=bearer(text)).json() == {"sub": "alice"}
        assert http.get("/orders").json()["code"] == "missing_token"
    with running(names["shop"], eventually) as http:
        assert http.get("/health").json() == {"sources": 1}
        assert http.get("/catalog/tea").json() == {"item": "tea", "for": "everyone"}
        assert http.get("/catalog/tea", headers=bearer(text)).json() == {"item": "tea", "for": "alice"}
        assert http.get("/catalog/tea", headers=bearer("broken")).status_code == 401
        refused = http.post("/orders", headers=bearer(text))
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    service, shelf = names["service"].test_client(), names["shelf"].test_client()
    assert service.get("/orders", headers=bearer(text)).json == {"sub": "alice"}
    assert service.get("/orders").json["code"] == "missing_token"
    smuggled = {**bearer(text), "X-User": "root"}
    assert shelf.get("/whoami", headers=smuggled).json == {"user": "alice", "token": None}
    with running(names["protected"], eventually) as http:
        assert http.get("/orders").status_code == 401


def test_the_store_is_that_of_the_examples() -> None:
    assert inspect.getsource(FileStore) in README.read_text(encoding="utf-8")


def test_the_table_of_errors_is_complete() -> None:
    table = README.read_text(encoding="utf-8").partition("## Errors")[2].partition("## Fetching")[0]
    for code, cls in errors.CLASS_OF_CODE.items():
        assert f"`{cls.__name__}`" in table
        assert f"`{code}`" in table
