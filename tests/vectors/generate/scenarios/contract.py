"""What a driver must do with the work that it is given, one scenario for each sentence of ARCHITECTURE.md."""

from ..suite import entry, policy
from .scene import SECOND, URL, Scene, fetched, keys, signed
from .store import saved

OTHER = "https://other.test/"
UNAVAILABLE = {"verdict": "unavailable", "code": "keys_unavailable", "retry_after": [0.25, 1]}


def scenarios() -> list[Scene]:
    return [*_background(), *_reports(), *_waiting(), *_loads(), *_saves(), *_forks()]


def _scene(name: str, note: str, rules: dict | None = None) -> Scene:
    return Scene(f"contract.{name}", note, rules, "the contract of a driver")


def _background() -> list[Scene]:
    return [
        _scene("after_verdicts", "Work that is due is taken after a verdict, and nobody waits for it.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("hold")
        .accept("ec-a", 2, at=3300)
        .accept("ec-a", 2),
        _scene("saves_keep_nobody", "Nor does anybody wait for a save.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1, loads=1)
        .accept("ec-a", 1, saves=1)
        .core("saved", [])
        .core("store_release", "save", saves=1)
        .core("saved", [["ec-a"]]),
    ]


def _reports() -> list[Scene]:
    return [
        _scene("overrun", "A callback that takes longer than its timeout is reported as failed.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .core("overrun", True, at=9, fetches=1)
        .core("waiting", "first", asked=1)
        .core("overrun", True, at=10, fetches=1)
        .end("first", 1, asked=2, **UNAVAILABLE),
        _scene("overrun.late", "What it brings later changes nothing.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .core("overrun", True, at=10)
        .serve(keys("ec-a"))
        .release()
        .end("first", 1, **UNAVAILABLE)
        .accept("ec-a", 2, at=11),
        _scene("further_work", "After each report there may be further work, which is taken at once.")
        .store(None, at=0)
        .serve("hold")
        .begin("first", "ec-a", 1)
        .serve(keys("ec-a"))
        .release()
        .end("first", 1, loads=1),
    ]


def _waiting() -> list[Scene]:
    document = policy(entry({"jwks_uri": URL}), entry({"jwks_uri": SECOND}, issuer=OTHER))
    two = _scene("wakes_its_own", "A landing wakes those who wait for it, and nobody else.", document)
    two.tokens["other"] = signed("ec-b", issuer=OTHER)
    return [
        two.serve({URL: "hold", SECOND: "hold"})
        .begin("slow", "ec-a", 1, at=0)
        .begin("slow too", "ec-a", 1)
        .begin("quick", "other", 2)
        .serve({SECOND: keys("ec-b")})
        .release(SECOND)
        .core("waiting", "slow", asked=1)
        .core("waiting", "slow too", asked=1)
        .end("quick", 2, asked=2)
        .serve({URL: keys("ec-a")})
        .release()
        .end("slow", 2, asked=2)
        .end("slow too", 2, asked=2),
        _scene("patience", "Who has waited for as long as it may reports what it waited for as failed, and asks again.")
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .core("waiting", "first", asked=1, at=10)
        .end("first", 1, at=10.5, asked=2, **UNAVAILABLE),
        _scene("ended_before", "What ended before the validation began to wait counts as reported.")
        .serve(keys("ec-a"))
        .begin("first", "ec-a", 1, at=0)
        .end("first", 1),
    ]


def _loads() -> list[Scene]:
    return [
        _scene("load_first", "The store is asked before the issuer.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, loads=1)
        .accept("ec-a", 1, loads=1),
        _scene("load.fails", "A load that fails is as good as one that brings nothing.")
        .core("store_does", {"load": "fail"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, loads=1, saves=1)
        .health(failures=0),
        _scene("load.hangs", "One that hangs costs half of the time, and then the issuer is asked.")
        .core("store_does", {"load": "hold"}, at=0)
        .serve(keys("ec-a"))
        .begin("first", "ec-a", 0)
        .core("overrun", True, at=4.9, fetches=0)
        .core("overrun", True, at=5, fetches=1)
        .requested(timeout=5.0)
        .end("first", 1, loads=1)
        .health(failures=0),
        _scene("load.late", "What it brings later changes nothing.")
        .core("store_does", {"load": "hold"}, at=0)
        .serve(keys("ec-a"))
        .begin("first", "ec-a", 0)
        .core("overrun", True, at=5, fetches=1)
        .store(saved("ec-b", after=6))
        .core("store_release", "load", at=7, fetches=1)
        .accept("ec-a", 1, loads=1),
        _scene("load.patience", "Who waits for it loses patience with it, not with the issuer.")
        .core("store_does", {"load": "hold"}, at=0)
        .serve(keys("ec-a"))
        .begin("first", "ec-a", 0)
        .end("first", 1, at=5.5)
        .health(failures=0),
        _scene("load.lost", "One that is never reported is not begun again.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, loads=1)
        .core("store_does", {"load": "hold"})
        .accept("ec-a", 1, at=3300, loads=2)
        .core("poll", 0, at=3306.9)
        .core("poll", 1, at=3307)
        .accept("ec-a", 2, loads=2),
        _scene("load.refresh", "New keys that the host asks for meanwhile come from the issuer, whatever the store has.")
        .core("store_does", {"load": "hold"}, at=0)
        .begin("first", "ec-a", 0)
        .core("refresh_keys", True)
        .serve(keys("ec-b"))
        .store(saved("ec-a"))
        .core("store_release", "load", fetches=1)
        .requested(cache_control="no-cache")
        .accept("ec-b", 1),
        _scene("load.unanswered", "An unknown key is not refused because the store took its time and the issuer failed.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1)
        .core("store_does", {"load": "hold"})
        .begin("first", "ec-b", 1, at=60)
        .serve("down")
        .core("store_release", "load", at=63, fetches=2)
        .end("first", 2, **UNAVAILABLE)
        .serve(keys("ec-b"))
        .core("store_does", {"load": "work"})
        .accept("ec-b", 3, at=64),
    ]


def _saves() -> list[Scene]:
    return [
        _scene("save.one_at_a_time", "One save is out at a time, and the newest set is the last.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .serve(keys("ec-b"))
        .accept("ec-b", 2, at=1, saves=1)
        .serve(keys("ec-c"))
        .accept("ec-c", 3, at=2, saves=1)
        .core("store_does", {"save": "work"})
        .core("store_release", "save", saves=2)
        .core("saved", [["ec-a"], ["ec-c"]]),
        _scene("save.hangs", "One that hangs is given up, and the next set is saved.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .core("store_does", {"save": "work"})
        .core("overrun", True, at=10, saves=1)
        .serve(keys("ec-b"))
        .accept("ec-b", 2, saves=2)
        .core("saved", [["ec-b"]]),
        _scene("save.late", "When its older text lands on top of a newer one, the newer one is saved again.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .core("store_does", {"save": "work"})
        .core("overrun", True, at=10)
        .serve(keys("ec-b"))
        .accept("ec-b", 2, saves=2)
        .core("store_release", "save", saves=3)
        .core("saved", [["ec-b"], ["ec-a"], ["ec-b"]])
        .accept("ec-b", 2, saves=3),
        _scene("save.late.newest", "When nothing newer was saved, it may stay.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .core("overrun", True, at=10)
        .core("store_release", "save", saves=1)
        .core("saved", [["ec-a"]]),
        _scene("save.fails", "One that fails is not tried again before there is something new to save.")
        .core("store_does", {"save": "fail"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .accept("ec-a", 1, saves=1)
        .core("store_does", {"save": "work"})
        .serve(keys("ec-b"))
        .accept("ec-b", 2, saves=2)
        .core("saved", [["ec-b"]]),
    ]


def _forks() -> list[Scene]:
    return [
        _scene("fork.fetch", "After a fork, what was out is given out anew.", fetched())
        .serve("hold")
        .begin("first", "ec-a", 1, at=0)
        .serve(keys("ec-a"))
        .core("reissue", True, at=1, fetches=2)
        .accept("ec-a", 2),
        _scene("fork.save", "A save too.")
        .core("store_does", {"save": "hold"}, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .core("store_does", {"save": "work"})
        .core("reissue", True, saves=2)
        .core("saved", [["ec-a"]]),
    ]
