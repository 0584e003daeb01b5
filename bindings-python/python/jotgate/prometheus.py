"""Metrics for Prometheus, through its own client library.

    metrics = JotgateCollector()        # in the default registry
    metrics.watch(validator)

| metric | tells |
|---|---|
| `jotgate_rejections_total` by `code` | tokens and requests that did not pass, `keys_unavailable` among them |
| `jotgate_accepted_total` by `issuer` | tokens that passed the policy |
| `jotgate_ready` | 1 while keys are at hand for the tokens of every issuer, else 0 |
| `jotgate_policy_replacements_total` | policies that came in the place of the one before |
| `jotgate_key_set_events_total` by `event` | what happened to the key sets |
| `jotgate_key_set_fetches_total`, `jotgate_key_set_fetch_failures_total` | fetches that were started, that failed |
| `jotgate_key_set_fetch_seconds_total` | the time that they took; over their number, how long one takes |
| `jotgate_key_set_flood_rejections_total` | tokens refused because too many named unknown keys |
| `jotgate_key_set_keys`, `jotgate_key_set_skipped_keys` | keys that can be used, that cannot |
| `jotgate_key_set_age_seconds` | time since the last good fetch was started; absent before it |
| `jotgate_key_set_state` by `state` | 1 for the state that the set is in, else 0 |

All have the label `validator`, and those of key sets `issuer` (the entry of the policy) and `url`. With several
processes behind one scrape (`PROMETHEUS_MULTIPROC_DIR`) only rejections, events and replacements are there: the library
leaves collectors out. Alert rules and a dashboard lie in `core/docs/operations` of the source tree.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ._metrics import (
    ACCEPTED,
    COUNTERS,
    GAUGES,
    READY,
    REPLACEMENTS,
    STATES,
    Issuer,
    Listener,
    Reading,
    Source,
    Watched,
)
from ._validator import Validator

__all__ = ["JotgateCollector"]

_LABELS = ("validator", "issuer", "url")


class JotgateCollector(Collector):
    """Registers itself, and shows the validators that it watches. Make one for each registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._watched = Watched()
        self._rejections = Counter(
            "jotgate_rejections_total",
            "Tokens and requests that did not pass.",
            ("validator", "code"),
            registry=registry,
        )
        self._events = Counter(
            "jotgate_key_set_events_total", "What happened to the key sets.", (*_LABELS, "event"), registry=registry
        )
        self._replacements = Counter(
            "jotgate_policy_replacements_total", REPLACEMENTS, ("validator",), registry=registry
        )
        registry.register(self)

    def watch(self, validator: Validator, name: str = "default") -> None:
        """Shows this validator from now on, under a name of its own. Raises ValueError for a name that is taken."""
        listener = Listener(
            rejected=lambda name, code: self._rejections.labels(name, code).inc(),
            happened=lambda source, event: self._events.labels(*_labels(source), event).inc(),
            replaced=lambda name: self._replacements.labels(name).inc(),
        )
        self._watched.add(name, validator, listener)

    def describe(self) -> Iterable[Metric]:
        """The names, so that the registry need not look at the validators to know them."""
        return [*self._families(()), *self._of_validators((), ())]

    def collect(self) -> Iterable[Metric]:
        """How the validators and their key sets are at this moment."""
        families = self._families(list(self._watched.sources()))
        return [*families, *self._of_validators(self._watched.issuers(), self._watched.ready())]

    def _of_validators(self, issuers: Iterable[Issuer], ready: Iterable[tuple[str, bool]]) -> Iterable[Metric]:
        accepted = CounterMetricFamily("jotgate_accepted", ACCEPTED, labels=("validator", "issuer"))
        for issuer in issuers:
            accepted.add_metric([issuer.validator, str(issuer.health["issuer"])], issuer.health["accepted"])
        yield accepted
        gauge = GaugeMetricFamily("jotgate_ready", READY, labels=("validator",))
        for name, is_ready in ready:
            gauge.add_metric([name], float(is_ready))
        yield gauge

    def _families(self, sources: Iterable[Source]) -> Iterable[Metric]:
        for reading in COUNTERS:
            counter = CounterMetricFamily(_name(reading), reading.text, labels=_LABELS)
            for source in sources:
                counter.add_metric(_labels(source), source.health[reading.member])
            yield counter
        for reading in GAUGES:
            gauge = GaugeMetricFamily(_name(reading), reading.text, labels=_LABELS)
            for source in sources:
                if source.health[reading.member] is not None:
                    gauge.add_metric(_labels(source), source.health[reading.member])
            yield gauge
        text = "Whether the key set is in this state."
        state = GaugeMetricFamily("jotgate_key_set_state", text, labels=(*_LABELS, "state"))
        for source in sources:
            for known in STATES:
                state.add_metric([*_labels(source), known], float(source.health["state"] == known))
        yield state


def _name(reading: Reading) -> str:
    return f"jotgate_key_set_{reading.name}{'_seconds' if reading.unit == 's' else ''}"


def _labels(source: Source) -> list[str]:
    return [source.validator, str(source.health["issuer"]), source.health["url"]]
