"""gRPC interceptors for `grpc` and `grpc.aio`: every call must carry a good token where the policy asks for one.

    auth = Jotgate(issuer="https://idp.example.com/", audience="orders")  # or Jotgate(validator)
    server = grpc.server(ThreadPoolExecutor(), interceptors=[auth.interceptor()])
    server = grpc.aio.server(interceptors=[auth.aio_interceptor()])

    class Orders(OrdersServicer):
        def List(self, request, context):
            return ListReply(owner=auth.token.subject)

        @auth.require_scopes("orders:write")
        def Delete(self, request, context): ...

The policy sees a POST to `/package.Service/Method`, and the metadata as header fields. A refusal has the code as its
details, the policy's challenge as trailing metadata, and the status UNAUTHENTICATED, PERMISSION_DENIED, or UNAVAILABLE
without keys.

A call that streams ends when the policy refuses its token, as what refuses it, such as UNAUTHENTICATED and `expired`.
The validator is asked again once the token has expired, so that the policy's leeway holds: every second under
`grpc.aio`, and else with the next message in either direction, once a second at most.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

import grpc
import grpc.aio

from . import _grpc_calls as calls
from ._native import Verified
from ._requirement import Requirement, requirement_of
from ._validator import Validator, validator_of
from .errors import InternalError, InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import Strings, ValidatorOptions
    from .policy import ClaimRule

__all__ = ["Jotgate"]

_Asks = Callable[[Any], calls.Question]
_Method = TypeVar("_Method", bound=Callable[..., Any])


class Jotgate:
    """Guards servers by a `Validator` or the options of one. A policy with `forward` is a ValueError.

    end_streams_at_expiry: whether a call that streams ends when the policy refuses its token, which is looked at again
        once it has expired. Default: yes.
    """

    def __init__(
        self,
        validator: Validator | None = None,
        *,
        end_streams_at_expiry: bool = True,
        **options: Unpack[ValidatorOptions],
    ) -> None:
        self._validator = validator_of(validator, options)
        self._validator.refuse_to_forward("jotgate.grpc", "a policy without it")
        self._ends = end_streams_at_expiry
        self._token: ContextVar[Verified | None] = ContextVar("jotgate.token", default=None)

    @property
    def validator(self) -> Validator:
        """The one that it was given, or has made of its options."""
        return self._validator

    @property
    def token(self) -> Verified:
        """The token of the call that is served. Raises RuntimeError where there is none."""
        token = self._token.get()
        if token is None:
            raise RuntimeError("this call has no token: no interceptor asked for one, or the policy's routes need none")
        return token

    @property
    def token_or_none(self) -> Verified | None:
        """The same; None where the policy's `routes` ask for none, or no interceptor did."""
        return self._token.get()

    def interceptor(self) -> grpc.ServerInterceptor:
        """For `grpc.server`. It validates on the thread of the call; hooks of the validator must not be async."""
        return _Interceptor(self)

    def aio_interceptor(self) -> grpc.aio.ServerInterceptor:
        """For `grpc.aio.server`. It waits for keys without a thread, and hooks of the validator may be async."""
        return _AioInterceptor(self)

    def require_scopes(self, *scopes: str) -> Callable[[_Method], _Method]:
        """Asks for a token with all of these scopes before a method of a servicer, behind an interceptor."""
        return self.require(scopes=scopes)

    def require(
        self,
        requirement: Requirement | None = None,
        *,
        scopes: Strings = (),
        any_scopes: Strings = (),
        claims: Sequence[ClaimRule] = (),
    ) -> Callable[[_Method], _Method]:
        """Asks for more of the token before a method of a servicer: see `Validator.require`.

        What cannot be asked is a `PolicyError` here, when the method is defined.
        """
        asked = requirement_of(requirement, scopes, any_scopes, claims)

        def guard(method: _Method) -> _Method:
            return cast("_Method", _asking(method, lambda: self._validator.require(self._token.get(), asked)))

        return guard

    def _guarded(self, handler: Any, path: str, *, is_async: bool) -> Any:
        """The handler of the same kind that asks for a token first."""
        kind, behaviour = calls.behaviour_of(handler)
        again = self._ends and kind != "unary_unary"

        def question(context: Any) -> calls.Question:
            return calls.Question(self._validator, path, context, again=again)

        if is_async and inspect.isasyncgenfunction(behaviour):
            guarded: Any = self._async_generator(behaviour, question)
        elif is_async and inspect.iscoroutinefunction(behaviour):
            guarded = self._coroutine(behaviour, question)
        elif handler.response_streaming:
            guarded = self._generator(behaviour, question, requests_stream=handler.request_streaming)
        else:
            guarded = self._plain(behaviour, question, requests_stream=handler.request_streaming)
        return calls.with_behaviour(handler, kind, functools.wraps(behaviour)(guarded))

    def _plain(self, behaviour: Callable[..., Any], question: _Asks, *, requests_stream: bool) -> Callable[..., Any]:
        def guarded(request: Any, context: Any) -> Any:
            call = question(context)
            verified = self._begun(context, call)
            if requests_stream:
                request = self._while_good(request, call, context)
            try:
                return self._as_of(verified, behaviour, request, context)
            except _REFUSALS as error:
                self._refuse(context, error)

        return guarded

    def _generator(
        self, behaviour: Callable[..., Any], question: _Asks, *, requests_stream: bool
    ) -> Callable[..., Any]:
        def guarded(request: Any, context: Any) -> Iterator[Any]:
            call = question(context)
            verified = self._begun(context, call)
            if requests_stream:
                request = self._while_good(request, call, context)
            try:
                responses = iter(self._as_of(verified, behaviour, request, context))
                while (response := self._as_of(verified, next, responses, _END)) is not _END:
                    call.ask_again()
                    yield response
            except _REFUSALS as error:
                self._refuse(context, error)

        return guarded

    def _coroutine(self, behaviour: Callable[..., Any], question: _Asks) -> Callable[..., Awaitable[Any]]:
        async def guarded(request: Any, context: Any) -> Any:
            call = question(context)
            await self._begun_async(context, call)
            watch = calls.Watch(call)
            try:
                with watch.ending():
                    return await behaviour(request, context)
            except _REFUSALS as error:
                await self._refuse_async(context, error)
            finally:
                watch.stop()

        return guarded

    def _async_generator(self, behaviour: Callable[..., Any], question: _Asks) -> Callable[..., Any]:
        async def guarded(request: Any, context: Any) -> Any:
            call = question(context)
            await self._begun_async(context, call)
            watch = calls.Watch(call)
            responses = behaviour(request, context)
            try:
                while True:
                    # Not while a message is sent: that is not for the method to be woken from.
                    with watch.ending():
                        response = await anext(responses, _END)
                    if response is _END:
                        return
                    yield response
            except _REFUSALS as error:
                await self._refuse_async(context, error)
            finally:
                watch.stop()
                await responses.aclose()

        return guarded

    def _begun(self, context: Any, call: calls.Question) -> Verified | None:
        try:
            return call.ask()
        except JotgateError as error:
            self._refuse(context, error)
            raise

    async def _begun_async(self, context: Any, call: calls.Question) -> None:
        try:
            verified = await call.ask_async()
        except JotgateError as error:
            await self._refuse_async(context, error)
            raise
        # Each call has a task of its own.
        self._token.set(verified)

    def _as_of(self, verified: Verified | None, function: Callable[..., Any], *args: Any) -> Any:
        """What a function gives where the token is that of this call.

        A thread of the server serves another call next, and goes on with a stream that another thread has begun.
        """
        self._token.set(verified)
        try:
            return function(*args)
        finally:
            self._token.set(None)

    def _while_good(self, requests: Iterator[Any], call: calls.Question, context: Any) -> Iterator[Any]:
        for request in requests:
            try:
                call.ask_again()
            except JotgateError as error:
                self._refuse(context, error)
            yield request

    def _refuse(self, context: Any, error: JotgateError) -> None:
        status, details, trailers = calls.status_of(self._validator, error)
        context.set_trailing_metadata(trailers)
        context.abort(status, details)

    async def _refuse_async(self, context: Any, error: JotgateError) -> None:
        status, details, trailers = calls.status_of(self._validator, error)
        await context.abort(status, details, trailers)


class _Interceptor(grpc.ServerInterceptor):
    def __init__(self, auth: Jotgate) -> None:
        self._auth = auth

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        handler = continuation(handler_call_details)
        # A method that nobody serves stays UNIMPLEMENTED.
        if handler is None:
            return None
        return self._auth._guarded(handler, handler_call_details.method, is_async=False)


class _AioInterceptor(grpc.aio.ServerInterceptor):
    def __init__(self, auth: Jotgate) -> None:
        self._auth = auth

    async def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        return self._auth._guarded(handler, handler_call_details.method, is_async=True)


def _asking(method: Callable[..., Any], ask: Callable[[], object]) -> Callable[..., Any]:
    """The method, of the same kind, that asks first. What `ask` raises goes to the interceptor."""
    if inspect.isasyncgenfunction(method):

        @functools.wraps(method)
        async def generating(*args: Any, **kwargs: Any) -> Any:
            ask()
            async for response in method(*args, **kwargs):
                yield response

        return generating
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaiting(*args: Any, **kwargs: Any) -> Any:
            ask()
            return await method(*args, **kwargs)

        return awaiting

    @functools.wraps(method)
    def calling(*args: Any, **kwargs: Any) -> Any:
        ask()
        return method(*args, **kwargs)

    return calling


_REFUSALS = (InvalidToken, KeysUnavailable, InternalError)
"""What is an answer to the client, also where a method has raised it."""

_END = object()
"""What stands behind the last response."""
