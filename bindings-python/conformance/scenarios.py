"""Plays one key-set scenario through the public API, with a clock and a fetch callback that do what its steps say.

Everything runs on one event loop, so a step is over when nothing is left that waits for a turn of the loop alone. The
time that the driver lets pass goes by the clock of the steps: that alone is put in place behind the public API.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import traceback
from typing import Any

from jotgate import (
    FetchRequest,
    FetchResponse,
    InvalidToken,
    JotgateError,
    KeysUnavailable,
    PolicyError,
    Requirement,
    Validator,
    Verified,
)
from stand_ins import Gates, Store, Timers, Warnings

TURNS = 50
"""Turns of the loop in which every chain of callbacks of one step comes to its end."""


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    stage, log = _Stage(scenario), logging.getLogger("jotgate")
    log.addHandler(stage.warnings)
    try:
        return {"id": scenario["id"], "steps": _played(stage, scenario["steps"])}
    finally:
        log.removeHandler(stage.warnings)


def _played(stage: _Stage, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        for number, step in enumerate(steps):
            if "reissue" in step:
                shown += _played_in_child(stage, step, steps[number + 1 :])
                break
            shown.append(loop.run_until_complete(stage.take(step)))
        loop.run_until_complete(stage.leave())
    return shown


def _played_in_child(stage: _Stage, step: dict[str, Any], rest: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the rest of the steps show in a child process. The fork comes between two runs of the event loop."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            stage.forked()
            shown = _played(stage, [{"at": step["at"], "poll": 1} if "at" in step else {"poll": 1}, *rest])
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump(shown, pipe)
        except BaseException:  # noqa: BLE001 (a child must not go on as its parent)
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        shown = json.load(pipe)
    os.waitpid(child, 0)
    return list(shown)


class _Stage:
    def __init__(self, scenario: dict[str, Any]) -> None:
        self._policy: dict[str, Any] = scenario["policy"]
        self._start: float = scenario["start"]
        self._tokens: dict[str, str] = scenario["tokens"]
        self._now = self._start
        self._served: dict[str, Any] = {}
        self._fetches = 0
        self._last: FetchRequest | None = None
        self._held = Gates()
        # Fetches of validations that a release has woken, while that step lasts. The next verdict that is asked for
        # lets them go on: the steps between may still change what is served to them.
        self._woken: list[asyncio.Event] = []
        self._releasing = False
        self._begun: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._snapshots: dict[str, str] = {}
        self._accepted: dict[str, Verified] = {}
        """What was accepted last, by the name of the token or of the validation."""
        is_shared = any("store" in step or "store_does" in step for step in scenario["steps"])
        self._store = Store() if is_shared else None
        self._timers = Timers(lambda: self._now)
        self._events: list[str] = []
        self.warnings = Warnings()
        self._validator = self._begin()

    def _begin(self) -> Validator:
        """A validator that knows nothing yet."""
        self._events = []
        self.warnings.drain()
        validator = Validator.from_policy(
            self._policy,
            fetch=self._fetch,
            store=self._store,
            clock=lambda: self._now,
            on_event=lambda event: self._hear(event["event"]),
        )
        validator._driver.timing = self._timers
        return validator

    def forked(self) -> None:
        """In a child process, where nothing of what was held goes on, nor any task of the parent's event loop."""
        self._held = Gates()
        self._woken = []
        self._begun = {}
        self._timers = Timers(lambda: self._now)
        self._validator._driver.timing = self._timers
        if self._store is not None:
            self._store.gates = Gates()

    async def leave(self) -> None:
        """Ends all that is held, which nothing else does."""
        self._held.open_all()
        for gate in self._woken:
            gate.set()
        if self._store is not None:
            self._store.gates.open_all()
        await _settled()

    def _hear(self, event: str) -> None:
        # The scenarios tell of key sets alone.
        if event != "rejected":
            self._events.append(event)

    async def take(self, step: dict[str, Any]) -> dict[str, Any]:
        """What the step shows."""
        if "at" in step:
            self._now = self._start + step["at"]
        shown = {**await self._act(step), "fetches": self._fetches}
        return shown if self._store is None else {**shown, "loads": self._store.loads, "saves": self._store.saves}

    async def _act(self, step: dict[str, Any]) -> dict[str, Any]:
        match step:
            case {"serve": served}:
                self._served.update(served)
            case {"validate": token}:
                return await self._verdict(asyncio.create_task(self._validate(token, token)))
            case {"begin": {"name": name, "token": token}}:
                self._begun[name] = asyncio.create_task(self._validate(token, name))
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
            case {"refresh": _} | {"refresh_keys": _}:
                self._validator.refresh_keys()
                await _settled()
            case {"export": name}:
                self._snapshots[name] = self._validator.export_keys()
            case {"restart": _}:
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
            case {"warnings": _}:
                return {"warnings": self.warnings.drain()}
            case _:
                return await self._act_on_driver(step)
        return {}

    async def _act_on_driver(self, step: dict[str, Any]) -> dict[str, Any]:
        """The steps that look at the driver from both sides."""
        fetches = self._fetches
        match step:
            case {"waiting": name}:
                begun = self._begun[name]
                return {"waiting": not begun.done(), "asked": self._asked(begun)}
            case {"replace": document}:
                return self._replace(document)
            case {"require": {"of": name, "asks": asks}}:
                return self._asked_of(self._accepted[name], Requirement.from_document(asks))
            case {"saved": _} if self._store is not None:
                return {"saved": self._store.landed()}
            case {"store_does": does} if self._store is not None:
                self._store.does.update(does)
            case {"store_release": part} if self._store is not None:
                self._store.gates.open(part)
            case {"overrun": _}:
                self._timers.end_work()
            case {"poll": _}:
                # What is due is started after each verdict, whatever it says.
                with contextlib.suppress(InvalidToken):
                    await self._validator.validate_async("")
            case _:
                raise ValueError("a step that no validator of this interface can take")
        await _settled()
        return {"polled": self._fetches - fetches}

    def _asked(self, validation: asyncio.Task[dict[str, Any]]) -> int:
        """How often it has asked the core: at first, and after each time that it had to wait."""
        return self._timers.waits[validation] + (1 if validation.done() else 0)

    def _replace(self, document: dict[str, Any]) -> dict[str, Any]:
        try:
            self._validator.replace(document)
        except PolicyError as error:
            return {"replaced": False, "code": error.code, "path": error.path}
        return {"replaced": True}

    def _asked_of(self, verified: Verified, requirement: Requirement) -> dict[str, Any]:
        try:
            self._validator.require(verified, requirement)
        except JotgateError as error:
            fields = dict(self._validator.answer(error, requirement).headers)
            claim, challenge = getattr(error, "claim", None), fields.get("WWW-Authenticate")
            return {"verdict": "rejected", "code": error.code, "claim": claim, "challenge": challenge}
        return {"verdict": "accepted"}

    def _import(self, snapshot: dict[str, str]) -> int | str:
        text = snapshot["text"] if "text" in snapshot else self._snapshots[snapshot["kept"]]
        try:
            return self._validator.import_keys(text)
        except ValueError:
            return "refused"

    async def _validate(self, token: str, name: str) -> dict[str, Any]:
        try:
            self._accepted[name] = await self._validator.validate_async(self._tokens[token])
        except KeysUnavailable as error:
            return {"verdict": "unavailable", "code": error.code, "retry_after": error.retry_at - self._now}
        except InvalidToken as error:
            return {"verdict": "rejected", "code": error.code}
        return {"verdict": "accepted"}

    async def _verdict(self, asked: asyncio.Task[dict[str, Any]]) -> dict[str, Any]:
        woken, self._woken = self._woken, []
        for gate in woken:
            gate.set()
        self._timers.end_waiting()
        shown = {**await asked, "asked": self._asked(asked)}
        # The refreshes that are due beside the verdict have been started; those that are not held end here.
        await _settled()
        return shown

    async def _release(self, url: str) -> None:
        self._releasing = True
        self._held.open(url)
        await _settled()
        self._releasing = False

    async def _fetch(self, request: FetchRequest) -> FetchResponse:
        self._fetches += 1
        self._last = request
        if self._served.get(request.url) == "hold":
            await self._held.wait(request.url)
        elif self._releasing:
            gate = asyncio.Event()
            self._woken.append(gate)
            await gate.wait()
        served = self._served.get(request.url, "down")
        if served == "timeout":
            raise TimeoutError
        if isinstance(served, dict) and "down" in served:
            raise ConnectionError(served["down"])
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


async def _settled() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
