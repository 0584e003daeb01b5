"""Why a fetch failed, in the words of the host's HTTP client, and who is told: once for each time that keys cease to come."""

from ..suite import entry, policy
from ..tokens import ISSUER
from .discovery import METADATA, OAUTH, metadata
from .scene import URL, Scene, answer, keys

SPEC = "the key-set machine"


def scenarios() -> list[Scene]:
    return [*_causes(), *_warnings(), *_implied()]


def _causes() -> list[Scene]:
    said = {
        "words": ("no route to host", "no route to host"),
        "proxy": (
            "proxy http://me:secret@proxy.test:3128/ refused",
            "proxy http://\u2026@proxy.test:3128/ refused",
        ),
        "lines": ("first\r\n\tsecond", "first second"),
        "control": ("a\x1b[2Jb", "a\\u{1b}[2Jb"),
        "token": ("sent eyJhbGciOiJFUzI1NiJ9.e30.AAAA there", "sent eyJ\u2026 there"),
    }
    told = [
        Scene(f"cause.{name}", "The client's words, fit for a log.", spec=SPEC)
        .serve({URL: {"down": words}})
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .health(last_error="connection", last_error_cause={"contains": shown})
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=1)
        .health(last_error=None, last_error_cause=None)
        for name, (words, shown) in said.items()
    ]
    redirect = (
        Scene("cause.redirect", "Where a redirect leads.", spec=SPEC)
        .serve(answer(302, location="https://other.test/jwks"))
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .health(last_error="status_302", last_error_cause="to https://other.test/jwks")
    )
    return [*told, redirect]


def _warnings() -> list[Scene]:
    return [
        Scene("warning.episode", "One for each time that keys cease to come.", spec=SPEC)
        .serve({URL: {"down": "no route to host"}})
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .warnings("no route to host")
        .unavailable("ec-a", 2, (0.5, 2), at=1)
        .unavailable("ec-a", 3, (1, 4), at=3)
        .warnings()
        .serve(keys("ec-a"))
        .accept("ec-a", 4, at=10)
        .warnings()
        .serve(answer(503))
        .accept("ec-a", 5, at=3400)
        .warnings(f"{URL}: status_503")
        .accept("ec-a", 6, at=3402)
        .warnings(),
        Scene("warning.serves", "Whether tokens pass meanwhile.", spec=SPEC)
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .warnings("its tokens get 503 until one succeeds")
        .serve(keys("ec-a"))
        .accept("ec-a", 2, at=1)
        .serve("down")
        .accept("ec-a", 3, at=3400)
        .warnings("the keys at hand serve on"),
    ]


def _implied() -> list[Scene]:
    """A policy that names no keys: the issuer's metadata says where they are."""
    note = "No keys in the policy means discovery."
    unnamed = {name: value for name, value in entry({}).items() if name != "keys"}
    served = {METADATA: metadata(), URL: keys("ec-a")}
    return [
        Scene("implied.none", note, policy(unnamed), "RFC 8414 3").serve(served).accept("ec-a", 2, at=0),
        Scene("implied.empty", note, policy(unnamed | {"keys": {}}), "RFC 8414 3").serve(served).accept("ec-a", 2, at=0),
        Scene("implied.other_issuer", "Metadata of another issuer counts no more here.", policy(unnamed), "RFC 8414 3.3")
        .serve({METADATA: metadata(issuer=f"{ISSUER}other"), URL: keys("ec-a")})
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .health(last_error="other_issuer"),
        Scene("implied.nowhere", "An issuer without metadata.", policy(unnamed), "RFC 8414 3")
        .serve({METADATA: answer(404), OAUTH: answer(404)})
        .unavailable("ec-a", 2, (0.25, 1), at=0)
        .health(last_error="status_404"),
    ]
