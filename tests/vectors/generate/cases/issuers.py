"""Classes `issuer` and `multi_issuer`: the issuer picks one entry, and nothing of one entry counts for another."""

import hmac

from ..encoding import unb64
from ..keys import inline, jwk, secret_bytes, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, ISSUER, claims, header, token
from .key_sets import URL, answer

A, B = "https://a.test/", "https://b.test/"


def issuer() -> Suite:
    suite = Suite("issuer", "RFC 7519 4.1.1")
    suite.reject("missing", "No issuer.", "missing_issuer", token(claims(iss=ABSENT)), claim="iss")
    for what, value in {
        "null": None,
        "number": 1,
        "bool": True,
        "list": [ISSUER],
        "list_of_two": ["https://evil.test/", ISSUER],
        "object": {"iss": ISSUER},
    }.items():
        suite.reject(f"type.{what}", "An issuer is one string.", "invalid_claim", token(claims(iss=value)), claim="iss")
    others = {
        "empty": "",
        "no_slash": ISSUER[:-1],
        "two_slashes": ISSUER + "/",
        "longer": ISSUER + "tenant",
        "prefix": ISSUER[:10],
        "suffix": "evil" + ISSUER,
        "host_suffix": "https://idp.test.evil.test/",
        "user_info": "https://idp.test@evil.test/",
        "case_host": "https://IDP.test/",
        "case_scheme": "HTTPS://idp.test/",
        "http": "http://idp.test/",
        "port": "https://idp.test:443/",
        "space": ISSUER + " ",
        "newline": ISSUER + "\n",
        "nul": ISSUER + "\x00",
        "nul_evil": ISSUER + "\x00.evil.test",
        "percent": "https://idp%2Etest/",
        "dot_segment": ISSUER + "./",
        "query": ISSUER + "?",
        "dot_is_no_pattern": "https://idpxtest/",
        "star": "*",
        "any": "any",
        "look_alike": "https://\u0456dp.test/",
        "full_width": "https://idp\uff0etest/",
    }
    for what, value in others.items():
        suite.reject(
            f"other.{what}",
            "Issuers are compared byte for byte.",
            "unknown_issuer",
            token(claims(iss=value)),
            claim="iss",
        )
    suite.accept(
        "escaped_slashes",
        "After unescaping.",
        token('{"iss":"https:\\/\\/idp.test\\/","aud":"https://api.test","exp":1800000600}'),
    )
    listed = policy(entry(issuer=[A, B]))
    suite.accept("list.first", "An entry may name several issuers.", token(claims(iss=A)), listed)
    suite.accept("list.second", "Each of them will do.", token(claims(iss=B)), listed)
    suite.reject("list.other", "No other.", "unknown_issuer", token(claims(iss=A + B)), listed, "iss")
    plain = policy(entry(issuer="accounts.example"))
    suite.accept("not_a_url", "An issuer need not be a URL.", token(claims(iss="accounts.example")), plain)
    composed = policy(entry(issuer="https://caf\u00e9.test/"))
    suite.accept("unicode", "Nor ASCII.", token(claims(iss="https://caf\u00e9.test/")), composed)
    suite.reject(
        "normal_forms",
        "Composed and decomposed letters differ.",
        "unknown_issuer",
        token(claims(iss="https://cafe\u0301.test/")),
        composed,
        "iss",
    )
    _any(suite)
    _order(suite)
    return suite


def _any(suite: Suite) -> None:
    waived = policy(entry(issuer="any"))
    suite.accept(
        "any.other",
        "`issuer: any` takes every issuer the keys vouch for.",
        token(claims(iss="https://evil.test/")),
        waived,
    )
    suite.accept("any.missing", "And none.", token(claims(iss=ABSENT)), waived)
    suite.reject("any.number", "A wrong type stays wrong.", "invalid_claim", token(claims(iss=5)), waived, "iss")
    suite.reject("any.null", "null is a wrong type.", "invalid_claim", token(claims(iss=None)), waived, "iss")
    literal = policy(entry(issuer=["any"]))
    suite.reject("any.in_list", "In a list, `any` is a name.", "unknown_issuer", token(), literal, "iss")
    suite.accept("any.literal", "And names itself.", token(claims(iss="any")), literal)


def _order(suite: Suite) -> None:
    """The issuer is settled before the algorithm, the key and any fetch."""
    stranger = claims(iss="https://evil.test/")
    suite.reject(
        "order.before_algorithm",
        "Before the algorithm.",
        "unknown_issuer",
        token(stranger, header(alg="none"), forge=lambda _: b""),
        claim="iss",
    )
    suite.reject("order.before_key", "Before the key.", "unknown_issuer", token(stranger, header(kid="x")), claim="iss")
    suite.reject(
        "order.before_signature",
        "Before the signature.",
        "unknown_issuer",
        token(stranger, forge=lambda _: bytes(64)),
        claim="iss",
    )
    remote = policy(entry({"jwks_uri": URL}))
    suite.reject(
        "order.before_fetch",
        "Before any fetch: this one would fail.",
        "unknown_issuer",
        token(stranger),
        remote,
        "iss",
        responses={},
    )
    suite.reject(
        "order.missing_before_fetch",
        "Also when there is none.",
        "missing_issuer",
        token(claims(iss=ABSENT)),
        remote,
        "iss",
        responses={},
    )


def multi_issuer() -> Suite:
    suite = Suite("multi_issuer", "RFC 8725 3.8")
    a = entry(inline("ec-a"), issuer=A, audience=["api-a"])
    b = entry(inline("ec-b"), issuer=B, audience=["api-b"])
    two = policy(a, b)

    def made(iss: str, aud: str, key: str, **head) -> str:
        return token(claims(iss=iss, aud=aud), header(key, **head), key=key)

    suite.accept("first", "The first entry.", made(A, "api-a", "ec-a"), two)
    suite.accept("second", "The second entry.", made(B, "api-b", "ec-b"), two)
    suite.reject(
        "foreign_key", "B's name under A's key: A's kid is unknown to B.", "unknown_key", made(B, "api-b", "ec-a"), two
    )
    suite.reject(
        "foreign_audience", "A's audience is not B's.", "audience_mismatch", made(B, "api-a", "ec-b"), two, "aud"
    )
    same_kid = policy(entry(inline(jwk("ec-a", kid="1")), issuer=A), entry(inline(jwk("ec-b", kid="1")), issuer=B))
    for iss, key, other in ((A, "ec-a", "ec-b"), (B, "ec-b", "ec-a")):
        good = token(claims(iss=iss), header(key, kid="1"), key=key)
        forged = token(claims(iss=iss), header(other, kid="1"), key=other)
        suite.accept(f"same_kid.{key}", "Both entries have a key of this kid; each its own.", good, same_kid)
        suite.reject(
            f"same_kid.{key}_forged",
            "The other entry's key of that kid does not count.",
            "invalid_signature",
            forged,
            same_kid,
        )
    suite.reject(
        "no_kid",
        "Without kid, only the entry's own keys are looked at.",
        "invalid_signature",
        made(B, "api-b", "ec-a", kid=ABSENT),
        two,
    )
    _rules(suite)
    _fetched(suite)
    _several_entries(suite)
    return suite


def _several_entries(suite: Suite) -> None:
    """One issuer that moves from one family of algorithms to another."""
    suite.spec = "RFC 8725 3.1"
    secret = {"secret": {"hex": secret_bytes("hmac-32").hex()}}
    old, new = entry(secret, algorithms=["HS256"]), entry({"jwks_uri": URL}, algorithms=["ES256", "EdDSA"])
    served = answer({"keys": [jwk("ec-a"), jwk("rsa-a"), jwk("ed-a")]})

    def both(what: str) -> list[tuple[str, dict]]:
        return [(f"entries.{what}", policy(old, new)), (f"entries.{what}.reversed", policy(new, old))]

    for key in ("hmac-32", "ec-a", "ed-a"):
        for what, rules in both(f"own.{key}"):
            suite.accept(what, "The entry that lists the token's algorithm.", token(key=key), rules, responses=served)
    for what, rules in both("no_algorithm"):
        text = token(key="rsa-a")
        suite.reject(what, "Neither lists it.", "algorithm_not_allowed", text, rules, responses=served)
    public = {"pem": spki_pem("ec-a").encode(), "x": unb64(jwk("ec-a")["x"])}
    for form, raw in public.items():
        for what, rules in both(f"confused.{form}"):
            forged = token(head=header(alg="HS256"), forge=lambda text, raw=raw: hmac.digest(raw, text, "sha256"))
            note = "The public key of one entry is no secret of the other."
            suite.reject(what, note, "invalid_signature", forged, rules, responses=served)
    for what, rules in both("forged"):
        forged = token(head=header("ec-a"), key="ec-b")
        suite.reject(what, "Another key's signature.", "invalid_signature", forged, rules, responses=served)
    own = [
        entry(inline("hmac-32"), algorithms=["HS256"], audience=["old"], leeway=60),
        entry(inline("ec-a"), algorithms=["ES256"], audience=["new"]),
    ]
    suite.accept("entries.rules.old", "Each has its own rules.", token(claims(aud="old"), key="hmac-32"), policy(*own))
    suite.accept("entries.rules.new", "Each has its own rules.", token(claims(aud="new")), policy(*own))
    suite.reject("entries.rules.other", "The other's do not count.", "audience_mismatch", token(claims(aud="old")), policy(*own), "aud")
    pair = [entry(inline("rsa-a"), algorithms=["RS256"]), entry(inline("rsa-b"), algorithms=["PS256"])]
    for key, alg, code in (("rsa-a", "RS256", None), ("rsa-b", "PS256", None), ("rsa-a", "PS256", "unknown_key"), ("rsa-b", "RS256", "unknown_key")):
        text = token(head=header(key, alg), key=key, alg=alg)
        what, note = f"entries.keys.{key}.{alg}", "A key counts under its own entry's algorithms alone."
        if code:
            suite.reject(what, note, code, text, policy(*pair))
        else:
            suite.accept(what, note, text, policy(*pair))
    names = [entry(inline("ec-a"), issuer=[A, B], algorithms=["ES256"]), entry(inline("hmac-32"), issuer=B, algorithms=["HS256"])]
    suite.accept("entries.names", "Each name has its own entries.", token(claims(iss=A)), policy(*names))
    suite.reject("entries.names.other", "A has one of them.", "algorithm_not_allowed", token(claims(iss=A), key="hmac-32"), policy(*names))
    suite.accept("entries.names.both", "B has both.", token(claims(iss=B), key="hmac-32"), policy(*names))
    template = {"issuer": "https://login.test/{tid}/v2.0", "tenants": ["a"]}
    for what, first, second in (
        ("unwritten", {}, {}),
        ("first_unwritten", {}, {"algorithms": ["HS256"]}),
        ("second_unwritten", {"algorithms": ["ES256"]}, {}),
        ("shared", {"algorithms": ["ES256", "RS256"]}, {"algorithms": ["PS256", "ES256"]}),
        ("template", template | {"algorithms": ["ES256"]}, template | {"algorithms": ["EdDSA"]}),
    ):
        suite.policy_error(
            f"entries.error.{what}", "Nothing tells the entries apart.", "issuers[1].issuer",
            policy(entry(inline("ec-a", "ed-a"), **first), entry(inline("ec-b"), **second)),
        )
    third = [entry(inline("ec-a"), algorithms=["ES256"]), entry(inline("ed-a"), algorithms=["EdDSA"]), entry(inline("ec-b"), algorithms=["ES256"])]
    suite.policy_error("entries.error.third", "Nor three of them.", "issuers[2].issuer", policy(*third))
    suite.policy_error(
        "entries.error.same_list", "Nor one entry that names it twice.", "issuers[0].issuer",
        policy(entry(issuer=[A, A], algorithms=["ES256"])),
    )


def _rules(suite: Suite) -> None:
    hmac = entry(inline("hmac-32"), issuer=B)
    mixed = policy(entry(issuer=A), hmac)
    suite.accept(
        "families.hmac", "One entry may use a secret and another a key.", token(claims(iss=B), key="hmac-32"), mixed
    )
    suite.reject(
        "families.crossed",
        "HS256 under the entry with the key.",
        "algorithm_not_allowed",
        token(claims(iss=A), key="hmac-32"),
        mixed,
    )
    suite.reject(
        "families.crossed_back",
        "ES256 under the entry with the secret.",
        "algorithm_not_allowed",
        token(claims(iss=B)),
        mixed,
    )
    strict = policy(
        entry(inline("rsa-a"), issuer=A, algorithms=["PS256"]), entry(inline("rsa-a"), issuer=B, algorithms=["RS256"])
    )
    suite.accept("algorithms.own", "Each entry has its own list.", token(claims(iss=B), key="rsa-a"), strict)
    suite.reject(
        "algorithms.other",
        "The other's list does not count.",
        "algorithm_not_allowed",
        token(claims(iss=A), key="rsa-a"),
        strict,
    )
    late = claims(exp=1_799_999_990)
    lenient = policy(entry(issuer=A, leeway=60), entry(issuer=B))
    suite.accept("leeway.own", "Each entry has its own leeway.", token(late | {"iss": A}), lenient)
    suite.reject(
        "leeway.other", "The other's leeway does not count.", "expired", token(late | {"iss": B}), lenient, "exp"
    )
    open_entry = policy(entry(issuer=A, required_claims=[]), entry(issuer=B))
    suite.accept(
        "required.own", "Each entry has its own required claims.", token(claims(iss=A, exp=ABSENT)), open_entry
    )
    suite.reject(
        "required.other",
        "The other's waiver does not count.",
        "missing_claim",
        token(claims(iss=B, exp=ABSENT)),
        open_entry,
        "exp",
    )
    unsigned = policy(entry({"accept_unsigned": True}, issuer=A), entry(issuer=B))
    bare = token(claims(iss=B), {"alg": "none"}, forge=lambda _: b"")
    suite.reject("unsigned.other", "One entry's waiver opens no other.", "algorithm_not_allowed", bare, unsigned)


def _fetched(suite: Suite) -> None:
    down = "https://down.test/jwks"
    remote = policy(entry({"jwks_uri": URL}, issuer=A), entry({"jwks_uri": down}, issuer=B))
    responses = answer({"keys": [jwk("ec-a")]})
    suite.accept(
        "fetch.other_down",
        "A's keys are at hand; that B's are not is nothing to A.",
        token(claims(iss=A)),
        remote,
        responses=responses,
    )
    suite.unavailable(
        "fetch.own_down",
        "B's keys are not, and A's do not stand in.",
        token(claims(iss=B)),
        remote,
        responses=responses,
    )
    both = responses | {down: {"status": 200, "headers": {}, "body": answer({"keys": [jwk("ec-b")]})[URL]["body"]}}
    suite.reject(
        "fetch.foreign_key",
        "A's fetched key does not count for B.",
        "unknown_key",
        token(claims(iss=B)),
        remote,
        responses=both,
    )
    shared = policy(
        entry({"jwks_uri": URL}, issuer=A, audience=["api-a"]), entry({"jwks_uri": URL}, issuer=B, audience=["api-b"])
    )
    suite.accept(
        "fetch.shared_url",
        "Two entries may name the same URL.",
        token(claims(iss=B, aud="api-b")),
        shared,
        responses=responses,
    )
