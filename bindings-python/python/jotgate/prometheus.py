"""Metrics for Prometheus, through its own client library.

    metrics = JotgateCollector()        # in the default registry
    metrics.watch(validator)

| metric | tells |
|---|---|
| `jotgate_rejections_total` by `code` | tokens and requests that did not pass, `keys_unavailable` among them |
| `jotgate_key_set_events_total` by `event` | what happened to the key sets |
| `jotgate_key_set_fetches_total`, `jotgate_key_set_fetch_failures_total` | fetches that were started, that failed |
| `jotgate_key_set_flood_rejections_total` | tokens refused because too many named unknown keys |
| `jotgate_key_set_keys`, `jotgate_key_set_skipped_keys` | keys that can be used, that cannot |
| `jotgate_key_set_age_seconds` | time since the last good fetch was started; absent before it |
| `jotgate_key_set_state` by `state` | 1 for the state that the set is in, else 0 |

All have the label `validator`, and those of key sets `issuer` (the entry of the policy) and `url`. With several
processes behind one scrape (`PROMETHEUS_MULTIPROC_DIR`) only the first two are there: the library leaves collectors
out.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ._metrics import COUNTERS, GAUGES, STATES, Source, Watched
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
        registry.register(self)

    def watch(self, validator: Validator, name: str = "default") -> None:
        """Shows this validator from now on, under a name of its own. Raises ValueError for a name that is taken."""
        self._watched.add(
            name,
            validator,
            lambda name, code: self._rejections.labels(name, code).inc(),
            lambda source, event: self._events.labels(*_labels(source), event).inc(),
        )

    def describe(self) -> Iterable[Metric]:
        """The names, so that the registry need not look at the validators to know them."""
        return self._families(())

    def collect(self) -> Iterable[Metric]:
        """How the key sets are at this moment."""
        return self._families(list(self._watched.sources()))

    def _families(self, sources: Iterable[Source]) -> Iterable[Metric]:
        for reading in COUNTERS:
            counter = CounterMetricFamily(f"jotgate_key_set_{reading.name}", reading.text, labels=_LABELS)
            for source in sources:
                counter.add_metric(_labels(source), source.health[reading.member])
            yield counter
        for reading in GAUGES:
            unit = "_seconds" if reading.unit == "s" else ""
            gauge = GaugeMetricFamily(f"jotgate_key_set_{reading.name}{unit}", reading.text, labels=_LABELS)
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


def _labels(source: Source) -> list[str]:
    return [source.validator, str(source.health["issuer"]), source.health["url"]]
