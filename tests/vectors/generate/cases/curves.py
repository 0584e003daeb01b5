"""Classes `ecdsa` and `eddsa`: signatures and keys on curves."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ..encoding import b64, unb64
from ..keys import inline, jwk, private_key
from ..sign import ORDER, ecdsa, ecdsa_parts, sign
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, claims, header, token

JWKS = "issuers[0].keys.jwks"
_ED_ORDER = 2**252 + 27742317777372353535851937790883648493
_ED_FIELD = 2**255 - 19
# Of each algorithm the curve, and the length of its numbers.
_FIELDS = {"ES256": ("P-256", 32), "ES384": ("P-384", 48), "ES512": ("P-521", 66)}


def ecdsa_cases() -> Suite:
    suite = Suite("ecdsa", "RFC 7518 3.4")
    for key, alg in (("ec-a", "ES256"), ("ec384-a", "ES384")):
        ecdsa_signatures(suite, key, alg)
    _curves(suite)
    return suite


def ecdsa_signatures(suite: Suite, key: str, alg: str) -> None:
    _values(suite, key, alg)
    _lengths(suite, key, alg)
    _messages(suite, key, alg)


def _values(suite: Suite, key: str, alg: str) -> None:
    """r and s must lie between 1 and n - 1 (FIPS 186-5 section 6.4.2)."""
    rules = policy(entry(inline(key)))
    curve, length = _FIELDS[alg]
    order, size = ORDER[curve], alg[2:]

    def made(change) -> str:
        def forge(message: bytes) -> bytes:
            r, s = change(*ecdsa_parts(key, size, message))
            return r.to_bytes(length, "big") + s.to_bytes(length, "big")

        return token(key=key, forge=forge)

    suite.accept(
        f"{alg}.high_s",
        "JOSE has no rule for a low s: n - s verifies as well.",
        made(lambda r, s: (r, max(s, order - s))),
        rules,
    )
    suite.accept(f"{alg}.low_s", "Nor against it.", made(lambda r, s: (r, min(s, order - s))), rules)
    wrong = {
        "both_zero": lambda r, s: (0, 0),
        "r_zero": lambda r, s: (0, s),
        "s_zero": lambda r, s: (r, 0),
        "r_order": lambda r, s: (order, s),
        "s_order": lambda r, s: (r, order),
        "both_order": lambda r, s: (order, order),
        "order_and_zero": lambda r, s: (order, 0),
        "ones": lambda r, s: (1, 1),
        "one_zero": lambda r, s: (1, 0),
        "s_all_bits": lambda r, s: (r, 2 ** (8 * length) - 1),
        "swapped": lambda r, s: (s, r),
        "r_negated": lambda r, s: (order - r, s),
        "s_plus_one": lambda r, s: (r, (s + 1) % order),
        "order_less_one": lambda r, s: (order - 1, order - 1),
    }
    for what, change in wrong.items():
        suite.reject(f"{alg}.value.{what}", "Not a signature of this text.", "invalid_signature", made(change), rules)


def _lengths(suite: Suite, key: str, alg: str) -> None:
    rules = policy(entry(inline(key)))
    size, (_, length) = alg[2:], _FIELDS[alg]

    def der(message: bytes) -> bytes:
        return encode_dss_signature(*ecdsa_parts(key, size, message))

    def parts(message: bytes, width: int) -> bytes:
        return b"".join(part.to_bytes(width, "big") for part in ecdsa_parts(key, size, message))

    forms = {
        "der": (der, "A DER sequence instead of r and s."),
        "one_short": (lambda m: ecdsa(key, size, m)[:-1], "One octet short."),
        "one_more": (lambda m: ecdsa(key, size, m) + b"\x00", "One octet more."),
        "zero_before": (lambda m: b"\x00" + ecdsa(key, size, m), "A zero octet before it."),
        "wide": (lambda m: parts(m, length + 1), "Both numbers one octet wider."),
        "wide_66": (lambda m: parts(m, 66), "Both numbers as wide as P-521 has them."),
        "half": (lambda m: ecdsa(key, size, m)[:length], "Only r."),
        "twice": (lambda m: ecdsa(key, size, m) * 2, "The signature twice."),
        "hex": (lambda m: ecdsa(key, size, m).hex().encode(), "The signature in hexadecimal."),
        "one_byte": (lambda m: b"\x00", "A single octet."),
        "long": (lambda m: b"\xa5" * 11_000, "Eleven thousand octets for a buffer of a hundred."),
    }
    if length == 66:
        del forms["wide_66"]
    for what, (forge, note) in forms.items():
        suite.reject(f"{alg}.length.{what}", note, "invalid_signature", token(key=key, forge=forge), rules)


def _messages(suite: Suite, key: str, alg: str) -> None:
    rules = policy(entry(inline(key)))
    size = alg[2:]
    good = token(key=key)
    head, payload, signature = good.split(".")
    suite.reject(
        f"{alg}.message.other_payload",
        "A signature moved to other claims.",
        "invalid_signature",
        f"{head}.{token(claims(sub='admin')).split('.')[1]}.{signature}",
        rules,
    )
    other_head = b64(b'{"kid":"' + key.encode() + b'","alg":"' + alg.encode() + b'"}')
    suite.reject(
        f"{alg}.message.other_header",
        "The same header members in another order are another text.",
        "invalid_signature",
        f"{other_head}.{payload}.{signature}",
        rules,
    )
    messages = {
        "decoded": unb64(head) + b"." + unb64(payload),
        "payload_only": payload.encode(),
        "no_dot": f"{head}{payload}".encode(),
        "trailing_dot": f"{head}.{payload}.".encode(),
        "padded": f"{head}=.{payload}=".encode(),
    }
    for what, message in messages.items():
        suite.reject(
            f"{alg}.message.{what}",
            "A signature of nearly the same text.",
            "invalid_signature",
            f"{head}.{payload}.{b64(sign(key, alg, message))}",
            rules,
        )
    other_hash = "384" if size == "256" else "256"
    suite.reject(
        f"{alg}.message.hash",
        "Another hash than the name says.",
        "invalid_signature",
        token(key=key, forge=lambda m: ecdsa(key, other_hash, m)),
        rules,
    )


def _curves(suite: Suite) -> None:
    suite.reject(
        "curve.es256_with_p384",
        "ES256 is P-256 only: the named key is on another curve.",
        "unusable_key",
        token(head=header("ec384-a", "ES256"), key="ec384-a", forge=lambda m: ecdsa("ec384-a", "256", m)),
        policy(entry(inline("ec384-a", "ec-b"))),
    )
    suite.reject(
        "curve.es384_with_p256",
        "And ES384 is P-384 only.",
        "unusable_key",
        token(head=header("ec-a", "ES384"), forge=lambda m: ecdsa("ec-a", "384", m)),
        policy(entry(inline("ec-a", "ec384-b"))),
    )
    suite.reject(
        "curve.es512_key",
        "A P-521 key verifies no ES256, and in many builds nothing.",
        "unusable_key",
        token(head=header(kid="ec521")),
        policy(entry(inline("ec521", "ec-a"))),
    )


def eddsa() -> Suite:
    suite = Suite("eddsa", "RFC 8037 3.1")
    rules = policy(entry(inline("ed-a")))
    _ed_signatures(suite, rules)
    _ed_names(suite)
    _ed_keys(suite)
    return suite


def _ed_signatures(suite: Suite, rules: dict) -> None:
    def with_s(change) -> str:
        def forge(message: bytes) -> bytes:
            made = private_key("ed-a").sign(message)
            return made[:32] + change(int.from_bytes(made[32:], "little")).to_bytes(32, "little")

        return token(key="ed-a", forge=forge)

    suite.reject(
        "s.plus_order",
        "S + L is the same number modulo L, and another text.",
        "invalid_signature",
        with_s(lambda s: s + _ED_ORDER),
        rules,
    )
    suite.reject("s.zero", "S of zero.", "invalid_signature", with_s(lambda s: 0), rules)
    suite.reject("s.order", "S equal to L.", "invalid_signature", with_s(lambda s: _ED_ORDER), rules)
    suite.reject("s.negated", "L - S.", "invalid_signature", with_s(lambda s: _ED_ORDER - s), rules)
    suite.reject("s.high_bit", "The top bit of S.", "invalid_signature", with_s(lambda s: s | 1 << 255), rules)
    good = token(key="ed-a")
    head, payload, signature = good.split(".")
    raw = unb64(signature)
    forms = {
        "one_short": raw[:-1],
        "one_more": raw + b"\x00",
        "half": raw[:32],
        "twice": raw * 2,
        "zeros": bytes(64),
        "swapped": raw[32:] + raw[:32],
        "r_sign": raw[:31] + bytes([raw[31] ^ 128]) + raw[32:],
        "ed448_length": raw + bytes(50),
    }
    for what, value in forms.items():
        suite.reject(
            f"form.{what}",
            "Not a signature of this text.",
            "invalid_signature",
            f"{head}.{payload}.{b64(value)}",
            rules,
        )
    other = token(claims(sub="admin")).split(".")[1]
    suite.reject(
        "other_payload", "A signature moved to other claims.", "invalid_signature", f"{head}.{other}.{signature}", rules
    )
    prehashed = token(key="ed-a", forge=lambda m: private_key("ed-a").sign(hashlib.sha512(m).digest()))
    suite.reject("prehashed", "The hash was signed instead of the text.", "invalid_signature", prehashed, rules)


def _ed_names(suite: Suite) -> None:
    spec = {"spec": "RFC 9864 2.2"}
    for name, other in (("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")):
        rules = policy(entry(inline("ed-a"), algorithms=[name]))
        suite.reject(
            f"name.{other}_when_{name}",
            "Two names, and each must be listed.",
            "algorithm_not_allowed",
            token(key="ed-a", alg=other),
            rules,
            **spec,
        )
        both = policy(entry(inline("ed-a"), algorithms=["EdDSA", "Ed25519"]))
        suite.accept(f"name.{name}_of_both", "Both are listed.", token(key="ed-a", alg=name), both, **spec)
    suite.reject(
        "name.Ed448",
        "Ed448 is not supported.",
        "algorithm_not_allowed",
        token(head=header("ed-a", "Ed448"), key="ed-a"),
        policy(entry(inline("ed-a"))),
        **spec,
    )


def _ed_keys(suite: Suite) -> None:
    """The eight points of small order in all their spellings, and points spelled beyond the field."""
    eighth = int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little")
    encodings = {
        "one": 1,
        "zero": 0,
        "minus_one": _ED_FIELD - 1,
        "order_8": eighth,
        "order_8_other": _ED_FIELD - eighth,
    }
    points = {}
    for what, y in encodings.items():
        points[what] = y
        points[f"{what}_sign"] = y | 1 << 255
    beyond = {
        "p": _ED_FIELD,
        "p_plus_1": _ED_FIELD + 1,
        "p_plus_3": _ED_FIELD + 3,
        "all_ones": 2**255 - 1,
        "p_plus_1_sign": _ED_FIELD + 1 | 1 << 255,
    }
    for kind, table, note in (
        ("small_order", points, "Under a key of small order anybody can sign anything."),
        ("not_canonical", beyond, "A y coordinate of p or more."),
    ):
        for what, y in table.items():
            weak = jwk("ed-a") | {"x": b64(y.to_bytes(32, "little"))}
            suite.policy_error(f"key.{kind}.{what}", note, JWKS, policy(entry(inline(weak))), spec="RFC 8032 5.1.3")
    identity = jwk("ed-a") | {"x": b64((1).to_bytes(32, "little"))}
    forged = token(key="ed-a", forge=lambda m: (1).to_bytes(32, "little") + bytes(32))
    suite.reject(
        "key.small_order.forged",
        "The forgery itself: R the neutral point, S zero.",
        "unusable_key",
        forged,
        policy(entry(inline(identity, "ed-b"))),
        spec="RFC 8032 5.1.3",
    )
    off_curve = jwk("ed-a") | {"x": b64((2).to_bytes(32, "little"))}
    suite.policy_error(
        "key.off_curve",
        "No point of the curve has y = 2.",
        JWKS,
        policy(entry(inline(off_curve))),
        spec="RFC 8032 5.1.3",
    )
    suite.reject(
        "key.without_kid",
        "A stranger's key does not verify without kid either.",
        "invalid_signature",
        token(head=header("ed-b", kid=ABSENT), key="ed-b"),
        policy(entry(inline("ed-a"))),
    )
