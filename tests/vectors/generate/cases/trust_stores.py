"""Class `trust_store`: certificates under aliases, in the formats of Java and OpenSSL."""

import base64
import json

from ..certificates import (
    PASSWORD, PBES2, certificate, jks, pbes2, pkcs12, pkcs12_encrypted, pkcs12_mac, pkcs12_of,
)  # fmt: skip
from ..keys import VECTORS, key_set, private_pem, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, NOW, header, token
from .key_forms import bare, pem

PATH = "issuers[0].keys.trust_store"
_MADE = json.loads((VECTORS / "stores.json").read_text())
_DEFAULT = "gateway_certificate_alias"


def trust_stores() -> Suite:
    suite = Suite("trust_store", "WSO2 self-contained JWT access tokens")
    _real(suite)
    _aliases(suite)
    _bundles(suite)
    _certificates(suite)
    _mistakes(suite)
    _hostile_jks(suite)
    _hostile_pkcs12(suite)
    return suite


def _store(store_type: str, content: bytes, **members) -> dict:
    given = {"type": store_type, "base64": base64.b64encode(content).decode()}
    if store_type == "jks":
        given["password"] = PASSWORD
    return {name: value for name, value in (given | members).items() if value is not ABSENT}


def _rules(store: dict, keys: dict | None = None, **members) -> dict:
    return policy(entry({"trust_store": store} | (keys or {}), **members))


def _made(name: str, **members) -> dict:
    store_type = "jks" if name.endswith("jks") else "pem" if name.endswith("pem") else "pkcs12"
    password = {} if store_type == "pem" else {"password": _MADE["password"]}
    return {"type": store_type, "base64": _MADE["stores"][name]} | password | members


def _real(suite: Suite) -> None:
    """Stores that keytool and OpenSSL wrote."""
    for name in ("keytool-jks", "keytool-p12", "keytool-p12-legacy"):
        rules = _rules(_made(name))
        for key in ("rsa-a", "ec-a", "ec384-a", "ed-a"):
            suite.accept(f"{name}.{key}", "The alias is the kid.", token(key=key), rules)
        unnamed = token(head=header("rsa-b", kid=ABSENT), key="rsa-b")
        suite.accept(f"{name}.default", "No kid: the default alias.", unnamed, rules)
        suite.reject(
            f"{name}.other_key", "Another key under the alias.", "invalid_signature",
            token(head=header("rsa-b", kid="rsa-a"), key="rsa-b"), rules,
        )  # fmt: skip
        wrong = _rules(_made(name, password="changeme"))
        suite.policy_error(f"{name}.wrong_password", "A wrong password.", f"{PATH}.password", wrong)
        without = _rules({field: value for field, value in _made(name).items() if field != "password"})
        suite.policy_error(f"{name}.no_password", "No password.", f"{PATH}.password", without)
        cut = base64.b64encode(base64.b64decode(_MADE["stores"][name])[:-100]).decode()
        suite.policy_error(f"{name}.cut", "A store cut short.", f"{PATH}.base64", _rules(_made(name, base64=cut)))
    passwords = {"openssl-empty-password": "", "openssl-unicode-password": "schl\u00fcssel\U0001f511"}
    for name in _MADE["stores"]:
        if name.startswith("openssl"):
            own = {"password": passwords[name]} if name in passwords else {}
            rules = _rules(_made(name, **own))
            suite.accept(name, "As OpenSSL protects it.", token(head=header("rsa-a", kid="signer"), key="rsa-a"), rules)
    suite.policy_error(
        "openssl-no-mac.wrong_password", "Nothing but the encryption tells that the password is wrong.",
        f"{PATH}.password", _rules(_made("openssl-no-mac", password="changeme")),
    )  # fmt: skip


def _aliases(suite: Suite) -> None:
    store = jks({"rsa-a": certificate("rsa-a"), "rsa-b": certificate("rsa-b"), _DEFAULT: certificate("ec-a")})
    rules = _rules(_store("jks", store))
    suite.accept("alias.kid", "The alias that the kid names.", token(key="rsa-b"), rules)
    suite.accept(
        "alias.case", "Aliases compare as in Java.", token(head=header("rsa-a", kid="RSA-A"), key="rsa-a"), rules
    )
    upper = _rules(_store("jks", jks({"RSA-A": certificate("rsa-a")})))
    suite.accept("alias.case_in_store", "Also those that are in capitals.", token(key="rsa-a"), upper)
    suite.accept("alias.default", "No kid: the default alias.", token(head=header(kid=ABSENT)), rules)
    suite.reject(
        "alias.unknown",
        "A kid that is no alias does not fall back to the default.",
        "unknown_key",
        token(head=header(kid="other")),
        rules,
    )
    suite.reject("alias.empty", "An empty kid is a kid.", "unknown_key", token(head=header(kid="")), rules)
    suite.reject(
        "alias.other_type",
        "The alias has a key of another type.",
        "unusable_key",
        token(head=header(kid="rsa-a")),
        rules,
    )
    suite.reject(
        "alias.default_other_type",
        "So does the default alias.",
        "unusable_key",
        token(head=header("rsa-a", kid=ABSENT), key="rsa-a"),
        rules,
    )
    unnamed = token(head=header("rsa-a", kid=ABSENT), key="rsa-a")
    chosen = _rules(_store("jks", store, default_alias="rsa-a"))
    suite.accept("alias.default_chosen", "Another default alias.", unnamed, chosen)
    suite.accept("alias.default_case", "In any case.", unnamed, _rules(_store("jks", store, default_alias="Rsa-A")))
    suite.policy_error(
        "alias.default_missing",
        "A default alias that is not there.",
        f"{PATH}.default_alias",
        _rules(_store("jks", store, default_alias="rsa-c")),
    )
    lone = _rules(_store("jks", jks({"rsa-a": certificate("rsa-a")})))
    suite.reject("alias.no_default", "The default alias is not there.", "unknown_key", unnamed, lone)
    suite.reject(
        "alias.no_trying", "try_all_keys tries no other alias.", "unknown_key", unnamed,
        _rules(_store("jks", jks({"rsa-a": certificate("rsa-a")})), try_all_keys=True),
    )  # fmt: skip
    beside = _rules(_store("jks", jks({"rsa-a": certificate("rsa-a")})), {"jwks": key_set("ec-a")})
    suite.accept("alias.beside_set", "A key of a set beside the store.", token(), beside)
    suite.accept("alias.beside_set_store", "And the store beside the set.", token(key="rsa-a"), beside)
    both = _rules(_store("jks", jks({"rsa-a": certificate("rsa-b")})), {"jwks": key_set("rsa-a")})
    suite.reject("alias.ambiguous", "Two keys under one id.", "ambiguous_key", token(key="rsa-a"), both)
    same = _rules(_store("jks", jks({"rsa-a": certificate("rsa-a")})), {"jwks": key_set("rsa-a")})
    suite.accept("alias.same_key", "The same key twice is one key.", token(key="rsa-a"), same)
    text = _rules(_store("jks", jks({"rsa-b": certificate("rsa-b")})), {"pem": spki_pem("rsa-a")})
    suite.accept("alias.beside_text", "A key given as text fits any kid.", token(key="rsa-a"), text)
    suite.policy_error(
        "alias.beside_secret", "A secret cannot stand beside it.", "issuers[0].keys",
        _rules(_store("jks", store), {"secret": {"hex": "5a" * 32}}),
    )  # fmt: skip
    suite.policy_error(
        "alias.beside_unsigned", "Nor the waiver.", "issuers[0].keys.accept_unsigned",
        _rules(_store("jks", store), {"accept_unsigned": True}),
    )  # fmt: skip
    entry_with_key = jks({"rsa-a": certificate("rsa-a")}, private=frozenset({"rsa-a"}))
    suite.accept(
        "alias.key_entry", "The certificate of a private key's entry.", token(key="rsa-a"),
        _rules(_store("jks", entry_with_key)),
    )  # fmt: skip
    for what, twice in {
        "jks": _store("jks", jks({"A": certificate("rsa-a"), "a": certificate("rsa-b")})),
        "pem": {
            "type": "pem",
            "text": pem("CERTIFICATE", certificate("rsa-a")) + pem("CERTIFICATE", certificate("rsa-b")),
        },
    }.items():
        path = f"{PATH}.{'text' if 'text' in twice else 'base64'}"
        suite.policy_error(f"alias.twice_{what}", "Two certificates under one alias.", path, _rules(twice))


def _bundles(suite: Suite) -> None:
    named = pem("CERTIFICATE", certificate("rsa-a", "rsa-a")) + pem("CERTIFICATE", certificate("ec-a", "EC-A"))
    for what, store in {
        "text": {"type": "pem", "text": named},
        "base64": _store("pem", named.encode()),
        "heading": {"type": "pem", "text": f"The first\n=========\n{named}"},
        "repeated": {"type": "pem", "text": named + named},
    }.items():
        suite.accept(f"bundle.{what}.rsa", "The alias is the common name.", token(key="rsa-a"), _rules(store))
        suite.accept(f"bundle.{what}.ec", "In any case.", token(), _rules(store))
    friendly = "    friendlyName: {}\n    localKeyID: 01\n" + pem("CERTIFICATE", certificate("rsa-a", "other"))
    suite.accept(
        "bundle.friendly_name",
        "The friendlyName that OpenSSL writes comes first.",
        token(key="rsa-a"),
        _rules({"type": "pem", "text": friendly.format("rsa-a")}),
    )
    nameless = pem("CERTIFICATE", certificate("rsa-a", ""))
    suite.accept(
        "bundle.no_common_name_named", "Which serves where there is no common name.", token(key="rsa-a"),
        _rules({"type": "pem", "text": "friendlyName: rsa-a\n" + nameless}),
    )  # fmt: skip
    texts = {
        "nameless": nameless,
        "empty": "",
        "key": spki_pem("rsa-a"),
        "private": named + private_pem("rsa-a"),
        "no_end": named.rsplit("-----END", 1)[0],
        "damaged": named.replace("MII", "M!!"),
    }
    for what, text in texts.items():
        rules = _rules({"type": "pem", "text": text})
        suite.policy_error(f"bundle.{what}", "Certificates, and nothing else.", f"{PATH}.text", rules)
    suite.policy_error(
        "bundle.password", "PEM has no password.", f"{PATH}.password",
        _rules({"type": "pem", "text": named, "password": PASSWORD}),
    )  # fmt: skip


def _certificates(suite: Suite) -> None:
    """What holds for certificates given as text holds for those of a store."""
    expired = jks({"ec-a": certificate("ec-a", valid=(NOW - 1000, NOW - 1))})
    suite.reject("certificate.expired", "Expired.", "unusable_key", token(), _rules(_store("jks", expired)))
    suite.accept(
        "certificate.expired_waived", "The waiver.", token(),
        _rules(_store("jks", expired), {"allow_expired_certificates": True}),
    )  # fmt: skip
    mixed = _rules(_store("jks", jks({
        "rsa-1024": certificate("rsa-1024"), "ec521": certificate("ec521"), "junk": b"junk", "ec-a": certificate("ec-a"),
    })))  # fmt: skip
    suite.accept("certificate.beside_unusable", "Unusable ones do not spoil the others.", token(), mixed)
    for name in ("rsa-1024", "ec521", "junk"):
        suite.reject(
            f"certificate.unusable.{name}", "An unusable one is known.", "unusable_key",
            token(head=header(kid=name)), mixed,
        )  # fmt: skip
    none = _rules(_store("jks", jks({"a": certificate("rsa-1024")})))
    suite.policy_error("certificate.none_usable", "None is usable.", f"{PATH}.base64", none)
    data = VECTORS.parent / "data" / "wso2"
    public = json.loads((data / "jwks.json").read_text())["keys"][0]
    text = (data / "token.jwt").read_text().strip()
    clock = 1_602_582_000
    der = certificate(public, "localhost", valid=(clock - 1000, clock + 1000))
    for what, store in {
        "jks": _store("jks", jks({public["kid"].lower(): der})),
        "pkcs12": _store("pkcs12", pkcs12({public["kid"].lower(): der})),
        "pem": {"type": "pem", "text": f"friendlyName: {public['kid']}\n" + pem("CERTIFICATE", der)},
    }.items():
        rules = policy(
            entry(
                {"trust_store": store},
                issuer="https://localhost:9444/oauth2/token",
                audience=["FxJodiaOM5DrW9X1bP4zsA86M2Aa"],
            )
        )
        suite.accept(f"certificate.wso2.{what}", "A gateway's own token.", text, rules, now=clock)


def _mistakes(suite: Suite) -> None:
    store = jks({"a": certificate("ec-a")})
    p12 = pkcs12({"a": certificate("ec-a")})
    text = pem("CERTIFICATE", certificate("ec-a")).encode()
    suite.policy_error(
        "type.missing", "The type is required.", f"{PATH}.type", _rules(_store("jks", store, type=ABSENT))
    )
    for name in ("JKS", "p12", "", "bks"):
        suite.policy_error(
            f"type.unknown_{name or 'empty'}", "One of three.", f"{PATH}.type", _rules(_store("jks", store, type=name))
        )
    contents = {"jks": store, "pkcs12": p12, "pem": text}
    for declared in contents:
        for actual, content in contents.items():
            if declared != actual:
                suite.policy_error(
                    f"type.{actual}_as_{declared}", "The type is another one.", f"{PATH}.type",
                    _rules(_store(declared, content)),
                )  # fmt: skip
    for what, members, path in (
        ("no_content", {"base64": ABSENT}, PATH),
        ("two_contents", {"text": "x"}, PATH),
        ("text_of_jks", {"base64": ABSENT, "text": "x"}, f"{PATH}.text"),
        ("not_base64", {"base64": "!"}, f"{PATH}.base64"),
        ("empty", {"base64": ""}, f"{PATH}.base64"),
        ("null_password", {"password": None}, f"{PATH}.password"),
        ("unknown_field", {"alias": "a"}, f"{PATH}.alias"),
    ):
        suite.policy_error(f"field.{what}", "Fields of the store.", path, _rules(_store("jks", store, **members)))
    suite.policy_error("field.list", "An object.", PATH, policy(entry({"trust_store": [bare(store)]})))


def _hostile_jks(suite: Suite) -> None:
    good = {"a": certificate("ec-a")}
    whole = jks(good)
    stores = {
        "version_1": jks(good, version=1),
        "version_3": jks(good, version=3),
        "count_more": jks(good, count=2),
        "count_less": jks(good, count=0),
        "count_huge": jks(good, count=0xFFFFFFFF),
        "many": jks({f"a{index}": b"" for index in range(1001)}),
        "none": jks({}),
        "kind": jks(good, kind=b"PGP"),
        "length_huge": whole.replace(len(good["a"]).to_bytes(4, "big"), b"\xff\xff\xff\xff", 1),
        "magic_only": whole[:4],
        "header_only": whole[:12],
        "no_digest": whole[:-20],
        "extended": whole + b"\x00",
        "jceks": b"\xce\xce\xce\xce" + whole[4:],
        "junk": b"junk" * 10,
    }
    for what, store in stores.items():
        suite.policy_error(f"jks.{what}", "A bad store.", f"{PATH}.base64", _rules(_store("jks", store)))
    flipped = whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:]
    suite.policy_error("jks.flipped", "One bit.", f"{PATH}.password", _rules(_store("jks", flipped)))


def _hostile_pkcs12(suite: Suite) -> None:
    good = {"a": certificate("ec-a")}
    whole = pkcs12(good)
    plain = token(head=header(kid="a"))
    suite.accept("pkcs12.plain", "Neither code nor encryption.", plain, _rules(_store("pkcs12", whole)))
    stores = {
        "mac_rounds": pkcs12(good, mac=pkcs12_mac(2_000_001)),
        "mac_rounds_huge": pkcs12(good, mac=pkcs12_mac(1 << 64)),
        "mac_rounds_none": pkcs12(good, mac=pkcs12_mac(0)),
        "mac_rounds_negative": pkcs12(good, mac=pkcs12_mac(1).replace(b"\x02\x01\x01", b"\x02\x01\xff")),
        "mac_md5": pkcs12(good, mac=pkcs12_mac(1, oid="2a864886f70d0205")),
        "legacy_rounds": pkcs12_of(pkcs12_encrypted(2_000_001)),
        "legacy_rounds_none": pkcs12_of(pkcs12_encrypted(0)),
        "pbes2_rounds": pkcs12_of(pkcs12_encrypted(0, PBES2, pbes2(2_000_001))),
        "pbes2_rounds_huge": pkcs12_of(pkcs12_encrypted(0, PBES2, pbes2(1 << 40))),
        "pbes2_rounds_none": pkcs12_of(pkcs12_encrypted(0, PBES2, pbes2(0))),
        "rc4": pkcs12_of(pkcs12_encrypted(1, "2a864886f70d010c0101")),
        "no_alias": pkcs12({"": certificate("ec-a")}),
        "none": pkcs12({}),
        "many": pkcs12({f"a{index}": b"" for index in range(1001)}),
        "junk_content": pkcs12_of(b"junk"),
        "indefinite": b"\x30\x80" + whole[4:] + b"\x00\x00",
        "cut": whole[:-1],
        "junk": b"junk" * 10,
        "header_only": whole[:4],
    }  # fmt: skip
    for what, store in stores.items():
        rules = _rules(_store("pkcs12", store, password=PASSWORD))
        suite.policy_error(f"pkcs12.{what}", "A bad store.", f"{PATH}.base64", rules)
    for what, store in {
        "mac_wrong": pkcs12(good, mac=pkcs12_mac(1)),
        "legacy_junk": pkcs12_of(pkcs12_encrypted(1)),
    }.items():
        rules = _rules(_store("pkcs12", store, password=PASSWORD))
        suite.policy_error(f"pkcs12.{what}", "Or the password is wrong.", f"{PATH}.password", rules)
