"""What the application adds to a verdict: it may look clients up, refuse revoked tokens, and change what it sees."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, NamedTuple, TypeAlias

from ._native import Verified
from .errors import ClientNotAllowedError, InternalError, JotgateError, RevokedTokenError

ClientLookup: TypeAlias = Callable[[str, Verified], bool | Awaitable[bool]]
"""Whether the client of this id is allowed, which the verified token names; sync or async."""

IsRevoked: TypeAlias = Callable[[Verified], bool | Awaitable[bool]]
"""Whether a token that passed everything else was revoked; sync or async."""

Transform: TypeAlias = Callable[[dict[str, Any]], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]
"""Takes a copy of the verified claims and gives the claims that the application sees; sync or async."""

_log = logging.getLogger("jotgate")


class _Step(NamedTuple):
    """One call of a hook, and what refuses the token where the call fails."""

    name: str
    call: Callable[[], object]
    refusal: JotgateError


_Course: TypeAlias = Generator[_Step, Any, Verified]


class Hooks:
    """The hooks of one validator, in the order in which they run. Whatever goes wrong in one refuses the token."""

    def __init__(
        self, client_lookup: ClientLookup | None, is_revoked: IsRevoked | None, transform: Transform | None
    ) -> None:
        self._client_lookup = client_lookup
        self._is_revoked = is_revoked
        self._transform = transform

    def run(self, verified: Verified) -> Verified:
        """Runs the hooks, none of which may be async. Raises what refuses the token."""
        course = self._course(verified)
        answer: object = None
        while True:
            try:
                step = course.send(answer)
            except StopIteration as done:
                return _verified(done.value)
            answer = _call(step)
            if inspect.isawaitable(answer):
                if inspect.iscoroutine(answer):
                    answer.close()
                _log.error("%s is async: only validate_async and validate_request_async can wait for it", step.name)
                raise step.refusal

    async def run_async(self, verified: Verified) -> Verified:
        """Like `run`, and waits for what is async."""
        course = self._course(verified)
        answer: object = None
        while True:
            try:
                step = course.send(answer)
            except StopIteration as done:
                return _verified(done.value)
            answer = _call(step)
            if inspect.isawaitable(answer):
                try:
                    answer = await answer
                except Exception as error:
                    raise _refused(step, error) from error

    def _course(self, verified: Verified) -> _Course:
        if self._client_lookup is not None:
            verified = yield from _ask_client_lookup(self._client_lookup, verified)
        if self._is_revoked is not None:
            verified = yield from _ask_revoked(self._is_revoked, verified)
        if self._transform is not None:
            verified = yield from _ask_transform(self._transform, verified)
        return verified


def _ask_client_lookup(hook: ClientLookup, verified: Verified) -> _Course:
    client = verified.client_to_look_up
    if client is None:
        return verified
    # Nothing but True lets a client through: not a failure, and not whatever else counts as true.
    refusal = ClientNotAllowedError("the client is not known", issuer_index=verified.issuer_index)
    allowed = yield _Step("client_lookup", lambda: hook(client, verified), refusal)
    if allowed is not True:
        raise refusal
    return verified


def _ask_revoked(hook: IsRevoked, verified: Verified) -> _Course:
    issuer = verified.issuer_index
    revoked = yield _Step("is_revoked", lambda: hook(verified), InternalError("is_revoked failed"))
    if revoked is True:
        raise RevokedTokenError("the application says that it was revoked", issuer_index=issuer)
    if revoked is not False:
        # A forgotten `return` must not let revoked tokens through.
        _log.error("is_revoked must return a bool, not %s", type(revoked).__name__)
        raise InternalError("is_revoked gave no bool")
    return verified


def _ask_transform(hook: Transform, verified: Verified) -> _Course:
    claims = yield _Step("transform", lambda: hook(verified.claims), InternalError("transform failed"))
    if not isinstance(claims, Mapping):
        _log.error("transform must return a mapping, not %s", type(claims).__name__)
        raise InternalError("transform gave no mapping")
    try:
        return verified.with_claims(dict(claims))
    except Exception as error:
        _log.error("what transform gave cannot be copied", exc_info=error)
        raise InternalError("transform gave claims that cannot be copied") from error


def _call(step: _Step) -> object:
    try:
        return step.call()
    except Exception as error:
        raise _refused(step, error) from error


def _refused(step: _Step, error: Exception) -> JotgateError:
    _log.error("%s failed, and the token is refused", step.name, exc_info=error)
    return step.refusal


def _verified(value: object) -> Verified:
    """What a course ends with: typing knows the result of a generator only where `yield from` takes it."""
    if not isinstance(value, Verified):
        raise InternalError("the hooks ended without a token")
    return value
