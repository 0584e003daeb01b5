"""Metrics and span events for OpenTelemetry, through its API: the application chooses the SDK.

    telemetry = JotgateInstrumentor()   # for the global meter provider
    telemetry.watch(validator)

| instrument | tells |
|---|---|
| `jotgate.rejections` by `jotgate.code` | tokens and requests that did not pass, `keys_unavailable` among them |
| `jotgate.accepted` by `jotgate.issuer` | tokens that passed the policy |
| `jotgate.ready` | 1 while keys are at hand for the tokens of every issuer, else 0 |
| `jotgate.policy_replacements` | policies that came in the place of the one before |
| `jotgate.key_set.events` by `jotgate.event` | what happened to the key sets |
| `jotgate.key_set.fetches`, `jotgate.key_set.fetch_failures` | fetches that were started, that failed |
| `jotgate.key_set.fetch` | seconds that they took; over their number, how long one takes |
| `jotgate.key_set.flood_rejections` | tokens refused because too many named unknown keys |
| `jotgate.key_set.keys`, `jotgate.key_set.skipped_keys` | keys that can be used, that cannot |
| `jotgate.key_set.age` | seconds since the last good fetch was started; nothing before it |
| `jotgate.key_set.state` by `jotgate.state` | 1 for the state that the set is in, else 0 |

A refusal is also an event `jotgate.rejections` on the span in which the validation ran. All have `jotgate.validator`,
and those of key sets `jotgate.issuer` (the entry of the policy) and `url.full`. Nothing holds anything of a token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation

from ._metrics import ACCEPTED, COUNTERS, GAUGES, READY, REPLACEMENTS, STATES, Listener, Reading, Source, Watched
from ._validator import Validator

__all__ = ["JotgateInstrumentor"]

_Observe = Callable[[CallbackOptions], Iterable[Observation]]


class JotgateInstrumentor:
    """Reports on the validators that it watches. Make one for each meter provider."""

    def __init__(self, meter_provider: MeterProvider | None = None) -> None:
        self._watched = Watched()
        meter = metrics.get_meter("jotgate", meter_provider=meter_provider)
        self._rejections = meter.create_counter(
            "jotgate.rejections", "{request}", "Tokens and requests that did not pass."
        )
        self._events = meter.create_counter("jotgate.key_set.events", "{event}", "What happened to the key sets.")
        self._replacements = meter.create_counter("jotgate.policy_replacements", "{policy}", REPLACEMENTS)
        meter.create_observable_counter("jotgate.accepted", [self._observe_accepted], "{token}", ACCEPTED)
        meter.create_observable_gauge("jotgate.ready", [self._observe_ready], "1", READY)
        for reading in COUNTERS:
            name = f"jotgate.key_set.{reading.name}"
            meter.create_observable_counter(name, [self._observing(reading)], reading.unit, reading.text)
        for reading in GAUGES:
            name = f"jotgate.key_set.{reading.name}"
            meter.create_observable_gauge(name, [self._observing(reading)], reading.unit, reading.text)
        text = "Whether the key set is in this state."
        meter.create_observable_gauge("jotgate.key_set.state", [self._observe_states], "1", text)

    def watch(self, validator: Validator, name: str = "default") -> None:
        """Reports on this validator from now on, under a name of its own. Raises ValueError for one that is taken."""
        self._watched.add(name, validator, Listener(self._on_rejected, self._on_event, self._on_replaced))

    def _on_rejected(self, validator: str, code: str) -> None:
        attributes = {"jotgate.validator": validator, "jotgate.code": code}
        self._rejections.add(1, attributes)
        trace.get_current_span().add_event("jotgate.rejections", attributes)

    def _on_event(self, source: Source, event: str) -> None:
        self._events.add(1, {**_attributes(source), "jotgate.event": event})

    def _on_replaced(self, validator: str) -> None:
        self._replacements.add(1, {"jotgate.validator": validator})

    def _observe_accepted(self, _options: CallbackOptions) -> Iterator[Observation]:
        for name, health in self._watched.issuers():
            attributes = {"jotgate.validator": name, "jotgate.issuer": health["issuer"]}
            yield Observation(health["accepted"], attributes)

    def _observe_ready(self, _options: CallbackOptions) -> Iterator[Observation]:
        for name, is_ready in self._watched.ready():
            yield Observation(int(is_ready), {"jotgate.validator": name})

    def _observing(self, reading: Reading) -> _Observe:
        def observe(_options: CallbackOptions) -> Iterator[Observation]:
            for source in self._watched.sources():
                value = source.health[reading.member]
                if value is not None:
                    yield Observation(value, _attributes(source))

        return observe

    def _observe_states(self, _options: CallbackOptions) -> Iterator[Observation]:
        for source in self._watched.sources():
            for state in STATES:
                yield Observation(int(source.health["state"] == state), {**_attributes(source), "jotgate.state": state})


def _attributes(source: Source) -> dict[str, str | int]:
    health = source.health
    return {"jotgate.validator": source.validator, "jotgate.issuer": health["issuer"], "url.full": health["url"]}
