"""The part of class `policy` that is about keys and algorithms."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..encoding import b64, compact
from ..keys import inline, jwk, key_set, pkcs1_pem, private_key, private_pem, roca_modulus, secret_bytes, spki_der, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import token

FIRST = "issuers[0]"
_RSA_LABEL = "RSA PUBLIC KEY"


def key_policies(suite: Suite) -> None:
    _sources(suite)
    _algorithms(suite)
    _secrets(suite)
    _pems(suite)


def _sources(suite: Suite) -> None:
    keys = f"{FIRST}.keys"
    nowhere = {
        "list": {"issuer": ["https://idp.test/", "https://other.test/"]},
        "template": {"issuer": "https://idp.test/{tenantid}/", "tenants": ["a"]},
        "no_url": {"issuer": "accounts.example"},
        "http": {"issuer": "http://idp.test/"},
        "query": {"issuer": "https://idp.test/?a=b"},
        "discovery_off": {"keys": {"discovery": False}},
        "no_urls": {"keys": {"jwks_uri": []}},
    }
    for what, members in nowhere.items():
        note = "No key source, and no metadata follows from the issuer or may be asked."
        suite.policy_error(f"keys.empty.{what}", note, keys, policy(entry() | {"keys": {}} | members))
    suite.policy_error("keys.list", "Sources have names.", keys, policy(entry() | {"keys": [jwk("ec-a")]}))
    suite.policy_error(
        "keys.by_position",
        "Also when their order would fit.",
        keys,
        policy(entry() | {"keys": ["https://idp.test/jwks"]}),
    )
    for source in ("jwks_uri", "jwks", "pem", "secret", "accept_unsigned"):
        suite.policy_error(
            f"keys.{source}.null",
            "null is never \u201cnot set\u201d.",
            f"{keys}.{source}",
            policy(entry(inline("ec-a") | {source: None})),
        )
    urls = {
        "http": "http://idp.test/jwks",
        "http_like_loopback": "http://127.0.0.1.evil.test/",
        "http_localhost_suffix": "http://localhost.evil.test/",
        "file": "file:///etc/jwks.json",
        "ftp": "ftp://idp.test/jwks",
        "data": "data:application/json,{}",
        "relative": "/jwks",
        "no_scheme": "idp.test/jwks",
        "empty": "",
        "no_host": "https://",
        "user_info": "http://127.0.0.1@idp.test/jwks",
        "space": "https://idp.test/jw ks",
        "newline": "https://idp.test/jwks\n",
    }
    for what, url in urls.items():
        suite.policy_error(
            f"keys.jwks_uri.{what}",
            "Key sets come over https, or from the loopback interface.",
            f"{keys}.jwks_uri",
            policy(entry({"jwks_uri": url})),
        )
    two = ["https://idp.test/jwks", "http://idp.test/jwks"]
    suite.policy_error(
        "keys.jwks_uri.twice",
        "The same URL twice.",
        f"{keys}.jwks_uri[1]",
        policy(entry({"jwks_uri": ["https://idp.test/jwks"] * 2})),
    )
    suite.policy_error(
        "keys.jwks_uri.second",
        "The path leads to the very element.",
        f"{keys}.jwks_uri[1]",
        policy(entry({"jwks_uri": two})),
    )
    _contradictions(suite)


def _contradictions(suite: Suite) -> None:
    """Sources that cannot stand in one entry."""
    keys = f"{FIRST}.keys"
    remote = {"jwks_uri": "https://idp.test/jwks"}
    suite.policy_error(
        "keys.secret_beside_jwks",
        "A secret cannot stand beside public keys.",
        keys,
        policy(entry(inline("ec-a") | {"secret": {"hex": "5a" * 32}})),
    )
    suite.policy_error(
        "keys.secret_beside_url",
        "Nor beside fetched ones.",
        keys,
        policy(entry(remote | {"secret": {"hex": "5a" * 32}})),
    )
    for source in (inline("ec-a"), remote, {"pem": spki_pem("ec-a")}, {"secret": {"hex": "5a" * 32}}):
        suite.policy_error(
            f"keys.accept_unsigned_beside_{next(iter(source))}",
            "The waiver excludes every other source.",
            f"{keys}.accept_unsigned",
            policy(entry(source | {"accept_unsigned": True})),
        )
    suite.policy_error(
        "keys.accept_unsigned.text",
        "The waiver is `true`.",
        f"{keys}.accept_unsigned",
        policy(entry({"accept_unsigned": "yes"})),
    )


def _algorithms(suite: Suite) -> None:
    path = f"{FIRST}.algorithms"
    suite.policy_error("algorithms.empty", "An empty list allows nothing.", path, policy(entry(algorithms=[])))
    suite.policy_error("algorithms.text", "A list.", path, policy(entry(algorithms="ES256")))
    for name in ("ES256K", "none", "None", "es256", "RSA-OAEP", "Ed448", "", "*"):
        suite.policy_error(
            f"algorithms.second.{_label(name)}",
            "Only supported algorithms can be listed.",
            f"{path}[1]",
            policy(entry(algorithms=["ES256", name])),
        )
    suite.policy_error(
        "algorithms.only_none",
        "The waiver for `none` is `accept_unsigned`.",
        f"{path}[0]",
        policy(entry(algorithms=["none"])),
    )
    suite.policy_error(
        "algorithms.none_waived",
        "Beside the waiver no list stands at all.",
        path,
        policy(entry({"accept_unsigned": True}, algorithms=["none"])),
    )
    suite.policy_error(
        "algorithms.no_fit",
        "No key of the entry fits any listed algorithm.",
        path,
        policy(entry(algorithms=["RS256", "PS256"])),
    )
    suite.policy_error(
        "algorithms.no_fit_hmac", "Nor HMAC for a public key.", path, policy(entry(algorithms=["HS256"]))
    )
    suite.policy_error(
        "algorithms.families",
        "HMAC and asymmetric algorithms cannot stand in one entry.",
        f"{path}[1]",
        policy(entry(algorithms=["ES256", "HS256"])),
    )
    secret = {"secret": {"base64url": jwk("hmac-32")["k"]}}
    suite.policy_error(
        "algorithms.families_secret",
        "Nor the other way round.",
        f"{path}[1]",
        policy(entry(secret, algorithms=["HS256", "ES256"])),
    )


def _certificate() -> x509.Certificate:
    """A self-signed certificate; Ed25519 signs the same way every time."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2025, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.public_key(private_key("ed-a").public_key())
    builder = builder.not_valid_before(start).not_valid_after(start + datetime.timedelta(days=3650))
    return builder.sign(private_key("ed-a"), None)


def _secrets(suite: Suite) -> None:
    path = f"{FIRST}.keys.secret"
    good = {"hex": "5a" * 32}

    def refuse(what: str, note: str, secret: object, **members) -> None:
        suite.policy_error(
            f"secret.{what}", note, path, policy(entry({"secret": secret}, **members)), spec="RFC 7518 3.2"
        )

    suite.policy_error(
        "secret.base64",
        "Plain base64 is not one of the notations.",
        f"{path}.base64",
        policy(entry({"secret": {"base64": "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="}})),
    )
    refuse("plain_text", "A secret says how it is written.", "correct horse battery staple 32 b")
    refuse("no_form", "A secret says how it is written.", {})
    refuse("two_forms", "And only once.", good | {"text": "x" * 32})
    refuse("empty", "An empty secret, as a missing variable gives it.", {"text": ""})
    refuse("short_text", "31 bytes.", {"text": "x" * 31})
    refuse("short_hex", "31 bytes in hexadecimal: 62 digits.", {"hex": "5a" * 31})
    refuse("short_base64url", "31 bytes in base64url.", {"base64url": b64(b"Z" * 31)})
    refuse("odd_hex", "An odd number of digits.", {"hex": "5" * 65})
    refuse("bad_hex", "No hexadecimal digit.", {"hex": "zz" + "5a" * 32})
    refuse("padded_base64url", "Base64url with padding.", {"base64url": b64(secret_bytes("hmac-32")) + "="})
    refuse("standard_base64", "The alphabet of plain base64.", {"base64url": "+/" + "A" * 41})
    suite.accept(
        "secret.32_characters",
        "A text of 32 bytes.",
        token(key="hmac-32"),
        policy(entry({"secret": {"hex": secret_bytes("hmac-32").hex()}})),
    )
    refuse("hs384_short", "A listed algorithm with a hash longer than the secret.", good, algorithms=["HS384"])
    refuse("hs512_short", "One of the listed.", {"hex": "5a" * 48}, algorithms=["HS256", "HS512"])
    texts = {
        "pem": spki_pem("rsa-a"),
        "pem_ec": spki_pem("ec-a"),
        "pem_space": "\n  " + spki_pem("rsa-a"),
        "pem_pkcs1": pkcs1_pem("rsa-a"),
        "pem_crlf": spki_pem("rsa-a").replace("\n", "\r\n"),
        "pem_bom": "\ufeff" + spki_pem("rsa-a"),
        "certificate": _certificate().public_bytes(Encoding.PEM).decode(),
        "jwk": compact(jwk("rsa-a")),
        "jwk_ec": compact(jwk("ec-a")),
        "jwks": compact(key_set("rsa-a")),
        "jwk_space": " " + compact(jwk("ed-a")),
    }
    for what, text in texts.items():
        suite.policy_error(
            f"secret.public.{what}",
            "A public key is no secret, however it is written.",
            path,
            policy(entry({"secret": {"text": text}})),
            spec="RFC 8725 3.1",
        )
    for what, raw in {
        "spki": spki_der("rsa-a"),
        "spki_ec": spki_der("ec-a"),
        "spki_ed": spki_der("ed-a"),
        "certificate": _certificate().public_bytes(Encoding.DER),
    }.items():
        suite.policy_error(
            f"secret.public.der_{what}",
            "Nor in DER.",
            path,
            policy(entry({"secret": {"base64url": b64(raw)}})),
            spec="RFC 8725 3.1",
        )
        for form, text in {
            "base64": base64.b64encode(raw).decode(),
            "base64_bare": base64.b64encode(raw).decode().rstrip("="),
            "base64url": b64(raw),
            "base64url_padded": base64.urlsafe_b64encode(raw).decode(),
            "hex": raw.hex(),
        }.items():
            suite.policy_error(
                f"secret.public.{form}_{what}",
                "Nor in DER that is written as text.",
                path,
                policy(entry({"secret": {"text": text}})),
                spec="RFC 8725 3.1",
            )
    pem = spki_pem("rsa-a")
    for what, raw in {
        "utf16_le": pem.encode("utf-16-le"),
        "utf16_be": pem.encode("utf-16-be"),
        "utf16_le_mark": b"\xff\xfe" + pem.encode("utf-16-le"),
        "utf16_be_mark": b"\xfe\xff" + pem.encode("utf-16-be"),
        "utf32": pem.encode("utf-32"),
        "base64url_of_pem": b64(pem.encode()).encode(),
        "jwk_utf16": compact(jwk("rsa-a")).encode("utf-16"),
    }.items():
        suite.policy_error(
            f"secret.public.{what}",
            "Nor in another encoding of characters.",
            path,
            policy(entry({"secret": {"base64url": b64(raw)}})),
            spec="RFC 8725 3.1",
        )


def _pems(suite: Suite) -> None:
    path = f"{FIRST}.keys.pem"
    good = spki_pem("ec-a")
    suite.accept("pem.crlf", "Lines that end in CR LF.", rules=policy(entry({"pem": good.replace("\n", "\r\n")})))
    suite.accept("pem.no_last_newline", "Without the last line break.", rules=policy(entry({"pem": good.strip()})))
    texts = {
        "empty": "",
        "garbage": "not a key",
        "private": private_pem("ec-a"),
        "private_rsa": private_pem("rsa-a"),
        "two_blocks": good + spki_pem("ec-b"),
        "text_before": "key:\n" + good,
        "text_after": good + "end\n",
        "cut_short": good[:-30],
        "damaged": good.replace("M", "!", 1),
        "wrong_end": good.replace("END PUBLIC", "END RSA PUBLIC"),
        "spki_as_pkcs1": spki_pem("rsa-a").replace("PUBLIC KEY", _RSA_LABEL),
        "pkcs1_as_spki": pkcs1_pem("rsa-a").replace(_RSA_LABEL, "PUBLIC KEY"),
        "secp256k1": spki_pem("k256"),
        "jwk": compact(jwk("ec-a")),
        "parameters": good.replace("PUBLIC KEY", "EC PARAMETERS"),
    }
    for what, text in texts.items():
        suite.policy_error(
            f"pem.{what}",
            "One block of a public key, and nothing else.",
            path,
            policy(entry({"pem": text})),
            spec="RFC 7468 13",
        )
    roca = RSAPublicNumbers(65537, roca_modulus()).public_key()
    suite.policy_error(
        "pem.roca",
        "A key with the fingerprint of those that can be factored (CVE-2017-15361).",
        path,
        policy(entry({"pem": roca.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()})),
    )
    suite.policy_error("pem.list", "One text.", path, policy(entry({"pem": [good]})))


def _label(name: str) -> str:
    return {"": "empty", "*": "star"}.get(name, name)
