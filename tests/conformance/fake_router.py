"""A router for the tests of `targets.py`: `fake_router.py MANNER FILE`. It decides by the path alone, as the manner says."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

HANDLERS = {
    "GET /orders": "orders.list",
    "POST /orders": "orders.create",
    "GET /orders/7": "orders.one",
    "GET /orders/caf%C3%A9": "orders.one",
    "GET /admin/users": "admin",
    "POST /admin/users/7": "admin",
    "GET /health": "health",
    "GET /catalog": "catalog",
    "GET /open": "open",
}


class Router(BaseHTTPRequestHandler):
    manner = ""

    def answer(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/shop")
        handler = HANDLERS.get(f"{self.command.replace('HEAD', 'GET')} {path}")
        if self.manner == "lenient" and handler is None and path != "/health/":
            handler = HANDLERS.get(f"{self.command} {path.rstrip('/').lower()}")
            self.tell(200 if handler else 404, handler, self.subject())
        elif self.manner == "closed" or not self.may_pass(handler):
            self.tell(403, None, "none")
        else:
            self.tell(200 if handler else 404, handler, "none" if handler == "health" else self.subject())

    def may_pass(self, handler: str | None) -> bool:
        if handler in {"health", "catalog"}:
            return True
        denied = self.headers["X-Exchange"] == "deny" and handler == "open"
        return not denied and (self.subject() == "strong" or (self.subject() == "weak" and handler in {"open", None}))

    def subject(self) -> str:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        return "none" if not token else "strong" if len(token) > 200 else "weak"

    def tell(self, status: int, handler: str | None, subject: str) -> None:
        self.send_response(status)
        if handler:
            self.send_header("X-Handler", handler)
            self.send_header("X-Subject", subject)
        self.end_headers()

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *_: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    Router.manner = sys.argv[1]
    ThreadingTCPServer.request_queue_size = 64
    server = ThreadingTCPServer(("127.0.0.1", 0), Router)
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
