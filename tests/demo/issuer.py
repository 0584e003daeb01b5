"""A local issuer: it signs tokens, serves its key set over HTTP on loopback, rotates its key, and can be switched off."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE = "https://orders.example"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """An RSA key and its id."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        numbers = self._private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "n": base64url(numbers.n.to_bytes(256, "big")),
            "e": base64url(numbers.e.to_bytes(3, "big")),
        }

    def public_pem(self) -> bytes:
        return self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message, padding.PKCS1v15(), hashes.SHA256())


class Issuer:
    """The issuer of the demo. Its URL stays the same while it is switched off and on."""

    def __init__(self) -> None:
        self.key = SigningKey("2026-a")
        self.published = [self.key]
        self.fetches = 0
        self._server = self._serve(0)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.jwks_uri = f"{self.url}jwks"

    def claims(self, **changes: object) -> dict[str, object]:
        """The claims of a good token; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "alice", "iat": now, "nbf": now, "exp": now + 600}
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, key: SigningKey | None = None, **changes: object) -> str:
        """A token signed with RS256, by default with the present key."""
        key = key or self.key
        message = compact({"alg": "RS256", "kid": key.kid}, self.claims(**changes))
        return f"{message}.{base64url(key.sign(message.encode()))}"

    def forged_token(self) -> str:
        """A token under the id of the published key, signed by somebody else's."""
        impostor = SigningKey(self.key.kid)
        return self.token(impostor, sub="mallory")

    def unsigned_token(self) -> str:
        return compact({"alg": "none"}, self.claims(sub="mallory")) + "."

    def confused_token(self) -> str:
        """An HMAC whose secret is the public key: it verifies wherever the header chooses the algorithm."""
        message = compact({"alg": "HS256", "kid": self.key.kid}, self.claims(sub="mallory"))
        return f"{message}.{base64url(hmac.digest(self.key.public_pem(), message.encode(), hashlib.sha256))}"

    def rotate(self) -> None:
        """Signs with a new key from now on; the old one stays published for tokens that are still out."""
        self.key = SigningKey("2026-b")
        self.published.append(self.key)

    def switch_off(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, port: int) -> ThreadingHTTPServer:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                body = json.dumps({"keys": [key.jwk() for key in issuer.published]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/jwk-set+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Keeps the demo's output to the demo."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def compact(header: dict[str, str], claims: dict[str, object]) -> str:
    """Header and claims as the first two segments of a compact JWS."""
    return ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
