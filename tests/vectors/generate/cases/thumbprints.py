"""Class `thumbprints`: without a kid, the thumbprints of the key's certificate pick the key."""

import base64
import hashlib

from ..certificates import PASSWORD, certificate, jks
from ..encoding import b64
from ..keys import inline, jwk, key_set, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token
from .key_sets import answer, fetched

_PAIR = ("rsa-a", "rsa-b")


def _sha1(der: bytes) -> bytes:
    return hashlib.sha1(der).digest()


def _sha256(der: bytes) -> bytes:
    return hashlib.sha256(der).digest()


def _x5c(*chain: bytes) -> list[str]:
    return [base64.b64encode(der).decode() for der in chain]


def _pem(der: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def _named(key: str = "rsa-a", **members: str) -> str:
    """A token without kid that names certificates; `S256` stands for `#S256`."""
    head = {name.replace("_S256", "#S256"): value for name, value in members.items()}
    return token(head=header(key, kid=ABSENT) | head, key=key)


def thumbprints() -> Suite:
    suite = Suite("thumbprints", "RFC 7515 4.1.7")
    ders = {key: certificate(key, key) for key in _PAIR}
    _members(suite, ders)
    _spellings(suite, ders)
    _both(suite, ders)
    _none(suite, ders)
    _certificates(suite, ders)
    return suite


def _members(suite: Suite, ders: dict[str, bytes]) -> None:
    """Compared with the members of the JWK, or with its certificate."""
    forms = {
        "x5t": lambda key: jwk(key, kid=None, x5t=b64(_sha1(ders[key]))),
        "x5t_S256": lambda key: jwk(key, kid=None) | {"x5t#S256": b64(_sha256(ders[key]))},
        "x5c": lambda key: jwk(key, kid=None, x5c=_x5c(ders[key], ders["rsa-b"])),
    }
    for what, made in forms.items():
        rules = policy(entry(inline(*(made(key) for key in _PAIR))))
        responses = answer(key_set(*(made(key) for key in reversed(_PAIR))))
        for key in _PAIR:
            for member, digest in (("x5t", _sha1), ("x5t_S256", _sha256)):
                if what not in ("x5c", member):
                    continue
                text = _named(key, **{member: b64(digest(ders[key]))})
                suite.accept(f"{what}.{member}.{key}", "The thumbprint picks one of two.", text, rules)
                suite.accept(f"{what}.{member}.{key}.fetched", "In a fetched set too.", text, fetched(), responses=responses)
        other = "x5t" if what == "x5c" else what
        digest = _sha256 if other == "x5t_S256" else _sha1
        forged = _named("rsa-b", **{other: b64(digest(ders["rsa-a"]))})
        suite.reject(f"{what}.wrong_key", "It names the other key.", "invalid_signature", forged, rules)
        strange = _named(**{other: b64(digest(b"another"))})
        suite.reject(f"{what}.unknown", "No key has it.", "unknown_key", strange, rules)
        suite.reject(f"{what}.unknown.fetched", "No key has it.", "unknown_key", strange, fetched(), responses=responses)
        single = policy(entry(inline(made("rsa-a"))))
        suite.reject(f"{what}.unknown_single", "Not even with a single key.", "unknown_key", strange, single)
    ec = policy(entry(inline(jwk("ec-a", kid=None, x5t=b64(_sha1(ders["rsa-a"]))), jwk("rsa-a", kid=None))))
    suite.reject("other_type", "The key that it names is of another type.", "unusable_key", _named(x5t=b64(_sha1(ders["rsa-a"]))), ec)
    kids = policy(entry(inline(*(jwk(key, x5t=b64(_sha1(ders[key]))) for key in _PAIR))))
    text = token(head=header("rsa-a") | {"x5t": b64(_sha1(ders["rsa-b"]))}, key="rsa-a")
    suite.accept("kid_first", "Beside a kid it is not looked at.", text, kids)
    text = token(head=header("rsa-a", kid="other") | {"x5t": b64(_sha1(ders["rsa-a"]))}, key="rsa-a")
    suite.reject("kid_first.unknown", "Nor does it help an unknown kid.", "unknown_key", text, kids)


def _spellings(suite: Suite, ders: dict[str, bytes]) -> None:
    """WSO2 writes hexadecimal digits in base64 in place of octets, and SHA-256 under `x5t`."""
    rules = policy(entry(inline(*(jwk(key, kid=None, x5c=_x5c(ders[key])) for key in _PAIR))))
    standard = lambda octets: base64.b64encode(octets).decode()  # noqa: E731
    for kind, digest in (("sha1", _sha1(ders["rsa-a"])), ("sha256", _sha256(ders["rsa-a"]))):
        for what, value in {
            "standard": standard(digest),
            "standard_bare": standard(digest).rstrip("="),
            "padded": base64.urlsafe_b64encode(digest).decode(),
            "hex_in_base64url": b64(digest.hex().encode()),
            "hex_in_base64": standard(digest.hex().encode()),
            "upper_hex_in_base64": standard(digest.hex().upper().encode()),
            "hex": digest.hex(),
        }.items():
            suite.accept(f"spelled.{kind}.{what}", "One thumbprint in another spelling.", _named(x5t=value), rules)
            same = policy(entry(inline(jwk("rsa-a", kid=None, x5t=value), jwk("rsa-b", kid=None, x5t=b64(_sha1(ders["rsa-b"]))))))
            suite.accept(f"spelled.key.{kind}.{what}", "In the key too.", _named(x5t=value), same)


def _both(suite: Suite, ders: dict[str, bytes]) -> None:
    suite.spec = "RFC 7515 4.1.8"
    rules = policy(entry(inline(*(jwk(key, kid=None, x5c=_x5c(ders[key])) for key in _PAIR))))
    a, b = ders["rsa-a"], ders["rsa-b"]
    same = {"x5t": b64(_sha1(a)), "x5t_S256": b64(_sha256(a))}
    suite.accept("both", "Both name one key.", _named(**same), rules)
    suite.reject("both.differ", "They name different keys.", "ambiguous_key", _named(**same | {"x5t_S256": b64(_sha256(b))}), rules)
    suite.reject("both.differ_back", "The other way round.", "ambiguous_key", _named(**same | {"x5t": b64(_sha1(b))}), rules)
    for member in same:
        strange = {"x5t": b64(_sha1(b"x")), "x5t_S256": b64(_sha256(b"x"))}[member]
        text = _named(**same | {member: strange})
        suite.reject(f"both.strange.{member}", "One names a key, and the other is not that key's.", "unknown_key", text, rules)
    only = policy(entry(inline(jwk("rsa-a", kid=None, x5t=b64(_sha1(a))), jwk("rsa-b", kid=None, x5t=b64(_sha1(b))))))
    suite.accept("both.one_known", "The keys have but one of the two kinds.", _named(**same), only)
    clash = inline(jwk("rsa-a", kid=None, x5t=b64(_sha1(a))), jwk("rsa-b", kid=None, x5t=b64(_sha1(a))))
    suite.reject("two_keys", "Two keys have it.", "ambiguous_key", _named(x5t=b64(_sha1(a))), policy(entry(clash)))
    tries = policy(entry(clash, try_all_keys=True))
    suite.reject("two_keys.try_all", "They are not tried.", "ambiguous_key", _named(x5t=b64(_sha1(a))), tries)


def _none(suite: Suite, ders: dict[str, bytes]) -> None:
    """Where there is nothing to compare with, the thumbprint names nothing."""
    suite.spec = "RFC 7515 4.1.7"
    a = b64(_sha1(ders["rsa-a"]))
    suite.accept("bare.single", "The only key, without a certificate.", _named(x5t=a), policy(entry(inline("rsa-a"))))
    two = policy(entry(inline(*_PAIR)))
    suite.reject("bare.two", "Two such keys.", "ambiguous_key", _named(x5t=a), two)
    suite.accept("bare.try_all", "Two such keys, each of which is tried.", _named("rsa-b", x5t=a), policy(entry(inline(*_PAIR), try_all_keys=True)))
    suite.accept("bare.pem", "A public key has no certificate.", _named(x5t=a), policy(entry({"pem": spki_pem("rsa-a")})))
    kind = policy(entry(inline(jwk("rsa-a", kid=None) | {"x5t#S256": b64(_sha256(ders["rsa-a"]))})))
    suite.accept("bare.other_kind", "The key has a thumbprint of the other kind alone.", _named(x5t=a), kind)
    mixed = policy(entry(inline(jwk("rsa-a", kid=None), jwk("rsa-b", kid=None, x5t=b64(_sha1(ders["rsa-b"]))))))
    suite.reject("bare.beside", "One key has a certificate, so that it can be compared.", "unknown_key", _named(x5t=a), mixed)
    for what, value in {"short": "AAAA", "empty": "", "number": 7, "list": [a], "null": None, "text": "no thumbprint"}.items():
        text = token(head=header("rsa-a", kid=ABSENT) | {"x5t": value}, key="rsa-a")
        rules = policy(entry(inline(jwk("rsa-a", kid=None, x5t=a))))
        suite.accept(f"no_thumbprint.{what}", "What is no thumbprint names nothing.", text, rules)
        rules = policy(entry(inline(jwk("rsa-a", kid=None, x5t=value))))
        suite.accept(f"no_thumbprint.key.{what}", "Nor does it in a key.", _named(x5t=a), rules)


def _certificates(suite: Suite, ders: dict[str, bytes]) -> None:
    """A certificate in the policy has the thumbprints that it has."""
    a, b = (b64(_sha1(ders[key])) for key in _PAIR)
    pem = policy(entry({"pem": _pem(ders["rsa-a"])}))
    suite.accept("pem", "The certificate's own.", _named(x5t=a), pem)
    suite.accept("pem.s256", "The certificate's own.", _named(x5t_S256=b64(_sha256(ders["rsa-a"]))), pem)
    suite.reject("pem.other", "Another certificate's.", "unknown_key", _named(x5t=b), pem)
    keys = {"pem": _pem(ders["rsa-b"])} | inline(jwk("rsa-a", kid=None, x5t=a))
    suite.accept("pem.beside_set", "A certificate beside a set.", _named("rsa-b", x5t=b), policy(entry(keys)))
    store = base64.b64encode(jks({"gateway_certificate_alias": ders["rsa-a"], "other": ders["rsa-b"]})).decode()
    rules = policy(entry({"trust_store": {"type": "jks", "base64": store, "password": PASSWORD}}))
    suite.accept("store.default", "The default alias has it.", _named(x5t=a), rules)
    suite.accept("store.other", "Another alias has it.", _named("rsa-b", x5t=b), rules)
    suite.reject("store.unknown", "None has it.", "unknown_key", _named(x5t=b64(_sha1(b"x"))), rules)
    suite.reject("store.forged", "The other's signature.", "invalid_signature", _named("rsa-a", x5t=b), rules)
    suite.accept("store.wso2", "As WSO2 writes it.", _named("rsa-b", x5t=b64(_sha256(ders["rsa-b"]).hex().encode())), rules)
