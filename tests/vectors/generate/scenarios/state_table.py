"""Every cell of the state table: what a known kid, an unknown kid, a good answer and a failure do in each state."""

from .scene import URL, Scene, keys

HOUR = 3600
DUE = 3300  # Past the refresh-ahead of an hour, jitter included, and before its end.
STALE = 2 * HOUR
EXPIRED = 25 * HOUR


def scenarios() -> list[Scene]:
    return [*_empty(), *_fresh(), *_due(), *_stale(), *_expired(), *_in_flight()]


def _warm(name: str, note: str, *held: str) -> Scene:
    names = held or ("ec-a",)
    return Scene(f"state.{name}", note).serve(keys(*names)).accept(names[0], 1, at=0)


def _empty() -> list[Scene]:
    return [
        Scene("state.empty.fetch", "The first token fetches the set, the second does not.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 1),
        Scene("state.empty.unknown", "An unknown kid is looked for once more, past all caches, and then refused.")
        .serve(keys("ec-a"))
        .reject("ec-b", 2, at=0)
        .requested(url=URL, cache_control="no-cache", if_none_match=None)
        .reject("ec-b", 2),
        Scene("state.empty.failure", "No answer: unavailable at once, also for the next token, and then another try.")
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .unavailable("ec-b", 1, (0.25, 1))
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=1),
        Scene("state.empty.backoff_grows", "Each failure makes the pause longer.")
        .serve("timeout")
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .unavailable("ec-a", 2, (0.5, 2), at=1)
        .unavailable("ec-a", 3, (1, 4), at=3)
        .unavailable("ec-a", 4, (2, 8), at=7)
        .serve(keys("ec-a"))
        .accept("ec-a", 5, at=15),
    ]


def _fresh() -> list[Scene]:
    return [
        _warm("fresh.known", "A known kid asks nobody.").serve("down").accept("ec-a", 1, at=2500),
        _warm("fresh.rotated", "An unknown kid is fetched at once.")
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-b", 2, at=60)
        .accept("ec-a", 2),
        _warm("fresh.replaced", "The whole set is replaced: what the issuer dropped is unknown.", "ec-a", "ec-b")
        .serve(keys("ec-c"))
        .accept("ec-c", 2, at=60)
        .reject("ec-a", 3, at=200)
        .reject("ec-b", 4),
        _warm("fresh.failure", "A failed fetch keeps the set; an unknown kid is no 401 while nobody can say.")
        .serve("down")
        .unavailable("ec-b", 2, (0.25, 1), at=60)
        .accept("ec-a", 2)
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-b", 3, at=61),
    ]


def _due() -> list[Scene]:
    return [
        _warm("due.known", "The refresh is made beside the verdict, and nobody waits for it.")
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-a", 2, at=DUE)
        .requested(url=URL, cache_control=None)
        .accept("ec-b", 2),
        _warm("due.held", "A known kid does not wait for a refresh that takes its time.")
        .serve("hold")
        .accept("ec-a", 2, at=DUE)
        .accept("ec-a", 2)
        .serve(keys("ec-b"))
        .release()
        .accept("ec-b", 2),
        _warm("due.unknown", "An unknown kid makes the refresh that is due anyway.")
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-b", 2, at=DUE)
        .requested(cache_control="no-cache"),
        _warm("due.failure", "A failed refresh keeps the set, and pauses before the next.")
        .serve("down")
        .accept("ec-a", 2, at=DUE)
        .accept("ec-a", 2)
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-a", 3, at=DUE + 1)
        .accept("ec-b", 3),
    ]


def _stale() -> list[Scene]:
    return [
        _warm("stale.known", "Past its freshness the set serves while it is refreshed.")
        .serve(keys("ec-b"))
        .accept("ec-a", 2, at=STALE)
        .accept("ec-b", 2),
        _warm("stale.outage", "The set serves through an outage until max_stale, counted from the last success.")
        .serve("down")
        .accept("ec-a", 2, at=STALE)
        .accept("ec-a", 3, at=12 * HOUR)
        .accept("ec-a", 4, at=24 * HOUR - 1)
        .unavailable("ec-a", 5, (1, 16), at=24 * HOUR + 300),
        _warm("stale.unknown", "An unknown kid while the refresh fails is unavailable, not refused.")
        .serve("down")
        .unavailable("ec-b", 2, (0.25, 1), at=STALE)
        .accept("ec-a", 2)
        .serve(keys("ec-b"))
        .accept("ec-b", 3, at=STALE + 1),
    ]


def _expired() -> list[Scene]:
    return [
        _warm("expired.fetch", "Past max_stale the set is as good as none: the token waits for a new one.")
        .serve(keys("ec-b"))
        .reject("ec-a", 3, at=EXPIRED)
        .accept("ec-b", 3),
        _warm("expired.failure", "Past max_stale and no answer: unavailable, whatever the kid.")
        .serve("down")
        .unavailable("ec-a", 2, (0.25, 1), at=EXPIRED)
        .unavailable("ec-b", 2, (0.25, 1))
        .serve(keys("ec-a"))
        .accept("ec-a", 3, at=EXPIRED + 1),
    ]


def _in_flight() -> list[Scene]:
    return [
        Scene("state.in_flight.shared", "All who need the same fetch wait for one.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .begin("second", "ec-a", 1)
        .begin("third", "ec-b", 1)
        .serve(keys("ec-a", "ec-b"))
        .release(at=2)
        .end("first", 1)
        .end("second", 1)
        .end("third", 1),
        Scene("state.in_flight.failure", "A failure wakes all who wait, with one answer.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .begin("second", "ec-a", 1)
        .serve("down")
        .release(at=5)
        .end("first", 1, verdict="unavailable", code="keys_unavailable", retry_after=[0.25, 1])
        .end("second", 1, verdict="unavailable", code="keys_unavailable", retry_after=[0.25, 1]),
        _warm("in_flight.unknown", "An unknown kid waits for the refresh that is out, and then asks past all caches.")
        .serve("hold")
        .accept("ec-a", 2, at=DUE)
        .begin("rotated", "ec-b", 2)
        .serve(keys("ec-a"))
        .release()
        .serve(keys("ec-b"))
        .end("rotated", 3),
    ]
