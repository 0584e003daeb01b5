"""What the adapters for metrics have in common: which numbers there are, the same as in the other languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ._validator import Validator

STATES = ("empty", "fresh", "due", "stale", "expired")


class Reading(NamedTuple):
    """One number of a key-set source, as `Validator.health` has it."""

    name: str
    text: str
    member: str
    unit: str


COUNTERS = (
    Reading("fetches", "Fetches that were started.", "fetches", "{fetch}"),
    Reading("fetch_failures", "Fetches that failed.", "failures", "{fetch}"),
    Reading(
        "flood_rejections", "Tokens refused at once because too many named unknown keys.", "flood_rejections", "{token}"
    ),
)
GAUGES = (
    Reading("keys", "Keys that can be used.", "keys", "{key}"),
    Reading("skipped_keys", "Keys that cannot be used.", "skipped_count", "{key}"),
    Reading("age", "Time since the last successful fetch was started.", "age", "s"),
)


class Source(NamedTuple):
    """One key-set source of a validator that is watched."""

    validator: str
    health: dict[str, Any]


class Watched:
    """The validators that an adapter reports on, each by a name of its own."""

    def __init__(self) -> None:
        self._validators: dict[str, Validator] = {}

    def add(
        self,
        name: str,
        validator: Validator,
        on_rejected: Callable[[str, str], None],
        on_event: Callable[[Source, str], None],
    ) -> None:
        """Watches a validator: `on_rejected` gets its name and the code, `on_event` the source and what happened."""
        if name in self._validators:
            raise ValueError(f"a validator named {name!r} is watched already")
        self._validators[name] = validator
        # Which sources there are is settled by the policy.
        sources = [Source(name, source) for source in validator.health()["sources"]]

        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "rejected":
                on_rejected(name, event["code"])
            else:
                on_event(sources[event["source"]], event["event"])

        validator.subscribe(listen)

    def sources(self) -> Iterator[Source]:
        """All sources of all validators as they are now."""
        for name, validator in list(self._validators.items()):
            for source in validator.health()["sources"]:
                yield Source(name, source)
