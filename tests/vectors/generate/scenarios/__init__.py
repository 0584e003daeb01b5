"""The key-set scenarios, one module per file."""

from collections.abc import Callable

from . import (
    cached,
    causes,
    clocks,
    contract,
    discovery,
    drivers,
    failures,
    freshness,
    replacing,
    requiring,
    restarts,
    several_urls,
    state_table,
    store,
    unknown_keys,
)
from .scene import Scene

SCENARIOS: dict[str, Callable[[], list[Scene]]] = {
    "state_table": state_table.scenarios,
    "freshness": freshness.scenarios,
    "failures": failures.scenarios,
    "unknown_keys": unknown_keys.scenarios,
    "several_urls": several_urls.scenarios,
    "discovery": discovery.scenarios,
    "restarts": restarts.scenarios,
    "replacing": replacing.scenarios,
    "requiring": requiring.scenarios,
    "store": store.scenarios,
    "clocks": clocks.scenarios,
    "cached": cached.scenarios,
    "causes": causes.scenarios,
    "drivers": drivers.scenarios,
    "contract": contract.scenarios,
}

# What depends on the provider of cryptography that is in the build.
BY_PROVIDER: dict[str, Callable[[], list[Scene]]] = {"ring": failures.without_p521}
