"""Plays one key-set scenario through the public API, with a clock and a fetch callback that do what its steps say.

Everything runs on one event loop, so a step is over when nothing is left that waits for a turn of the loop alone.
"""

from __future__ import annotations

import asyncio
from typing import Any

from jotgate import FetchRequest, FetchResponse, InvalidToken, KeysUnavailable, Validator

TURNS = 50
"""Turns of the loop in which every chain of callbacks of one step comes to its end."""


async def play(scenario: dict[str, Any]) -> dict[str, Any]:
    stage = _Stage(scenario)
    return {"id": scenario["id"], "steps": [await stage.take(step) for step in scenario["steps"]]}


class _Stage:
    def __init__(self, scenario: dict[str, Any]) -> None:
        self._policy: dict[str, Any] = scenario["policy"]
        self._start: float = scenario["start"]
        self._tokens: dict[str, str] = scenario["tokens"]
        self._now = self._start
        self._served: dict[str, Any] = {}
        self._fetches = 0
        self._last: FetchRequest | None = None
        self._held: list[tuple[str, asyncio.Event]] = []
        # Fetches of validations that a release has woken, while that step lasts. The next verdict that is asked for
        # lets them go on: the steps between may still change what is served to them.
        self._woken: list[asyncio.Event] = []
        self._releasing = False
        self._begun: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._snapshots: dict[str, str] = {}
        self._store = _Store() if any("store" in step for step in scenario["steps"]) else None
        self._events: list[str] = []
        self._validator = self._begin()

    def _begin(self) -> Validator:
        """A validator that knows nothing yet."""
        self._events = []
        return Validator.from_policy(
            self._policy,
            fetch=self._fetch,
            store=self._store,
            clock=lambda: self._now,
            on_event=lambda event: self._hear(event["event"]),
        )

    def _hear(self, event: str) -> None:
        # The scenarios tell of key sets alone.
        if event != "rejected":
            self._events.append(event)

    async def take(self, step: dict[str, Any]) -> dict[str, Any]:
        """What the step shows."""
        if "at" in step:
            self._now = self._start + step["at"]
        shown = {**await self._act(step), "fetches": self._fetches}
        return shown if self._store is None else {**shown, "saves": self._store.saves}

    async def _act(self, step: dict[str, Any]) -> dict[str, Any]:
        match step:
            case {"serve": served}:
                self._served.update(served)
            case {"validate": token}:
                return await self._verdict(asyncio.create_task(self._validate(token)))
            case {"begin": {"name": name, "token": token}}:
                self._begun[name] = asyncio.create_task(self._validate(token))
                await _settled()
            case {"end": name}:
                return await self._verdict(self._begun.pop(name))
            case {"release": url}:
                await self._release(url)
            case {"requested": _}:
                return {"requested": self._requested()}
            case _:
                return await self._act_on_keys(step)
        return {}

    async def _act_on_keys(self, step: dict[str, Any]) -> dict[str, Any]:
        """The steps of the functions that a validator has for its key sets."""
        match step:
            case {"refresh": _}:
                self._validator.refresh_keys()
                await _settled()
            case {"export": name}:
                self._snapshots[name] = self._validator.export_keys()
            case {"restart": _}:
                self._held = []
                self._validator = self._begin()
            case {"import": snapshot}:
                return {"imported": self._import(snapshot)}
            case {"store": text} if self._store is not None:
                self._store.text = text
            case {"health": {"source": source}}:
                return {"health": self._validator.health()["sources"][source]}
            case {"events": _}:
                told, self._events = self._events, []
                return {"events": told}
            case _:
                raise ValueError("a step that no validator of this interface can take")
        return {}

    def _import(self, snapshot: dict[str, str]) -> int | str:
        text = snapshot["text"] if "text" in snapshot else self._snapshots[snapshot["kept"]]
        try:
            return self._validator.import_keys(text)
        except ValueError:
            return "refused"

    async def _validate(self, token: str) -> dict[str, Any]:
        try:
            await self._validator.validate_async(self._tokens[token])
        except KeysUnavailable as error:
            return {"verdict": "unavailable", "code": error.code, "retry_after": error.retry_at - self._now}
        except InvalidToken as error:
            return {"verdict": "rejected", "code": error.code}
        return {"verdict": "accepted"}

    async def _verdict(self, asked: asyncio.Task[dict[str, Any]]) -> dict[str, Any]:
        woken, self._woken = self._woken, []
        for gate in woken:
            gate.set()
        shown = await asked
        # The refreshes that are due beside the verdict have been started; those that are not held end here.
        await _settled()
        return shown

    async def _release(self, url: str) -> None:
        self._releasing = True
        released = [gate for held, gate in self._held if held == url]
        self._held = [(held, gate) for held, gate in self._held if held != url]
        for gate in released:
            gate.set()
        await _settled()
        self._releasing = False

    async def _fetch(self, request: FetchRequest) -> FetchResponse:
        self._fetches += 1
        self._last = request
        gate = asyncio.Event()
        if self._served.get(request.url) == "hold":
            self._held.append((request.url, gate))
            await gate.wait()
        elif self._releasing:
            self._woken.append(gate)
            await gate.wait()
        served = self._served.get(request.url, "down")
        if served == "timeout":
            raise TimeoutError
        if not isinstance(served, dict):
            raise ConnectionError("nobody answers")
        return FetchResponse(served["status"], served["headers"], served["body"].encode())

    def _requested(self) -> dict[str, Any]:
        if self._last is None:
            raise ValueError("nothing was asked for")
        fields = dict(self._last.headers)
        names = {"accept": "accept", "if_none_match": "if-none-match", "cache_control": "cache-control"}
        shown = {member: fields.get(name) for member, name in names.items()}
        return {"url": self._last.url, "timeout": self._last.timeout, "max_body": self._last.max_body, **shown}


class _Store:
    """A store that nobody else shares, but for what the steps put there."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.saves = 0

    async def load(self) -> str | None:
        return self.text

    async def save(self, text: str) -> None:
        self.text = text
        self.saves += 1


async def _settled() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
