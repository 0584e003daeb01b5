"""The cache of verified tokens: a token that comes again meets everything but the signature check anew."""

from ..keys import jwk
from ..suite import entry, policy
from ..tokens import NOW, claims, header, token
from .scene import URL, Scene, keys, signed


def _rules(**settings) -> dict:
    more = {"jwks": settings} if settings else {}
    return policy(entry({"jwks_uri": URL}, **more), cache={})


def _scene(name: str, note: str, **settings) -> Scene:
    """A validator with a cache that has the token in it."""
    scene = Scene(f"cached.{name}", note, _rules(**settings), "the verified-token cache")
    return scene.serve(keys("ec-a")).accept("ec-a", 1, at=0).accept("ec-a", 1)


def scenarios() -> list[Scene]:
    good = signed("ec-a")
    head, body, signature = good.split(".")
    other = signed("ec-b", kid="ec-a").split(".")[2]
    swapped = "A" if signature[0] != "A" else "B"
    short = token(claims(exp=NOW + 100), header("ec-a", kid="ec-a"), key="ec-a")
    later = token(claims(nbf=NOW + 100, exp=NOW + 10_000), header("ec-a", kid="ec-a"), key="ec-a")
    return [
        _scene("again", "The same token again."),
        _scene("changed", "One character of the signature is another.").reject(
            "x", 1, "invalid_signature", text=f"{head}.{body}.{swapped}{signature[1:]}"
        ),
        _scene("other_signature", "The same header and payload, signed by another key.").reject(
            "x", 1, "invalid_signature", text=f"{head}.{body}.{other}"
        ),
        _scene("trailing", "A character behind the token.").reject("x", 1, "invalid_signature", text=good + "A"),
        _scene("padded", "Padding behind the token.").reject("x", 1, "malformed_token", text=good + "="),
        _scene("four_parts", "A part behind the token.").reject("x", 1, "malformed_token", text=good + ".e30"),
        _scene("cut", "The token without its last character.").reject("x", 1, "malformed_token", text=good[:-1]),
        _scene("expires", "A token that was kept expires.")
        .accept("short", 1, text=short)
        .accept("short", 1, at=104)
        .reject("short", 1, "expired", at=105)
        .reject("short", 1, "expired"),
        _scene("not_yet", "A token is refused first, and passes when its time has come.")
        .reject("later", 1, "not_yet_valid", text=later)
        .accept("later", 1, at=95)
        .accept("later", 1),
        _scene("key_removed", "The key is gone after a refresh: so is the token.")
        .serve(keys("ec-b"))
        .refresh(2)
        .reject("ec-a", 3, "unknown_key"),
        _scene("key_replaced", "Another key has the id by now.")
        .serve(keys(jwk("ec-b", kid="ec-a")))
        .refresh(2)
        .reject("ec-a", 2, "invalid_signature"),
        _scene("key_stays", "A rotation that leaves the key leaves the token.")
        .serve(keys("ec-b", "ec-a"))
        .refresh(2)
        .accept("ec-a", 2),
        _scene("key_back", "A key that comes back has its tokens again.")
        .serve(keys(jwk("ec-b", kid="ec-a")))
        .refresh(2)
        .reject("ec-a", 2, "invalid_signature")
        .serve(keys("ec-a"))
        .refresh(3)
        .accept("ec-a", 3),
        _scene("key_set_expires", "Past max_stale a kept token is as any other.", max_stale="1h")
        .serve("down")
        .unavailable("ec-a", 2, (0, 300), at=2 * 3600),
        _scene("refresh_is_due", "A token that is kept does not keep its key set from being refreshed.")
        .accept("ec-a", 2, at=3500)
        .accept("ec-a", 2),
    ]
