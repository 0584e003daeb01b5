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


def test_prometheus(remote: Make, server: KeyServer, key: Key, clock: Clock) -> None:
    registry = CollectorRegistry(auto_describe=True)
    collector = JotgateCollector(registry)
    shop, idle = remote(), remote()
    collector.watch(shop, "shop")
    collector.watch(idle, "idle")
    use(shop, server, key, clock)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"validator": "shop", **labels})

    assert value("jotgate_rejections_total", code="expired") == 2
    assert value("jotgate_rejections_total", code="keys_unavailable") == 1
    assert value("jotgate_key_fetches_total", source=server.url) == 2
    assert value("jotgate_key_fetch_failures_total", source=server.url) == 1
    assert value("jotgate_flood_rejections_total", source=server.url) == 0
    assert value("jotgate_keys", source=server.url) == 1
    assert value("jotgate_key_set_age_seconds", source=server.url) == pytest.approx(30)
    assert value("jotgate_key_set_state", source=server.url, state="fresh") == 1
    assert value("jotgate_key_set_state", source=server.url, state="stale") == 0
    assert value("jotgate_key_set_state", validator="idle", source=server.url, state="empty") == 1
    assert value("jotgate_key_set_age_seconds", validator="idle", source=server.url) is None
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
    assert generate_latest(registry).count(b'jotgate_keys{source="') == 1


def test_opentelemetry(remote: Make, server: KeyServer, key: Key, clock: Clock) -> None:
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

    found: dict[tuple[Any, ...], Any] = {}
    data = reader.get_metrics_data()
    assert data is not None
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        for point in metric.data.data_points:
            attributes = dict(point.attributes or {})
            watched = attributes.pop("jotgate.validator")
            (about,) = attributes.values()
            found[metric.name, watched, about] = point.value  # type: ignore[union-attr]
    assert found == {
        ("jotgate.rejections", "shop", "keys_unavailable"): 1,
        ("jotgate.rejections", "shop", "expired"): 2,
        ("jotgate.key_fetches", "shop", server.url): 2,
        ("jotgate.key_fetches", "idle", server.url): 0,
        ("jotgate.key_fetch_failures", "shop", server.url): 1,
        ("jotgate.key_fetch_failures", "idle", server.url): 0,
        ("jotgate.keys", "shop", server.url): 1,
        ("jotgate.keys", "idle", server.url): 0,
        ("jotgate.key_set.age", "shop", server.url): pytest.approx(30),
    }
    events = [(event.name, dict(event.attributes or {})["jotgate.code"]) for event in span.events]  # type: ignore[attr-defined]
    assert events == [("jotgate.rejected", code) for code in ("keys_unavailable", "expired", "expired")]
    provider.shutdown()
