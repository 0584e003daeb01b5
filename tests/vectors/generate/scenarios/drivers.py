"""What only a host's driver sees: polling, wake-ups, forced refreshes, health and events."""

from ..suite import entry, policy
from .discovery import METADATA, metadata
from .scene import URL, Scene, answer, fetched, keys


def scenarios() -> list[Scene]:
    return [
        Scene("driver.request", "The request carries the policy's bounds.", fetched(timeout="7s", max_body=9000))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .requested(url=URL, timeout=7.0, max_body=9000, accept="application/jwk-set+json, application/json"),
        Scene("driver.poll", "Nothing is due before the first token; then a refresh, once.")
        .serve(keys("ec-a"))
        .core("poll", 0, at=0)
        .accept("ec-a", 1)
        .core("poll", 0, at=2500)
        .core("poll", 1, at=3300)
        .core("poll", 0),
        Scene("driver.wakeup", "The machine knows when it wants to be polled.")
        .core("wakeup", None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1)
        .core("wakeup", [2592, 3168])
        .serve("down")
        .core("poll", 1, at=3300)
        .core("wakeup", [0.25, 1]),
        Scene("driver.refresh_keys", "A forced refresh goes past all caches, before the first token too.")
        .serve(keys("ec-a", etag='"v1"'))
        .core("refresh_keys", True, at=0)
        .core("poll", 1)
        .requested(cache_control="no-cache", if_none_match=None)
        .accept("ec-a", 1)
        .serve(keys("ec-b"))
        .core("refresh_keys", True, at=60)
        .accept("ec-a", 2)
        .accept("ec-b", 2)
        .core("poll", 0),
        Scene("driver.refresh_keys.pause", "But not past the pause after a failure.")
        .serve("down")
        .core("refresh_keys", True, at=0)
        .core("poll", 1)
        .core("refresh_keys", True)
        .core("poll", 0)
        .core("poll", 1, at=1),
        Scene("driver.refresh", "A host asks for new keys: past all caches, and before the first token too.")
        .serve(keys("ec-a", etag='"v1"'))
        .refresh(1, at=0)
        .requested(cache_control="no-cache", if_none_match=None)
        .accept("ec-a", 1)
        .serve(keys("ec-b"))
        .refresh(2, at=60)
        .requested(cache_control="no-cache", if_none_match=None)
        .reject("ec-a", 3, at=61)
        .accept("ec-b", 3)
        .serve("down")
        .refresh(4, at=120)
        .refresh(4)
        .accept("ec-b", 4),
        Scene("driver.lost", "A fetch whose host died is made again after its timeout.", fetched(timeout="5s"))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("hold")
        .core("poll", 1, at=3300)
        .core("poll", 0, at=3306)
        .core("poll", 1, at=3307),
        Scene("driver.health", "Health in every state.")
        .health(state="empty", age=None, keys=0, next_refresh=None, at=0)
        .serve(keys("ec-a", etag='"v1"'))
        .accept("ec-a", 1)
        .health(state="fresh", age=0.0, keys=1, fetches=1, failures=0, in_flight=False)
        .health(state="due", age=3300.0, at=3300)
        .serve("down")
        .accept("ec-a", 2, at=3600)
        .health(state="stale", failures=1, failures_in_a_row=1, last_error="connection")
        .serve(answer(503))
        .accept("ec-a", 3, at=3700)
        .health(last_error="status_503", failures=2)
        .serve("hold")
        .accept("ec-a", 4, at=3800)
        .health(in_flight=True)
        .serve(answer(304))
        .release(at=3801)
        .health(state="fresh", in_flight=False, not_modified=1, last_error=None, failures_in_a_row=0, age=1.0)
        .health(state="expired", at=3801 + 86400),
        *_fetch_times(),
        Scene("driver.events", "Events of a life: fetched, stale, failed, changed.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .core("events", ["fetch_started", "fetch_ok", "keys_changed"])
        .serve("down")
        .accept("ec-a", 2, at=4000)
        .accept("ec-a", 3, at=4002)
        .core("events", ["stale_served", "fetch_started", "fetch_failed", "fetch_started", "fetch_failed"])
        .serve(keys("ec-a"))
        .accept("ec-a", 4, at=4010)
        .core("events", ["fetch_started", "fetch_ok"])
        .serve(keys("ec-b"))
        .accept("ec-a", 5, at=9000)
        .core("events", ["stale_served", "fetch_started", "fetch_ok", "keys_changed"]),
    ]


def _fetch_times() -> list[Scene]:
    behind = policy(entry({"discovery": True}))
    return [
        Scene("driver.fetch_time", "How long fetches took, those that failed included.")
        .health(fetch_time=0.0, at=0)
        .serve("hold")
        .begin("first", "ec-a", 1)
        .health(fetch_time=0.0, in_flight=True, at=1)
        .serve(keys("ec-a"))
        .release(at=1.5)
        .end("first", 1)
        .health(fetch_time=1.5, fetches=1, failures=0)
        .serve("hold")
        .accept("ec-a", 2, at=3600)
        .serve("down")
        .release(at=3602)
        .health(fetch_time=3.5, fetches=2, failures=1)
        .serve(answer(503))
        .accept("ec-a", 3, at=3700)
        .health(fetch_time=3.5, fetches=3, failures=2),
        Scene("driver.fetch_time.metadata", "Metadata takes time as well.", behind)
        .serve({METADATA: "hold", URL: keys("ec-a")})
        .begin("first", "ec-a", 1, at=0)
        .serve({METADATA: metadata()})
        .release(METADATA, at=1.25)
        .end("first", 2)
        .health(fetch_time=1.25, fetches=2, failures=0),
        Scene("driver.fetch_time.lost", "A fetch that was given up does not count, nor what it brings later.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .serve(keys("ec-a"))
        .release(at=60)
        .end("first", 2)
        .health(fetch_time=0.0, fetches=2),
        Scene("driver.fetch_time.clock", "A clock that is set back meanwhile takes nothing from it.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=50 * 3600)
        .begin("second", "ec-a", 1, at=0)
        .serve(keys("ec-a"))
        .release(at=1.5)
        .end("first", 1)
        .end("second", 1)
        .health(fetch_time=1.5, fetches=1),
    ]
