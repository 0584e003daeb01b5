"""A store that processes share: what another one has fetched need not be fetched again."""

from ..encoding import compact
from ..suite import entry, policy
from ..tokens import NOW
from .discovery import METADATA, metadata
from .scene import SECOND, URL, Scene, answer, fetched, keys

MILLIS = 1000


def saved(*names: str, after: int = 0, url: str = URL, **more) -> str:
    """What another process has saved that fetched these keys so many seconds after the start."""
    time = (NOW + after) * MILLIS
    source = {"url": url, "fetched_at": time, "document": keys(*names)["body"]} | more
    return compact({"version": 1, "written_at": time, "sources": [source]})


def scenarios() -> list[Scene]:
    discovering = policy(entry({"discovery": True}))
    useless = {
        "text": "saved",
        "list": "[]",
        "no_key_set": saved("ec-a", document="<html>"),
        "other_url": saved("ec-a", url=SECOND),
        "future": saved("ec-a", after=3600),
        "unusable": saved("ec-a", after=-2 * 86400),
    }
    return [
        Scene("store.saves", "What a fetch brings is saved, once.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .accept("ec-a", 1, saves=1)
        .health(fetches=1, shared=0),
        Scene("store.cold", "A cold start asks nobody when another process has asked.")
        .store(saved("ec-a"), at=0)
        .serve("down")
        .accept("ec-a", 0, at=100, saves=0)
        .health(state="fresh", age=100.0, keys=1, shared=1)
        .events(["fetch_started", "fetch_shared", "keys_changed"])
        .accept("ec-a", 0),
        Scene("store.unknown", "A fresh set from the store is the word of the issuer.")
        .store(saved("ec-a"), at=0)
        .serve(keys("ec-a"))
        .reject("ec-b", 1, saves=1)
        .reject("ec-b", 1, saves=1),
        Scene("store.due", "So does a refresh that is due.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .store(saved("ec-b", after=3200))
        .accept("ec-a", 1, at=3300, saves=1)
        .accept("ec-b", 1)
        .health(state="fresh", age=100.0),
        Scene("store.own", "Its own set spares nothing when it is due.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .accept("ec-a", 2, at=3300, saves=2)
        .health(age=0.0, shared=0),
        Scene("store.older", "Nor does an older one, and it changes nothing.")
        .store(None, at=100)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .store(saved("ec-b", after=50))
        .accept("ec-a", 2, at=3400, saves=2)
        .reject("ec-b", 3),
        Scene("store.old.serves", "A set that is due itself does not spare the fetch, but serves when that fails.")
        .store(saved("ec-a"), at=3300)
        .serve("down")
        .accept("ec-a", 1, saves=0)
        .health(state="due", failures=1, keys=1),
        Scene("store.old.replaced", "And is replaced when it succeeds.")
        .store(saved("ec-a"), at=3300)
        .serve(keys("ec-b"))
        .accept("ec-b", 1, saves=1)
        .health(age=0.0),
        Scene("store.rotation", "A new key that another process has seen is not asked for again.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .store(saved("ec-a", "ec-b", after=60))
        .serve("down")
        .accept("ec-b", 1, at=90, saves=1),
        Scene("store.rotation.lacking", "A key that the store's set lacks is asked for.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .store(saved("ec-a", after=60))
        .serve(keys("ec-a", "ec-b"))
        .accept("ec-b", 2, at=90, saves=2)
        .requested(cache_control="no-cache"),
        Scene("store.refresh", "A host that asks for new keys gets the issuer's, not the store's.")
        .store(None, at=0)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, saves=1)
        .store(saved("ec-a", after=60))
        .serve(keys("ec-b"))
        .refresh(2, at=61)
        .accept("ec-b", 2, saves=2),
        Scene("store.not_modified", "A set that the issuer confirmed is saved with its new age.")
        .store(None, at=0)
        .serve(keys("ec-a", etag='"v1"'))
        .accept("ec-a", 1, saves=1)
        .serve(answer(304))
        .accept("ec-a", 2, at=3300, saves=2)
        .health(age=0.0, not_modified=1),
        Scene("store.failure", "A failed fetch saves nothing.")
        .store(None, at=0)
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), saves=0),
        Scene("store.outage", "Whoever cannot reach the issuer goes on with what others have fetched.")
        .store(None, at=0)
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1))
        .store(saved("ec-a", after=2))
        .accept("ec-a", 1, at=3, saves=0)
        .health(failures_in_a_row=0, last_error=None, state="fresh"),
        Scene("store.outage.stale", "And refreshes from there, while the issuer is out of its reach.")
        .store(saved("ec-a"), at=0)
        .serve("down")
        .accept("ec-a", 0)
        .store(saved("ec-b", after=3500))
        .accept("ec-a", 0, at=3600, saves=0)
        .accept("ec-b", 0),
        Scene("store.discovery", "Where metadata says where the keys are, both fetches are spared.", discovering)
        .store(saved("ec-a", url=METADATA, jwks_uri=URL), at=0)
        .serve({METADATA: "down", URL: "down"})
        .accept("ec-a", 0, at=10, saves=0),
        Scene("store.discovery.saves", "And saved when the keys are there.", discovering)
        .store(None, at=0)
        .serve({METADATA: metadata(), URL: keys("ec-a")})
        .accept("ec-a", 2, saves=1),
        Scene("store.several", "One text for all sources.", fetched([URL, SECOND]))
        .store(None, at=0)
        .serve({URL: keys("ec-a"), SECOND: "down"})
        .accept("ec-a", 2, saves=1)
        .store(saved("ec-b", after=5, url=SECOND))
        .accept("ec-b", 3, at=10, saves=2)
        .requested(url=URL),
        *[
            Scene(f"store.useless.{name}", "What is no snapshot of use is as good as nothing, and is replaced.")
            .store(text, at=0)
            .serve(keys("ec-a"))
            .accept("ec-a", 1, saves=1)
            .health(fetches=1, shared=0)
            for name, text in useless.items()
        ],
    ]
