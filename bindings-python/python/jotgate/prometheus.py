"""Metrics for Prometheus, through its own client library.

    metrics = JotgateCollector()        # in the default registry
    metrics.watch(validator)

| metric | type | tells |
|---|---|---|
| `jotgate_rejections_total` | counter, by `code` | tokens and requests that were refused |
| `jotgate_key_fetches_total` | counter, by `source` | fetches of key sets that were started |
| `jotgate_key_fetch_failures_total` | counter, by `source` | fetches of key sets that failed |
| `jotgate_keys` | gauge, by `source` | keys that can be used |
| `jotgate_key_set_age_seconds` | gauge, by `source` | time since the last good fetch began; absent before it |
| `jotgate_key_set_state` | gauge, by `source` and `state` | 1 for the state that the source is in, else 0 |
| `jotgate_flood_rejections_total` | counter, by `source` | tokens refused because too many named unknown keys |

`source` is the URL of the policy, and every metric has the `validator`'s name. With several processes behind one scrape
(`PROMETHEUS_MULTIPROC_DIR`) only `jotgate_rejections_total` is summed up: the library leaves collectors out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ._validator import Validator

__all__ = ["JotgateCollector"]

_STATES = ("empty", "fresh", "due", "stale", "expired")
_LABELS = ("validator", "source")


class JotgateCollector(Collector):
    """Registers itself, and shows the validators that it watches. Make one for each registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._validators: dict[str, Validator] = {}
        self._rejections = Counter(
            "jotgate_rejections_total",
            "Tokens and requests that were refused, by the code of the refusal.",
            ("validator", "code"),
            registry=registry,
        )
        registry.register(self)

    def watch(self, validator: Validator, name: str = "default") -> None:
        """Shows this validator from now on, under a name of its own. Raises ValueError for a name that is taken."""
        if name in self._validators:
            raise ValueError(f"a validator named {name!r} is watched already")
        self._validators[name] = validator

        def count(event: dict[str, Any]) -> None:
            if event["event"] == "rejected":
                self._rejections.labels(name, event["code"]).inc()

        validator.subscribe(count)

    def describe(self) -> Iterable[Metric]:
        """The names, so that the registry need not look at the validators to know them."""
        return _families()

    def collect(self) -> Iterable[Metric]:
        """How the key sets are at this moment."""
        fetches, failures, floods, keys, age, state = families = _families()
        for labels, source in self._sources():
            fetches.add_metric(labels, source["fetches"])
            failures.add_metric(labels, source["failures"])
            floods.add_metric(labels, source["flood_rejections"])
            keys.add_metric(labels, source["keys"])
            if source["age"] is not None:
                age.add_metric(labels, source["age"])
            for known in _STATES:
                state.add_metric([*labels, known], float(source["state"] == known))
        return families

    def _sources(self) -> Iterator[tuple[list[str], dict[str, Any]]]:
        for name, validator in list(self._validators.items()):
            seen: set[str] = set()
            for source in validator.health()["sources"]:
                # Issuers may share a URL; one of them stands for all, because no label may come twice.
                if source["url"] not in seen:
                    seen.add(source["url"])
                    yield [name, source["url"]], source


def _families() -> tuple[
    CounterMetricFamily,
    CounterMetricFamily,
    CounterMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
    GaugeMetricFamily,
]:
    return (
        CounterMetricFamily("jotgate_key_fetches", "Fetches of key sets that were started.", labels=_LABELS),
        CounterMetricFamily("jotgate_key_fetch_failures", "Fetches of key sets that failed.", labels=_LABELS),
        CounterMetricFamily(
            "jotgate_flood_rejections", "Tokens refused because too many named unknown keys.", labels=_LABELS
        ),
        GaugeMetricFamily("jotgate_keys", "Keys that can be used.", labels=_LABELS),
        GaugeMetricFamily("jotgate_key_set_age_seconds", "Time since the last successful fetch began.", labels=_LABELS),
        GaugeMetricFamily("jotgate_key_set_state", "Whether the key set is in this state.", labels=(*_LABELS, "state")),
    )
