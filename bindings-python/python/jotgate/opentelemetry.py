"""Metrics and span events for OpenTelemetry, through its API: the application chooses the SDK.

    telemetry = JotgateInstrumentor()   # for the global meter provider
    telemetry.watch(validator)

| instrument | type | tells |
|---|---|---|
| `jotgate.rejections` | counter, by `jotgate.code` | tokens and requests that were refused |
| `jotgate.key_fetches` | observable counter, by `url.full` | fetches of key sets that were started |
| `jotgate.key_fetch_failures` | observable counter, by `url.full` | fetches of key sets that failed |
| `jotgate.keys` | observable gauge, by `url.full` | keys that can be used |
| `jotgate.key_set.age` | observable gauge in seconds, by `url.full` | time since the last good fetch began |

A refusal is an event `jotgate.rejected` with `jotgate.code` on the span in which the validation ran. Every measurement
has the `jotgate.validator`'s name. Nothing holds anything of a token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation

from ._validator import Validator

__all__ = ["JotgateInstrumentor"]


class JotgateInstrumentor:
    """Reports on the validators that it watches. Make one for each meter provider."""

    def __init__(self, meter_provider: MeterProvider | None = None) -> None:
        self._validators: dict[str, Validator] = {}
        meter = metrics.get_meter("jotgate", meter_provider=meter_provider)
        self._rejections = meter.create_counter(
            "jotgate.rejections", "{rejection}", "Tokens and requests that were refused."
        )
        meter.create_observable_counter(
            "jotgate.key_fetches", [self._observing("fetches")], "{fetch}", "Fetches of key sets that were started."
        )
        meter.create_observable_counter(
            "jotgate.key_fetch_failures", [self._observing("failures")], "{fetch}", "Fetches of key sets that failed."
        )
        meter.create_observable_gauge("jotgate.keys", [self._observing("keys")], "{key}", "Keys that can be used.")
        meter.create_observable_gauge(
            "jotgate.key_set.age", [self._observing("age")], "s", "Time since the last successful fetch began."
        )

    def watch(self, validator: Validator, name: str = "default") -> None:
        """Reports on this validator from now on, under a name of its own. Raises ValueError for one that is taken."""
        if name in self._validators:
            raise ValueError(f"a validator named {name!r} is watched already")
        self._validators[name] = validator

        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "rejected":
                attributes = {"jotgate.validator": name, "jotgate.code": event["code"]}
                self._rejections.add(1, attributes)
                trace.get_current_span().add_event("jotgate.rejected", attributes)

        validator.subscribe(listen)

    def _observing(self, member: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        """Reads one member of the health of every source, where it is known."""

        def observe(_options: CallbackOptions) -> Iterator[Observation]:
            for name, validator in list(self._validators.items()):
                # Issuers may share a URL; the last of them stands for all.
                values = {source["url"]: source[member] for source in validator.health()["sources"]}
                for url, value in values.items():
                    if value is not None:
                        yield Observation(value, {"jotgate.validator": name, "url.full": url})

        return observe
