"""Class `jwks`: what counts as a usable key inside a set."""

from ..encoding import b64, b64_int, compact, unb64
from ..keys import inline, jwk, key_set, private_jwk, roca_modulus
from ..suite import Suite, entry, policy
from ..tokens import header, token

URL = "https://idp.test/jwks"
PATH = "issuers[0].keys.jwks"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_NEXT = dict(zip(_LETTERS, _LETTERS[1:] + "A", strict=True))


def answer(body: object, status: int = 200) -> dict:
    """What the fetch of the usual URL answers."""
    text = body if isinstance(body, str) else compact(body)
    return {URL: {"status": status, "headers": {"content-type": "application/json"}, "body": text}}


def fetched(**members) -> dict:
    return policy(entry({"jwks_uri": URL}, **members))


def jwks() -> Suite:
    suite = Suite("jwks", "RFC 7517 5")
    for what, (broken, note) in _broken_keys().items():
        _broken(suite, what, note, broken)
    _neighbours(suite)
    _shapes(suite)
    _encodings(suite)
    return suite


def _broken(suite: Suite, what: str, note: str, broken: dict) -> None:
    """A broken key alone is no policy; beside a good one it is skipped, and its kid is unusable."""
    suite.policy_error(
        f"alone.{what}", f"{note} As the only key of an inline set.", PATH, policy(entry(inline(broken)))
    )
    symmetric = broken.get("kty") == "oct"
    good, key = ("hmac-32-b", "hmac-32") if symmetric else ("ec-b", "ec-a")
    rules = policy(entry(inline(broken, good)))
    named = token(head=header(key, kid=broken["kid"]), key=key)
    suite.reject(f"skipped.{what}", f"{note} Its kid is known and unusable.", "unusable_key", named, rules)


def _broken_keys() -> dict[str, tuple[dict, str]]:
    ec, rsa, ed = jwk("ec-a"), jwk("rsa-a"), jwk("ed-a")
    without = lambda key, member: {name: value for name, value in key.items() if name != member}  # noqa: E731
    return {
        "no_kty": (without(ec, "kty"), "No key type."),
        "kty_unknown": (ec | {"kty": "XYZ"}, "An unknown key type."),
        "kty_case": (ec | {"kty": "ec"}, "Key types have a case."),
        "kty_number": (ec | {"kty": 2}, "A key type that is no text."),
        "ec_no_crv": (without(ec, "crv"), "No curve."),
        "ec_no_y": (without(ec, "y"), "No y coordinate."),
        "ec_y_number": (ec | {"y": 1}, "A y coordinate that is a number."),
        "ec_secp256k1": (jwk("k256", kid="ec-a"), "A curve of blockchains."),
        "ec_p192": (ec | {"crv": "P-192"}, "A curve that RFC 7518 does not have."),
        "rsa_no_e": (without(rsa, "e"), "No exponent."),
        "rsa_no_n": (without(rsa, "n"), "No modulus."),
        "rsa_n_number": (rsa | {"n": 12345}, "A modulus that is a number."),
        "rsa_roca": (
            rsa | {"n": b64(roca_modulus().to_bytes(256, "big"))},
            "A modulus with the fingerprint of keys that can be factored (CVE-2017-15361).",
        ),
        "okp_no_x": (without(ed, "x"), "No public key."),
        "okp_x25519": (ed | {"crv": "X25519"}, "A key agreement curve."),
        "okp_ed448": (ed | {"crv": "Ed448", "x": b64(bytes(range(57)))}, "A curve that is not supported."),
        "oct_no_k": ({"kty": "oct", "kid": "s"}, "No secret."),
        "oct_empty": ({"kty": "oct", "kid": "s", "k": ""}, "An empty secret."),
        "oct_short": ({"kty": "oct", "kid": "s", "k": b64(bytes(range(31)))}, "A secret of 31 bytes."),
        "oct_short_hs512": (
            {"kty": "oct", "kid": "s", "alg": "HS512", "k": b64(bytes(range(63)))},
            "A secret of 63 bytes for HS512 (RFC 7518 section 3.2).",
        ),
    }


def _neighbours(suite: Suite) -> None:
    odd_ones = {
        "unknown_kty": {"kty": "PQC", "kid": "x"},
        "no_kty": {"kid": "x"},
        "empty_object": {},
        "encryption": jwk("rsa-a", use="enc"),
        "bad_point": jwk("ec-b", y=jwk("ec-c")["y"]),
        "small_rsa": jwk("rsa-1024"),
        "text": "ec-b",
        "number": 1,
        "list": [],
    }
    for what, odd in odd_ones.items():
        rules = policy(entry({"jwks": {"keys": [odd, jwk("ec-a")]}}))
        suite.accept(f"beside.{what}", "What is not understood is skipped; the good key stays.", token(), rules)
    rules = policy(entry({"jwks": key_set("ec-a") | {"note": "x", "issuer": "y"}}))
    suite.accept("set_members", "Other members of the set are ignored.", token(), rules)
    trusted = policy(entry(inline(jwk("ec-a", x5c=["AAAA"], x5t="AAAA", x5u="https://evil.test/c"))))
    suite.accept("x5c_of_key", "Certificates beside a key change nothing.", token(), trusted)
    suite.accept(
        "oct", "A symmetric key counts in an inline set.", token(key="hmac-32"), policy(entry(inline("hmac-32")))
    )
    suite.policy_error(
        "oct_beside_ec",
        "But not beside an asymmetric one.",
        "issuers[0].keys",
        policy(entry(inline("hmac-32", "ec-a"))),
    )


def _shapes(suite: Suite) -> None:
    suite.policy_error("no_keys", "An inline set without `keys`.", PATH, policy(entry({"jwks": {}})))
    suite.policy_error(
        "keys_object", "`keys` must be a list.", PATH, policy(entry({"jwks": {"keys": {"a": jwk("ec-a")}}}))
    )
    suite.policy_error("keys_empty", "An inline set with no key at all.", PATH, policy(entry({"jwks": {"keys": []}})))
    suite.policy_error("bare_key", "A key is not a set.", PATH, policy(entry({"jwks": jwk("ec-a")})))
    suite.policy_error("list", "Nor is a list of keys.", PATH, policy(entry({"jwks": [jwk("ec-a")]})))
    body = compact(key_set("ec-a"))
    text = body.replace('"kid":"ec-a"', '"kid":"ec-b","kid":"ec-a"')
    suite.unavailable(
        "duplicate_member",
        "A duplicate member spoils the whole fetched set.",
        token(),
        fetched(),
        responses=answer(text),
    )
    text = body.replace('"kid":"ec-a"', '"kid":"ec-b","k\\u0069d":"ec-a"')
    suite.unavailable("duplicate_escaped", "Also when it is escaped.", token(), fetched(), responses=answer(text))
    text = '{"keys":[],' + body[1:]
    suite.unavailable("duplicate_keys", "Also when it is `keys` itself.", token(), fetched(), responses=answer(text))
    deep = body[:-1] + ',"x":' + "[" * 20_000 + "]" * 20_000 + "}"
    suite.unavailable("deep", "A set nested twenty thousand levels deep.", token(), fetched(), responses=answer(deep))
    _published(suite)


def _published(suite: Suite) -> None:
    """Private and symmetric keys in a fetched set: everybody knows them by now."""
    published = private_jwk("ec-a")
    both = key_set(published, "ec-b")
    suite.reject(
        "fetched.private",
        "A published private key is nobody's key any more.",
        "unusable_key",
        token(),
        fetched(),
        responses=answer(both),
    )
    both = key_set(private_jwk("rsa-a"), "ec-b")
    suite.reject(
        "fetched.private_rsa",
        "The same for RSA.",
        "unusable_key",
        token(key="rsa-a"),
        fetched(),
        responses=answer(both),
    )
    for member in ("p", "dq", "oth"):
        both = key_set(jwk("rsa-a", **{member: "AQAB"}), "ec-b")
        suite.reject(
            f"fetched.private_{member}",
            f"`{member}` alone shows that it is private.",
            "unusable_key",
            token(key="rsa-a"),
            fetched(),
            responses=answer(both),
        )
    nulls = {"keys": [None, jwk("ec-c", y=None), jwk("ec-a")]}
    suite.accept(
        "fetched.beside_null", "So does the good key beside nulls.", token(), fetched(), responses=answer(nulls)
    )
    suite.reject(
        "fetched.null_member",
        "A null is no coordinate.",
        "unusable_key",
        token(head=header("ec-c"), key="ec-c"),
        fetched(),
        responses=answer(nulls),
    )
    both = key_set("hmac-32", "ec-b")
    suite.reject(
        "fetched.oct",
        "A published secret is no secret.",
        "algorithm_not_allowed",
        token(key="hmac-32"),
        fetched(),
        responses=answer(both),
    )
    suite.accept(
        "fetched.beside_private",
        "The good key beside it works.",
        token(head=header("ec-b"), key="ec-b"),
        fetched(),
        responses=answer(key_set(private_jwk("ec-a"), "hmac-32", "ec-b")),
    )


def _encodings(suite: Suite) -> None:
    """What is no number in any spelling (RFC 7518 sections 2, 6.2.1.2 and 6.3.1)."""
    suite.spec = "RFC 7518 6"
    suite.accept(
        "ec_leading_zero",
        "A coordinate that begins with a zero octet keeps it.",
        token(key="ec-zero-x"),
        policy(entry(inline("ec-zero-x"))),
    )
    ec, rsa, ed, zero = jwk("ec-a"), jwk("rsa-a"), jwk("ed-a"), jwk("ec-zero-x")
    broken = {
        "ec_zero_dropped": (zero | {"x": b64(unb64(zero["x"])[1:])}, "The zero octet of a coordinate was dropped."),
        "ec_zero_added": (ec | {"x": b64(b"\x00" + unb64(ec["x"]))}, "A zero octet was put before a coordinate."),
        "ec_padded_twice": (ec | {"x": ec["x"] + "=="}, "Padding of the wrong length."),
        "ec_alphabets": (ec | {"x": "+_" + ec["x"][2:]}, "Both alphabets in one number."),
        "okp_padded_twice": (ed | {"x": ed["x"] + "=="}, "Padding of the wrong length."),
        "ec_newline": (ec | {"y": ec["y"] + "\n"}, "A line break after a coordinate."),
        "ec_empty": (ec | {"x": ""}, "An empty coordinate."),
        "rsa_zeros_n": (rsa | {"n": b64(bytes(2000) + unb64(rsa["n"]))}, "Two thousand zero octets before the modulus."),
        "rsa_zero": (rsa | {"n": b64(bytes(256))}, "A modulus of zeros."),
        "rsa_e_zero": (rsa | {"e": "AAAA"}, "An exponent of zeros."),
        "rsa_padded_once": (rsa | {"n": rsa["n"] + "="}, "Padding of the wrong length."),
        "rsa_padded_e": (rsa | {"e": "AQAB===="}, "Padding where there is none."),
        "rsa_padded_inside": (rsa | {"e": "AQ==AQAB"}, "Padding inside of a number."),
        "rsa_stray_bits": (rsa | {"n": rsa["n"][:-1] + _NEXT[rsa["n"][-1]]}, "Bits behind the last octet that are not zero."),
        "rsa_alphabets": (rsa | {"n": "+_" + rsa["n"][2:]}, "Both alphabets in one number."),
        "rsa_space": (rsa | {"n": rsa["n"][:100] + " " + rsa["n"][100:]}, "A space in a number."),
        "rsa_e_decimal": (rsa | {"e": "65537"}, "A decimal exponent: its length is no base64url."),
        "okp_31": (ed | {"x": b64(unb64(ed["x"])[:31])}, "A public key of 31 bytes."),
        "okp_33": (ed | {"x": b64(unb64(ed["x"]) + b"\x00")}, "A public key of 33 bytes."),
        "oct_padded": (jwk("hmac-32") | {"k": jwk("hmac-32")["k"] + "="}, "Base64url with padding."),
        "ec_not_on_curve": (
            ec | {"y": b64_int(int.from_bytes(unb64(ec["y"]), "big") ^ 1, 32)},
            "A point off its curve.",
        ),
        "ec_origin": (ec | {"x": b64(bytes(32)), "y": b64(bytes(32))}, "The point (0, 0)."),
        "ec_x_too_large": (ec | {"x": b64(b"\xff" * 32)}, "A coordinate beyond the field."),
        "ec384_as_p256": (jwk("ec384-a", kid="ec-a", crv="P-256"), "The coordinates of another curve."),
        "ec256_as_p384": (ec | {"crv": "P-384"}, "A P-256 point that says P-384."),
    }
    for what, (key, note) in broken.items():
        _broken(suite, what, note, key)
