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
    Reading("fetch", "Time that fetches took, failed ones included.", "fetch_time", "s"),
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


class Issuer(NamedTuple):
    """One issuer entry of a validator that is watched."""

    validator: str
    health: dict[str, Any]


class Listener(NamedTuple):
    """What an adapter counts as it happens."""

    rejected: Callable[[str, str], None]
    """Gets the validator's name and the code."""
    happened: Callable[[Source, str], None]
    """Gets the source and what happened to it."""
    replaced: Callable[[str], None]
    """Gets the validator's name."""


class Watched:
    """The validators that an adapter reports on, each by a name of its own."""

    def __init__(self) -> None:
        self._validators: dict[str, Validator] = {}

    def add(self, name: str, validator: Validator, listener: Listener) -> None:
        """Watches a validator from now on."""
        if name in self._validators:
            raise ValueError(f"a validator named {name!r} is watched already")
        self._validators[name] = validator
        # Which sources there are is settled by the policy, until another one comes in its place.
        sources = list(_sources(name, validator))

        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "rejected":
                listener.rejected(name, event["code"])
            elif event["event"] == "policy_replaced":
                sources[:] = _sources(name, validator)
                listener.replaced(name)
            elif event["source"] < len(sources):
                listener.happened(sources[event["source"]], event["event"])

        validator.subscribe(listen)

    def sources(self) -> Iterator[Source]:
        """All sources of all validators as they are now."""
        for name, validator in list(self._validators.items()):
            yield from _sources(name, validator)

    def issuers(self) -> Iterator[Issuer]:
        """All issuer entries of all validators as they are now."""
        for name, validator in list(self._validators.items()):
            for issuer in validator.health()["issuers"]:
                yield Issuer(name, issuer)

    def ready(self) -> Iterator[tuple[str, bool]]:
        """Each validator's name, and whether it has keys for every issuer."""
        for name, validator in list(self._validators.items()):
            yield name, validator.health()["ready"]


def _sources(name: str, validator: Validator) -> Iterator[Source]:
    return (Source(name, source) for source in validator.health()["sources"])


ACCEPTED = "Tokens that passed the policy."
READY = "Whether keys are at hand for the tokens of every issuer."
REPLACEMENTS = "Policies that came in the place of the one before."
