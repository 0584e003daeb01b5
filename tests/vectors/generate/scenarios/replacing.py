"""Another policy in the place of the one before, while tokens come in."""

from ..keys import inline
from ..suite import entry, policy, without
from ..tokens import AUDIENCE
from .scene import SECOND, URL, Scene, answer, fetched, keys, signed

OTHER = "https://other.test/"
THEIRS = "https://other.test/jwks"
METADATA = "https://idp.test/.well-known/openid-configuration"


def scenarios() -> list[Scene]:
    return [*_sources(), *_rules(), *_trouble(), *_waiting()]


def _sources() -> list[Scene]:
    two = policy(entry({"jwks_uri": URL}), entry({"jwks_uri": THEIRS}, issuer=OTHER))
    swapped = policy(entry({"jwks_uri": THEIRS}, issuer=OTHER), entry({"jwks_uri": URL}))
    theirs = {"text": signed("ec-b", issuer=OTHER)}
    found = answer(200, '{"issuer":"https://idp.test/","jwks_uri":"https://idp.test/jwks"}')
    discovered = policy(entry({"discovery": True}))
    return [
        Scene("replace.kept", "A source that stays is not fetched anew, whatever else of its entry changes.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace(policy(entry({"jwks_uri": URL}, leeway=7, required_claims=["exp", "sub"])), fetches=1)
        .accept("ec-a", 1)
        .health(state="fresh", fetches=1, age=0),
        Scene("replace.freshness", "It is as old as it was, and refreshed with its tag as it would have been.")
        .serve(keys("ec-a", etag='"one"', cache_control="max-age=600"))
        .accept("ec-a", 1, at=0)
        .replace(policy(entry({"jwks_uri": URL}, leeway=7)), at=300)
        .health(state="fresh", age=300)
        .accept("ec-a", 2, at=599)
        .requested(url=URL, if_none_match='"one"', cache_control=None),
        Scene("replace.budget", "The budget of fetches for unknown key ids is not given anew.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 2)
        .reject("ec-c", 3)
        .replace(policy(entry({"jwks_uri": URL}, leeway=7)))
        .reject("ec-d", 3, text=signed("ec-b", "ec-d"))
        .reject("ec-b", 3),
        Scene("replace.other_url", "Another URL is another source: it is fetched, and the old one never again.")
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .replace(fetched(SECOND))
        .accept("ec-b", 2)
        .requested(url=SECOND)
        .reject("ec-a", 3, at=60)
        .requested(url=SECOND)
        .refresh(4)
        .requested(url=SECOND),
        Scene("replace.and_back", "A source that comes back begins anew: nobody has looked after its set.")
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .replace(fetched(SECOND))
        .replace(fetched(URL))
        .accept("ec-a", 2),
        Scene("replace.added_url", "A second URL beside the first: the first stays as it is.")
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .replace(fetched([SECOND, URL]))
        .accept("ec-a", 1)
        .health(source=0, url=SECOND, state="empty", keys=0)
        .health(source=1, url=URL, state="fresh", keys=1)
        .accept("ec-b", 3),
        Scene("replace.moved", "Entries may change their places: each keeps its keys, and no other's count for it.", two)
        .serve({URL: keys("ec-a"), THEIRS: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .accept("theirs", 2, **theirs)
        .replace(swapped)
        .accept("ec-a", 2)
        .accept("theirs", 2)
        .health(source=0, url=THEIRS, issuer=0)
        .health(source=1, url=URL, issuer=1)
        .reject("crossed", 3, text=signed("ec-a", issuer=OTHER))
        .requested(url=THEIRS),
        Scene("replace.discovery", "Metadata for the same issuer at the same place is the same source.", discovered)
        .serve({METADATA: found, URL: keys("ec-a")})
        .accept("ec-a", 2, at=0)
        .replace(policy(entry({"discovery": True}, leeway=7)))
        .accept("ec-a", 2)
        .health(jwks_uri=URL, state="fresh"),
        Scene("replace.options", "With other options the set at hand is read anew, and its age is what it was.")
        .serve(keys("ec-a", "ec-b", cache_control="max-age=3600"))
        .accept("ec-a", 1, at=0)
        .replace(fetched(ttl=600, max_keys=1), at=100)
        .accept("ec-a", 1)
        .health(state="fresh", age=100, keys=1, fetches=0, skipped_count=1)
        .accept("ec-a", 2, at=599),
        Scene("replace.options_too_old", "What is too old under the new options serves no more.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace(fetched(ttl=600, max_stale=0), at=700)
        .accept("ec-a", 2),
    ]


def _rules() -> list[Scene]:
    strict = policy(entry({"jwks_uri": URL}, audience=["https://other-api.test"]))
    other = policy(entry({"jwks_uri": URL}, issuer=OTHER))
    pinned = policy(entry(inline("ec-b")))
    cached = policy(entry({"jwks_uri": URL}), cache={"entries": 100})
    fewer = policy(entry({"jwks_uri": URL}, algorithms=["RS256"]), cache={"entries": 100})
    return [
        Scene("replace.rules", "The next token is judged by the new policy alone; and one policy later by that.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace(strict)
        .reject("ec-a", 1, code="audience_mismatch")
        .replace(fetched())
        .accept("ec-a", 1),
        Scene("replace.issuer_gone", "An issuer that the new policy does not have is unknown, whatever keys are at hand.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace(other)
        .reject("ec-a", 1, code="unknown_issuer"),
        Scene("replace.pinned", "From fetched keys to keys in the policy.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace(pinned)
        .reject("ec-a", 1)
        .accept("ec-b", 1)
        .refresh(1),
        Scene("replace.unpinned", "From keys in the policy to fetched keys.", pinned)
        .serve(keys("ec-a"))
        .accept("ec-b", 0, at=0)
        .replace(fetched())
        .accept("ec-a", 1)
        .reject("ec-b", 2),
        Scene("replace.cache", "A token that was verified under the policy before is checked anew.", cached)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .accept("ec-a", 1)
        .replace(fewer)
        .reject("ec-a", 1, code="algorithm_not_allowed")
        .replace(cached)
        .accept("ec-a", 1),
    ]


def _trouble() -> list[Scene]:
    good = policy(entry({"jwks_uri": URL}, leeway=7))
    unknown = fetched() | {"isuers": []}
    return [
        Scene("replace.bad", "A bad document changes nothing: every mistake is the one that it is at construction.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .replace_refused(unknown, "isuers")
        .replace_refused(policy(without(entry({"jwks_uri": URL}), "audience")), "issuers[0].audience")
        .replace_refused(policy(entry({"jwks_uri": URL}), leeway=5), "leeway")
        .replace_refused(fetched("http://idp.test/jwks"), "issuers[0].keys.jwks_uri")
        .replace_refused(policy(entry({"jwks_uri": URL}, client_id={"allowed": "host"})), "issuers[0].client_id.allowed")
        .accept("ec-a", 1)
        .health(state="fresh", fetches=1)
        .events(["fetch_started", "fetch_ok", "keys_changed"]),
        Scene("replace.outage", "An outage goes on: the pause after a failure is not cut short, and the keys serve on.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .accept("ec-a", 2, at=3700)
        .replace(good)
        .accept("ec-a", 2)
        .health(state="stale", failures_in_a_row=1, last_error="connection"),
        Scene("replace.outage_cold", "Without any keys too: nobody asks again before the pause is over.")
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .replace(good)
        .unavailable("ec-a", 1, (0.25, 1))
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=2),
        Scene("replace.outage_options", "With other options the set at hand serves on through an outage, too.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .replace(policy(entry({"jwks_uri": URL}, algorithms=["ES256"])), at=60)
        .accept("ec-a", 1),
        Scene("replace.events", "It is told once, and what comes after it is of the new policy.")
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .replace(fetched(SECOND))
        .accept("ec-b", 2)
        .events(
            ["fetch_started", "fetch_ok", "keys_changed", "policy_replaced", "fetch_started", "fetch_ok", "keys_changed"]
        ),
        Scene("replace.store", "A store is the application's, and stays: what is fetched goes there.")
        .store(None, at=0)
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, saves=1)
        .replace(fetched(SECOND))
        .accept("ec-b", 2, saves=2),
        Scene("replace.restart", "A snapshot has the sets of the new policy.")
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .replace(fetched([URL, SECOND]))
        .accept("ec-b", 3)
        .core("export", "both")
        .core("restart", True)
        .replace(fetched([URL, SECOND]))
        .core("import", {"kept": "both"}, imported=2)
        .accept("ec-a", 3)
        .accept("ec-b", 3),
    ]


def _waiting() -> list[Scene]:
    strict = policy(entry({"jwks_uri": URL}, audience=["https://other-api.test", AUDIENCE + "/v2"]))
    gone = policy(entry({"jwks_uri": THEIRS}, issuer=OTHER))
    return [
        Scene("replace.waiting", "Who waits for a source that stays has the verdict of the policy that it was asked under.")
        .serve("hold")
        .begin("old", "ec-a", 1, at=0)
        .replace(strict)
        .begin("new", "ec-a", 1)
        .serve(keys("ec-a"))
        .release()
        .end("old", 1)
        .end("new", 1, verdict="rejected", code="audience_mismatch")
        .health(fetches=1),
        Scene("replace.waiting_for_gone", "Who waits for a source that is gone is told to come again: under the new policy.")
        .serve({URL: "hold", THEIRS: keys("ec-b")})
        .begin("old", "ec-a", 1, at=0)
        .replace(gone)
        .serve(keys("ec-a"))
        .release()
        .end("old", 1, verdict="unavailable", code="keys_unavailable", retry_after=[0.5, 2])
        .reject("ec-a", 1, code="unknown_issuer")
        .accept("theirs", 2, text=signed("ec-b", issuer=OTHER))
        .health(url=THEIRS, fetches=1),
        Scene("replace.late_answer", "What a source that is gone was sent says nothing about one that came in its place.")
        .serve({URL: "hold", SECOND: "hold"})
        .begin("old", "ec-a", 1, at=0)
        .replace(fetched(SECOND))
        .begin("new", "ec-b", 2)
        .serve({URL: keys("ec-a", "ec-b"), SECOND: keys("ec-c")})
        .release(URL)
        .health(url=SECOND, state="empty", keys=0)
        .release(SECOND)
        .end("new", 3, verdict="rejected", code="unknown_key")
        .health(url=SECOND, state="fresh", keys=1),
    ]

