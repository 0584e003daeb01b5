"""Django middleware, for WSGI and ASGI alike.

    MIDDLEWARE = ["jotgate.django.JotgateMiddleware", ...]
    JOTGATE_VALIDATOR = {"issuer": "https://idp.example.com/", "audience": "orders"}
    # or a Validator, or the dotted path of one, or of a function that makes one

Views find the `Verified` token in `request.jotgate`; None stands there for a request that needs no token by the
policy's `routes`. The policy's `forward` is applied to what comes after this middleware: let it be the first.

    @require_scopes("orders:write")
    def delete(request, order): ...

The decorators ask for more of a token, for views of functions, sync and async, and with `method_decorator` for those of
classes. They need no middleware. `token_of(request)` is `request.jotgate` for a type checker, and never None.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from . import asgi
from ._asked_before import NOTHING_YET, NothingYet
from ._inspection import Answer
from ._native import Verified
from ._request import RequestHeaders, escaped, forget_cached
from ._requirement import Requirement, requirement_of
from ._ruling import under_one, under_one_async
from ._validator import Validator
from .errors import InternalError, InvalidToken, JotgateError, KeysUnavailable
from .wsgi import apply, read_fields

if TYPE_CHECKING:
    from ._options import Strings
    from .policy import ClaimRule

__all__ = [
    "JotgateMiddleware",
    "request_of",
    "require",
    "require_scopes",
    "response_of",
    "token_of",
    "validator_of_settings",
]

_GetResponse = Callable[[HttpRequest], Any]
_View = TypeVar("_View", bound=Callable[..., Any])


class JotgateMiddleware:
    """Lets requests through whose token passes; everything else gets `Validator.answer`.

    What a view itself raises of jotgate is answered by the policy, too, such as `request.jotgate.subject` where the
    token has none. Under ASGI it waits for keys without a thread, and then hooks of the validator may be async.
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

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The policy's answer to what a view has raised of jotgate."""
        return response_of(self._validator.answer(error)) if isinstance(error, InvalidToken | KeysUnavailable) else None

    def _hand_on(self, request: HttpRequest, verified: Verified | None) -> None:
        """The request as the views see it."""
        keep(request, verified)
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


def require_scopes(*scopes: str) -> Callable[[_View], _View]:
    """Asks for a token with all of these scopes before a view: `@require_scopes("orders:write")`."""
    return require(scopes=scopes)


def require(
    requirement: Requirement | None = None,
    *,
    scopes: Strings = (),
    any_scopes: Strings = (),
    claims: Sequence[ClaimRule] = (),
) -> Callable[[_View], _View]:
    """Asks for a token before a view, and for more of it: see `Validator.require`.

    Behind the middleware the token is not validated again; without it a policy with `forward` is a ValueError. What
    cannot be asked is a `PolicyError` here, when the view is defined.
    """
    asked = requirement_of(requirement, scopes, any_scopes, claims)

    def guard(view: _View) -> _View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            validator = validator_of_settings()
            try:
                verified = validated(request, validator)
                if isinstance(verified, NothingYet):
                    verified = keep(request, validator.validate_request(*request_of(request, validator)))
                validator.require(verified, asked)
                return view(request, *args, **kwargs)
            except JotgateError as error:
                return _answered(validator, error, asked)

        @functools.wraps(view)
        async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            validator = validator_of_settings()
            try:
                verified = validated(request, validator)
                if isinstance(verified, NothingYet):
                    verified = keep(request, await validator.validate_request_async(*request_of(request, validator)))
                validator.require(verified, asked)
                return await view(request, *args, **kwargs)
            except JotgateError as error:
                return _answered(validator, error, asked)

        return cast("_View", guarded_async if iscoroutinefunction(view) else guarded)

    return guard


def token_of(request: object) -> Verified:
    """The token of a request, also of one of Django REST framework, as a type checker likes it.

    Raises RuntimeError for a request that has none, or that nothing asked for one.
    """
    token: Verified | None = vars(getattr(request, "_request", request)).get(_NAME)
    if token is None:
        raise RuntimeError("this request has no token: nothing asked for one, or the policy's routes need none")
    return token


def validated(request: HttpRequest, validator: Validator) -> Verified | NothingYet | None:
    """What the middleware, or who else came before, was told. Raises ValueError where only the middleware could be."""
    if _NAME in vars(request):
        before: Verified | None = vars(request)[_NAME]
        return before
    validator.refuse_to_forward("jotgate without its middleware", "jotgate.django.JotgateMiddleware")
    return NOTHING_YET


def keep(request: HttpRequest, verified: Verified | None) -> Verified | None:
    """Shows the token to the views, and to who asks next."""
    setattr(request, _NAME, verified)
    return verified


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


def _answered(validator: Validator, error: JotgateError, requirement: Requirement) -> HttpResponse:
    if not isinstance(error, InvalidToken | KeysUnavailable | InternalError):
        raise error
    return response_of(validator.answer(error, requirement))


def validator_of_settings() -> Validator:
    """The validator of the setting `JOTGATE_VALIDATOR`.

    That is one, its dotted path, the path of a function that makes it, or a dict with the options of one.
    """
    found: Any = getattr(settings, "JOTGATE_VALIDATOR", None)
    if isinstance(found, str):
        found = import_string(found)
    if isinstance(found, dict):
        found = _kept(id(found), found, lambda: Validator(**found))
    elif callable(found):
        found = _kept(found, found, found)
    if not isinstance(found, Validator):
        raise ImproperlyConfigured(
            "JOTGATE_VALIDATOR must be, or name, a jotgate.Validator or a function making one, or have its options"
        )
    return found


def _kept(key: object, setting: object, make: Callable[[], object]) -> object:
    made = _made.get(key) or _made.setdefault(key, (setting, make()))
    return made[1]


_NAME = "jotgate"
"""The attribute of a request that has its token."""

_made: dict[object, tuple[object, object]] = {}
"""What each setting has made, and the setting itself, so that no other one comes to stand in its place.

It is made once for all who ask, because a validator keeps the keys that it has fetched.
"""
