"""Clocks that are set back or forward: nothing becomes younger, and nothing waits for a time to come round again."""

from .scene import Scene, answer, keys

HOUR = 3600
_YEAR = 366 * 24 * HOUR


def scenarios() -> list[Scene]:
    return [
        Scene("clock.back.age", "Set back, a set goes on ageing: max_stale is not extended.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .accept("ec-a", 2, at=20 * HOUR)
        .accept("ec-a", 2, at=10 * HOUR + 300)
        .accept("ec-a", 3, at=13 * HOUR)
        .unavailable("ec-a", 4, (1, 4), at=14 * HOUR + 600),
        Scene("clock.back.before", "Also to before the set was fetched.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=100 * HOUR)
        .serve("down")
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 2, at=HOUR)
        .accept("ec-a", 3, at=23 * HOUR)
        .unavailable("ec-a", 4, (1, 16), at=24 * HOUR + 60),
        Scene("clock.back.pause", "A pause does not last until the old time comes round.")
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), at=50 * HOUR)
        .serve(keys("ec-a"))
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .accept("ec-a", 2, at=1),
        Scene("clock.back.refresh", "Nor does the refresh.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=50 * HOUR)
        .serve(keys("ec-b"))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 2, at=3300)
        .accept("ec-b", 2),
        Scene("clock.back.lost", "A fetch that is out is not waited for until then either.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=50 * HOUR)
        .begin("second", "ec-a", 1, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=13),
        Scene("clock.back.budget", "Nor the budget for unknown kids.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=50 * HOUR)
        .reject("ec-b", 2)
        .reject("ec-c", 3)
        .reject("ec-d", 3, at=0)
        .reject("ec-d", 4, at=31),
        Scene("clock.back.twice", "Steps add up.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=100 * HOUR)
        .serve("down")
        .accept("ec-a", 2, at=112 * HOUR)
        .accept("ec-a", 2, at=50 * HOUR + 600)
        .accept("ec-a", 3, at=61 * HOUR)
        .accept("ec-a", 3, at=600)
        .unavailable("ec-a", 4, (1, 4), at=2 * HOUR),
        Scene("clock.forward", "Set forward, sets age by that much; that errs on the safe side.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .unavailable("ec-a", 2, (0.25, 1), at=365 * 24 * HOUR)
        .serve(keys("ec-a"))
        .accept("ec-a", 3, at=365 * 24 * HOUR + 1),
        Scene("clock.decades", "Decades did not go by: a clock that jumps so makes no set too old before it was looked at.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .accept("ec-a", 1, at=20 * _YEAR)
        .accept("ec-a", 1, at=40 * _YEAR)
        .accept("ec-a", 1, at=0)
        .unavailable("ec-a", 2, (0.25, 1), at=25 * HOUR),
        Scene("clock.late_answer", "An answer that comes after its fetch was given up is ignored.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .serve(keys("ec-a"))
        .release(at=60)
        .serve(keys("ec-b"))
        .end("first", 3, verdict="rejected", code="unknown_key"),
        Scene("clock.slow_answer", "A set is as old as the request that brought it.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .serve(answer(200, keys("ec-a")["body"], cache_control="max-age=60"))
        .release(at=9)
        .end("first", 1)
        .health(age=9.0, state="fresh"),
    ]
