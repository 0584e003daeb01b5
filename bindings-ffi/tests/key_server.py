"""key_server.py FOLDER: an issuer on loopback for the tests of the examples.

It prints its port and serves the files of the folder until its standard input ends, which is when whoever has started it does.
`/moved` leads elsewhere, `/large` is longer than any key set may be, and `/count` says how often a key set was asked for.
"""

import functools
import http.server
import sys
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/jwks.json")
            self.end_headers()
        elif self.path == "/large":
            self.answer(b" " * (16 << 20))
        elif self.path == "/count":
            self.answer(str(Handler.asked).encode())
        else:
            Handler.asked += self.path == "/jwks.json"
            super().do_GET()

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            pass  # The client has read enough.

    def log_message(self, format: str, *args: object) -> None:
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
server.shutdown()
