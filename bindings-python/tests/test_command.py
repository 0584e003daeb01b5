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


def test_verdicts_alone_and_several_tokens(policy: Path, key: Key) -> None:
    good = fresh(key)
    assert run("validate", "--policy", policy, good).stdout == b"accepted\n"
    lines = f'{good}\n{{"access_token": "{good}"}}\nnonsense\n'.encode()
    done = run("validate", "--policy", policy, "-", stdin=lines)
    assert (done.returncode, done.stdout) == (1, b"accepted\naccepted\nrejected malformed_token\n")
    done = run("explain", "--policy", policy, "--json", "-", stdin=lines)
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["accepted", "accepted", "rejected"]


def test_a_request_whose_token_is_not_printed(policy: Path, key: Key) -> None:
    good = fresh(key)
    request = ("--request", "PUT /orders/7")
    done = run("explain", "--policy", policy, *request, "-H", f"Authorization: Bearer {good}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"PUT /orders/7" in done.stdout
    assert not any(part.encode() in done.stdout for part in good.split("."))
    assert run("validate", "--policy", policy, *request).stdout == b"rejected missing_token\n"
    assert run("explain", "--policy", policy, "--short", "nonsense").stdout.count(b"\n") < 6


def test_cases_need_no_issuer(policy: Path, server: KeyServer, tmp_path: Path) -> None:
    cases = tmp_path / "cases.txt"
    cases.write_text('{"sub": "alice"} -> accepted\nGET / -> 401 missing_token\n', encoding="utf-8")
    done = run("test", policy, cases)
    assert (done.returncode, done.stdout, server.paths) == (0, b"2 passed, 0 failed\n", [])
    cases.write_text('{"sub": "alice"} signed by stranger -> accepted\n', encoding="utf-8")
    done = run("test", "--format", "json", policy, cases)
    assert (done.returncode, json.loads(done.stdout)["cases"][0]["got"]) == (1, "rejected invalid_signature")
    cases.write_text("alice may pass\n", encoding="utf-8")
    assert run("test", policy, cases).returncode == 3


def test_keys_and_the_schema(policy: Path, server: KeyServer) -> None:
    for place in (policy, server.url):
        done = run("keys", place)
        assert (done.returncode, b"1 key, 1 usable" in done.stdout) == (0, True), done.stdout
    assert run("keys", "--json", "http://127.0.0.1:9/jwks").returncode == 2
    assert "$schema" in json.loads(run("schema").stdout)


def test_what_the_user_says_of_the_network(policy: Path, key: Key, tmp_path: Path) -> None:
    token = fresh(key)
    missing = run("validate", "--policy", policy, "--cacert", tmp_path / "none.pem", token)
    assert (missing.returncode, missing.stdout) == (64, b"")
    assert b"none.pem: no such file" in missing.stderr
    (tmp_path / "no.pem").write_text("no PEM")
    for option in ("--cacert", "--cert"):
        assert b"expected PEM" in run("validate", "--policy", policy, option, tmp_path / "no.pem", token).stderr
    refused = run("explain", "--policy", policy, "--proxy", "http://127.0.0.1:9", token, no_proxy="", NO_PROXY="")
    assert (refused.returncode, b"ConnectionRefusedError" in refused.stdout) == (2, True)


def test_no_proxy_counts_beside_the_option(policy: Path, server: KeyServer) -> None:
    host = server.url.split("/")[2]
    told = {"*": 0, "elsewhere.test, 127.0.0.1": 0, host: 0, ".0.0.1": 0, "27.0.0.1,127.0.0.1:1": 2, "": 2}
    for names, status in told.items():
        for lower, upper in ((names, ""), ("", names)):
            done = run("keys", "--proxy", "http://127.0.0.1:9", server.url, no_proxy=lower, NO_PROXY=upper)
            # The name in lower case counts first, though it is empty.
            assert done.returncode == (status if lower else 2), (lower, upper)


def test_an_audit_reads_files_and_standard_input(policy: Path, key: Key, server: KeyServer, tmp_path: Path) -> None:
    token = fresh(key)
    log = tmp_path / "log.ndjson"
    log.write_text(f"{json.dumps({'jwt': token})}\n" * 3000)
    logs = ["--tokens", str(log), "--tokens", "-", "--tokens", str(log)]
    done = run("audit", "--policy", policy, "--column", "jwt", *logs, "--json", stdin=f"{token}\nnonsense\n".encode())
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, b"")
    assert told["verdicts"] == {"accepted": 6001, "rejected": 1, "unavailable": 0}
    assert len(server.paths) == 1
    for path, said in ((tmp_path / "none.txt", b"no such file"), (tmp_path, b"is a directory")):
        missing = run("audit", "--policy", policy, "--tokens", path)
        assert (missing.returncode, missing.stderr) == (66, f"jotgate: {path}: ".encode() + said + b"\n")


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
