"""Class `key_forms`: one key in every form that people paste, and what is refused in its place."""

import base64
import textwrap

from cryptography.hazmat.primitives import serialization

from ..certificates import certificate, der_sequence, jks, pkcs12, request_pem
from ..encoding import b64, compact
from ..keys import jwk, key_set, pkcs1_pem, private_key, private_pem, secret_bytes, spki_der, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import NOW, header, token

PATH = "issuers[0].keys.pem"
_KEYS = ("rsa-a", "ec-a", "ec384-a", "ed-a")


def key_forms() -> Suite:
    suite = Suite("key_forms", "RFC 7468")
    for key in _KEYS:
        for what, text in _forms(key).items():
            suite.accept(f"{what}.{key}", "The same key in another form.", token(key=key), policy(entry({"pem": text})))
    _layouts(suite)
    _refusals(suite)
    _periods(suite)
    _members_of_a_jwk(suite)
    return suite


def pem(label: str, der: bytes) -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def bare(der: bytes) -> str:
    return base64.b64encode(der).decode()


def _forms(key: str) -> dict[str, str]:
    der = certificate(key)
    forms = {
        "spki": spki_pem(key),
        "spki_bare": bare(spki_der(key)),
        "certificate": pem("CERTIFICATE", der),
        "certificate_bare": bare(der),
    }
    if key.startswith("rsa"):
        forms |= {"pkcs1": pkcs1_pem(key), "pkcs1_bare": "".join(pkcs1_pem(key).splitlines()[1:-1])}
    return forms


def _layouts(suite: Suite) -> None:
    good = spki_pem("ec-a")
    body = bare(spki_der("ec-a"))
    layouts = {
        "one_line": good.replace("\n", ""),
        "spaces": good.strip().replace("\n", " "),
        "cr": good.replace("\n", "\r"),
        "escaped": good.replace("\n", "\\n"),
        "escaped_crlf": good.replace("\n", "\\r\\n"),
        "long_lines": "-----BEGIN PUBLIC KEY-----\n"
        + "\n".join(textwrap.wrap(body, 76))
        + "\n-----END PUBLIC KEY-----",
        "indented": textwrap.indent(good, "    "),
        "bare_lines": "\n".join(textwrap.wrap(body, 64)) + "\n",
        "bare_crlf": "\r\n".join(textwrap.wrap(body, 64)),
        "bare_unpadded": body.rstrip("="),
        "x509_label": pem("X509 CERTIFICATE", certificate("ec-a")),
    }
    for what, text in layouts.items():
        suite.accept(
            f"layout.{what}", "Line breaks do not matter.", token(head=header(kid="any")), policy(entry({"pem": text}))
        )


def _refusals(suite: Suite) -> None:
    spki = spki_der("rsa-a")
    good = pem("CERTIFICATE", certificate("ec-a"))
    pkcs8 = private_pem("rsa-a")
    traditional = _traditional("ec-a")
    texts = {
        "private_bare": "".join(pkcs8.splitlines()[1:-1]),
        "private_ec": traditional,
        "private_ec_bare": "".join(traditional.splitlines()[1:-1]),
        "private_with_certificate": good + pkcs8,
        "openssh": pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\x00"),
        "ssh": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 alice@example",
        "ssh_ecdsa": "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= alice@example",
        "request": request_pem("rsa-a"),
        "request_bare": "".join(request_pem("rsa-a").splitlines()[1:-1]),
        "chain": good + pem("CERTIFICATE", certificate("rsa-a")),
        "jwks": compact(key_set("ec-a")),
        "url": "https://idp.test/jwks",
        "file_name": "/etc/jotgate/issuer.pem",
        "secret": base64.b64encode(secret_bytes("hmac-64")).decode(),
        "base64url": b64(spki),
        "spki_cut": bare(spki)[:-40],
        "spki_extended": bare(spki + b"\x00"),
        "certificate_cut": bare(certificate("rsa-a"))[:-40],
        "certificate_extended": bare(certificate("rsa-a") + b"\x00"),
        "certificate_as_key": pem("PUBLIC KEY", certificate("rsa-a")),
        "key_as_certificate": pem("CERTIFICATE", spki),
        "pkcs7": pem("PKCS7", der_sequence(b"\x06\x01\x2a")),
        "crl": pem("X509 CRL", der_sequence(der_sequence())),
        "trusted": pem("TRUSTED CERTIFICATE", certificate("rsa-a")),
        "jks": bare(jks({"a": certificate("rsa-a")})),
        "pkcs12": bare(pkcs12({"a": certificate("rsa-a")})),
        "empty_block": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "no_end": good.split("-----END")[0],
        "secp256k1": bare(certificate("k256")),
        "rsa_1024": bare(certificate("rsa-1024")),
        "rsa_2047": pem("CERTIFICATE", certificate("rsa-2047")),
    }
    for what, text in texts.items():
        suite.policy_error(
            f"refused.{what}", "This is no public key that can be used.", PATH, policy(entry({"pem": text}))
        )


def _traditional(key: str) -> str:
    forms = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return private_key(key).private_bytes(*forms).decode()


def _periods(suite: Suite) -> None:
    """A certificate counts from its first second to its last, both included."""
    spec = "RFC 5280 4.1.2.5"
    periods = {
        "expired": (NOW - 1000, NOW - 1),
        "not_yet": (NOW + 1, NOW + 1000),
        "long_ago": (0, 1),
    }
    for what, valid in periods.items():
        keys = {"pem": bare(certificate("ec-a", valid=valid))}
        suite.reject(
            f"period.{what}",
            "A certificate outside its period.",
            "unusable_key",
            token(),
            policy(entry(keys)),
            spec=spec,
        )
        waived = policy(entry(keys | {"allow_expired_certificates": True}))
        suite.accept(f"period.{what}_waived", "The waiver.", token(), waived, spec=spec)
    rules = policy(entry({"pem": bare(certificate("ec-a", valid=(NOW, NOW)))}))
    suite.accept("period.only_second", "Its only second.", token(), rules, spec=spec)
    suite.accept("period.only_second_end", "The end of that second.", token(), rules, now=NOW + 0.999, spec=spec)
    suite.reject("period.second_after", "A second later.", "unusable_key", token(), rules, now=NOW + 1, spec=spec)
    suite.reject("period.before", "A moment earlier.", "unusable_key", token(), rules, now=NOW - 0.001, spec=spec)
    expired = bare(certificate("ec-a", valid=periods["expired"]))
    suite.reject(
        "period.leeway",
        "The leeway is for tokens.",
        "unusable_key",
        token(),
        policy(entry({"pem": expired}, leeway=300)),
        spec=spec,
    )
    suite.reject(
        "period.other_key", "An expired certificate of another type.", "algorithm_not_allowed", token(key="rsa-a"),
        policy(entry({"pem": expired})), spec=spec,
    )  # fmt: skip
    suite.accept(
        "period.set_beside",
        "A key of the inline set is not bound by it.",
        token(),
        policy(entry({"pem": expired, "jwks": key_set("ec-a")})),
        spec=spec,
    )
    for value in (None, "yes", 1):
        suite.policy_error(
            f"period.waiver_{value}", "The waiver is `true`.", "issuers[0].keys.allow_expired_certificates",
            policy(entry({"pem": expired, "allow_expired_certificates": value})), spec=spec,
        )  # fmt: skip


def _members_of_a_jwk(suite: Suite) -> None:
    """The `x5c` of a JWK proves nothing and replaces nothing."""
    spec = "RFC 7517 4.7"
    for key in ("rsa-a", "ec-a"):
        own, other = bare(certificate(key)), bare(certificate("rsa-b"))
        for what, chain in {"own": [own], "other": [other], "junk": ["!"], "text": own}.items():
            rules = policy(entry({"jwks": key_set(jwk(key, x5c=chain))}))
            suite.accept(f"x5c.{what}.{key}", "x5c is ignored.", token(key=key), rules, spec=spec)
        stripped = {name: value for name, value in jwk(key).items() if name in ("kty", "kid")} | {"x5c": [own]}
        suite.reject(
            f"x5c.alone.{key}",
            "x5c does not stand in for the key's members.",
            "unusable_key",
            token(key=key),
            policy(entry({"jwks": key_set(stripped, key.replace("-a", "-b"))})),
            spec=spec,
        )
        pasted = policy(entry({"pem": own}))
        suite.accept(f"x5c.pasted.{key}", "An entry of x5c pasted as text.", token(key=key), pasted, spec=spec)
