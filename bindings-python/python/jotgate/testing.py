"""For tests of what validates tokens with jotgate: an issuer without sockets.

    from jotgate.testing import Issuer

    issuer = Issuer(Path("policy.yaml"))      # the policy that the application ships
    validator = issuer.validator()            # the same policy, with this issuer's keys in place of its own
    token = issuer.token("alice")             # good under it
    bad = issuer.bad("expired")               # refused with this code and no other

Nothing of the package imports this module. Its keys are made with an issuer, and gone with it. Fixtures are in
`jotgate.pytest`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._documents import filled, json_of_file
from ._fetch import FetchResponse
from ._host import Clock, HostOptions
from ._native import FetchRequest, TestIssuer, Verified, test_recipes
from ._policy import text_of
from ._validator import Validator

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Bad", "Issuer", "IssuerServer", "Recipe", "TokenOptions", "recipes"]


class TokenOptions(TypedDict, total=False):
    """What a token is to be; None and what is not said is as the policy asks.

    audience: `aud`, one or several. scopes: in the claim where the policy looks for them. client: likewise.
    lifetime: seconds or a timedelta; ten minutes by default. claims: in place of what they would be. without: names
    of claims that it has not. header: parameters of the header, in place of what they would be; None takes one out.
    algorithm: what signs it. kid: which of the issuer's keys, one before a rotation included. now: when it is made.
    """

    audience: str | Sequence[str] | None
    scopes: Sequence[str] | None
    client: str | None
    lifetime: float | timedelta | None
    claims: Mapping[str, Any] | None
    without: Sequence[str] | None
    header: Mapping[str, Any] | None
    algorithm: str | None
    kid: str | None
    now: float | None


@dataclass(frozen=True)
class Bad:
    """A token or a request that the policy refuses with one certain `code`.

    `token` is None where the request is bad and not its token. A request that is refused so has this `method`, this
    `target` (with the query, where the token stands there) and these `headers`, the token's among them. Where the kit
    knows no such request, because all routes are regular expressions or an expression says where the token is, method
    and target are empty.
    """

    code: str
    what: str
    token: str | None
    method: str
    target: str
    headers: list[tuple[str, str]]


@dataclass(frozen=True)
class Recipe:
    """What the kit makes of a code.

    `makeable` is whether a token or a request can give it; `what` is bad about that, or says why there is none;
    `needs` says why there may be none under some policy, or what to do instead.
    """

    code: str
    makeable: bool
    what: str
    needs: str


def recipes() -> list[Recipe]:
    """The table of codes, in its order."""
    return [Recipe(**row) for row in json.loads(test_recipes())]


class Issuer:
    """An issuer for tests: it mints tokens, publishes keys, changes them, and breaks. It needs no socket.

    policy: the application's own: a mapping, JSON text, or the path of a file (`.json`, `.yaml`, `.yml`, `.toml`).
        Default: one of its own, of `issuer` and `audience`.
    issuer: which of the policy's issuers it is. Default: the first; without a policy `https://issuer.test/`.
    audience: that of its own policy. Default: `test-api`. algorithm: what its tokens are signed with. Default: the
        first that the policy lists, or else RS256.
    kid: the id of its first key. Default: `test-1`.
    claims: what all its tokens have, such as what a regular expression or a condition of the policy asks for.
    now: a time in seconds since the Unix epoch at which its clock stands, or a clock. Default: that of the system.

    It may be used by several threads. A key is made with it: RSA takes a tenth of a second, so make one issuer for many
    tests. Whatever cannot be done is a ValueError that says why.
    """

    def __init__(
        self,
        policy: Mapping[str, Any] | str | PathLike[str] | None = None,
        *,
        issuer: str | None = None,
        audience: str | Sequence[str] | None = None,
        algorithm: str | None = None,
        kid: str | None = None,
        claims: Mapping[str, Any] | None = None,
        now: float | Clock | None = None,
    ) -> None:
        options = {"issuer": issuer, "audience": _plain(audience), "algorithm": algorithm, "kid": kid, "claims": claims}
        document = json_of_file(policy) if isinstance(policy, PathLike) else policy
        if document is not None:
            options["policy"] = filled(text_of(document))
        self._native = TestIssuer(_json_of(options))
        self._clock: Clock | None = now if now is None or callable(now) else partial(float, now)
        self._changed = False

    @property
    def name(self) -> str:
        """The `iss` of its tokens."""
        return self._text("name")

    @property
    def policy(self) -> dict[str, Any]:
        """The application's policy with the keys of now in place of its own, and everything else as it stands there."""
        return self._object("policy")

    @property
    def jwks(self) -> dict[str, Any]:
        """The key set, as it should be."""
        return self._object("jwks")

    def policy_for(self, policy: Mapping[str, Any] | str) -> dict[str, Any]:
        """Another document with this issuer's keys: one that has another issuer's already, where there are several."""
        return self._object("policy_for", policy=text_of(policy))

    def policy_fetching(self, base: str) -> dict[str, Any]:
        """The application's policy with `BASE/jwks` in place of its keys."""
        return self._object("policy_fetching", base=base)

    def validator(self, **host: Unpack[HostOptions]) -> Validator:
        """A `Validator` of `policy`, on this issuer's clock. Takes what `Validator.from_policy` takes."""
        if self._clock is not None:
            host.setdefault("clock", self._clock)
        return Validator.from_policy(self.policy, **host)

    def token(self, subject: str | None = None, **options: Unpack[TokenOptions]) -> str:
        """A token that is good under the policy, but for what is said here."""
        return self._text("token", **self._said(subject, options))

    def headers(self, subject: str | None = None, **options: Unpack[TokenOptions]) -> dict[str, str]:
        """The header field of a request with such a token: `{"Authorization": "Bearer …"}`."""
        return {"Authorization": f"Bearer {self.token(subject, **options)}"}

    def verified(self, subject: str | None = None, **options: Unpack[TokenOptions]) -> Verified:
        """A `Verified`, for unit tests of what is behind the validation: minted here, and validated by the core.

        There is no other way to one. The `require` of every validator takes it.

        Raises what `Validator.validate` raises, where the token is not good.
        """
        validator = self.validator(client_lookup=lambda _id, _token: True)
        return self._native.of_any_validator(
            validator.validate(self.token(subject, **options), as_of=options.get("now"))
        )

    def bad(
        self,
        code: str,
        subject: str | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        **options: Unpack[TokenOptions],
    ) -> Bad:
        """What the policy refuses with this code: the core has been asked before it is handed out.

        `method` and `path` are those of the request, where the policy has routes. Raises ValueError where the policy
        does not know the code, and for the codes that no token gives; `recipes()` is the table.
        """
        arguments = {"code": code, "method": method, "path": path, "token": self._said(subject, options)}
        members = json.loads(self._call("bad", **arguments))
        members["headers"] = [(name, value) for name, value in members["headers"]]
        return Bad(**members)

    def fetch(self, request: FetchRequest) -> FetchResponse:
        """A `fetch` callback: `Validator(…, fetch=issuer.fetch)` takes the policy as it ships, and needs no network."""
        served = json.loads(self._call("serve", url=request.url))
        if served["fault"] == "slow":
            raise TimeoutError("the issuer of the test does not answer in time")
        if served["status"] is None:
            raise ConnectionRefusedError("the issuer of the test is unreachable")
        return FetchResponse(served["status"], {"content-type": served["content_type"]}, served["body"].encode())

    @contextmanager
    def serve(self) -> Iterator[IssuerServer]:
        """A server on the loopback interface that publishes the keys; it ends with the block."""
        server = IssuerServer(self)
        try:
            yield server
        finally:
            server.close()

    def rotate(self, *, overlap: bool = True, kid: str | None = None) -> str:
        """Signs with a new key from now on, and gives its id. Without `overlap` the old one leaves the key set.

        A `policy` and a `validator` that were made before have the old key; those that fetch see the new one.
        """
        self._changed = True
        return self._text("rotate", overlap=overlap, kid=kid)

    def retire_keys(self) -> None:
        """Takes the keys that do not sign any more out of the key set: the end of an overlap."""
        self._call("retire_keys")

    def break_keys(self, fault: Literal["html", "empty", "wrong_key", "error", "gone", "slow", "unreachable"]) -> None:
        """Breaks what is fetched, until `mend`.

        A page of HTML, a set without keys, other keys under the right names, status 500, status 404, no answer in time,
        no connection.
        """
        self._call("break_keys", fault=fault)

    def mend(self) -> None:
        """Answers as it should again."""
        self._call("mend")

    def _said(self, subject: str | None, options: TokenOptions) -> dict[str, Any]:
        said: dict[str, Any] = {"subject": subject, **options}
        said["audience"] = _plain(said.get("audience"))
        if isinstance(lifetime := said.get("lifetime"), timedelta):
            said["lifetime"] = lifetime.total_seconds()
        if said.get("now") is None and self._clock is not None:
            said["now"] = self._clock()
        return _given(said)

    def _call(self, word: str, /, **arguments: object) -> str:
        return self._native.call(word, _json_of(arguments))

    def _text(self, word: str, /, **arguments: object) -> str:
        return str(json.loads(self._call(word, **arguments)))

    def _object(self, word: str, /, **arguments: object) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._text(word, **arguments))
        return found


class IssuerServer:
    """An `Issuer` behind a socket of the loopback interface, on a thread of its own."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, issuer._native.call, self._closing))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def policy(self) -> dict[str, Any]:
        """The application's policy, whose keys are fetched from here."""
        return self.issuer.policy_fetching(self.url)

    def close(self) -> None:
        """Ends it, and whatever waits for a slow answer."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, call: Callable[[str, str], str], closing: threading.Event, *connection: Any) -> None:
        self._call, self._closing = call, closing
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Answers as the issuer does."""
        url = f"http://{self.headers.get('host', '127.0.0.1')}{self.path}"
        served = json.loads(self._call("serve", _json_of({"url": url})))
        if served["fault"] == "slow":
            self._closing.wait()
        if served["status"] is None:
            self.close_connection = True
            return
        body = served["body"].encode()
        self.send_response(served["status"])
        self.send_header("content-type", served["content_type"])
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class calls it so)
        """Says nothing: a test has its own output."""


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _plain(audience: str | Sequence[str] | None) -> str | list[str] | None:
    return audience if audience is None or isinstance(audience, str) else list(audience)


def _json_of(options: Mapping[str, Any]) -> str:
    return text_of(_given(options))
