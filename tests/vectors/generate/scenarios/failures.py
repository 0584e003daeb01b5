"""What is no key set, how long pauses last, and that a bad answer never costs good keys."""

from ..encoding import compact
from ..keys import jwk
from .scene import Scene, answer, fetched, keys


def scenarios() -> list[Scene]:
    return [*_bad_answers(), *_pauses(), *_skipped()]


def _bad_answers() -> list[Scene]:
    good = keys("ec-b")["body"]
    bad = {
        "html": answer(200, "<!DOCTYPE html><title>Sign in</title>"),
        "empty_keys": answer(200, '{"keys":[]}'),
        "cut_short": answer(200, good[:-1]),
        "twice": answer(200, '{"keys":[],' + good[1:]),
        "too_long": answer(200, good + " " * 4096),
        "no_content": answer(204),
        "redirect": answer(302, good, location="https://evil.test/jwks"),
        "not_found": answer(404, good),
        "server_error": answer(500, good),
        "not_modified": answer(304, good),
        "down": "down",
        "timeout": "timeout",
    }
    return [
        Scene(f"failure.{name}", "A failed refresh leaves the set as it is.", fetched(max_body=4096))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve(served)
        .accept("ec-a", 2, at=3300)
        .accept("ec-a", 2)
        .serve(keys("ec-b"))
        .accept("ec-a", 3, at=3302)
        .accept("ec-b", 3)
        for name, served in bad.items()
    ]


def _pauses() -> list[Scene]:
    slow = fetched(backoff={"first": "10s", "max": "20s"})
    return [
        Scene("pause.settings", "The policy's first and longest pause.", slow)
        .serve("down")
        .unavailable("ec-a", 1, (2.5, 10), at=0)
        .unavailable("ec-a", 2, (5, 20), at=10)
        .unavailable("ec-a", 3, (5, 20), at=30)
        .unavailable("ec-a", 4, (5, 20), at=50),
        Scene("pause.ends", "A success ends the row of failures.")
        .serve("down")
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .unavailable("ec-a", 2, (0.5, 2), at=1)
        .serve(keys("ec-a"))
        .accept("ec-a", 3, at=3)
        .serve("down")
        .unavailable("ec-b", 4, (0.25, 1), at=100),
        Scene("pause.known", "Pauses never keep a known kid waiting.")
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .serve("down")
        .unavailable("ec-b", 2, (0.25, 1), at=50)
        .accept("ec-a", 2),
    ]


def _skipped() -> list[Scene]:
    odd = {"kty": "AKP", "kid": "pq", "alg": "ML-DSA-65", "pub": "AA"}
    private = {"kty": "oct", "kid": "shared", "k": "A" * 43}
    weak = jwk("rsa-1024")
    body = compact({"keys": [odd, private, weak, jwk("ec-a"), "text", jwk("ec-b"), jwk("ec-c")]})
    return [
        Scene("skipped.others_count", "Keys that cannot be used are skipped one by one.", spec="RFC 7517 5")
        .serve(answer(200, body))
        .accept("ec-a", 1, at=0)
        .accept("ec-b", 1)
        .reject("rsa-1024", 1, "unusable_key"),
        Scene("skipped.max_keys", "Keys beyond max_keys are skipped.", fetched(max_keys=4))
        .serve(answer(200, body))
        .accept("ec-a", 1, at=0)
        .reject("ec-b", 1, "unusable_key"),
        Scene("skipped.told", "Skipped keys are reported with their reason.", fetched(max_keys=5))
        .serve(answer(200, body))
        .accept("ec-a", 1, at=0)
        .health(keys=1, skipped_count=6)
        .core("events", ["fetch_started", "fetch_ok", "keys_changed", "key_skipped"]),
    ]
