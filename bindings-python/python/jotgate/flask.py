"""A Flask extension: protects an application, a blueprint or a single view.

    auth = Jotgate(validator)
    auth.init_app(app)          # every request of the application, or of a blueprint

    @app.get("/orders")
    @auth.required              # or this view alone
    def orders():
        return {"sub": auth.token["sub"]}

Refusals are the policy's answers, body included, and its `forward` is applied to the request that the view sees. Where
the policy's `routes` let a request through without a token, `auth.token_or_none` is None.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, Request, Response, current_app, g, request

from ._native import Verified
from ._request import forget_cached
from ._ruling import under_one
from ._validator import Validator
from .errors import JotgateError
from .wsgi import apply, request_of

__all__ = ["Jotgate"]

_View = TypeVar("_View", bound=Callable[..., Any])
_NAME = "jotgate"


class Jotgate:
    """The extension. Each request is validated once, whatever asks for it.

    It validates synchronously, under async views too: a request of Flask has its thread for itself. Hooks of the
    validator must not be async. What runs before it, such as a `before_request` of the application's own, sees the
    request as the client sent it, and so does a view that nothing guards.
    """

    def __init__(self, validator: Validator, app: Flask | None = None) -> None:
        self._validator = validator
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask | Blueprint) -> None:
        """Asks for a token before every request of the application or blueprint, those that match no view included."""
        app.before_request(self._refusal)
        if isinstance(app, Flask):
            app.extensions[_NAME] = self

    def required(self, view: _View) -> _View:
        """Asks for a token before this view. Stands below the route's own decorator."""

        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = self._refusal()
            return current_app.ensure_sync(view)(*args, **kwargs) if refusal is None else refusal

        return cast("_View", guarded)

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

    def _refusal(self) -> Response | None:
        tokens = g.setdefault(_NAME, {})
        if id(self) in tokens:
            return None
        validator, environ = self._validator, request.environ
        try:
            verified = under_one(validator, lambda: validator.validate_request(*request_of(environ, validator)))
        except JotgateError as error:
            answer = self._validator.answer(error)
            return Response(answer.body, answer.status, answer.headers)
        tokens[id(self)] = verified
        if self._validator.forwards:
            apply(under_one(validator, lambda: validator.forward(verified, *request_of(environ, validator))), environ)
            _read_anew(request)
        return None


def _read_anew(http: Request) -> None:
    """Lets the request read its environment again; its body, which can be read once only, stays as it is."""
    http.query_string = http.environ.get("QUERY_STRING", "").encode("latin-1", "replace")
    forget_cached(http, but=("stream", "data", "form", "files"))
    vars(http).pop("_parsed_content_type", None)
