#!/usr/bin/env python3
"""A server on loopback for the tests: answers GETs by the table that its first line of input holds, and ends when its input does.

    {"/jwks": {"status": 200, "headers": {"content-type": "application/json"}, "body": "…", "gated": false, "gzip": false}}

It prints its port, then a line of JSON for each request. What is gated is answered when the next line comes in.
"""

import gzip
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

answers = json.loads(sys.stdin.readline())
gate = threading.Event()
printing = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        with printing:
            print(json.dumps({"path": self.path, "agent": self.headers.get("user-agent")}), flush=True)
        answer = answers.get(self.path, {"status": 404, "body": ""})
        if answer.get("gated"):
            gate.wait()
        body = answer["body"].encode()
        if answer.get("gzip"):
            body = gzip.compress(body)
        self.send_response(answer["status"])
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        # Who asked for too much goes away in between.
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: the requests are printed."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
for _ in sys.stdin:
    gate.set()
