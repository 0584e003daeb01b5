"""A FastAPI dependency: `claims: Annotated[Verified, Depends(auth)]` is a verified token, or there is no call.

    auth = Jotgate(validator)
    auth.install(app)

`install` lets the application send the policy's answer as it is, body included. Without it a refusal still has the
right status and header fields, but FastAPI's own body, `{"detail": <code>}`.

Where the policy's `routes` let requests through without a token, the dependency gives None: write `Verified | None`.

On a WebSocket route the handshake is validated, which is a GET. One that is refused is closed before it is accepted:
with the policy's answer where the server can send it, and else with code 1008, which clients see as the status 403.
"""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response, WebSocketException
from fastapi.openapi.models import HTTPBearer
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from ._inspection import Answer
from ._native import Verified
from ._validator import Validator
from .asgi import WS_POLICY_VIOLATION, can_answer, request_of
from .errors import JotgateError

__all__ = ["Jotgate", "JotgateHTTPException"]


class JotgateHTTPException(HTTPException):
    """A refusal with its complete HTTP answer; `__cause__` is the jotgate error behind it."""

    def __init__(self, answer: Answer, code: str) -> None:
        # Without the content type, which belongs to the answer's own body.
        headers = {name: value for name, value in answer.headers if name.lower() != "content-type"}
        super().__init__(answer.status, detail=code, headers=headers)
        self.answer = answer


class Jotgate(SecurityBase):
    """The dependency. It shows in the OpenAPI document as an HTTP bearer scheme.

    Raises `JotgateHTTPException`: 401 or 403 for a bad token, 503 without keys, 500 for a bug; on a WebSocket route of
    a server that can send no answer to a handshake, `WebSocketException`. Scopes belong in the policy:
    `Security(auth, scopes=[...])` is refused, because nothing here would check them. A policy with `forward` is a
    ValueError: `jotgate.asgi.JotgateMiddleware` applies it.
    """

    def __init__(self, validator: Validator, *, scheme_name: str = "bearer", description: str | None = None) -> None:
        validator.refuse_to_forward("jotgate.fastapi", "jotgate.asgi.JotgateMiddleware")
        self.model = HTTPBearer(bearerFormat="JWT", description=description)
        self.scheme_name = scheme_name
        self._validator = validator

    async def __call__(self, connection: HTTPConnection, scopes: SecurityScopes) -> Verified | None:
        """Validates the token of a request or a WebSocket handshake; None where the policy's `routes` ask for none."""
        if scopes.scopes:
            raise RuntimeError("scopes of Security() are not checked: name them in the policy's issuers[].scopes")
        try:
            return await self._validator.validate_request_async(*request_of(connection.scope))
        except JotgateError as error:
            if not can_answer(connection.scope):
                raise WebSocketException(WS_POLICY_VIOLATION, error.code) from error
            raise JotgateHTTPException(self._validator.answer(error), error.code) from error

    def install(self, app: FastAPI) -> None:
        """Makes the application send each refusal exactly as the policy's `responses` wants it."""
        app.add_exception_handler(JotgateHTTPException, _send)


async def _send(_request: Request, error: Exception) -> Response:
    if not isinstance(error, JotgateHTTPException):
        raise error
    answer = error.answer
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
