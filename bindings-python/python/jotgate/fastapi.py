"""A FastAPI dependency: `token: Annotated[Verified, Depends(auth)]` is a verified token, or there is no call.

    auth = Jotgate(issuer="https://idp.example.com/", audience="orders")  # or Jotgate(validator)
    auth.install(app)

    @app.delete("/orders/{order}")
    async def delete(order: int, token: Annotated[Verified, Security(auth, scopes=["orders:write"])]): ...

`install` lets the application send the policy's answer as it is, body included, and puts the answers into the OpenAPI
document. Without it a refusal still has the right status and header fields, but FastAPI's own body,
`{"detail": <code>}`.

Where the policy's `routes` let requests through without a token, the dependency gives None: write `Verified | None`.

On a WebSocket route the handshake is validated, which is a GET. One that is refused is closed before it is accepted:
with the policy's answer where the server can send it, and else with code 1008, which clients see as the status 403.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, HTTPException, Request, Response, WebSocketException
from fastapi.openapi.models import HTTPBearer
from fastapi.openapi.models import SecurityBase as SecurityModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from ._asked_before import NothingYet, accepted_by, asked_before, keep
from ._inspection import Answer
from ._native import Verified
from ._openapi import describe_refusals
from ._requirement import Requirement, of_scopes, requirement_of
from ._validator import Validator, validator_of
from .asgi import WS_POLICY_VIOLATION, can_answer, request_of
from .errors import InvalidToken, JotgateError, KeysUnavailable, MissingTokenError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import Strings, ValidatorOptions
    from .policy import ClaimRule

__all__ = ["Jotgate", "JotgateHTTPException", "Verified"]

_T = TypeVar("_T")


class JotgateHTTPException(HTTPException):
    """A refusal with its complete HTTP answer; `__cause__` is the jotgate error behind it."""

    def __init__(self, answer: Answer, code: str) -> None:
        # Without the content type, which belongs to the answer's own body.
        headers = {name: value for name, value in answer.headers if name.lower() != "content-type"}
        super().__init__(answer.status, detail=code, headers=headers)
        self.answer = answer


class Jotgate(SecurityBase):
    """The dependency. It shows in the OpenAPI document as an HTTP bearer scheme, with the scopes of each operation.

    `Depends(auth)` asks for a token; `Security(auth, scopes=[...])` for one with all of these scopes, those of
    enclosing dependencies included; `Depends(auth.require(...))` for more than that; and `Depends(auth.into(Customer))`
    for its claims as an object. One request is validated once, however many of them ask.

    It takes a `Validator`, or the options of one. A policy with `forward` is a ValueError: for that there is
    `jotgate.asgi.JotgateMiddleware`.

    Raises `JotgateHTTPException`: 401 or 403 for a bad token, 503 without keys, 500 for a bug; on a WebSocket route of
    a server that can send no answer to a handshake, `WebSocketException`.
    """

    def __init__(
        self,
        validator: Validator | None = None,
        *,
        scheme_name: str = "bearer",
        description: str | None = None,
        **options: Unpack[ValidatorOptions],
    ) -> None:
        validator = validator_of(validator, options)
        validator.refuse_to_forward("jotgate.fastapi", "jotgate.asgi.JotgateMiddleware")
        self.model: SecurityModel = HTTPBearer(bearerFormat="JWT", description=description)
        self.scheme_name: str = scheme_name
        self._validator = validator

    @property
    def validator(self) -> Validator:
        """The one that it was given, or has made of its options."""
        return self._validator

    async def __call__(self, connection: HTTPConnection, scopes: SecurityScopes) -> Verified | None:
        """Validates the token of a request or a WebSocket handshake; None where the policy's `routes` ask for none."""
        requirement = of_scopes(tuple(scopes.scopes)) if scopes.scopes else None
        try:
            verified = await self._validated(connection)
            return verified if requirement is None else self._validator.require(verified, requirement)
        except JotgateError as error:
            raise self._refusal(connection, error, requirement) from error

    def require(
        self,
        requirement: Requirement | None = None,
        *,
        scopes: Strings = (),
        any_scopes: Strings = (),
        claims: Sequence[ClaimRule] = (),
    ) -> Callable[..., Awaitable[Verified]]:
        """A dependency that asks for more of the token: see `Validator.require`.

        What cannot be asked is a `PolicyError` here, when the endpoint is defined. The OpenAPI document has no words
        for more than `Security(auth, scopes=[...])`.
        """
        asked = requirement_of(requirement, scopes, any_scopes, claims)

        def further(connection: HTTPConnection, verified: Verified | None) -> Verified:
            return accepted_by(connection.scope, verified, self._validator).require(verified, asked)

        return _Further(self, further)

    def into(self, kind: type[_T]) -> Callable[..., Awaitable[_T]]:
        """A dependency that gives the claims as an object: see `Verified.into`.

        `Security(auth.into(Customer), scopes=[...])` asks for scopes, too.
        """

        def filled(_connection: HTTPConnection, verified: Verified | None) -> _T:
            if verified is None:
                raise MissingTokenError("the endpoint needs a token, and the policy's routes ask for none")
            return verified.into(kind)

        return _Further(self, filled)

    def install(self, app: FastAPI) -> None:
        """Makes the application send each refusal exactly as the policy's `responses` wants it.

        So it does with what an endpoint itself raises of jotgate, such as `token.subject` where the token has none. The
        OpenAPI document gets these answers at every operation that asks for a token.
        """
        app.add_exception_handler(JotgateHTTPException, _send)
        app.add_exception_handler(InvalidToken, self._send_error)
        app.add_exception_handler(KeysUnavailable, self._send_error)
        described = app.openapi

        def asks(_path: str, _method: str, operation: dict[str, Any]) -> bool:
            return any(self.scheme_name in needed for needed in operation.get("security", []))

        def openapi() -> dict[str, Any]:
            return describe_refusals(described(), self._validator, asks)

        app.openapi = openapi  # type: ignore[method-assign]

    async def _validated(self, connection: HTTPConnection) -> Verified | None:
        request = request_of(connection.scope)
        before = asked_before(connection.scope, self._validator, request)
        if not isinstance(before, NothingYet):
            return before
        verified = await self._validator.validate_request_async(*request)
        keep(connection.scope, self._validator, request, verified)
        return verified

    def _refusal(
        self, connection: HTTPConnection, error: JotgateError, requirement: Requirement | None = None
    ) -> HTTPException | WebSocketException:
        if not can_answer(connection.scope):
            return WebSocketException(WS_POLICY_VIOLATION, error.code)
        return JotgateHTTPException(self._validator.answer(error, requirement), error.code)

    async def _send_error(self, request: Request, error: Exception) -> Response:
        # A WebSocket that was accepted has no answer left.
        if not isinstance(error, JotgateError) or request.scope["type"] != "http":
            raise error
        return _response(self._validator.answer(error))


class _Further(Generic[_T]):
    """A dependency on what another one gives, so that what stands in for that in a test counts here, too."""

    def __init__(self, auth: Jotgate, further: Callable[[HTTPConnection, Verified | None], _T]) -> None:
        self._auth = auth
        self._further = further
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        token = Annotated[Any, Depends(auth)]
        # What FastAPI reads: which dependency it is can only be said once there is one.
        self.__signature__: inspect.Signature = inspect.Signature(
            [
                inspect.Parameter("connection", kind, annotation=HTTPConnection),
                inspect.Parameter("verified", kind, annotation=token),
            ]
        )

    async def __call__(self, connection: HTTPConnection, verified: Verified | None) -> _T:
        try:
            return self._further(connection, verified)
        except JotgateError as error:
            raise self._auth._refusal(connection, error) from error


async def _send(_request: Request, error: Exception) -> Response:
    if not isinstance(error, JotgateHTTPException):
        raise error
    return _response(error.answer)


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
