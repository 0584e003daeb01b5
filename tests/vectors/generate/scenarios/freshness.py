"""How long a set is fresh, and what a refresh asks: cache headers, their bounds, entity tags."""

from .scene import URL, Scene, answer, fetched, keys

V1 = '"v1"'
DATE = "Fri, 15 Jan 2027 08:00:00 GMT"  # The start of every scenario.


def scenarios() -> list[Scene]:
    return [*_headers(), *_bounds(), *_ahead(), *_tags()]


def _fresh_for(name: str, note: str, seconds: int, rules: dict | None = None, **headers: str) -> Scene:
    """Before 0.72 of the freshness no refresh is made, after 0.88 of it one is."""
    scene = Scene(f"freshness.{name}", note, rules, "RFC 9111 4.2")
    scene.serve(keys("ec-a", **headers)).accept("ec-a", 1, at=0)
    return scene.accept("ec-a", 1, at=int(seconds * 0.7)).accept("ec-a", 2, at=int(seconds * 0.9))


def _headers() -> list[Scene]:
    return [
        _fresh_for("default", "The ttl where the answer says nothing.", 3600),
        _fresh_for("max_age", "max-age shortens it.", 600, cache_control="public, max-age=600"),
        _fresh_for("age", "What the answer is old already counts.", 500, cache_control="max-age=600", age="100"),
        _fresh_for("expires", "Expires where there is no max-age.", 600, date=DATE, expires="Fri, 15 Jan 2027 08:10:00 GMT"),
        _fresh_for(
            "expires.skew",
            "Expires counts on the issuer's clock, not on ours.",
            600,
            date="Fri, 15 Jan 2027 03:00:00 GMT",
            expires="Fri, 15 Jan 2027 03:10:00 GMT",
        ),
        _fresh_for("expires.no_date", "And on ours where the issuer shows none.", 600, expires="Fri, 15 Jan 2027 08:10:00 GMT"),
        _fresh_for(
            "max_age.first", "max-age counts before Expires.", 600,
            cache_control="max-age=600", expires="Fri, 15 Jan 2027 08:00:01 GMT",
        ),
        _fresh_for("upper_case", "Names in any case.", 600, **{"CACHE-CONTROL": "MAX-AGE=600"}),
    ]  # fmt: skip


def _bounds() -> list[Scene]:
    short = fetched(min_ttl="10m", ttl="30m")
    return [
        _fresh_for("zero", "max-age=0 is the min_ttl, so that it causes no flood.", 60, cache_control="max-age=0"),
        _fresh_for("no_store", "no-store too.", 60, cache_control="no-store"),
        _fresh_for("no_cache", "no-cache too.", 60, cache_control="no-cache"),
        _fresh_for("unreadable", "A max-age that is no number too.", 60, cache_control="max-age=soon"),
        _fresh_for("expired", "Expires in the past too.", 60, expires="Thu, 01 Jan 1970 00:00:00 GMT"),
        _fresh_for("expires_zero", "Expires that is no date too.", 60, expires="0"),
        _fresh_for("min_ttl", "The min_ttl of the policy.", 600, short, cache_control="max-age=1"),
        _fresh_for("ttl", "The ttl of the policy, where the answer says more.", 1800, short, cache_control="max-age=9999999"),
        _fresh_for("overflow", "Or more than anyone can count.", 3600, cache_control="max-age=99999999999999999999999"),
        _fresh_for("small_ttl", "A ttl below the usual min_ttl counts.", 20, fetched(ttl=20), cache_control="max-age=0"),
        _fresh_for(
            "not_respected",
            "respect_cache_control: false hears nothing of it.",
            3600,
            fetched(respect_cache_control=False),
            cache_control="max-age=60",
        ),
    ]  # fmt: skip


def _ahead() -> list[Scene]:
    early, late = fetched(refresh_ahead=0.5), fetched(refresh_ahead=1, max_stale=0)
    return [
        Scene("freshness.ahead.half", "refresh_ahead says after which part, give or take a tenth.", early)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 1, at=1600)
        .accept("ec-a", 2, at=2000),
        Scene("freshness.max_stale.zero", "max_stale: 0 fails closed when the freshness ends.", late)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .accept("ec-a", 1, at=3200)
        .unavailable("ec-a", 2, (0.25, 1), at=3600)
        .serve(keys("ec-a"))
        .accept("ec-a", 3, at=3601),
        Scene("freshness.max_stale.short", "max_stale counts from the last success.", fetched(ttl="10m", max_stale="1h"))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .accept("ec-a", 2, at=3500)
        .unavailable("ec-a", 3, (0.5, 2), at=3600),
    ]


def _tags() -> list[Scene]:
    def tagged(name: str, note: str) -> Scene:
        return Scene(f"etag.{name}", note, spec="RFC 9110 13.1.2").serve(keys("ec-a", etag=V1)).accept("ec-a", 1, at=0)

    return [
        tagged("sent", "A refresh carries the tag, and 304 makes the set fresh again.")
        .serve(answer(304))
        .accept("ec-a", 2, at=3300)
        .requested(url=URL, if_none_match=V1, cache_control=None)
        .accept("ec-a", 2, at=3300 + 2500)
        .accept("ec-a", 3, at=3300 + 3300)
        .requested(if_none_match=V1),
        tagged("extends", "304 counts as success: max_stale begins anew.")
        .serve(answer(304))
        .accept("ec-a", 2, at=3300)
        .serve("down")
        .accept("ec-a", 3, at=3300 + 86000)
        .unavailable("ec-a", 4, (0.5, 2), at=3300 + 86400),
        tagged("changed", "200 replaces set and tag.")
        .serve(keys("ec-b", etag='W/"v2"'))
        .accept("ec-a", 2, at=3300)
        .accept("ec-b", 2)
        .accept("ec-b", 3, at=6600)
        .requested(if_none_match='W/"v2"'),
        tagged("dropped", "200 without a tag drops the old one.")
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=3300)
        .accept("ec-a", 3, at=6600)
        .requested(if_none_match=None),
        tagged("forced", "A fetch for an unknown kid wants the set itself, and 304 is no answer to it.")
        .serve(answer(304))
        .unavailable("ec-b", 2, (0.25, 1), at=60)
        .requested(if_none_match=None, cache_control="no-cache")
        .accept("ec-a", 2),
        Scene("etag.unasked", "304 to a request without condition is a failure.", spec="RFC 9110 15.4.5")
        .serve(answer(304))
        .unavailable("ec-a", 1, (0.25, 1), at=0),
        Scene("etag.unsafe", "A tag that could break a header field is not sent.")
        .serve(keys("ec-a", etag='"v1"x: y'))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 2, at=3300)
        .requested(if_none_match=None),
        Scene("etag.headers_of_304", "What 304 says about freshness counts.")
        .serve(keys("ec-a", etag=V1, cache_control="max-age=600"))
        .accept("ec-a", 1, at=0)
        .serve(answer(304, cache_control="max-age=3000"))
        .accept("ec-a", 2, at=600)
        .accept("ec-a", 2, at=600 + 2000)
        .accept("ec-a", 3, at=600 + 2900),
        Scene("etag.silent_304", "Where 304 says nothing, the freshness stays what it was.")
        .serve(keys("ec-a", etag=V1, cache_control="max-age=600"))
        .accept("ec-a", 1, at=0)
        .serve(answer(304))
        .accept("ec-a", 2, at=600)
        .accept("ec-a", 2, at=600 + 420)
        .accept("ec-a", 3, at=600 + 580),
    ]
