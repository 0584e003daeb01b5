"""ASGI middleware: every request must carry a good token where the policy asks for one, or it gets its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from ._asked_before import NothingYet, asked_before, keep
from ._inspection import Answer, Forward
from ._native import Verified
from ._request import escaped
from ._requirement import Requirement
from ._validator import Validator
from .errors import JotgateError

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class JotgateMiddleware:
    """Lets requests and WebSocket handshakes through whose token passes, for any ASGI application.

    The application finds the `Verified` token in `scope["state"]["jotgate"]`, which Starlette and FastAPI show as
    `request.state.jotgate`; None stands there for a request that needs no token by the policy's `routes`. Everything
    else gets `Validator.answer`: 401 or 403 for a bad token, 503 without keys. The policy's `forward` is applied to
    what goes on.

    requires: what is asked of the token beside the policy. In front of a part of an application, or of a single route,
    behind another one of the same validator, it asks for that alone:

        Route("/orders", orders, middleware=[Middleware(JotgateMiddleware, validator, requires=reading)])
    """

    def __init__(self, app: App, validator: Validator, *, requires: Requirement | None = None) -> None:
        self._app = app
        self._validator = validator
        self._requires = requires

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Validates the request of this scope and calls the application, or answers in its place."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = request_of(scope)
        before = asked_before(scope, self._validator, request)
        try:
            if isinstance(before, NothingYet):
                verified = await self._validator.validate_request_async(*request)
            else:
                verified = before
            if self._requires is not None:
                self._validator.require(verified, self._requires)
        except JotgateError as error:
            await send_answer(self._validator.answer(error, self._requires), scope, send)
            return
        if isinstance(before, NothingYet):
            scope = self._handed_on(scope, request, verified)
        await self._app(scope, receive, send)

    def _handed_on(self, scope: Scope, request: tuple[str, str, bytes, Any], verified: Verified | None) -> Scope:
        """The request as the application sees it."""
        if self._validator.forwards:
            scope = forwarded(scope, self._validator.forward(verified, *request))
            request = request_of(scope)
        scope = {**scope, "state": {**scope.get("state", {}), "jotgate": verified}}
        keep(scope, self._validator, request, verified)
        return scope


def request_of(scope: Scope) -> tuple[str, str, bytes, Any]:
    """The arguments of `Validator.validate_request` for a request or a WebSocket handshake."""
    # A handshake is a GET (RFC 6455 section 4.1).
    method = scope.get("method", "GET")
    return method, escaped(_whole_path(scope)), scope.get("query_string", b""), scope["headers"]


def forwarded(scope: Scope, forward: Forward) -> Scope:
    """The request as the policy's `forward` lets it go on."""
    if forward == _UNCHANGED:
        return scope
    removed = {name.lower().encode("latin-1") for name in forward.remove}
    headers = [(name, value) for name, value in scope["headers"] if bytes(name).lower() not in removed]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in forward.set]
    query = scope.get("query_string", b"") if forward.query is None else forward.query.encode("latin-1", "replace")
    return {**scope, "headers": headers, "query_string": query}


def can_answer(scope: Scope) -> bool:
    """Whether the server can send an HTTP answer: to a WebSocket handshake not every one can."""
    return scope["type"] != "websocket" or "websocket.http.response" in (scope.get("extensions") or {})


def _whole_path(scope: Scope) -> str:
    """The path below the server's root, the prefix of the application included.

    Servers differ in whether `path` begins with `root_path`, and routers take both: behind a prefix `/shop` both
    `/orders` and `/shop/orders` are the application's `/orders`. So they are one path for the policy, too.
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path if not root or path == root or path.startswith(f"{root}/") else root + path


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Sends the answer to a request, or to a handshake as far as the server can."""
    kind = "http.response"
    if scope["type"] == "websocket":
        if not can_answer(scope):
            # The server answers 403 by itself: there is no other way to refuse a handshake.
            await send({"type": "websocket.close", "code": WS_POLICY_VIOLATION})
            return
        kind = "websocket.http.response"
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": answer.body})


_UNCHANGED = Forward([], [], None)

WS_POLICY_VIOLATION = 1008
"""RFC 6455 section 7.4.1."""
