#!/usr/bin/env python3
"""Runs the HTTP exchanges through the middlewares of all bindings, or of one: `exchanges.py [--middleware NAME]`.

A middleware's server is a program of its binding, listed in `middlewares.json` and called as `<command> FILE`. It puts the
middleware in front of an application, on loopback, and prints one line of JSON, `{"port": …}`. A request names the exchange
of the file that it belongs to in the field `X-Exchange`; the server passes it through a middleware with that exchange's
policy, answers of the issuer and clock. The application answers every method and path with 200 and `{"claims": …, "fields":
{…}, "query": …}`: what it sees of the token, null when there is none, the header fields of the request, and its query. The
server ends when its standard input does.

`server_changes` in the list names requests that the framework's own server refuses or changes before the middleware sees
them, and the status that must come of it: WSGI and Rack join fields of one name, so two tokens are one broken token, and the
server of the standard library takes `//health` for `/health`, before the middleware and the application alike; payload 2.0 of
AWS joins fields, too; and Litestar has found its handler, for which `/health/` is `/health`, before its middleware is asked.
`forwards` is false for those that cannot change requests: they refuse policies with a `forward`, which their own tests show.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import judge
import runners
import vector_file

REPORTS = runners.ROOT / "target" / "conformance" / "http"
PATIENCE_SECONDS = 60


def main() -> int:
    known = json.loads((Path(__file__).parent / "middlewares.json").read_text())
    parser = argparse.ArgumentParser(description="Runs the HTTP exchanges through the middlewares.")
    parser.add_argument("--middleware", choices=sorted(known))
    parser.add_argument("--bindings", nargs="*", help="those of these bindings alone")
    options = parser.parse_args()
    chosen = [options.middleware] if options.middleware else list(known)
    if options.bindings is not None:
        chosen = [name for name in chosen if known[name]["binding"] in options.bindings]
    good, missing = True, {}
    for name in chosen:
        try:
            command = runners.located(known[name]["binding"], known[name]["command"])
        except runners.RunnerMissing as error:
            missing[name] = str(error)
            continue
        changed = known[name].get("server_changes", {})
        forwards = known[name].get("forwards", True)
        paths = [path for path in vector_file.indexed_exchanges() if forwards or path.stem != "forward"]
        good &= run_files(name, command, paths, changed)
    for name, reason in missing.items():
        print(f"exchanges: did not run: {name}: {reason}")
    complete = os.environ.get("CI") != "true" or not runners.missed(known[name]["binding"] for name in missing)
    return 0 if good and len(missing) < len(chosen) and complete else 1


def run_files(name: str, command: list[str], paths: list[Path], changed: dict[str, int]) -> bool:
    """The files through one server of a middleware; whether every exchange went as it must."""
    exchanges = {path: vector_file.load(path) for path in paths}
    with tempfile.TemporaryDirectory() as scratch:
        joined = Path(scratch) / "joined.json"
        joined.write_bytes(vector_file.joined(exchanges))
        with server(command, joined) as port:
            return all([_run(name, port, path, listed, changed) for path, listed in exchanges.items()])


def _run(name: str, port: int, path: Path, exchanges: list[dict], changed: dict[str, int]) -> bool:
    REPORTS.mkdir(parents=True, exist_ok=True)
    failures = []
    with (REPORTS / f"{name}.{path.stem}.jsonl").open("w", encoding="utf-8") as lines:
        for exchange in exchanges:
            try:
                got = _sent(port, exchange)
            except (OSError, http.client.HTTPException) as error:
                got = {"status": None, "error": type(error).__name__}
            status = changed.get(exchange["id"])
            failure = _failure({"status": status} if status else exchange["expect"], got)
            lines.write(json.dumps({"id": exchange["id"], **got, "pass": failure is None}) + "\n")
            if failure:
                failures.append(f"  {exchange['id']}: {failure}")
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"exchanges {name} {path.name}: {len(exchanges) - len(failures)} passed, {len(failures)} failed", flush=True)
    return not failures


@contextlib.contextmanager
def server(command: list[str], path: Path) -> Iterator[int]:
    """The port of a server that runs meanwhile."""
    process = subprocess.Popen([*command, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    watch = threading.Timer(PATIENCE_SECONDS, process.kill)
    watch.start()
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"exchanges: {command[0]} ended before it served")
        yield json.loads(line)["port"]
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
        watch.cancel()


def _sent(port: int, exchange: dict) -> dict:
    """The answer to the request, which goes out as it is written: nothing joins, sorts or escapes any of it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    send = exchange["send"]
    connection.putrequest(send["method"], send["target"], skip_accept_encoding=True)
    for field, value in [["X-Exchange", exchange["id"]], *send["headers"]]:
        connection.putheader(field, value.encode("latin-1"))
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    got = {
        "status": answer.status,
        "challenge": answer.headers.get("WWW-Authenticate"),
        "content_type": (answer.headers.get("Content-Type") or "").partition(";")[0],
        "retry_after": answer.headers.get("Retry-After"),
    }
    try:
        told = json.loads(body)
    except ValueError:
        return got | {"body": None}
    if answer.status != 200:
        return got | {"body": told}
    # WSGI's way to name a field has no hyphens, and values of one field may arrive joined.
    fields = {name.lower().replace("_", "-"): value for name, value in (told.get("fields") or {}).items()}
    return got | {"claims": told.get("claims"), "seen": fields | {"query": told.get("query")}}


def _failure(expect: dict, got: dict) -> str | None:
    for name in ("status", "challenge", "content_type"):
        if name in expect and got.get(name) != expect[name]:
            return f"expected {name} {expect[name]!r}, got {got.get(name)!r}"
    for name in ("claims", "body"):
        if name in expect and not judge.same_json(expect[name], got.get(name)):
            return f"expected other {name}"
    for name, wanted in expect.get("sees", {}).items():
        if (seen := got.get("seen", {}).get(name)) != wanted:
            return f"expected the application to see {name} {wanted!r}, it saw {seen!r}"
    if "retry_after" in expect:
        least, most = expect["retry_after"]
        told = got.get("retry_after")
        if told is None or not told.isdigit() or not least <= int(told) <= most:
            return f"expected Retry-After from {least} to {most}, got {told!r}"
    return None


if __name__ == "__main__":
    sys.exit(main())
