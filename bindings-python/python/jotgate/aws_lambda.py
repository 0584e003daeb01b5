"""AWS Lambda: a decorator for functions behind HTTP, and a Lambda authorizer for API Gateway.

    auth = Jotgate(issuer="https://idp.example.com/", audience="orders")  # or Jotgate(validator)

    @auth.required
    def handler(event, context):
        return {"statusCode": 200, "body": auth.token.subject}

    @auth.require_scopes("orders:write")
    def delete(event, context): ...

Make it outside of the handler: what it has fetched is kept for all invocations of a process. Takes the events of REST
APIs, HTTP APIs (payload 1.0 and 2.0), function URLs and Application Load Balancers. Refusals are the policy's answers,
body included; where its `routes` let a request through without a token, `auth.token_or_none` is None.

    authorizer = auth.authorizer()  # answers with an IAM policy; auth.authorizer(simple=True) with isAuthorized
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ._lambda_events import arn_of, request_of, response_of
from ._native import Verified
from ._requirement import Requirement, requirement_of
from ._validator import Validator, validator_of
from .errors import InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import Strings, ValidatorOptions
    from .policy import ClaimRule

__all__ = ["Jotgate", "Unauthorized"]

_Handler = Callable[..., Any]

ContextOf = Callable[[Verified], Mapping[str, "str | int | float | bool"]]


class Unauthorized(Exception):
    """Raised by an authorizer where API Gateway is to answer 401, which it does for this message alone."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Jotgate:
    """Guards the functions of one process, by a `Validator` or the options of one.

    Before it lets an invocation end, it waits for the fetches that it has begun, because a frozen process would leave
    them half done. A policy with `forward` is a ValueError.

    base_path: a prefix of the paths that is not the application's, such as that of a custom domain name. The stage of
        an HTTP API is none of them, too.
    """

    def __init__(
        self, validator: Validator | None = None, *, base_path: str = "", **options: Unpack[ValidatorOptions]
    ) -> None:
        self._validator = validator_of(validator, options)
        self._validator.refuse_to_forward("jotgate.aws_lambda", "a policy without it")
        self._base_path = base_path
        self._token: ContextVar[Verified | None] = ContextVar("jotgate.token", default=None)

    @property
    def validator(self) -> Validator:
        """The one that it was given, or has made of its options."""
        return self._validator

    @property
    def token(self) -> Verified:
        """The token of the request that is handled. Raises RuntimeError where there is none."""
        token = self._token.get()
        if token is None:
            raise RuntimeError("this request has no token: nothing asked for one, or the policy's routes need none")
        return token

    @property
    def token_or_none(self) -> Verified | None:
        """The same; None where the policy's `routes` ask for none, or nothing here did."""
        return self._token.get()

    def required(self, handler: _Handler) -> _Handler:
        """Asks for a token before this handler, or answers in its place."""
        return self._guarded(handler, None)

    def require_scopes(self, *scopes: str) -> Callable[[_Handler], _Handler]:
        """Asks for a token with all of these scopes before this handler: `@auth.require_scopes("orders:write")`."""
        return self.require(scopes=scopes)

    def require(
        self,
        requirement: Requirement | None = None,
        *,
        scopes: Strings = (),
        any_scopes: Strings = (),
        claims: Sequence[ClaimRule] = (),
    ) -> Callable[[_Handler], _Handler]:
        """Asks for a token before this handler, and for more of it: see `Validator.require`.

        What cannot be asked is a `PolicyError` here, when the handler is defined.
        """
        asked = requirement_of(requirement, scopes, any_scopes, claims)
        return lambda handler: self._guarded(handler, asked)

    def authorizer(
        self, *, simple: bool = False, context: ContextOf | None = None, requirement: Requirement | None = None
    ) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
        """The handler of a Lambda authorizer, for TOKEN and REQUEST events of REST and HTTP APIs.

        It answers with an IAM policy that allows the one method and path that were asked about; a refusal of the
        status 403 is one that denies, and of 401 the error `Unauthorized`, for which API Gateway answers 401. With
        `simple` it answers `{"isAuthorized": …}`, which an HTTP API takes where simple responses are enabled, and for
        which it answers 403. A refusal has its code in the context, as `code`.

        Without keys, or when something is broken, it raises: API Gateway answers 500, and keeps that for nobody else.

        context: what the integration behind finds in `requestContext.authorizer`. Default: `sub`, `iss` and `scope`.
        requirement: what is asked of the token beside the policy.
        """
        describe = context or _described

        def authorize(event: dict[str, Any], invocation: Any = None) -> dict[str, Any]:
            arn = arn_of(event)
            if not simple and not _WILDCARDS.isdisjoint(arn):
                # In a policy it would allow more than was asked about, and API Gateway may keep it.
                raise Unauthorized
            try:
                verified = self._validated(event, requirement)
                told = {} if verified is None else dict(describe(verified))
                subject = "anonymous" if verified is None else str(verified.get("sub") or "unknown")
            except InvalidToken as error:
                if simple:
                    return {"isAuthorized": False, "context": {"code": error.code}}
                if self._validator.answer(error, requirement).status != _FORBIDDEN:
                    raise Unauthorized from error
                return _policy("unauthorized", "Deny", arn, {"code": error.code})
            finally:
                self._settle(invocation)
            return {"isAuthorized": True, "context": told} if simple else _policy(subject, "Allow", arn, told)

        return authorize

    def _guarded(self, handler: _Handler, requirement: Requirement | None) -> _Handler:
        @functools.wraps(handler)
        def guarded(event: dict[str, Any], invocation: Any = None, *args: Any, **kwargs: Any) -> Any:
            before = None
            try:
                before = self._token.set(self._validated(event, requirement))
                return handler(event, invocation, *args, **kwargs)
            except JotgateError as error:
                # Of the handler's own errors those alone that are about the token.
                if before is not None and not isinstance(error, InvalidToken | KeysUnavailable):
                    raise
                return response_of(self._validator.answer(error, requirement), event)
            finally:
                if before is not None:
                    self._token.reset(before)
                self._settle(invocation)

        return guarded

    def _validated(self, event: Mapping[str, Any], requirement: Requirement | None) -> Verified | None:
        verified = self._validator.validate_request(*request_of(event, self._base_path))
        return verified if requirement is None else self._validator.require(verified, requirement)

    def _settle(self, invocation: Any) -> None:
        """Waits for what is under way, while there is time for an answer left."""
        left = getattr(invocation, "get_remaining_time_in_millis", None)
        self._validator.settle(None if left is None else max(left() / 1000 - _FOR_THE_ANSWER, 0))


def _described(verified: Verified) -> dict[str, str | int | float | bool]:
    told = {"sub": verified.get("sub"), "iss": verified.get("iss"), "scope": " ".join(verified.scopes)}
    return {name: value for name, value in told.items() if isinstance(value, str) and value}


def _policy(principal: str, effect: str, arn: str, context: dict[str, Any]) -> dict[str, Any]:
    # This method and path alone: API Gateway may keep the answer, and use it for others with the same token.
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context}


_FORBIDDEN = 403

_WILDCARDS = frozenset("*?")
"""What stands for other characters in the resources of an IAM policy."""

_FOR_THE_ANSWER = 0.25
"""Seconds of the invocation's time that are left for its answer."""
