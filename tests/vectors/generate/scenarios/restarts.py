"""Snapshots: a restart begins warm, within max_stale, and hostile text changes nothing."""

from ..encoding import compact
from ..tokens import NOW
from .scene import SECOND, URL, Scene, answer, fetched, keys

MILLIS = 1000


def _snapshot(written_at: int = NOW * MILLIS, **changes) -> str:
    source = {"url": URL, "fetched_at": NOW * MILLIS, "document": keys("ec-a")["body"]} | changes
    return compact({"version": 1, "written_at": written_at, "sources": [source]})


def scenarios() -> list[Scene]:
    def kept(name: str, note: str, **headers: str) -> Scene:
        scene = Scene(f"snapshot.{name}", note).serve(keys("ec-a", **headers)).accept("ec-a", 1, at=0)
        return scene.core("export", "kept").core("restart", True)

    bad = {
        "empty": "",
        "list": "[]",
        "other_version": '{"version":2,"written_at":0,"sources":[]}',
        "no_version": '{"written_at":0,"sources":[]}',
        "no_time": '{"version":1,"sources":[]}',
        "unknown_member": '{"version":1,"written_at":0,"sources":[],"more":1}',
        "version_twice": '{"version":1,"version":1,"written_at":0,"sources":[]}',
        "trailing": '{"version":1,"written_at":0,"sources":[]} x',
        "deep": '{"version":1,"written_at":0,"sources":' + "[" * 200 + "]" * 200 + "}",
        "no_key_set": _snapshot(document="<html>"),
        "no_keys": _snapshot(document='{"keys":[]}'),
        "future": _snapshot(written_at=(NOW + 3600) * MILLIS),
        "fetched_later": _snapshot(fetched_at=NOW * MILLIS + 1),
        "time_as_text": _snapshot(fetched_at=str(NOW)),
        "time_too_large": _snapshot(fetched_at=0).replace(":0,", ":99999999999999999999,"),
        "tag": _snapshot(etag='"a"\r\nx: y'),
        "metadata_place": _snapshot(jwks_uri="https://evil.test/jwks"),
        "twice": '{"version":1,"written_at":0,"sources":['
        + ",".join(compact({"url": URL, "fetched_at": 0, "document": keys("ec-a")["body"]}) for _ in range(2))
        + "]}",
        "too_long": _snapshot(document=keys("ec-a")["body"] + " " * 600_000),
    }
    return [
        kept("warm", "The first token after a restart asks nobody.")
        .core("import", {"kept": "kept"}, imported=1)
        .serve("down")
        .accept("ec-a", 1, at=100)
        .health(state="fresh", age=100.0, keys=1),
        kept("age_goes_on", "What a set was old it stays: the refresh is due when it would have been.")
        .core("import", {"kept": "kept"}, at=2000, imported=1)
        .accept("ec-a", 1)
        .accept("ec-a", 2, at=3300),
        kept("stale", "A set past its freshness serves, and is refreshed.")
        .core("import", {"kept": "kept"}, at=4 * 3600, imported=1)
        .serve(keys("ec-b"))
        .accept("ec-a", 2)
        .accept("ec-b", 2),
        kept("too_old", "A set past max_stale is of no use.")
        .core("import", {"kept": "kept"}, at=86400, imported=0)
        .serve("down")
        .unavailable("ec-a", 2, (0.25, 1)),
        kept("stale_ends", "max_stale counts from the fetch, not from the restart.")
        .core("import", {"kept": "kept"}, at=86000, imported=1)
        .serve("down")
        .accept("ec-a", 2)
        .unavailable("ec-a", 3, (0.5, 2), at=86400),
        Scene("snapshot.clock_back", "The clock was set back since it was written: how old the set is, nobody can say.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 1, at=2400)
        .core("export", "kept")
        .core("restart", True)
        .core("import", {"kept": "kept"}, at=1000, imported="refused")
        .health(state="empty", keys=0)
        .serve("down")
        .unavailable("ec-a", 2, (0.25, 1)),
        Scene("snapshot.clock_nudged", "A clock that was nudged back a little is no reason.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=10)
        .core("export", "kept")
        .core("restart", True)
        .core("import", {"kept": "kept"}, at=5, imported=1)
        .serve("down")
        .accept("ec-a", 1),
        kept("tag", "Tags and freshness come along.", etag='"v1"', cache_control="max-age=600")
        .core("import", {"kept": "kept"}, at=10, imported=1)
        .serve(answer(304))
        .accept("ec-a", 2, at=560)
        .requested(if_none_match='"v1"'),
        Scene("snapshot.not_older", "A snapshot never replaces a newer set.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .core("export", "old")
        .serve(keys("ec-b"))
        .accept("ec-b", 2, at=60)
        .core("import", {"kept": "old"}, imported=0)
        .accept("ec-b", 2),
        Scene(
            "snapshot.while_asking",
            "Not modified is the set that was asked about, not one that was imported meanwhile.",
        )
        .serve(keys("ec-a", etag='"v1"'))
        .accept("ec-a", 1, at=0)
        .serve("hold")
        .accept("ec-a", 2, at=3300)
        .core(
            "import",
            {
                "text": _snapshot(
                    fetched_at=(NOW + 3200) * MILLIS, written_at=(NOW + 3200) * MILLIS, document=keys("ec-b")["body"]
                )
            },
            imported=1,
        )
        .accept("ec-b", 2)
        .serve(answer(304))
        .release(at=3301)
        .accept("ec-a", 2)
        .health(not_modified=1, keys=1, age=1.0),
        Scene("snapshot.other_url", "A set counts for the URL that it came from alone.")
        .core("import", {"text": _snapshot(url=SECOND)}, at=0, imported=0)
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1)),
        Scene("snapshot.text", "The form of a snapshot.")
        .core("import", {"text": _snapshot()}, at=0, imported=1)
        .accept("ec-a", 0),
        Scene("snapshot.bounds", "What a snapshot says of freshness is bounded as an answer is.")
        .core("import", {"text": _snapshot(fresh_for=10**12)}, at=0, imported=1)
        .serve(keys("ec-b"))
        .accept("ec-a", 1, at=3300)
        .accept("ec-b", 1),
        *[
            Scene(f"snapshot.refused.{name}", "Text that is no snapshot is refused, and changes nothing.")
            .core("import", {"text": text}, at=0, imported="refused")
            .health(state="empty", keys=0)
            .serve(keys("ec-a"))
            .accept("ec-a", 1)
            for name, text in bad.items()
        ],
        Scene("snapshot.all_or_nothing", "One bad source, and none is taken.", fetched([URL, SECOND]))
        .core(
            "import",
            {
                "text": compact(
                    {
                        "version": 1,
                        "written_at": NOW * MILLIS,
                        "sources": [
                            {"url": URL, "fetched_at": NOW * MILLIS, "document": keys("ec-a")["body"]},
                            {"url": SECOND, "fetched_at": NOW * MILLIS, "document": "{}"},
                        ],
                    }
                )
            },
            at=0,
            imported="refused",
        )
        .health(state="empty"),
    ]
