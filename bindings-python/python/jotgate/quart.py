"""A Quart extension: protects an application, a blueprint or a single view.

    auth = Jotgate(issuer="https://idp.example.com/", audience="orders")  # or Jotgate(validator)
    auth.init_app(app)          # every request of the application, or of a blueprint

    @app.get("/orders")
    @auth.required              # or this view alone
    async def orders():
        return {"sub": auth.token.subject}

    @app.delete("/orders/<int:order>")
    @auth.require_scopes("orders:write")
    async def delete(order): ...

Refusals are the policy's answers, body included. Where the policy's `routes` let a request through without a token,
`auth.token_or_none` is None. On a WebSocket route the handshake is validated, which is a GET.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from quart import Blueprint, Quart, Response, current_app, g, has_websocket_context, request, websocket
from werkzeug.datastructures import Headers

from . import asgi
from ._native import Verified
from ._request import escaped
from ._requirement import Requirement, requirement_of
from ._validator import Validator, validator_of
from .errors import InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import Strings, ValidatorOptions
    from .policy import ClaimRule

__all__ = ["Jotgate"]

_View = TypeVar("_View", bound=Callable[..., Any])
_NAME = "jotgate"


class Jotgate:
    """The extension, of a `Validator` or the options of one. Each request is validated once, whatever asks for it.

    It waits for keys without a thread, so hooks of the validator may be async. A policy with `forward` is a ValueError:
    for that there is `jotgate.asgi.JotgateMiddleware`.
    """

    def __init__(
        self, validator: Validator | None = None, app: Quart | None = None, **options: Unpack[ValidatorOptions]
    ) -> None:
        self._validator = validator_of(validator, options)
        self._validator.refuse_to_forward("jotgate.quart", "jotgate.asgi.JotgateMiddleware")
        if app is not None:
            self.init_app(app)

    @property
    def validator(self) -> Validator:
        """The one that it was given, or has made of its options."""
        return self._validator

    def init_app(self, app: Quart | Blueprint) -> None:
        """Asks for a token before every request of the application or blueprint, those that match no view included.

        WebSocket handshakes are requests, too. What a view itself raises of jotgate is answered by the policy, such as
        `auth.token.subject` where the token has none.
        """
        app.before_request(self._refusal)
        app.before_websocket(self._refusal)
        app.register_error_handler(InvalidToken, self._answer)
        app.register_error_handler(KeysUnavailable, self._answer)
        if isinstance(app, Quart):
            app.extensions[_NAME] = self

    def required(self, view: _View) -> _View:
        """Asks for a token before this view. Stands below the route's own decorator."""
        return self._guarded(view, None)

    def require_scopes(self, *scopes: str) -> Callable[[_View], _View]:
        """Asks for a token with all of these scopes before this view: `@auth.require_scopes("orders:write")`."""
        return self.require(scopes=scopes)

    def require(
        self,
        requirement: Requirement | None = None,
        *,
        scopes: Strings = (),
        any_scopes: Strings = (),
        claims: Sequence[ClaimRule] = (),
    ) -> Callable[[_View], _View]:
        """Asks for a token before this view, and for more of it: see `Validator.require`.

        What cannot be asked is a `PolicyError` here, when the view is defined.
        """
        asked = requirement_of(requirement, scopes, any_scopes, claims)
        return lambda view: self._guarded(view, asked)

    @property
    def token(self) -> Verified:
        """The request's token. Raises RuntimeError for a request that has none, or that was not asked for one."""
        token = self.token_or_none
        if token is None:
            raise RuntimeError("this request has no token: nothing asked for one, or the policy's routes need none")
        return token

    @property
    def token_or_none(self) -> Verified | None:
        """The request's token; None where the policy's `routes` ask for none, or nothing here did."""
        token: Verified | None = g.get(_NAME, {}).get(id(self))
        return token

    def _guarded(self, view: _View, requirement: Requirement | None) -> _View:
        @functools.wraps(view)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = await self._refusal(requirement)
            if refusal is not None:
                return refusal
            try:
                return await current_app.ensure_async(view)(*args, **kwargs)
            except (InvalidToken, KeysUnavailable) as error:
                return self._answer(error)

        return cast("_View", guarded)

    def _answer(self, error: JotgateError, requirement: Requirement | None = None) -> Response:
        answer = self._validator.answer(error, requirement)
        return Response(answer.body, answer.status, Headers(answer.headers))

    async def _refusal(self, requirement: Requirement | None = None) -> Response | None:
        tokens = g.setdefault(_NAME, {})
        try:
            if id(self) not in tokens:
                tokens[id(self)] = await self._validator.validate_request_async(*_request())
            if requirement is not None:
                self._validator.require(tokens[id(self)], requirement)
        except JotgateError as error:
            return self._answer(error, requirement)
        return None


def _request() -> tuple[str, str, bytes, Any]:
    """The arguments of `Validator.validate_request` for the request or the WebSocket handshake."""
    here: Any = websocket if has_websocket_context() else request
    method, _, query, headers = asgi.request_of(here.scope)
    # Not that of the scope: views are found by what the framework has left of it, wherever the prefix stood in it.
    return method, escaped(here.root_path.rstrip("/") + here.path), query, headers
