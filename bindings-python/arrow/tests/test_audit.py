"""`jotgate audit`, as a user runs it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

import jotgate.__main__
from issuer import ISSUER, NOW, Key, KeyServer
from samples import issuer_entry

Run = subprocess.CompletedProcess[str]

AT = datetime.fromtimestamp(NOW, tz=timezone.utc)


def run(*arguments: object, stdin: str = "", **environment: str) -> Run:
    command = [sys.executable, "-m", "jotgate", "audit", *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120, env=env)


@pytest.fixture
def policy(key: Key, tmp_path: Path) -> Path:
    file = tmp_path / "policy.json"
    entries = [issuer_entry(jwks={"keys": [key.jwk()]}), issuer_entry("https://two.test/", jwks={"keys": [key.jwk()]})]
    file.write_text(json.dumps({"version": 1, "issuers": entries}))
    return file


@pytest.fixture
def tokens(key: Key) -> list[str]:
    """Two that are accepted, one that was too late, one of the other issuer, one of nobody's, and one that is none."""
    late = key.token(exp=NOW - 60)
    return [
        key.token(azp="web"),
        key.token(azp="app"),
        late,
        key.token(iss="https://two.test/", azp="web"),
        key.token(iss="x"),
        "junk",
    ]


def parquet(table: pa.Table, path: Path) -> Path:
    pyarrow.parquet.write_table(table, path, row_group_size=4)
    return path


def csv(table: pa.Table, path: Path) -> Path:
    pyarrow.csv.write_csv(table, path)
    return path


def ndjson(table: pa.Table, path: Path) -> Path:
    rows = [{name: str(value) if name == "at" else value for name, value in row.items()} for row in table.to_pylist()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def arrow(table: pa.Table, path: Path) -> Path:
    with pyarrow.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


def arrow_stream(table: pa.Table, path: Path) -> Path:
    with pyarrow.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)
    return path


FILES: dict[str, tuple[str, Callable[[pa.Table, Path], Path]]] = {
    "parquet": ("log.parquet", parquet),
    "csv": ("log.csv", csv),
    "ndjson": ("log.ndjson", ndjson),
    "jsonl": ("log.jsonl", ndjson),
    "arrow": ("log.arrow", arrow),
    "arrow stream": ("log.arrow", arrow_stream),
}


def log(tokens: list[str]) -> pa.Table:
    fields = [f"Bearer {token}" for token in tokens]
    at = pa.array([AT.replace(tzinfo=None)] * len(tokens), pa.timestamp("s"))
    return pa.table({"n": range(len(tokens)), "authorization": fields, "at": at, "path": ["/x"] * len(tokens)})


@pytest.mark.parametrize("form", FILES)
def test_a_log_of_each_form(policy: Path, tokens: list[str], tmp_path: Path, form: str) -> None:
    name, write = FILES[form]
    file = write(log(tokens), tmp_path / name)
    out = tmp_path / "verdicts.parquet"
    options = ["--column", "authorization", "--scheme", "Bearer", "--claims", "sub,azp", "--keep", "n", "--out", out]
    when = ["--now", "2027-01-15T08:00:00Z"] if "json" in form else ["--time-column", "at"]
    done = run("--policy", policy, "--tokens", file, *options, *when)
    assert (done.returncode, done.stderr) == (1, "")
    rows = pyarrow.parquet.read_table(out).to_pylist()
    assert [row["n"] for row in rows] == list(range(6))
    assert [row["code"] for row in rows] == [None, None, "expired", None, "unknown_issuer", "malformed_token"]
    assert [row["azp"] for row in rows] == ["web", "app", None, "web", None, None]


def test_the_summary(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    file = parquet(log(tokens), tmp_path / "log.parquet")
    arguments = [
        "--policy",
        policy,
        "--tokens",
        file,
        "--column",
        "authorization",
        "--scheme",
        "Bearer",
        "--now",
        str(NOW),
    ]
    done = run(*arguments)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("6 rows in ")
    assert [line.split() for line in lines[2:7]] == [
        ["verdict", "code", "rows", "%"],
        ["accepted", "3", "50.00%"],
        ["rejected", "expired", "1", "16.67%"],
        ["rejected", "malformed_token", "1", "16.67%"],
        ["rejected", "unknown_issuer", "1", "16.67%"],
    ]
    assert [ISSUER, "accepted", "2", "33.33%"] in [line.split() for line in lines]
    assert ["(none", "of", "the", "policy)", "rejected", "2", "33.33%"] in [line.split() for line in lines]
    assert "\nrows: 6\n" in run(*arguments, "--format", "yaml").stdout
    told = json.loads(run(*arguments, "--json").stdout)
    assert told["verdicts"] == {"accepted": 3, "rejected": 3, "unavailable": 0}
    assert (told["rows"], told["not_judged"]) == (6, 0)
    assert {"verdict": "accepted", "code": None, "issuer_index": 1, "issuer": "https://two.test/", "rows": 1} in told[
        "counts"
    ]


def test_a_column_that_is_not_named(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    one = parquet(pa.table({"jwt": tokens}), tmp_path / "one.parquet")
    done = run("-p", policy, "--tokens", one, "--now", str(NOW), "--json")
    assert json.loads(done.stdout)["verdicts"] == {"accepted": 3, "rejected": 3, "unavailable": 0}, done.stderr
    two = parquet(log(tokens), tmp_path / "two.parquet")
    done = run("-p", policy, "--tokens", two, "--time-column", "at")
    assert done.returncode == 64
    assert "expected --column NAME with the tokens: one of n, authorization, at, path" in done.stderr


def test_lines_of_a_file_and_of_standard_input(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    lines = "\n".join([*tokens, "", 'quo"ted, and more', "\xff"]) + "\n"
    (tmp_path / "log.txt").write_text(lines)
    for source in (tmp_path / "log.txt", "-"):
        done = run("--policy", policy, "--tokens", source, "--now", str(NOW), "--json", stdin=lines)
        assert json.loads(done.stdout)["verdicts"] == {"accepted": 3, "rejected": 5, "unavailable": 0}, done.stderr


def test_the_exit_status(policy: Path, key: Key, server: KeyServer, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(key.token() + "\n")
    bad.write_text(key.token(exp=1) + "\n")
    assert run("-p", policy, "--tokens", good, "--now", str(NOW)).returncode == 0
    assert run("-p", policy, "--tokens", bad, "--now", str(NOW)).returncode == 1
    assert run("-p", policy, "--tokens", bad, "--now", str(NOW), "--fail-on", "unavailable").returncode == 0
    down = tmp_path / "down.json"
    down.write_text(json.dumps({"version": 1, "issuers": [issuer_entry(jwks_uri="http://127.0.0.1:9/jwks")]}))
    assert run("-p", down, "--tokens", good, "--now", str(NOW)).returncode == 2
    assert run("-p", down, "--tokens", good, "--now", str(NOW), "--fail-on", "never").returncode == 0
    fetched = tmp_path / "fetched.json"
    fetched.write_text(json.dumps({"version": 1, "issuers": [issuer_entry(jwks_uri=server.url)]}))
    assert run("-p", fetched, "--tokens", good, "--now", str(NOW)).returncode == 0
    assert server.fetches == 1


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 64, "expected --policy FILE (see jotgate audit --help)"),
        (["--tokens", "log.csv"], 64, "expected --policy FILE"),
        (["-p", "none.json", "--tokens", "log.csv"], 3, "none.json: cannot be read: No such file or directory"),
        (
            ["-p", "wrong.json", "--tokens", "log.csv"],
            3,
            "wrong.json: issuer, line 1, column 16: unknown field (did you mean issuers?)",
        ),
        (["-p", "policy.txt", "--tokens", "log.csv"], 3, "policy.txt: "),
        (["-p", "policy.json", "--tokens", "none.csv"], 66, "none.csv: no such file"),
        (["-p", "policy.json", "--tokens", "log.xml", "--out", "x.csv"], 64, "--tokens must end in one of .parquet"),
        (["-p", "policy.json", "--tokens", "log.csv"], 64, "expected --column NAME with the tokens: one of a, b"),
        (
            ["-p", "policy.json", "--tokens", "log.csv", "--column", "c"],
            64,
            "column must name the column with the tokens",
        ),
        (
            ["-p", "policy.json", "--tokens", "log.csv", "--column", "a", "--out", "x.xml"],
            64,
            "--out must end in one of",
        ),
        (
            ["-p", "policy.json", "--tokens", "log.csv", "--column", "a", "--keep", "a"],
            64,
            "--keep names the column of the",
        ),
        (["-p", "policy.json", "--tokens", "log.csv", "--column", "a", "--now", "SECRET"], 64, "--now is a number of"),
        (
            ["-p", "policy.json", "--tokens", "log.csv", "--now", "1", "--time-column", "b"],
            64,
            "--now and --time-column exclude each other",
        ),
        (["-p", "policy.json", "--tokens", "broken.parquet", "--column", "a"], 66, "broken.parquet: cannot be read"),
        (["-p", "policy.json", "--tokens", "log.csv", "SECRET"], 64, "there are arguments that are no options"),
    ],
)
def test_what_makes_no_sense(
    policy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.json").write_text('{"version": 1, "issuer": []}')
    (tmp_path / "policy.txt").write_text(policy.read_text())
    (tmp_path / "log.csv").write_text("a,b\nSECRET,SECRET\n")
    (tmp_path / "log.xml").write_text("<a/>")
    (tmp_path / "broken.parquet").write_text("SECRET" * 10)
    assert jotgate.__main__.main(["audit", *arguments]) == status
    done = capsys.readouterr()
    assert done.out == ""
    assert done.err.startswith("jotgate: ")
    assert told in done.err
    assert "SECRET" not in done.err
    assert done.err.count("\n") == 1


def test_no_token_is_printed_or_written(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    file, out = csv(log(tokens), tmp_path / "log.csv"), tmp_path / "verdicts.csv"
    done = run("-p", policy, "--tokens", file, "--column", "authorization", "--claims", "sub,aud", "--out", out)
    assert "hint: if these are whole Authorization fields, add --scheme Bearer" in done.stdout
    again = run(
        "-p",
        policy,
        "--tokens",
        file,
        "--column",
        "authorization",
        "--scheme",
        "Bearer",
        "--claims",
        "aud",
        "--out",
        out,
    )
    told = done.stdout + done.stderr + again.stdout + again.stderr + out.read_text()
    for token in tokens:
        for piece in token.split("."):
            assert piece == "junk" or piece not in told
    assert '"accepted",,,0,"orders"' in run_out(policy, file, out)


def run_out(policy: Path, file: Path, out: Path) -> str:
    options = ["--scheme", "Bearer", "--claims", "aud", "--now", str(NOW), "--out", out]
    run("-p", policy, "--tokens", file, "--column", "authorization", *options)
    return out.read_text()


def test_progress_on_a_terminal(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    file = parquet(log(tokens), tmp_path / "log.parquet")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "jotgate", "audit", "-p", policy, "--tokens", file, "--column", "authorization"]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        stdout, _ = process.communicate(timeout=120)
    os.close(theirs)
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert "rows, " in shown
    assert shown.endswith("\r\x1b[K")
    assert stdout.startswith("6 rows in ")


def test_without_the_package_it_says_what_to_install(tmp_path: Path) -> None:
    for missing in ("jotgate_arrow", "pyarrow"):
        (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('none', name={missing!r})\n")
        done = run("-p", "policy.json", "--tokens", "log.csv", PYTHONPATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (69, "")
        assert done.stderr.endswith("need the package jotgate-arrow for Python: pip install 'jotgate-arrow[audit]'\n")
        (tmp_path / f"{missing}.py").unlink()


def test_lines_with_a_file_of_what_came_of_each(policy: Path, tokens: list[str], tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("\n".join(tokens))
    done = run("-p", policy, "--tokens", tmp_path / "log.txt", "--now", NOW, "--out", tmp_path / "out.csv", "--json")
    here = run("-p", policy, "--tokens", tmp_path / "log.txt", "--now", NOW, "--json")
    assert json.loads(done.stdout) == json.loads(here.stdout)
    assert (done.returncode, here.returncode) == (1, 1)
    assert (tmp_path / "out.csv").read_text().count("accepted") == 3
