"""Django middleware, for WSGI and ASGI alike.

    MIDDLEWARE = ["jotgate.django.JotgateMiddleware", ...]
    JOTGATE_VALIDATOR = "shop.auth.validator"   # a Validator, or a function that makes one

Views find the `Verified` token in `request.jotgate`; None stands there for a request that needs no token by the
policy's `routes`. The policy's `forward` is applied to what comes after this middleware: let it be the first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from . import asgi
from ._inspection import Answer
from ._native import Verified
from ._request import RequestHeaders, escaped, forget_cached
from ._ruling import under_one, under_one_async
from ._validator import Validator
from .errors import JotgateError
from .wsgi import apply, read_fields

__all__ = ["JotgateMiddleware", "request_of", "response_of", "validator_of_settings"]

_GetResponse = Callable[[HttpRequest], Any]


class JotgateMiddleware:
    """Lets requests through whose token passes; everything else gets `Validator.answer`.

    Under ASGI it waits for keys without a thread, and then hooks of the validator may be async.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: _GetResponse) -> None:
        self._get_response = get_response
        self._validator = validator_of_settings()
        self._async = iscoroutinefunction(get_response)
        if self._async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Validates the request and calls the next layer, or answers in its place."""
        if self._async:
            return self._call_async(request)
        validator = self._validator
        try:
            verified = under_one(validator, lambda: validator.validate_request(*request_of(request, validator)))
        except JotgateError as error:
            return response_of(self._validator.answer(error))
        self._hand_on(request, verified)
        return cast("HttpResponseBase", self._get_response(request))

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        validator = self._validator
        try:
            verified = await under_one_async(
                validator, lambda: validator.validate_request_async(*request_of(request, validator))
            )
        except JotgateError as error:
            return response_of(self._validator.answer(error))
        self._hand_on(request, verified)
        return cast("HttpResponseBase", await self._get_response(request))

    def _hand_on(self, request: HttpRequest, verified: Verified | None) -> None:
        """The request as the views see it."""
        request.jotgate = verified  # type: ignore[attr-defined]
        validator = self._validator
        if not validator.forwards:
            return
        apply(under_one(validator, lambda: validator.forward(verified, *request_of(request, validator))), request.META)
        if isinstance(request, ASGIRequest):
            # What the request was made of, which views may look at, too.
            scope = dict(request.scope)
            request.scope = asgi.forwarded(scope, self._validator.forward(verified, *asgi.request_of(scope)))
        forget_cached(request)
        request._set_content_type_params(request.META)  # type: ignore[attr-defined]


def request_of(request: HttpRequest, validator: Validator) -> tuple[str, str, str, RequestHeaders]:
    """The arguments of `Validator.validate_request` for a request."""
    # Not `request.path`: views are found by `path_info`, which need not be its end.
    path = request.META.get("SCRIPT_NAME", "").rstrip("/") + request.path_info
    # Django has the fields as a WSGI environment has them, whatever the server; `headers` it makes of all of them.
    headers: RequestHeaders = read_fields(request.META, validator)
    if headers is None:
        headers = dict(request.headers.items())
    return request.method or "", escaped(path), request.META.get("QUERY_STRING", ""), headers


def response_of(answer: Answer) -> HttpResponse:
    """An answer as a response of Django."""
    headers = {**dict(answer.headers), "Content-Length": str(len(answer.body))}
    return HttpResponse(answer.body, status=answer.status, headers=headers)


def validator_of_settings() -> Validator:
    """The validator of the setting `JOTGATE_VALIDATOR`: one, its dotted path, or that of a function that makes it."""
    found: Any = getattr(settings, "JOTGATE_VALIDATOR", None)
    if isinstance(found, str):
        found = import_string(found)
    if callable(found):
        found = _made.get(found) or _made.setdefault(found, found())
    if not isinstance(found, Validator):
        raise ImproperlyConfigured("JOTGATE_VALIDATOR must be, or name, a jotgate.Validator or a function making one")
    return found


_made: dict[Callable[..., object], object] = {}
"""What each function has made: once for all who ask, because a validator keeps the keys that it has fetched."""
