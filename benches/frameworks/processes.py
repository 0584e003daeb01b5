"""The processes of a contest: the issuer, which serves the keys; the servers; and the client that sends the requests."""

from __future__ import annotations

import json
import os
import select
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from languages import Failure

START_SECONDS = 120
CONNECTIONS = 8


class Issuer:
    """Serves one key set on loopback, from a thread of this process."""

    def __init__(self, jwk: dict[str, str]):
        body = json.dumps({"keys": [jwk]}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", "max-age=3600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # Where get-jwks looks without being asked.
        self.jwks_uri = f"{self.url}/.well-known/jwks.json"

    def __enter__(self) -> Issuer:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class Server:
    """One application, in a process of its own on its core."""

    def __init__(self, name: str, command: list[str], core: int | None, *, protects: bool):
        self.name = name
        self.protects = protects
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, preexec_fn=pin(core), start_new_session=True
        )
        told = line_of(self.process, START_SECONDS, name)
        self.url = f"http://127.0.0.1:{told['port']}/orders"

    def processor_nanoseconds(self) -> int:
        """What all its threads have taken of the processor since it started."""
        # CPUCLOCK_SCHED of that process, as clock_getcpuclockid(3) makes the number.
        return time.clock_gettime_ns((~self.process.pid << 3) | 2)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Sent(NamedTuple):
    """How long the requests took altogether, and how many of them passed."""

    nanoseconds: int
    accepted: int
    status: int
    body: str


class Load:
    """The client, in a process of its own on the other core."""

    def __init__(self, program: Path, token: str, core: int | None):
        self.token = token
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pin(core)
        )

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()

    def send(self, server: Server, requests: int, token: str | None = None) -> Sent:
        order = {"url": server.url, "token": token or self.token, "requests": requests, "connections": CONNECTIONS}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Sent(**line_of(self.process, START_SECONDS, "the client"))


def pin(core: int | None) -> Any:
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


def line_of(process: subprocess.Popen[str], seconds: float, name: str) -> dict[str, Any]:
    """The next line that it prints, unless it ends or takes too long."""
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if ready else ""
    if not line:
        process.kill()
        raise Failure(f"{name} says nothing")
    return json.loads(line)
