"""Unknown kids: a rotation is found at once, junk has a budget, and nobody waits for it."""

from ..encoding import b64
from ..keys import jwk
from ..tokens import ABSENT, claims, header, token
from .scene import EXP, URL, Scene, fetched, keys, signed, without_kid

_X5T, _OTHER = b64(bytes(range(20))), b64(bytes(range(20, 40)))


def _with(key: str, **members: str) -> str:
    return token(claims(exp=EXP), header(key, kid=ABSENT) | members, key=key)


JUNK = ["ec-c", "ec-d", "ec-e", "ed-a", "ed-b"]


def _rotations() -> Scene:
    """An issuer that rotates again and again within one window (seen with Ory Hydra)."""
    scene = Scene("unknown.rotations", "A fetch that finds its key costs nothing of the budget, and junk has its own all the same.")
    scene.serve(keys("ec-a")).accept("ec-a", 1, at=0)
    for number, key in enumerate(("ec-b", "ec-c", "ec-d", "ec-e"), 1):
        scene.serve(keys(key)).accept(key, 1 + number, at=60 + number)
    scene.reject("rsa-a", 6).reject("rsa-b", 7).reject("ed-a", 7)
    # An id that was found and has gone since was answered, too.
    scene.reject("ec-b", 7).accept("ec-e", 7)
    return scene.health(url=URL, fetches=7, flood_rejections=1, state="fresh")


def scenarios() -> list[Scene]:
    flood = Scene("unknown.flood", "Two fetches in a window, whatever tokens arrive; known keys are not touched.")
    flood.serve(keys("ec-a")).accept("ec-a", 1, at=0)
    for fetches, key in zip((2, 3, 3, 3, 3), JUNK, strict=True):
        flood.reject(key, fetches, at=60)
    flood.accept("ec-a", 3)
    for number in range(20):
        flood.reject(f"junk-{number}", 3, text=signed("ec-b", kid=f"junk-{number}"))
    flood.serve(keys("ec-a", "ec-b")).accept("ec-b", 4, at=90)

    return [
        flood,
        Scene("unknown.same_junk", "The same junk costs one fetch in a window.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-c", 2, at=60)
        .reject("ec-c", 2, at=61)
        .reject("ec-c", 2, at=89)
        .reject("ec-c", 3, at=91),
        Scene("unknown.rotation_after_junk", "One burst of junk leaves room for a real rotation.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-c", 2, at=60)
        .serve(keys("ec-b"))
        .accept("ec-b", 3)
        .accept("ec-b", 3),
        _rotations(),
        Scene("unknown.rotation_in_flood", "While junk has spent the budget, a new key is unknown, until the window is over.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-d", 2, at=60)
        .reject("ec-e", 3)
        .serve(keys("ec-a", "ec-b"))
        .reject("ec-b", 3, at=62)
        .accept("ec-a", 3)
        .accept("ec-b", 4, at=90),
        Scene("unknown.sliding", "Any thirty seconds hold two, not only those that begin on a mark.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 2, at=60)
        .reject("ec-c", 3, at=85)
        .reject("ec-d", 3, at=89)
        .reject("ec-d", 4, at=90)
        .reject("ec-e", 4, at=114)
        .reject("ec-e", 5, at=115),
        Scene("unknown.unanswered", "A fetch that failed has answered nobody: the kid may ask again.")
        .serve(keys("ec-a", etag='"v1"'))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .unavailable("ec-b", 2, (0.25, 1), at=3300)
        .serve(keys("ec-a"))
        .accept("ec-a", 3, at=3301)
        .serve(keys("ec-b"))
        .accept("ec-b", 4, at=3302),
        Scene("unknown.cooldown", "The policy's cooldown is the window.", fetched(cooldown="5m"))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 2, at=60)
        .reject("ec-c", 3)
        .reject("ec-d", 3, at=359)
        .reject("ec-d", 4, at=360),
        Scene("unknown.no_kid", "A token without kid that no key fits asks once, as any unknown one.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("rsa", 2, at=60, text=without_kid("rsa-a"))
        .reject("rsa", 2),
        Scene("unknown.thumbprint", "A thumbprint that no key has asks once, as an unknown kid does.", spec="RFC 7515 4.1.7")
        .serve(keys(jwk("ec-a", kid=None, x5t=_X5T)))
        .accept("good", 1, at=0, text=_with("ec-a", x5t=_X5T))
        .reject("strange", 2, at=60, text=_with("ec-a", x5t=_OTHER))
        .reject("strange", 2)
        .serve(keys(jwk("ec-b", kid=None, x5t=_OTHER)))
        .accept("rotated", 3, at=91, text=_with("ec-b", x5t=_OTHER)),
        Scene("unknown.unusable", "A kid that the set knows but that cannot be used asks for nothing.")
        .serve(keys("ec-a", {"kty": "oct", "kid": "ec-b", "k": "A" * 43}))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 1, "unusable_key", at=60),
        Scene("unknown.forged", "A bad signature under a known kid asks for nothing.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("forged", 1, "invalid_signature", at=60, text=signed("ec-b", kid="ec-a")),
        Scene("unknown.other_issuer", "A token of another issuer asks for nothing.")
        .serve(keys("ec-a"))
        .reject("foreign", 0, "unknown_issuer", at=0, text=signed("ec-a", issuer="https://evil.test/")),
        Scene("unknown.told", "A flood is counted, and told once.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 2, at=60)
        .reject("ec-c", 3)
        .core("events", ["fetch_started", "fetch_ok", "keys_changed"] + ["fetch_started", "unknown_kid", "fetch_ok"] * 2)
        .reject("ec-d", 3)
        .reject("ec-e", 3)
        .reject("ec-b", 3)
        .core("events", ["flood_limited"])
        .health(url=URL, fetches=3, flood_rejections=2, state="fresh", last_error=None),
    ]
