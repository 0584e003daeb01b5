"""Class `keys`: which key of the issuer's verifies the token."""

from ..encoding import compact
from ..keys import inline, jwk, key_set, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token

_URL = "https://idp.test/jwks"
_FIVE = ("ec-b", "ec-c", "ec-d", "ec-e", "ec-a")


def keys() -> Suite:
    suite = Suite("keys", "RFC 7515 4.1.4")
    _by_kid(suite)
    _kid_texts(suite)
    _fit(suite)
    _without_kid(suite)
    _try_all(suite)
    _texts(suite)
    return suite


def _under(kid: str, *keys) -> tuple[str, dict]:
    """A token that names `kid`, and a policy with these keys."""
    return token(head=header(kid=kid)), policy(entry(inline(*keys)))


def _by_kid(suite: Suite) -> None:
    two = policy(entry(inline("ec-b", "ec-a")))
    suite.accept("kid.picks", "The kid picks one of two.", token(), two)
    wrong = token(head=header(kid="ec-b"))
    suite.reject(
        "kid.wrong_key",
        "The named key is the one that counts, though another would verify.",
        "invalid_signature",
        wrong,
        two,
    )
    suite.reject("kid.unknown", "No key of that kid.", "unknown_key", *_under("other", "ec-a", "ec-b"))
    suite.reject("kid.unknown_single", "Not even with a single key.", "unknown_key", *_under("other", "ec-a"))
    suite.reject(
        "kid.jwk_without_kid",
        "A JWK without kid does not fit a token that names one.",
        "unknown_key",
        *_under("ec-a", jwk("ec-a", kid=None)),
    )
    same_twice = policy(entry(inline("ec-a", "ec-a")))
    suite.accept("kid.same_key_twice", "The same key twice is one key.", token(), same_twice)
    clash = policy(entry(inline("ec-a", jwk("ec-b", kid="ec-a"))))
    suite.reject(
        "kid.two_keys", "Two fitting keys under one kid: the first does not win.", "ambiguous_key", token(), clash
    )
    clash = policy(entry(inline(jwk("ec-b", kid="ec-a"), "ec-a")))
    suite.reject("kid.two_keys_reversed", "Nor does the last.", "ambiguous_key", token(), clash)
    shared = policy(entry(inline(jwk("rsa-a", kid="k"), jwk("ec-a", kid="k"), jwk("ed-a", kid="k"))))
    for key in ("rsa-a", "ec-a", "ed-a"):
        suite.accept(
            f"kid.shared_{key}",
            "Keys of different kinds may share a kid.",
            token(head=header(key, kid="k"), key=key),
            shared,
        )


def _kid_texts(suite: Suite) -> None:
    texts = {
        "case": "EC-A",
        "prefix": "ec-",
        "longer": "ec-a1",
        "space": "ec-a ",
        "nul": "ec-a\x00",
        "empty": "",
        "path": "../../etc/passwd",
        "url": "https://evil.test/key",
        "sql": "x' OR '1'='1",
        "shell": "ec-a;id",
        "format": "%s%n{}",
        "full_width": "\uff45c-a",
        "long": "k" * 4000,
    }
    for what, kid in texts.items():
        suite.reject(
            f"text.{what}",
            "A kid is compared, byte for byte, and never anything else.",
            "unknown_key",
            *_under(kid, "ec-a"),
        )
    exact = {
        "empty": "",
        "path": "../k",
        "unicode": "cl\u00e9\U0001f511",
        "nul": "a\x00b",
        "proto": "__proto__",
        "digits": "1",
    }
    for what, kid in exact.items():
        named = jwk("ec-a") | {"kid": kid}
        suite.accept(f"exact.{what}", "Any text is a kid when both sides have it.", *_under(kid, named, "ec-b"))
    suite.reject("text.nul_cut", "No kid ends at a NUL.", "unknown_key", *_under("a", jwk("ec-a") | {"kid": "a\x00b"}))
    suite.reject(
        "text.normal_forms",
        "Composed and decomposed letters differ.",
        "unknown_key",
        *_under("e\u0301", jwk("ec-a") | {"kid": "\u00e9"}),
    )
    suite.reject(
        "text.number_in_set",
        "A kid that is a number is not its digits.",
        "unknown_key",
        *_under("1", jwk("ec-a") | {"kid": 1}, "ec-b"),
    )
    nameless = {_URL: {"status": 200, "headers": {}, "body": compact(key_set(jwk("ec-a") | {"kid": None}, "ec-b"))}}
    suite.reject(
        "text.null_in_set",
        "Nor is null the empty text.",
        "unknown_key",
        token(head=header(kid="")),
        policy(entry({"jwks_uri": _URL})),
        responses=nameless,
    )


def _fit(suite: Suite) -> None:
    """The kid is right and the key is not for this."""
    misfits = {
        "use_enc": {"use": "enc"},
        "use_case": {"use": "SIG"},
        "use_number": {"use": 1},
        "key_ops_sign": {"key_ops": ["sign"]},
        "key_ops_encrypt": {"key_ops": ["encrypt", "wrapKey"]},
        "key_ops_text": {"key_ops": "verify"},
        "key_ops_case": {"key_ops": ["VERIFY"]},
        "alg_other": {"alg": "ES384"},
        "alg_hmac": {"alg": "HS256"},
        "alg_encryption": {"alg": "ECDH-ES"},
        "alg_case": {"alg": "es256"},
        "alg_number": {"alg": 256},
    }
    for what, members in misfits.items():
        rules = policy(entry(inline(jwk("ec-a", **members), "ec-b")))
        suite.reject(
            f"fit.{what}",
            "A key of that kid exists, but it does not fit.",
            "unusable_key",
            token(),
            rules,
            spec="RFC 7517 4",
        )
    fitting = {
        "use_sig": {"use": "sig"},
        "key_ops_verify": {"key_ops": ["verify"]},
        "key_ops_both": {"key_ops": ["sign", "verify"]},
        "alg_same": {"alg": "ES256"},
        "all": {"use": "sig", "key_ops": ["verify"], "alg": "ES256"},
        "unknown": {"x-note": {"a": 1}, "exp": 1},
    }
    for what, members in fitting.items():
        suite.accept(
            f"fit.{what}",
            "The key says it is for this.",
            token(),
            policy(entry(inline(jwk("ec-a", **members)))),
            spec="RFC 7517 4",
        )
    other = policy(entry(inline(jwk("rsa-a", kid="ec-a"), "ec-b")))
    suite.reject("fit.other_type", "The key of that kid is of another type.", "unusable_key", token(), other)
    curve = policy(entry(inline(jwk("ec384-a", kid="ec-a"), "ec-b")))
    suite.reject("fit.other_curve", "The key of that kid is on another curve.", "unusable_key", token(), curve)


def _without_kid(suite: Suite) -> None:
    bare = token(head=header(kid=ABSENT))
    suite.accept("no_kid.single", "Without kid: the only fitting key.", bare)
    suite.accept(
        "no_kid.jwk_without_kid", "Neither side has a kid.", bare, policy(entry(inline(jwk("ec-a", kid=None))))
    )
    suite.reject("no_kid.two", "Two fitting keys.", "ambiguous_key", bare, policy(entry(inline("ec-a", "ec-b"))))
    suite.accept(
        "no_kid.same_key_twice",
        "The same key under two kids is one key.",
        bare,
        policy(entry(inline("ec-a", jwk("ec-a", kid="again")))),
    )
    suite.accept(
        "no_kid.one_fits_type", "One of two is of the right type.", bare, policy(entry(inline("rsa-a", "ec-a", "ed-a")))
    )
    suite.accept(
        "no_kid.one_fits_use",
        "One of two is for signatures.",
        bare,
        policy(entry(inline(jwk("ec-b", use="enc"), "ec-a"))),
    )
    suite.accept(
        "no_kid.one_fits_alg",
        "One of two is for the algorithm.",
        bare,
        policy(entry(inline(jwk("ec-b", alg="ECDH-ES"), "ec-a"))),
    )
    listed = policy(entry({"jwks_uri": _URL}, algorithms=["ES256", "RS256"]))
    suite.reject(
        "no_kid.none_fits",
        "The issuer publishes no key for an algorithm that is on the list.",
        "unknown_key",
        bare,
        listed,
        responses={_URL: {"status": 200, "headers": {}, "body": compact(key_set("rsa-a"))}},
    )


def _try_all(suite: Suite) -> None:
    bare = token(head=header(kid=ABSENT))
    two, four, five = (policy(entry(inline(*_FIVE[-n:]), try_all_keys=True)) for n in (2, 4, 5))
    suite.accept("try_all.two", "`try_all_keys` tries each.", bare, two)
    suite.accept("try_all.four", "Up to four of them.", bare, four)
    suite.reject("try_all.five", "More than four are not tried.", "ambiguous_key", bare, five)
    stranger = policy(entry(inline("ec-b", "ec-c"), try_all_keys=True))
    suite.reject("try_all.none_verifies", "None of them verifies.", "invalid_signature", bare, stranger)
    suite.reject(
        "try_all.unknown_kid",
        "A token that names a kid is bound to it.",
        "unknown_key",
        token(head=header(kid="x")),
        two,
    )
    clash = policy(entry(inline(jwk("ec-b", kid="ec-a"), "ec-a"), try_all_keys=True))
    suite.reject(
        "try_all.two_under_kid", "Two keys under the named kid stay ambiguous.", "ambiguous_key", token(), clash
    )
    suite.reject(
        "try_all.off",
        "`false` is the default.",
        "ambiguous_key",
        bare,
        policy(entry(inline("ec-a", "ec-b"), try_all_keys=False)),
    )


def _texts(suite: Suite) -> None:
    """Keys given as text have no kid and fit any."""
    for key in ("rsa-a", "ec-a", "ec384-a", "ed-a"):
        suite.accept(
            f"pem.{key}", "A PEM key fits a token with any kid.", token(key=key), policy(entry({"pem": spki_pem(key)}))
        )
    suite.accept(
        "pem.no_kid", "And one without.", token(head=header(kid=ABSENT)), policy(entry({"pem": spki_pem("ec-a")}))
    )
    suite.reject(
        "pem.other_type",
        "A PEM key of another type.",
        "unknown_key",
        token(),
        policy(entry({"pem": spki_pem("rsa-a")} | inline("ec-b"))),
    )
    both = policy(entry({"pem": spki_pem("ec-a")} | inline("ec-b")))
    suite.accept(
        "pem.beside_set", "A kid the set does not have falls to the text key.", token(head=header(kid="other")), both
    )
    suite.accept(
        "pem.set_first", "A kid the set has picks the set's key.", token(head=header("ec-b"), key="ec-b"), both
    )
    suite.reject(
        "pem.not_second_choice",
        "Then the text key is not tried.",
        "invalid_signature",
        token(head=header("ec-b")),
        both,
    )
