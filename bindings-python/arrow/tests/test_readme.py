"""The blocks of the README run, in order, against a real issuer on loopback."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from issuer import Key, KeyServer

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_blocks_run(server: KeyServer, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"text": key.token(iss="https://idp.example.com/", exp=time.time() + 60)}
    for block in re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        exec(compile(block.replace("https://idp.example.com/jwks", server.url), "README.md", "exec"), names)
    shown = capsys.readouterr().out.splitlines()
    assert shown == [
        "[{'path': '/orders/7', 'verdict': 'accepted', 'code': None, 'sub': 'alice'}, "
        "{'path': '/orders/8', 'verdict': 'rejected', 'code': 'malformed_token', 'sub': None}, "
        "{'path': '/health', 'verdict': None, 'code': None, 'sub': None}]",
        "['alice']",
        "[('accepted', 1), ('rejected', 1)]",
    ]


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
