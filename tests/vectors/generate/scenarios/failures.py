"""What is no key set, how long pauses last, and that a bad answer never costs good keys."""

import base64

from ..encoding import b64, compact, unb64
from ..keys import jwk, private_jwk
from .scene import URL, Scene, answer, fetched, keys, signed


def scenarios() -> list[Scene]:
    return [*_bad_answers(), *_named(), *_pauses(), *_skipped(), *_reasons()]


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


def _named() -> list[Scene]:
    """What is no key set is named for what it is."""
    good = keys("ec-a")["body"]
    pem = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n"
    named = {
        "html_page": answer(200, "<!DOCTYPE html><title>Sign in</title>"),
        "metadata_document": answer(200, compact({"issuer": "https://idp.test/", "jwks_uri": URL})),
        "certificate_map": answer(200, compact({"a": pem, "b": pem})),
        "list_of_keys": answer(200, compact([jwk("ec-a")])),
        "single_key": answer(200, compact(jwk("ec-a"))),
        "pem_text": answer(200, pem),
        "empty_body": answer(200, ""),
        "signed_document": answer(200, signed("ec-a")),
        "not_json": answer(200, good[:-1]),
        "not_a_key_set": answer(200, compact({"keys": {"a": jwk("ec-a")}})),
        "no_keys": answer(200, compact({"keys": []})),
        "status_302": answer(302, location="https://idp.test/other"),
        "status_404": answer(404),
        "status_503": answer(503),
        "connection": "down",
    }
    return [
        Scene(f"named.{name}", "What is no key set is named for what it is.", spec="RFC 7517 5")
        .serve(served)
        .unavailable("ec-a", 1, (0.25, 1), at=0)
        .health(state="empty", last_error=name)
        for name, served in named.items()
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


def _reasons() -> list[Scene]:
    """A skipped key says why, each its own reason."""
    ec, rsa, ed = jwk("ec-a", kid="k"), jwk("rsa-a", kid="k"), jwk("ed-a", kid="k")
    reasons = {
        "no_key_type": {"kid": "k"},
        "key_type": {"kty": "AKP", "kid": "k", "alg": "ML-DSA-65", "pub": "AA"},
        "no_curve": {name: value for name, value in ec.items() if name != "crv"},
        "curve": jwk("k256", kid="k"),
        "missing_member": {name: value for name, value in ec.items() if name != "y"},
        "not_text": ec | {"alg": 7},
        "not_base64url": rsa | {"n": rsa["n"] + "="},
        "number_length": rsa | {"n": b64(bytes(2000) + unb64(rsa["n"]))},
        "coordinate_length": ec | {"x": b64(unb64(ec["x"])[1:])},
        "private_key": private_jwk("ec-a") | {"kid": "k"},
        "published_secret": {"kty": "oct", "kid": "k", "k": "A" * 43},
        "use": rsa | {"use": "enc"},
        "operations": rsa | {"key_ops": ["encrypt"]},
        "algorithm": rsa | {"alg": "RSA-OAEP"},
        "algorithm_type": rsa | {"alg": "ES256"},
        "rsa_length": jwk("rsa-1024", kid="k"),
        "rsa_modulus": rsa | {"n": b64(unb64(rsa["n"])[:-1] + b"\x02")},
        "rsa_exponent": rsa | {"e": "AQ"},
        "off_curve": ec | {"y": jwk("ec-c")["y"]},
        "small_order": ed | {"x": b64(b"\x01" + bytes(31))},
        "not_canonical": ed | {"x": b64(b"\xf0" + b"\xff" * 30 + b"\x7f")},
    }
    return [
        Scene(f"skipped.reason.{name}", "A skipped key says why, each its own reason.", spec="RFC 7517 5")
        .serve(keys("ec-b", odd))
        .accept("ec-b", 1, at=0)
        .health(keys=1, skipped_count=1, skipped=[[1, "k", name]], lenient_count=0)
        for name, odd in reasons.items()
    ] + [
        Scene(f"lenient.reason.{name}", "A key says how it is spelled.", spec="RFC 7518 6")
        .serve(keys("ec-b", odd))
        .accept("ec-b", 1, at=0)
        .health(keys=2, skipped_count=0, lenient=[[1, "k", name]], lenient_count=1)
        for name, odd in {
            "padded": rsa | {"n": rsa["n"] + "=="},
            "alphabet": rsa | {"n": base64.b64encode(unb64(rsa["n"])).decode()},
            "leading_zeros": rsa | {"n": b64(b"\x00" + unb64(rsa["n"]))},
        }.items()
    ]


def without_p521() -> list[Scene]:
    return [
        Scene("skipped.reason.provider", "A key that another build would use.", spec="RFC 7517 5")
        .serve(keys("ec-b", jwk("ec521", kid="k")))
        .accept("ec-b", 1, at=0)
        .health(keys=1, skipped_count=1, skipped=[[1, "k", "provider"]], lenient_count=0)
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
        .health(
            keys=1,
            skipped_count=6,
            skipped=[
                [0, "pq", "key_type"],
                [1, "shared", "published_secret"],
                [2, "rsa-1024", "rsa_length"],
                [4, None, "not_an_object"],
                [5, "ec-b", "over_max_keys"],
                [6, "ec-c", "over_max_keys"],
            ],
        )
        .core("events", ["fetch_started", "fetch_ok", "keys_changed", "key_skipped"]),
        Scene("lenient.told", "Keys that are spelled otherwise count, and are reported.", spec="RFC 7518 6")
        .serve(keys(jwk("ec-a") | {"x": jwk("ec-a")["x"] + "="}, "ec-b"))
        .accept("ec-a", 1, at=0)
        .health(keys=2, skipped_count=0, lenient=[[0, "ec-a", "padded"]], lenient_count=1)
        .events(["fetch_started", "fetch_ok", "keys_changed", "key_lenient"]),
    ]
