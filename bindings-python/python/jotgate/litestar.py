"""A Litestar plugin: `token: NamedDependency[Verified]` in a handler is a verified token, or there is no call.

    auth = Jotgate(issuer="https://idp.example.com/", audience="orders")  # or Jotgate(validator)

    @get("/orders")
    async def orders(token: NamedDependency[Verified]) -> dict[str, str]:
        return {"sub": token.subject}

    @delete("/orders/{order:int}", guards=[require_scopes("orders:write")])
    async def remove(order: int) -> None: ...

    app = Litestar([orders, remove], plugins=[auth])

Every handler asks for a token but those with `exclude_from_auth=True`, and then `request.auth` is the token, and
`request.user` its subject. Refusals are the policy's answers, body included, and the OpenAPI document has the bearer
scheme. Where the policy's `routes` let requests through without a token, both are None: write `Verified | None`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.connection import ASGIConnection, Request
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware
from litestar.openapi.spec import Components, OpenAPI, SecurityScheme
from litestar.plugins import InitPluginProtocol
from litestar.plugins.base import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.utils import join_paths

from . import asgi
from ._native import Verified
from ._openapi import describe_refusals
from ._request import escaped
from ._requirement import Requirement, requirement_of
from ._validator import Validator, validator_of
from .errors import InternalError, InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from litestar.config.app import AppConfig
    from litestar.types import ASGIApp, Receive, Scope, Send
    from typing_extensions import Unpack

    from ._options import Strings, ValidatorOptions
    from .policy import ClaimRule

__all__ = ["Jotgate", "JotgateMiddleware", "Verified", "require", "require_scopes"]

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


class Jotgate(InitPluginProtocol, ReceiveRoutePlugin):
    """The plugin, of a `Validator` or the options of one, for an application.

    It adds the middleware, the dependency `token`, the answers of refusals, and to the OpenAPI document the bearer
    scheme, and these answers at every operation that asks for a token. A policy with `forward` is a ValueError: for
    that there is `jotgate.asgi.JotgateMiddleware`.

    dependency: the name under which handlers get the token.
    user_of: what `request.user` is. Default: the subject of the token, or None.
    """

    def __init__(
        self,
        validator: Validator | None = None,
        *,
        dependency: str = "token",
        user_of: Callable[[Verified], Any] | None = None,
        scheme_name: str = "bearer",
        **options: Unpack[ValidatorOptions],
    ) -> None:
        self._validator = validator_of(validator, options)
        self._validator.refuse_to_forward("jotgate.litestar", "jotgate.asgi.JotgateMiddleware")
        self._dependency = dependency
        self._user_of = user_of or _subject_of
        self._scheme_name = scheme_name
        self._asking: set[tuple[str, str]] = set()

    @property
    def validator(self) -> Validator:
        """The one that it was given, or has made of its options."""
        return self._validator

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Called by the framework."""
        middleware = DefineMiddleware(JotgateMiddleware, auth=self)
        app_config.middleware.insert(0, middleware)
        app_config.dependencies[self._dependency] = Provide(_token_of, sync_to_thread=False)
        for kind in (InvalidToken, KeysUnavailable, InternalError):
            app_config.exception_handlers[kind] = self._answer
        self._describe(app_config)
        return app_config

    def receive_route(self, route: BaseRoute) -> None:
        """Called by the framework."""
        if isinstance(route, HTTPRoute):
            path = route.path_format or "/"
            for method, (handler, _) in route.route_handler_map.items():
                if not handler.opt.get(_EXCLUDED):
                    self._asking.add((path, str(method)))

    async def authenticate(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """Validates the token of a request or a WebSocket handshake."""
        verified = await self._validator.validate_request_async(*request_of(connection.scope))
        return AuthenticationResult(user=None if verified is None else self._user_of(verified), auth=verified)

    def _answer(self, _request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        answer = self._validator.answer(error)
        fields = dict(answer.headers)
        kind = fields.pop("Content-Type", "application/json")
        return Response(answer.body, status_code=answer.status, headers=fields, media_type=kind)

    def _describe(self, app_config: AppConfig) -> None:
        if app_config.openapi_config is None:
            return
        config = copy(app_config.openapi_config)
        scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
        mine = Components(security_schemes={self._scheme_name: scheme})
        others = config.components if isinstance(config.components, list) else [config.components]
        config.components = [*others, mine]
        config.security = [*(config.security or []), {self._scheme_name: []}]
        made = config.to_openapi_schema

        def to_openapi_schema() -> OpenAPI:
            openapi = made()
            written = openapi.to_schema
            openapi.to_schema = lambda: describe_refusals(written(), self._validator, self._asks)  # type: ignore[method-assign]
            return openapi

        config.to_openapi_schema = to_openapi_schema  # type: ignore[method-assign]
        app_config.openapi_config = config

    def _asks(self, path: str, method: str, _operation: dict[str, Any]) -> bool:
        return (path, method.upper()) in self._asking


class JotgateMiddleware(AbstractAuthenticationMiddleware):
    """What the plugin puts in front of the handlers."""

    def __init__(self, app: ASGIApp, auth: Jotgate) -> None:
        # No method goes without a token, unless the policy's routes say so: OPTIONS would by default.
        super().__init__(app, exclude_http_methods=[])
        self._auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Validates the request and calls the handler, or answers in its place."""
        found: Any = scope
        found[_VALIDATOR] = self._auth.validator
        try:
            await super().__call__(scope, receive, send)
        except JotgateError as error:
            # The framework would close a handshake with a code of its own, and no client sees an answer.
            if found["type"] != "websocket" or not found.get(_REFUSED):
                raise
            await asgi.send_answer(self._auth.validator.answer(error), found, send)  # type: ignore[arg-type]

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """What the plugin says."""
        found: Any = connection.scope
        try:
            result = await self._auth.authenticate(connection)
        except JotgateError:
            found[_REFUSED] = True
            raise
        # Beside the framework's own place, which another middleware may fill with something else.
        found[_VERIFIED] = result.auth
        return result


def require_scopes(*scopes: str) -> Guard:
    """A guard that asks for a token with all of these scopes: `guards=[require_scopes("orders:write")]`."""
    return require(scopes=scopes)


def require(
    requirement: Requirement | None = None,
    *,
    scopes: Strings = (),
    any_scopes: Strings = (),
    claims: Sequence[ClaimRule] = (),
) -> Guard:
    """A guard that asks for a token, and for more of it: see `Validator.require`.

    For a handler, a controller, a router or the application. What cannot be asked is a `PolicyError` here.
    """
    asked = requirement_of(requirement, scopes, any_scopes, claims)

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        found: Any = connection.scope
        validator: Validator | None = found.get(_VALIDATOR)
        if validator is None:
            raise RuntimeError("the guard needs the plugin jotgate.litestar.Jotgate in the application")
        validator.require(found.get(_VERIFIED), asked)

    return guard


def request_of(scope: Scope) -> tuple[str, str, bytes, Any]:
    """The arguments of `Validator.validate_request` for a request that the framework has found a handler for."""
    found: Any = scope
    method, _, query, headers = asgi.request_of(found)
    # Not as the server has it: the handler was found by what the framework has left of it, which takes a prefix out
    # wherever it stands, and empty segments, too.
    path = found.get("root_path", "").rstrip("/") + _mount_of(found["route_handler"]) + found["path"]
    return method, escaped(path), query, headers


def _mount_of(handler: Any) -> str:
    """The path at which another application is mounted, which the framework takes away from what that one sees."""
    if not getattr(handler, "is_mount", False):
        return ""
    if len(handler.paths) > 1:
        raise InternalError(
            "an application that is mounted at several paths cannot be told from one at another of them"
        )
    layers = [layer.path for layer in handler.ownership_layers if layer is not handler and layer.path]
    return join_paths([*layers, *handler.paths]).rstrip("/")


def _token_of(scope: Scope) -> Verified | None:
    found: Any = scope
    token: Verified | None = found.get(_VERIFIED)
    return token


def _subject_of(token: Verified) -> Any:
    return token.get("sub")


_EXCLUDED = "exclude_from_auth"
"""The option of a handler that goes without a token."""

_VALIDATOR = "jotgate.validator"
"""Where the scope has the validator, for the guards."""

_VERIFIED = "jotgate.verified"
"""Where it has the token, for the guards and the dependency."""

_REFUSED = "jotgate.refused"
"""Where it says that nothing behind the middleware was called."""
