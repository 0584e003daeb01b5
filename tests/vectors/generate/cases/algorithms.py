"""Classes `algorithms` and `key_confusion`: the policy chooses the algorithm, the token only agrees."""

import hmac as mac

from ..encoding import compact
from ..keys import inline, jwk, key_set, pkcs1_pem, spki_der, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token

_KEYS = {
    "RS256": "rsa-a",
    "RS384": "rsa-a",
    "RS512": "rsa-a",
    "PS256": "rsa-a",
    "PS384": "rsa-a",
    "PS512": "rsa-a",
    "ES256": "ec-a",
    "ES384": "ec384-a",
    "EdDSA": "ed-a",
    "Ed25519": "ed-a",
    "HS256": "hmac-32",
    "HS384": "hmac-48",
    "HS512": "hmac-64",
}
_OTHER = {"rsa-a": "rsa-b", "ec-a": "ec-b", "ec384-a": "ec384-b", "ed-a": "ed-b"}


def algorithms() -> Suite:
    suite = Suite("algorithms", "RFC 8725 3.1")
    for name, key in _KEYS.items():
        _each(suite, name, key)
    _defaults(suite)
    _names(suite)
    _bound_by_key(suite)
    return suite


def _each(suite: Suite, name: str, key: str) -> None:
    """One accept and the usual rejections for every algorithm there is."""
    good = token(key=key, alg=name)
    listed = policy(entry(inline(key), algorithms=[name]))
    suite.accept(f"{name}.listed", "The algorithm is on the list.", good, listed)
    suite.accept(
        f"{name}.default", "Without a list, every algorithm that fits the key.", good, policy(entry(inline(key)))
    )
    other = (
        next(known for known, used in _KEYS.items() if used == key and known != name)
        if key in ("rsa-a", "ed-a")
        else None
    )
    if other:
        only = policy(entry(inline(key), algorithms=[other]))
        suite.reject(f"{name}.not_listed", f"Only {other} is on the list.", "algorithm_not_allowed", good, only)
    left, signature = good.rsplit(".", 1)
    flipped = left + "." + ("A" if signature[0] != "A" else "B") + signature[1:]
    suite.reject(f"{name}.flipped", "One flipped character in the signature.", "invalid_signature", flipped, listed)
    stranger = _OTHER.get(key)
    if stranger:
        foreign = token(head=header(key, name), key=stranger, alg=name)
        suite.reject(f"{name}.other_key", "Signed by somebody else's key.", "invalid_signature", foreign, listed)


def _defaults(suite: Suite) -> None:
    code = "algorithm_not_allowed"
    fit = {"rsa-a": "ES256", "ec-a": "ES384", "ec384-a": "ES256", "ed-a": "ES256"}
    for key, name in fit.items():
        suite.reject(
            f"default.{key}.{name}",
            "An algorithm that does not fit the only key is not on the default list.",
            code,
            token(head=header(key, name), key=key),
            policy(entry(inline(key))),
        )
    mixed = policy(entry(inline("ec-a", "rsa-a")))
    suite.accept("default.mixed_ec", "Two kinds of keys: the algorithms of both.", token(), mixed)
    suite.accept(
        "default.mixed_rsa", "Two kinds of keys: the algorithms of both.", token(key="rsa-a", alg="PS384"), mixed
    )
    suite.reject(
        "default.hmac_32_hs384",
        "A 32-byte secret is too short for HS384.",
        code,
        token(key="hmac-32", alg="HS384"),
        policy(entry({"secret": {"base64url": jwk("hmac-32")["k"]}})),
        spec="RFC 7518 3.2",
    )
    long_secret = policy(entry({"secret": {"base64url": jwk("hmac-64")["k"]}}))
    for name in ("HS256", "HS384", "HS512"):
        suite.accept(
            f"default.hmac_64_{name}",
            "A 64-byte secret is long enough for all three.",
            token(key="hmac-64", alg=name),
            long_secret,
        )


def _names(suite: Suite) -> None:
    code = "algorithm_not_allowed"
    for name in (
        "es256",
        "Es256",
        "ES256 ",
        " ES256",
        "ES256\x00",
        "ES-256",
        "",
        "ES512",
        "ES256K",
        "HS256",
        "RSA-OAEP",
        "dir",
        "RS1",
        "Ed448",
    ):
        label = name.encode().hex() if not name.replace("-", "").isalnum() else name
        suite.reject(
            f"name.{label or 'empty'}",
            "Names are compared byte for byte with the list; only ES256 and its like are known.",
            code,
            token(head=header(alg=name)),
            policy(entry(algorithms=["ES256"])),
        )
    suite.reject(
        "name.ES512_signed",
        "An algorithm of another key than the policy has, however well it is signed.",
        code,
        token(head=header("ec521", kid=ABSENT), key="ec521"),
    )
    suite.reject(
        "name.ES512_unsigned",
        "A name of a signature and no signature, in every build.",
        "malformed_token",
        token(head=header("ec521", kid=ABSENT), key="ec521", forge=lambda _: b""),
    )
    suite.reject(
        "name.ES256K_signed", "Nor is ES256K.", code, token(head=header("k256", kid=ABSENT), key="k256", alg="ES256")
    )


def _bound_by_key(suite: Suite) -> None:
    bound = policy(entry(inline("rsa-b", jwk("rsa-a", alg="RS256"))))
    suite.accept("key_alg.same", "The key's own `alg` agrees.", token(key="rsa-a"), bound, spec="RFC 7517 4.4")
    suite.reject(
        "key_alg.ps256",
        "The key is for RS256 only.",
        "unusable_key",
        token(key="rsa-a", alg="PS256"),
        bound,
        spec="RFC 7517 4.4",
    )
    suite.reject(
        "key_alg.rs512",
        "The key is for SHA-256 only.",
        "unusable_key",
        token(key="rsa-a", alg="RS512"),
        bound,
        spec="RFC 7517 4.4",
    )
    swapped = token(head=header("rsa-a", "PS256"), key="rsa-a", alg="RS256")
    suite.reject(
        "padding.rs_as_ps",
        "A PKCS #1 signature under the name of PSS.",
        "invalid_signature",
        swapped,
        policy(entry(inline("rsa-a"))),
    )
    swapped = token(head=header("rsa-a", "RS256"), key="rsa-a", alg="PS256")
    suite.reject(
        "padding.ps_as_rs", "And the other way round.", "invalid_signature", swapped, policy(entry(inline("rsa-a")))
    )
    for said, done in (
        ("RS256", "RS512"),
        ("RS512", "RS256"),
        ("PS256", "PS384"),
        ("PS512", "PS256"),
        ("HS256", "HS512"),
    ):
        key = "hmac-64" if said.startswith("HS") else "rsa-a"
        suite.reject(
            f"hash.{done}_as_{said}",
            "Another hash than the name says.",
            "invalid_signature",
            token(head=header(key, said), key=key, alg=done),
            policy(entry(inline(key))),
        )
    ed_names = policy(entry(inline(jwk("ed-a", alg="EdDSA"))))
    suite.accept(
        "key_alg.eddsa", "A key for EdDSA and a token that says so.", token(key="ed-a"), ed_names, spec="RFC 9864 2.2"
    )
    suite.reject(
        "key_alg.ed25519",
        "Two names are two algorithms.",
        "unusable_key",
        token(key="ed-a", alg="Ed25519"),
        ed_names,
        spec="RFC 9864 2.2",
    )


def key_confusion() -> Suite:
    """Public keys in every shape, used as an HMAC secret by an attacker and by a careless operator."""
    suite = Suite("key_confusion", "RFC 8725 3.1")
    for key in ("rsa-a", "ec-a", "ed-a"):
        shapes = _shapes(key)
        for what, secret in shapes.items():
            forged = token(
                head=header(key, "HS256"), forge=lambda message, secret=secret: mac.digest(secret, message, "sha256")
            )
            suite.reject(
                f"{key}.{what}",
                "The public key as HMAC secret: no asymmetric entry takes HS256.",
                "algorithm_not_allowed",
                forged,
                policy(entry(inline(key))),
            )
    _text_keys(suite)
    _empty_secret(suite)
    return suite


def _shapes(key: str) -> dict[str, bytes]:
    pem = spki_pem(key)
    public = jwk(key)
    shapes = {
        "pem": pem.encode(),
        "pem_trimmed": pem.strip().encode(),
        "pem_crlf": pem.replace("\n", "\r\n").encode(),
        "pem_leading_space": b" " + pem.encode(),
        "pem_bom": b"\xef\xbb\xbf" + pem.encode(),
        "der": spki_der(key),
        "jwk": compact(public).encode(),
        "jwks": compact(key_set(key)).encode(),
        "member": (public.get("n") or public["x"]).encode(),
    }
    if key == "rsa-a":
        shapes["pkcs1"] = pkcs1_pem(key).encode()
    return shapes


def _text_keys(suite: Suite) -> None:
    pem = spki_pem("rsa-a")
    forged = token(head={"alg": "HS256"}, forge=lambda message: mac.digest(pem.encode(), message, "sha256"))
    suite.reject(
        "pem_policy",
        "The policy's very PEM text, byte for byte.",
        "algorithm_not_allowed",
        forged,
        policy(entry({"pem": pem})),
    )
    listed = policy(entry({"pem": pem}, algorithms=["RS256"]))
    suite.reject("pem_policy_listed", "The same with a list.", "algorithm_not_allowed", forged, listed)
    hmac_entry = entry(inline("hmac-32"), issuer="https://hmac.test/")
    both = policy(entry({"pem": pem}), hmac_entry)
    suite.reject(
        "beside_hmac_issuer", "Another issuer's HS256 opens nothing here.", "algorithm_not_allowed", forged, both
    )
    body = compact(key_set("rsa-a"))
    fetched = policy(entry({"jwks_uri": "https://idp.test/jwks"}))
    text_forged = token(
        head=header("rsa-a", "HS256"), forge=lambda message: mac.digest(body.encode(), message, "sha256")
    )
    suite.reject(
        "fetched_body",
        "The fetched document itself as secret.",
        "algorithm_not_allowed",
        text_forged,
        fetched,
        responses={"https://idp.test/jwks": {"status": 200, "headers": {}, "body": body}},
    )


def _empty_secret(suite: Suite) -> None:
    empty = token(head=header(alg="HS256"), forge=lambda message: mac.digest(b"", message, "sha256"))
    suite.reject("empty_secret", "The empty secret.", "algorithm_not_allowed", empty)
    nothing = token(head=header("hmac-32"), forge=lambda message: mac.digest(b"", message, "sha256"))
    suite.reject(
        "empty_secret_hmac",
        "The empty secret where HS256 is allowed.",
        "invalid_signature",
        nothing,
        policy(entry(inline("hmac-32"))),
    )
    reversed_use = token(head=header("hmac-32", "ES256"), key="ec-a")
    suite.reject(
        "es256_under_secret",
        "An asymmetric token under a secret.",
        "algorithm_not_allowed",
        reversed_use,
        policy(entry(inline("hmac-32"))),
    )
