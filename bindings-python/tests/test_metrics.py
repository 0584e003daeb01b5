"""The adapters for Prometheus and OpenTelemetry, against the libraries themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, generate_latest

import jotgate
from issuer import Clock, Key, KeyServer, send
from jotgate import KeysUnavailable, Validator
from jotgate.opentelemetry import JotgateInstrumentor
from jotgate.prometheus import JotgateCollector

Make = Callable[..., Validator]


def use(validator: Validator, server: KeyServer, key: Key, clock: Clock) -> None:
    """A failed fetch, a good one, a good token, and three refusals."""
    server.respond = lambda handler: send(handler, 500, b"")
    with pytest.raises(KeysUnavailable) as outage:
        validator.validate(key.token())
    server.respond = server.send_keys
    clock.now = outage.value.retry_at
    validator.validate(key.token())
    for _ in range(2):
        with pytest.raises(jotgate.ExpiredSignatureError):
            validator.validate(key.token(exp=1, sub="secret-subject"))
    clock.now += 30


def test_prometheus(remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]) -> None:
    registry = CollectorRegistry(auto_describe=True)
    collector = JotgateCollector(registry)
    shop, idle = remote(), remote()
    collector.watch(shop, "shop")
    collector.watch(idle, "idle")
    use(shop, server, key, clock)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"jotgate_{name}", {"validator": "shop", **labels})

    def of_set(name: str, **labels: str) -> float | None:
        return value(f"key_set_{name}", **{"issuer": "0", "url": server.url, **labels})

    assert value("rejections_total", code="expired") == 2
    assert value("rejections_total", code="keys_unavailable") == 1
    assert of_set("fetches_total") == 2
    assert of_set("fetch_failures_total") == 1
    assert of_set("flood_rejections_total") == 0
    assert (of_set("keys"), of_set("skipped_keys")) == (1, 0)
    assert of_set("age_seconds") == pytest.approx(30)
    assert (of_set("state", state="fresh"), of_set("state", state="stale")) == (1, 0)
    eventually(lambda: of_set("events_total", event="keys_changed") == 1)
    eventually(lambda: of_set("events_total", event="fetch_started") == 2)
    assert of_set("state", validator="idle", state="empty") == 1
    assert of_set("age_seconds", validator="idle") is None
    page = generate_latest(registry).decode()
    assert page.count("# TYPE jotgate_rejections_total counter") == 1
    assert "secret" not in page
    with pytest.raises(ValueError, match="'shop'"):
        collector.watch(idle, "shop")


def test_prometheus_takes_issuers_that_share_a_url(server: KeyServer) -> None:
    entry = {"audience": "orders", "keys": {"jwks_uri": server.url}}
    issuers = [{"issuer": "https://a.test/", **entry}, {"issuer": "https://b.test/", **entry}]
    registry = CollectorRegistry()
    JotgateCollector(registry).watch(Validator.from_policy({"version": 1, "issuers": issuers}))
    assert generate_latest(registry).count(b"jotgate_key_set_keys{") == 2


ABOUT = ("jotgate.code", "jotgate.event", "jotgate.state")


def observed(reader: InMemoryMetricReader) -> dict[tuple[str, Any, Any], Any]:
    """The value of each metric by its name, the validator's, and the code, event or state that it is about."""
    found: dict[tuple[str, Any, Any], Any] = {}
    data = reader.get_metrics_data()
    assert data is not None
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        for point in metric.data.data_points:
            attributes = dict(point.attributes or {})
            about = next((attributes[name] for name in ABOUT if name in attributes), None)
            assert ("url.full" in attributes) is metric.name.startswith("jotgate.key_set.")
            found[metric.name, attributes["jotgate.validator"], about] = point.value  # type: ignore[union-attr]
    return found


def test_opentelemetry(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    validator, idle = remote(), remote()
    telemetry = JotgateInstrumentor(provider)
    telemetry.watch(validator, "shop")
    telemetry.watch(idle, "idle")
    with pytest.raises(ValueError, match="'idle'"):
        telemetry.watch(validator, "idle")
    with TracerProvider().get_tracer("tests").start_as_current_span("request") as span:
        use(validator, server, key, clock)

    eventually(lambda: observed(reader)["jotgate.key_set.events", "shop", "fetch_ok"] == 1)
    found = observed(reader)
    events = {about: count for (name, _, about), count in found.items() if name == "jotgate.key_set.events"}
    assert events == {"fetch_started": 2, "fetch_failed": 1, "fetch_ok": 1, "keys_changed": 1}
    assert {about: count for (name, _, about), count in found.items() if name == "jotgate.rejections"} == {
        "keys_unavailable": 1,
        "expired": 2,
    }
    states = {watched: about for (name, watched, about), is_it in found.items() if name.endswith(".state") and is_it}
    assert states == {"shop": "fresh", "idle": "empty"}
    numbers = {
        (name.rpartition(".")[2], watched): value for (name, watched, about), value in found.items() if not about
    }
    assert numbers == {
        ("fetches", "shop"): 2,
        ("fetches", "idle"): 0,
        ("fetch_failures", "shop"): 1,
        ("fetch_failures", "idle"): 0,
        ("flood_rejections", "shop"): 0,
        ("flood_rejections", "idle"): 0,
        ("keys", "shop"): 1,
        ("keys", "idle"): 0,
        ("skipped_keys", "shop"): 0,
        ("skipped_keys", "idle"): 0,
        ("age", "shop"): pytest.approx(30),
    }
    told = [(event.name, dict(event.attributes or {})["jotgate.code"]) for event in span.events]  # type: ignore[attr-defined]
    assert told == [("jotgate.rejections", code) for code in ("keys_unavailable", "expired", "expired")]
    provider.shutdown()
