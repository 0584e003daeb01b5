"""An issuer on loopback that counts: each run has a key set of its own under `/RUN/jwks`.

`POST /RUN/down` makes it drop connections, `POST /RUN/up` ends that, `GET /RUN/count` tells how many requests for the key
set came in, answered or not.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LATENCY_SECONDS = 0.03


class Issuer(ThreadingHTTPServer):
    daemon_threads = True
    # Fifty clients connect at the same moment.
    request_queue_size = 128

    def __init__(self, key_set: dict):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key_set = json.dumps(key_set).encode()
        self.lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.down: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        run, _, what = self.path.strip("/").rpartition("/")
        if what == "count":
            with self.server.lock:
                self.answer(str(self.server.requests[run]).encode())
            return
        with self.server.lock:
            self.server.requests[run] += 1
            down = run in self.server.down
        if down:
            self.close_connection = True
            return
        time.sleep(LATENCY_SECONDS)
        self.answer(self.server.key_set)

    def do_POST(self) -> None:
        run, _, what = self.path.strip("/").rpartition("/")
        with self.server.lock:
            (self.server.down.add if what == "down" else self.server.down.discard)(run)
        self.answer(b"{}")

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass
