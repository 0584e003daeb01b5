"""The adapters for Prometheus and OpenTelemetry, against the libraries themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, generate_latest

import jotgate
from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer, send
from jotgate import KeysUnavailable, Validator
from jotgate.opentelemetry import JotgateInstrumentor
from jotgate.prometheus import JotgateCollector

Make = Callable[..., Validator]


def use(validator: Validator, server: KeyServer, key: Key, clock: Clock) -> None:
    """A failed fetch, a good one, a good token, and three refusals."""

    def slow(handler: Any) -> None:
        clock.now += 1.5
        send(handler, 500, b"")

    server.respond = slow
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
    assert of_set("fetch_seconds_total") == pytest.approx(1.5)
    assert of_set("flood_rejections_total") == 0
    assert (of_set("keys"), of_set("skipped_keys")) == (1, 0)
    assert of_set("age_seconds") == pytest.approx(30)
    assert (of_set("state", state="fresh"), of_set("state", state="stale")) == (1, 0)
    eventually(lambda: of_set("events_total", event="keys_changed") == 1)
    eventually(lambda: of_set("events_total", event="fetch_started") == 2)
    assert of_set("state", validator="idle", state="empty") == 1
    assert of_set("age_seconds", validator="idle") is None
    assert value("accepted_total", issuer="0") == 1
    assert (value("ready"), value("ready", validator="idle")) == (1, 0)
    shop.replace(issuer=ISSUER, audience=AUDIENCE, jwks_uri=[f"{server.url}?second", server.url])
    assert value("policy_replacements_total") == 1
    assert (of_set("keys"), of_set("keys", url=f"{server.url}?second")) == (1, 0)
    shop.refresh_keys()
    eventually(lambda: of_set("events_total", url=f"{server.url}?second", event="fetch_ok") == 1)
    page = generate_latest(registry).decode()
    assert page.count("# TYPE jotgate_rejections_total counter") == 1
    assert "secret" not in page
    with pytest.raises(ValueError, match="'shop'"):
        collector.watch(idle, "shop")


OPERATIONS = Path(__file__).parents[2] / "core" / "docs" / "operations"


def test_alerts_and_dashboard_name_what_there_is(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    registry = CollectorRegistry()
    validator = remote()
    JotgateCollector(registry).watch(validator)
    use(validator, server, key, clock)
    validator.replace(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, leeway=7)
    eventually(lambda: b"keys_changed" in generate_latest(registry))
    page = generate_latest(registry).decode()
    exported = {
        name: set(re.findall(r'(\w+)="', labels)) for name, labels in re.findall(r"^(jotgate_\w+)\{(.*)\}", page, re.M)
    }
    alerts = yaml.safe_load((OPERATIONS / "alerts.yml").read_text())
    dashboard = json.loads((OPERATIONS / "dashboard.json").read_text())
    rules = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    queries = [dashboard["templating"]["list"][1]["query"], dashboard["annotations"]["list"][0]["expr"]]
    named = set()
    for expression in [*rules, *panels, *queries]:
        names = re.findall(r"\bjotgate_\w+", expression)
        assert names, expression
        assert exported.keys() >= set(names), expression
        named.update(names)
        for name, labels in re.findall(r"\b(jotgate_\w+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)[=!]", labels)) <= exported[name], expression
        grouped = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")}
        assert all(grouped <= exported[name] for name in names), expression
    assert named == {name for name in exported if not name.endswith("_created")}, "each metric is shown or watched"
    for rule in (rule for group in alerts["groups"] for rule in group["rules"]):
        shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        assert all(shown <= exported[name] for name in re.findall(r"\bjotgate_\w+", rule["expr"])), rule["alert"]


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
        ("accepted", "shop"): 1,
        ("accepted", "idle"): 0,
        ("ready", "shop"): 1,
        ("ready", "idle"): 0,
        ("fetches", "shop"): 2,
        ("fetches", "idle"): 0,
        ("fetch_failures", "shop"): 1,
        ("fetch_failures", "idle"): 0,
        ("fetch", "shop"): pytest.approx(1.5),
        ("fetch", "idle"): 0,
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
