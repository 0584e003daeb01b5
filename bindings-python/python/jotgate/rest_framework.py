"""An authentication class for Django REST framework.

    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["jotgate.rest_framework.JotgateAuthentication"],
        "EXCEPTION_HANDLER": "jotgate.rest_framework.exception_handler",
    }
    JOTGATE_VALIDATOR = "shop.auth.validator"

    class Orders(APIView):
        permission_classes = [HasScopes]
        required_scopes = ["orders:read"]

Views find the `Verified` token in `request.auth`, and a `TokenUser` in `request.user`. The exception handler sends the
policy's answers as they are; without it a refusal has the right status and header fields, and the framework's own body.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ._asked_before import NothingYet
from ._inspection import Answer
from ._native import Verified
from ._requirement import Requirement, of_scopes
from ._ruling import under_one
from ._validator import Validator
from .django import keep, request_of, response_of, validated, validator_of_settings
from .errors import InvalidToken, JotgateError, KeysUnavailable, MissingRequiredClaimError, MissingTokenError

if TYPE_CHECKING:
    from rest_framework.views import APIView

__all__ = [
    "HasScopes",
    "JotgateAPIException",
    "JotgateAuthentication",
    "MeetsRequirement",
    "TokenUser",
    "exception_handler",
]


class TokenUser:
    """Whom a token speaks for: enough of a user for permissions, and nothing from a database."""

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def __init__(self, token: Verified) -> None:
        self.token = token

    @property
    def pk(self) -> str | None:
        """`sub`, and None where the token has none."""
        with suppress(MissingRequiredClaimError):
            return self.token.subject
        return None

    @property
    def username(self) -> str:
        """`sub`, or the empty text."""
        return self.pk or ""

    def __str__(self) -> str:
        return self.username


class JotgateAPIException(APIException):
    """A refusal with its complete HTTP answer; `__cause__` is the jotgate error behind it."""

    def __init__(self, answer: Answer, error: JotgateError) -> None:
        super().__init__(error.code, error.code)
        self.status_code = answer.status
        self.answer = answer
        # What the framework's own exception handler looks for.
        for name, value in answer.headers:
            if name.lower() == "www-authenticate":
                self.auth_header = value
        if isinstance(error, KeysUnavailable):
            self.wait = math.ceil(error.retry_after)


class JotgateAuthentication(BaseAuthentication):
    """Authenticates by the token that the policy finds in the request.

    A request without a token is refused unless the policy's `routes` let it through, whatever the view's permissions
    say. With `required = False` in a subclass it counts as not authenticated instead, so that other classes may try.
    Behind `jotgate.django.JotgateMiddleware` the token is not validated again. Without it a policy with `forward` is a
    ValueError: a class cannot change the request.
    """

    required = True

    def __init__(self) -> None:
        self._validator = self.validator()

    def validator(self) -> Validator:
        """The validator to ask: that of the setting `JOTGATE_VALIDATOR`."""
        return validator_of_settings()

    def user_of(self, token: Verified) -> Any:
        """The user that a token speaks for: a `TokenUser`, unless a subclass looks one up."""
        return TokenUser(token)

    def authenticate(self, request: Request) -> tuple[Any, Verified] | None:
        """The user and the token; None for a request that needs none."""
        http = request._request
        try:
            validator = self._validator
            token = validated(http, validator)
            if isinstance(token, NothingYet):
                token = under_one(validator, lambda: validator.validate_request(*request_of(http, validator)))
                keep(http, token)
        except MissingTokenError as error:
            if not self.required:
                return None
            raise JotgateAPIException(self._validator.answer(error), error) from error
        except JotgateError as error:
            raise JotgateAPIException(self._validator.answer(error), error) from error
        return None if token is None else (self.user_of(token), token)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 (given by the framework)
        """The challenge for a request that no class authenticated."""
        headers = self._validator.answer(MissingTokenError()).headers
        return next((value for name, value in headers if name.lower() == "www-authenticate"), "Bearer")


class MeetsRequirement(BasePermission):
    """Lets requests through whose token is what the view asks for, beside what the policy asks of all.

        class IsOfTheShop(MeetsRequirement):
            requirement = Requirement(claims=[{"claim": "tenant", "equals": "shop"}])

    Permissions may be combined (`IsAdminUser | HasScopes`). With `exception_handler` the refusal is the policy's
    answer, whose challenge names the scopes. Without it the framework writes a body of its own with the code; status
    and challenge are the policy's all the same, unless the permission is combined with others.
    """

    requirement: Requirement | None = None

    def required_of(self, view: APIView) -> Requirement:
        """What is asked for: by the class, unless a subclass finds it in the view."""
        if self.requirement is None:
            raise ImproperlyConfigured(f"{type(self).__name__} of {type(view).__name__} needs a requirement")
        return self.requirement

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the token is what is asked for."""
        token = request.auth
        validator = getattr(request.successful_authenticator, "_validator", None) or validator_of_settings()
        try:
            validator.require(token if isinstance(token, Verified) else None, self.required_of(view))
        except InvalidToken as error:
            if isinstance(token, Verified) and self._stands_alone(view):
                # The framework's own refusal would have no challenge.
                raise JotgateAPIException(validator.answer(error), error) from error
            # Another permission may still let it through, so nothing is raised here.
            self.message = self.code = error.code
            vars(request._request)[_REFUSAL] = (validator, error)
            return False
        return True

    def _stands_alone(self, view: APIView) -> bool:
        """Whether it is one of the view's permissions, all of which must hold, and not a part of a combined one."""
        return any(type(permission) is type(self) for permission in view.get_permissions())


class HasScopes(MeetsRequirement):
    """Asks for all scopes that the view lists in `required_scopes`, or for those of `HasScopes.of`.

    class Orders(APIView):
        permission_classes = [HasScopes]
        required_scopes = ["orders:read"]

    @permission_classes([HasScopes.of("orders:write")])
    """

    message: str
    code: str

    @classmethod
    def of(cls, *scopes: str) -> type[HasScopes]:
        """The same for these scopes, whatever view it is. What cannot be asked is a `PolicyError` at once."""
        return type(cls.__name__, (cls,), {"requirement": Requirement(scopes=scopes)})

    def required_of(self, view: APIView) -> Requirement:
        """The scopes of the class or of the view."""
        scopes = getattr(view, "required_scopes", ())
        if self.requirement is None and scopes:
            return of_scopes((scopes,) if isinstance(scopes, str) else tuple(scopes))
        if self.requirement is None:
            raise ImproperlyConfigured(f"{type(view).__name__} needs required_scopes, or HasScopes.of(...)")
        return self.requirement


def exception_handler(exc: Exception, context: dict[str, Any]) -> Any:
    """Sends a refusal exactly as the policy's `responses` wants it; other exceptions are left to the framework.

    So it does with what a view itself raises of jotgate, such as `request.auth.subject` where the token has none.
    """
    if isinstance(exc, JotgateAPIException):
        return response_of(exc.answer)
    if isinstance(exc, InvalidToken | KeysUnavailable):
        return response_of(validator_of_settings().answer(exc))
    if isinstance(exc, NotAuthenticated | PermissionDenied) and context.get("request") is not None:
        refusal = vars(context["request"]._request).get(_REFUSAL)
        if refusal is not None:
            validator, error = refusal
            return response_of(validator.answer(error))
    # Not above: this module is named in settings that the module of the views reads while it is imported.
    from rest_framework import views

    return views.exception_handler(exc, context)


_REFUSAL = "_jotgate_refusal"
"""Where a permission leaves why it said no."""
