"""One policy of a validator, with what is known of it for as long as it holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from ._native import Core
from ._request import RequestParts, variables_of
from .errors import JotgateError

_T = TypeVar("_T")


class Ruling(Core):
    """The core of one policy. A question takes one and keeps it, so that no other policy has a say in it."""

    __slots__ = ("changes_requests", "parts", "variables")

    changes_requests: bool
    """Whether the policy has a `forward`."""
    parts: RequestParts
    variables: list[tuple[str, str]] | None

    def learn(self) -> Ruling:
        """Asks what requests are asked for, once: nothing of it can change."""
        self.changes_requests = self.forwards()
        self.parts = RequestParts(*self.reads())
        self.variables = variables_of(self.parts)
        return self


class _Ruled(Protocol):
    @property
    def _ruling(self) -> Ruling: ...


def under_one(validator: _Ruled, judge: Callable[[], _T]) -> _T:
    """What `judge` gives or raises, judged anew where another policy has come meanwhile.

    For what leaves parts of a request out before it asks: what one policy does not read, another one may.
    """
    while True:
        ruling = validator._ruling
        try:
            judged = judge()
        except JotgateError:
            if validator._ruling is ruling:
                raise
        else:
            if validator._ruling is ruling:
                return judged


async def under_one_async(validator: _Ruled, judge: Callable[[], Awaitable[_T]]) -> _T:
    """Like `under_one`."""
    while True:
        ruling = validator._ruling
        try:
            judged = await judge()
        except JotgateError:
            if validator._ruling is ruling:
                raise
        else:
            if validator._ruling is ruling:
                return judged
