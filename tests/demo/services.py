"""The protected services of the demo, each started from its language's installed package."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .issuer import AUDIENCE, Issuer

LOGS = Path("target/demo/logs")
START_SECONDS = 60.0


@dataclass
class Service:
    """One running service."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def request(self, token: str | None) -> tuple[int, str]:
        """Sends the request, and gives the status and what the answer says: who it was for, or which code."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/orders")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, f"sub {json.load(response)['sub']}"
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)["code"]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(name: str, command: list[str], issuer: Issuer) -> Service:
    """Starts a service and waits until it takes connections."""
    port = free_port()
    environment = os.environ | {
        "ISSUER": issuer.url,
        "AUDIENCE": AUDIENCE,
        "JWKS_URI": issuer.jwks_uri,
        "PORT": str(port),
    }
    LOGS.mkdir(parents=True, exist_ok=True)
    log_path = LOGS / f"{name.replace('/', '-')}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    service = Service(name, port, process)
    deadline = time.monotonic() + START_SECONDS
    while not accepts_connections(port):
        if process.poll() is not None or time.monotonic() > deadline:
            service.stop()
            raise SystemExit(f"the {name} service did not start:\n{log_path.read_text(errors='replace')}")
        time.sleep(0.05)
    return service


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts_connections(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
