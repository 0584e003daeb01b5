"""An issuer for the tests: signs real tokens, and publishes its keys over real HTTP on loopback."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER = "https://idp.test/"
AUDIENCE = "orders"
NOW = 1_800_000_000.0

Handler = BaseHTTPRequestHandler
Respond = Callable[[Handler], None]


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Key:
    """A P-256 key pair with its key id."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._private = ec.generate_private_key(ec.SECP256R1())

    def jwk(self) -> dict[str, str]:
        numbers = self._private.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "kid": self.kid, "alg": "ES256", "x": x, "y": y}

    def pem(self) -> str:
        public = self._private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def token(self, *, payload: bytes | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that passes unless the claims say otherwise; a claim of None is left out."""
        members = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 600, **claims}
        if payload is None:
            payload = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
        head = json.dumps({"alg": "ES256", "kid": self.kid, **(header or {})}).encode()
        signed = f"{base64url(head)}.{base64url(payload)}"
        r, s = decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def set_of(*keys: Key) -> bytes:
    """The key set of these keys, as an issuer publishes it."""
    return json.dumps({"keys": [key.jwk() for key in keys]}).encode()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class KeyServer:
    """Publishes a key set on loopback. `respond` may be replaced to misbehave; `paths` lists what was asked for."""

    def __init__(self, server: ThreadingHTTPServer, *keys: Key) -> None:
        self.keys = list(keys)
        self.respond: Respond = self.send_keys
        self.requests: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.url = f"http://127.0.0.1:{server.server_address[1]}/jwks"
        self.handler_class = server.RequestHandlerClass

    def send_keys(self, handler: Handler) -> None:
        send(handler, 200, set_of(*self.keys))

    @property
    def fetches(self) -> int:
        return len(self.paths)


def send(handler: Handler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def key_server(*keys: Key) -> Iterator[KeyServer]:
    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.paths.append(self.path)
            issuer.requests.append({name.lower(): value for name, value in self.headers.items()})
            issuer.respond(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class calls it so)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        server.daemon_threads = True
        issuer = KeyServer(server, *keys)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
