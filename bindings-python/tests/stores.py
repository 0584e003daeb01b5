"""Stores of key sets for the tests, good ones and others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Memory:
    """A store in this process, that counts."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.loads = 0
        self.saves = 0

    def load(self) -> str | None:
        self.loads += 1
        return self.text

    def save(self, text: str) -> None:
        self.saves += 1
        self.text = text


class AsyncMemory(Memory):
    """The same for event loops."""

    async def load(self) -> str | None:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().load()

    async def save(self, text: str) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().save(text)


class Custom:
    """A store of two functions; one that is not given does what a store should."""

    def __init__(self, load: Callable[..., Any] | None = None, save: Callable[..., Any] | None = None) -> None:
        self._memory = Memory()
        self.load: Callable[..., Any] = load or self._memory.load
        self.save: Callable[..., Any] = save or self._memory.save

    @property
    def text(self) -> str | None:
        return self._memory.text


class Exit(BaseException):
    """Something that `except Exception` would let through."""


def raising(error: BaseException) -> Callable[..., Any]:
    def function(*_: object) -> Any:
        raise error

    return function


def raising_async(error: BaseException) -> Callable[..., Any]:
    async def function(*_: object) -> Any:
        raise error

    return function


def returning(value: Any) -> Callable[..., Any]:
    return lambda *_: value


def returning_async(value: Any) -> Callable[..., Any]:
    async def function(*_: object) -> Any:
        return value

    return function


BROKEN: dict[str, Callable[..., Any]] = {
    "raises": raising(RuntimeError("the store is broken")),
    "raises StopIteration": raising(StopIteration()),
    "raises what is no Exception": raising(Exit()),
    "raises SystemExit": raising(SystemExit()),
    "raises a timeout of its own": raising(TimeoutError()),
    "raises in a coroutine": raising_async(RuntimeError("the store is broken")),
    "raises what is no Exception in a coroutine": raising_async(Exit()),
    "returns bytes": returning(b"{}"),
    "returns a number": returning(7),
    "returns a number in a coroutine": returning_async(7),
    "returns nothing": returning(None),
    "returns an empty text": returning(""),
    "returns text": returning("garbage"),
    "returns text in a coroutine": returning_async("garbage"),
    "returns a list": returning("[]"),
    "returns text that is no Unicode": returning("\ud800"),
    "returns no key set": returning('{"version":1,"written_at":0,"sources":[{"url":"https://idp.test/jwks"}]}'),
    "takes no argument and too many": lambda one, two, three: None,
}
"""What `load` and `save` may do wrong; each must be as good as a store that has nothing and keeps nothing."""
