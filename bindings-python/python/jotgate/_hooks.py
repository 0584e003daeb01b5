"""What the application adds to a verdict: it may look clients up, refuse revoked tokens, and change what it sees."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, NamedTuple, TypeAlias

from ._native import Undecided, Verified
from ._numbers import ANSWER_FAILED, ANSWER_NO, ANSWER_YES, QUESTION_CLIENT, QUESTION_REVOKED
from ._undecided import UndecidedToken
from .errors import InternalError, JotgateError

ClientLookup: TypeAlias = Callable[[str, UndecidedToken], bool | Awaitable[bool]]
"""Whether the client of this id is allowed, which the token names; sync or async."""

IsRevoked: TypeAlias = Callable[[UndecidedToken], bool | Awaitable[bool]]
"""Whether a token that passed everything else was revoked; sync or async."""

Transform: TypeAlias = Callable[[dict[str, Any]], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]
"""Takes a copy of the verified claims and gives the claims that the application sees; sync or async."""

_log = logging.getLogger("jotgate")


class _Call(NamedTuple):
    """One call of a hook."""

    name: str
    call: Callable[[], object]


class _Answer(NamedTuple):
    """What the call gave, or what it raised."""

    given: object = None
    error: Exception | None = None


_Course: TypeAlias = Generator[_Call, _Answer, Verified]


class Hooks:
    """The hooks of one validator, in the order in which they run. Whatever goes wrong in one refuses the token."""

    def __init__(
        self, client_lookup: ClientLookup | None, is_revoked: IsRevoked | None, transform: Transform | None
    ) -> None:
        self._client_lookup = client_lookup
        self._is_revoked = is_revoked
        self._transform = transform

    def run(self, verdict: Verified | Undecided) -> Verified:
        """Runs the hooks, none of which may be async. Raises what refuses the token."""
        course = self._course(verdict)
        try:
            call = next(course)
            while True:
                answer = _made(call)
                if inspect.isawaitable(answer.given):
                    answer = _unawaited(answer.given)
                call = course.send(_logged(call, answer))
        except StopIteration as done:
            return _verified(done.value)

    async def run_async(self, verdict: Verified | Undecided) -> Verified:
        """Like `run`, and waits for what is async."""
        course = self._course(verdict)
        try:
            call = next(course)
            while True:
                answer = _made(call)
                if inspect.isawaitable(answer.given):
                    try:
                        answer = _Answer(await answer.given)
                    except Exception as error:  # noqa: BLE001 (it refuses the token)
                        answer = _Answer(error=error)
                call = course.send(_logged(call, answer))
        except StopIteration as done:
            return _verified(done.value)

    def _course(self, verdict: Verified | Undecided) -> _Course:
        while isinstance(verdict, Undecided):
            verdict = yield from self._decide(verdict)
        if self._transform is not None:
            verdict = yield from _ask_transform(self._transform, verdict)
        return verdict

    def _decide(self, undecided: Undecided) -> Generator[_Call, _Answer, Verified | Undecided]:
        """Goes on with what the application says. What the refusal says comes from the core."""
        question, client = undecided.question
        token = UndecidedToken(*undecided.parts())
        lookup, is_revoked = self._client_lookup, self._is_revoked
        answer = _Answer()
        if question == QUESTION_CLIENT and client is not None and lookup is not None:
            answer = yield _Call("client_lookup", lambda: lookup(client, token))
        elif question == QUESTION_REVOKED and is_revoked is not None:
            answer = yield _Call("is_revoked", lambda: is_revoked(token))
        # Nothing but True and False is an answer: a forgotten `return` must not let a token through.
        said = ANSWER_FAILED
        if isinstance(answer.given, bool):
            said = ANSWER_YES if answer.given else ANSWER_NO
        try:
            return undecided.answer(said)
        except JotgateError as refusal:
            raise refusal from answer.error


def _ask_transform(hook: Transform, verified: Verified) -> _Course:
    claims, error = yield _Call("transform", lambda: hook(verified.claims))
    if error is not None:
        raise InternalError("transform failed") from error
    if not isinstance(claims, Mapping):
        _log.error("transform must return a mapping, not %s", type(claims).__name__)
        raise InternalError("transform gave no mapping")
    try:
        return verified.with_claims(dict(claims))
    except Exception as error:
        _log.error("what transform gave cannot be copied", exc_info=error)
        raise InternalError("transform gave claims that cannot be copied") from error


def _made(call: _Call) -> _Answer:
    try:
        return _Answer(call.call())
    except Exception as error:  # noqa: BLE001 (it refuses the token)
        return _Answer(error=error)


def _unawaited(answer: object) -> _Answer:
    if inspect.iscoroutine(answer):
        answer.close()
    return _Answer(error=TypeError("it is async: only validate_async and validate_request_async can wait for it"))


def _logged(call: _Call, answer: _Answer) -> _Answer:
    if answer.error is not None:
        _log.error("%s failed, and the token is refused", call.name, exc_info=answer.error)
    elif call.name != "transform" and not isinstance(answer.given, bool):
        _log.error("%s must return a bool, not %s", call.name, type(answer.given).__name__)
    return answer


def _verified(value: object) -> Verified:
    """What a course ends with: typing knows the result of a generator only where `yield from` takes it."""
    if not isinstance(value, Verified):
        raise InternalError("the hooks ended without a token")
    return value
