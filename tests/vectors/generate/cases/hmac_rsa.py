"""Classes `hmac` and `rsa`: tags, encodings and keys of these two families."""

from ..encoding import b64, b64_int, unb64, unb64_int
from ..keys import PRIVATE, inline, jwk, pkcs1_pem, secret_bytes, spki_pem
from ..sign import modulus_bytes, pkcs1, pss, rsa_raw, sign
from ..suite import Suite, entry, policy
from ..tokens import claims, header, token

JWKS = "issuers[0].keys.jwks"


def hmac() -> Suite:
    suite = Suite("hmac", "RFC 7518 3.2")
    forms = _secret_forms()
    for what, secret in forms.items():
        suite.accept(
            f"secret.{what}",
            "A secret in one of its three notations.",
            token(key="hmac-32"),
            policy(entry({"secret": secret})),
        )
    text = "correct horse battery staple 32 b"
    suite.reject(
        "secret.other",
        "Another secret.",
        "invalid_signature",
        token(key="hmac-32"),
        policy(entry({"secret": {"text": text}})),
    )
    rules = policy(entry(inline("hmac-32")))
    good = token(key="hmac-32")
    left, tag = good.rsplit(".", 1)
    raw = unb64(tag)
    tags = {
        "one_byte": raw[:1],
        "half": raw[:16],
        "one_short": raw[:-1],
        "one_more": raw + b"\x00",
        "twice": raw + raw,
        "zeros": bytes(32),
        "reversed": raw[::-1],
        "last_bit": raw[:-1] + bytes([raw[-1] ^ 1]),
        "first_bit": bytes([raw[0] ^ 128]) + raw[1:],
        "hex": raw.hex().encode(),
    }
    for what, wrong in tags.items():
        suite.reject(
            f"tag.{what}", "The tag must be whole and right.", "invalid_signature", f"{left}.{b64(wrong)}", rules
        )
    suite.reject("tag.empty", "An empty tag.", "malformed_token", f"{left}.", rules)
    dotted = token(head=header("hmac-32"), forge=lambda message: sign("hmac-32", "HS256", message + b"."))
    suite.reject("message.dot", "The tag of the text with a dot more.", "invalid_signature", dotted, rules)
    head, payload, _ = good.split(".")
    decoded = b64(sign("hmac-32", "HS256", unb64(head) + b"." + unb64(payload)))
    suite.reject(
        "message.decoded", "The tag of the decoded text.", "invalid_signature", f"{head}.{payload}.{decoded}", rules
    )
    other = token(claims(sub="admin"), key="hmac-32").split(".")[1]
    suite.reject(
        "message.other_payload", "A tag moved to other claims.", "invalid_signature", f"{head}.{other}.{tag}", rules
    )
    suite.reject(
        "jwk.other_size",
        "HS512 with a 32-byte secret.",
        "algorithm_not_allowed",
        token(key="hmac-32", alg="HS512"),
        rules,
    )
    bound = policy(entry(inline(jwk("hmac-64", alg="HS256"), jwk("hmac-48"))))
    suite.reject(
        "jwk.bound",
        "The key is for HS256 only.",
        "unusable_key",
        token(head=header("hmac-64", "HS384"), key="hmac-64", alg="HS384"),
        bound,
    )
    return suite


def _secret_forms() -> dict[str, dict]:
    raw = secret_bytes("hmac-32")
    return {"base64url": {"base64url": b64(raw)}, "hex": {"hex": raw.hex()}, "hex_upper": {"hex": raw.hex().upper()}}


def rsa() -> Suite:
    suite = Suite("rsa", "RFC 8017 8")
    _pkcs1(suite)
    _pss(suite)
    _representatives(suite)
    _keys(suite)
    return suite


def _pkcs1(suite: Suite) -> None:
    key = "rsa-a"
    rules = policy(entry(inline(key)))
    size = modulus_bytes(key)

    def digest_info(message: bytes) -> bytes:
        return pkcs1(key, "sha256", message)[-51:]

    def gap(message: bytes) -> bytes:
        """Short padding and the rest of the block as junk after the hash: what a lax parser skips."""
        start = b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest_info(message)
        return start + bytes(size - len(start))

    def missing_null(message: bytes) -> bytes:
        info = digest_info(message)
        bare = bytes.fromhex("302f300b0609608648016503040201") + info[17:]
        return pkcs1(key, "sha256", message, info=bare)

    encodings = {
        "missing_null": (missing_null, "The hash identifier without its NULL."),
        "trailing_junk": (gap, "Junk after the hash."),
        "block_type_2": (lambda m: pkcs1(key, "sha256", m, kind=2), "The block type of encryption."),
        "block_type_0": (lambda m: pkcs1(key, "sha256", m, kind=0), "A block type of zero."),
        "bare_hash": (lambda m: pkcs1(key, "sha256", m, info=digest_info(m)[19:]), "The hash without its identifier."),
        "sha1": (lambda m: pkcs1(key, "sha1", m), "SHA-1."),
        "wrong_oid": (
            lambda m: pkcs1(key, "sha256", m, info=pkcs1(key, "sha512", m)[-83:-64] + digest_info(m)[19:]),
            "The identifier of another hash.",
        ),
        "padding_byte": (
            lambda m: pkcs1(key, "sha256", m)[:9] + b"\xfe" + pkcs1(key, "sha256", m)[10:],
            "One padding byte differs.",
        ),
        "separator": (
            lambda m: pkcs1(key, "sha256", m).replace(b"\xff\x00\x30", b"\xff\xff\x30", 1),
            "The separator is missing.",
        ),
        "long_length": (
            lambda m: pkcs1(key, "sha256", m, info=b"\x30\x81\x31" + digest_info(m)[2:]),
            "A BER length where DER wants the short form.",
        ),
    }
    for what, (encode, note) in encodings.items():
        forged = token(key=key, forge=lambda message, encode=encode: rsa_raw(key, encode(message)))
        suite.reject(f"pkcs1.{what}", note, "invalid_signature", forged, rules)


def _pss(suite: Suite) -> None:
    key = "rsa-a"
    rules = policy(entry(inline(key)))
    suite.spec = "RFC 7518 3.5"
    for what, digest, alg, length in (
        ("no_salt", "sha256", "PS256", 0),
        ("salt_20", "sha256", "PS256", 20),
        ("salt_33", "sha256", "PS256", 33),
        ("longest_salt", "sha256", "PS256", 222),
        ("ps512_salt_32", "sha512", "PS512", 32),
        ("ps384_salt_64", "sha384", "PS384", 64),
    ):
        forged = token(
            key=key, alg=alg, forge=lambda m, d=digest, n=length: rsa_raw(key, pss(key, d, m, salt_length=n))
        )
        suite.reject(f"pss.{what}", "The salt must be as long as the hash.", "invalid_signature", forged, rules)
    forged = token(key=key, alg="PS256", forge=lambda m: rsa_raw(key, pss(key, "sha256", m, mgf="sha1")))
    suite.reject("pss.mgf_sha1", "The mask must use the same hash.", "invalid_signature", forged, rules)
    forged = token(key=key, alg="PS256", forge=lambda m: rsa_raw(key, pss(key, "sha256", m)[:-1] + b"\xcc"))
    suite.reject("pss.trailer", "Another trailer byte.", "invalid_signature", forged, rules)
    suite.spec = "RFC 8017 8"


def _representatives(suite: Suite) -> None:
    """The number a signature stands for has one spelling (RFC 8017 section 5.2.2)."""
    key = "rsa-a"
    rules = policy(entry(inline(key)))
    spec = {"spec": "RFC 8017 5.2.2"}
    modulus = unb64_int(PRIVATE[key]["n"])
    small = next(made for n in range(4000) if unb64((made := token(claims(n=n), key=key)).split(".")[2])[0] == 0)
    left, signature = small.rsplit(".", 1)
    suite.accept("zero_octet.kept", "A signature that begins with a zero octet.", small, rules, **spec)
    suite.reject(
        "zero_octet.dropped",
        "The same without that octet.",
        "invalid_signature",
        f"{left}.{b64(unb64(signature)[1:])}",
        rules,
        **spec,
    )
    grown = unb64_int(signature) + modulus
    suite.reject(
        "plus_modulus",
        "The same number plus the modulus.",
        "invalid_signature",
        f"{left}.{b64_int(grown, 256)}",
        rules,
        **spec,
    )
    good = token(key=key)
    left, signature = good.rsplit(".", 1)
    raw = unb64(signature)
    wrong = {
        "zero_added": b"\x00" + raw,
        "one_short": raw[:-1],
        "one_more": raw + b"\x00",
        "zeros": bytes(256),
        "one": b64_int(1, 256),
        "modulus": b64_int(modulus, 256),
        "modulus_less_one": b64_int(modulus - 1, 256),
        "all_ones": b"\xff" * 256,
        "negated": b64_int(modulus - int.from_bytes(raw, "big"), 256),
        "long": b"\x5a" * 7000,
        "one_byte": b"\x01",
    }
    for what, value in wrong.items():
        text = value if isinstance(value, str) else b64(value)
        suite.reject(
            f"value.{what}", "Not a signature of this text.", "invalid_signature", f"{left}.{text}", rules, **spec
        )


def _keys(suite: Suite) -> None:
    suite.spec = "RFC 7518 3.3"
    for key in ("rsa-4096", "rsa-8192"):
        suite.accept(f"key.{key[4:]}_bits", "Keys of up to 8192 bits.", token(key=key), policy(entry(inline(key))))
    suite.accept(
        "key.8192_bits_pss",
        "PSS with the largest key.",
        token(key="rsa-8192", alg="PS512"),
        policy(entry(inline("rsa-8192"))),
    )
    suite.accept(
        "key.e_3", "The smallest exponent that is allowed.", token(key="rsa-e3"), policy(entry(inline("rsa-e3")))
    )
    suite.accept(
        "key.pkcs1_pem", "A PKCS #1 public key as PEM.", token(key="rsa-a"), policy(entry({"pem": pkcs1_pem("rsa-a")}))
    )
    for key in ("rsa-1024", "rsa-2047"):
        suite.policy_error(f"key.{key[4:]}_jwk", "Fewer than 2048 bits.", JWKS, policy(entry(inline(key))))
        suite.policy_error(
            f"key.{key[4:]}_pem",
            "Fewer than 2048 bits, as PEM.",
            "issuers[0].keys.pem",
            policy(entry({"pem": spki_pem(key)})),
        )
        suite.reject(
            f"key.{key[4:]}_signed",
            "A good signature under too small a key.",
            "unusable_key",
            token(key=key),
            policy(entry(inline(key, "rsa-b"))),
        )
    exponents = {"0": 0, "1": 1, "2": 2, "even": 65538, "2_33": 2**33, "above_2_33": 2**33 + 1, "huge": 2**2040 + 1}
    for what, exponent in exponents.items():
        key = jwk("rsa-a", e=b64_int(exponent))
        suite.policy_error(
            f"exponent.{what}_alone",
            "An exponent must be odd, at least 3 and below 2^33.",
            JWKS,
            policy(entry(inline(key))),
        )
    forged = token(key="rsa-a", forge=lambda message: pkcs1("rsa-a", "sha256", message))
    beside = policy(entry(inline(jwk("rsa-a", e=b64_int(1)), "rsa-b")))
    suite.reject(
        "exponent.1_forged", "With e = 1 the padded hash is its own signature.", "unusable_key", forged, beside
    )
    too_large = jwk("rsa-8192", n=b64_int(2**8192 + 1))
    suite.policy_error("key.8193_bits", "More than 8192 bits.", JWKS, policy(entry(inline(too_large))))
