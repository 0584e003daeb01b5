"""The program, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import jotgate.__main__
from issuer import AUDIENCE, ISSUER, Key, KeyServer, send

Run = subprocess.CompletedProcess[bytes]


@pytest.fixture
def policy(server: KeyServer, tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(
        f"version: 1\nissuers:\n- issuer: {ISSUER}\n  audience: {AUDIENCE}\n  keys: {{ jwks_uri: '{server.url}' }}\n"
    )
    return file


def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Run:
    return subprocess.run(
        [sys.executable, "-m", "jotgate", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def fresh(key: Key, **claims: Any) -> str:
    return key.token(exp=time.time() + 60, **claims)


def test_a_good_token(policy: Path, server: KeyServer, key: Key) -> None:
    done = run("explain", "--policy", policy, fresh(key))
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"accepted" in done.stdout
    assert b"\x1b" not in done.stdout
    assert server.paths == ["/jwks"]


def test_a_bad_token_from_standard_input_as_json(policy: Path, key: Key) -> None:
    token = key.token(exp=time.time() - 60)
    done = run("explain", "--policy", policy, "--json", "-", stdin=token.encode() + b"\n")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["verdict"], told["code"]) == ("rejected", "expired")
    assert token.split(".")[2].encode() not in done.stdout
    again = run(
        "explain", "--policy", policy, "--json", "--now", str(int(time.time()) - 120), "-", stdin=token.encode()
    )
    assert again.returncode == 0


@pytest.mark.parametrize("outage", ["status", "connection", "too long"])
def test_an_outage(policy: Path, server: KeyServer, key: Key, outage: str) -> None:
    if outage == "connection":
        policy.write_text(policy.read_text().replace(server.url, "http://127.0.0.1:9/jwks"))
    body = b"{}" if outage == "status" else b" " * 1_000_000
    server.respond = lambda handler: send(handler, 500 if outage == "status" else 200, body)
    done = run("explain", "--policy", policy, fresh(key))
    assert done.returncode == 2
    assert b"keys_unavailable" in done.stdout
    causes = {"status": b"status_500", "connection": b"ConnectionRefusedError: ", "too long": b"too_large"}
    assert causes[outage] in done.stdout


def test_policies_that_are_none(policy: Path, tmp_path: Path) -> None:
    missing = run("lint", tmp_path / "none.json")
    assert (missing.returncode, missing.stdout) == (3, b"")
    assert missing.stderr == f"jotgate: {tmp_path / 'none.json'}: cannot be read: no such file\n".encode()
    (tmp_path / "folder.json").mkdir()
    assert b"is a directory" in run("lint", tmp_path / "folder.json").stderr
    policy.write_text("version: 2")
    assert run("explain", "--policy", policy, "x").returncode == 3
    policy.write_bytes(b"\xff")
    assert b"UTF-8" in run("lint", policy).stderr
    policy.write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    assert run("lint", policy).returncode == 3


def test_lint(policy: Path) -> None:
    assert run("lint", policy).returncode == 0
    policy.write_text(policy.read_text().replace(f"audience: {AUDIENCE}", "audience: any"))
    done = run("lint", policy)
    assert done.returncode == 1
    assert b"any_audience" in done.stdout


def test_help_version_and_nonsense() -> None:
    assert run("--help").stdout.startswith(b"Your API gateway")
    assert run("--version").stdout == f"jotgate {version()}\n".encode()
    for nonsense in (["frobnicate"], [], ["explain"], [os.fsdecode(b"\xff")]):
        done = run(*nonsense)
        assert done.returncode == 64
        assert done.stderr


def version() -> str:
    from importlib.metadata import version

    return version("jotgate")


def test_the_console_script_is_the_same_program() -> None:
    script = Path(sys.executable).with_name("jotgate")
    assert subprocess.run([script, "--help"], capture_output=True, check=True).stdout == run("--help").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no pseudo-terminals")
@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)]
)
def test_colours_are_for_terminals(policy: Path, key: Key, environment: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    import pty

    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    leader, follower = pty.openpty()
    arguments = [sys.executable, "-m", "jotgate", "explain", "--policy", str(policy), fresh(key)]
    with subprocess.Popen(arguments, stdout=follower, env={**inherited, **environment}) as process:
        assert process.wait(60) == 0
    os.close(follower)
    shown = os.read(leader, 65536)
    os.close(leader)
    assert b"accepted" in shown
    assert (b"\x1b[" in shown) is coloured


def test_a_reader_that_leaves_is_no_error(policy: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "jotgate", "--help"], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_main_takes_arguments_and_gives_the_status(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert jotgate.__main__.main(["--version"]) == 0
    assert jotgate.__main__.main(["lint", str(tmp_path)]) == 3
    assert capfd.readouterr().out.startswith("jotgate ")
