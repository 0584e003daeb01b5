"""Class `spellings`: keys as issuers publish them, otherwise written than RFC 7518 has it."""

import base64

from ..encoding import b64, compact, unb64
from ..keys import inline, jwk, key_set
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token
from .key_sets import answer, fetched


def spellings() -> Suite:
    suite = Suite("spellings", "RFC 7518 6")
    _spellings(suite)
    _absent_members(suite)
    return suite


def _plain(member: str) -> str:
    return member.replace("#", "_")


def _spellings(suite: Suite) -> None:
    """What issuers publish: the same numbers, otherwise spelled (RFC 7518 sections 2 and 6)."""
    suite.spec = "RFC 7518 6"
    standard = lambda text: base64.b64encode(unb64(text)).decode()  # noqa: E731
    padded = lambda text: text + "=" * (-len(text) % 4)  # noqa: E731
    zero = lambda text: b64(b"\x00" + unb64(text))  # noqa: E731
    spelled = {
        "padded": (padded, "Padded, as Google and Firebase published."),
        "standard": (standard, "In the standard alphabet and padded, as Entra published."),
        "standard_bare": (lambda text: standard(text).rstrip("="), "In the standard alphabet, without padding."),
    }
    names = {"rsa": ("rsa-a", "n", "e"), "ec": ("ec-a", "x", "y"), "ec384": ("ec384-a", "x", "y"), "okp": ("ed-a", "x")}
    for kind, (name, *members) in names.items():
        for what, (spell, note) in spelled.items():
            key = jwk(name)
            key |= {member: spell(key[member]) for member in members}
            _spelled(suite, f"{kind}_{what}", note, name, key)
    rsa = jwk("rsa-a")
    zeros = {
        "n": {"n": zero(rsa["n"])},
        "e": {"e": zero(rsa["e"])},
        "both": {"n": zero(rsa["n"]), "e": zero(rsa["e"])},
        "four": {"n": b64(bytes(4) + unb64(rsa["n"]))},
        "padded": {"n": padded(zero(rsa["n"])), "e": padded(zero(rsa["e"]))},
        "standard": {"n": standard(zero(rsa["n"]))},
    }
    for what, members in zeros.items():
        _spelled(suite, f"rsa_zero_{what}", "Zero octets in front, as Java's BigInteger writes them.", "rsa-a", rsa | members)
    both = key_set(rsa | {"n": zero(rsa["n"])}, rsa)
    suite.accept("twice", "One key in two spellings is one key.", token(key="rsa-a"), fetched(), responses=answer(both))
    marked = "\ufeff" + compact(key_set("ec-a"))
    suite.accept(
        "byte_order_mark", "A byte order mark before the set is left out.", token(), fetched(),
        spec="RFC 8259 8.1", responses=answer(marked),
    )


def _spelled(suite: Suite, what: str, note: str, name: str, key: dict) -> None:
    """In a policy's own set and in a fetched one. Tokens stay strict, whatever the set is like."""
    text = token(head=header(name), key=name)
    suite.accept(f"inline.{what}", note, text, policy(entry(inline(key))))
    suite.accept(f"fetched.{what}", note, text, fetched(), responses=answer(key_set(key)))
    other = {"rsa-a": "rsa-b", "ec-a": "ec-b", "ec384-a": "ec384-b", "ed-a": "ed-b"}[name]
    forged = token(head=header(name), key=other)
    suite.reject(f"forged.{what}", "Another key's signature.", "invalid_signature", forged, policy(entry(inline(key))))


def _absent_members(suite: Suite) -> None:
    """`null` is how serialisers write that a member is not there (RFC 7517 section 4)."""
    suite.spec = "RFC 7517 4"
    for member in ("use", "alg", "kid", "key_ops", "x5c", "x5t", "x5t#S256", "x5u"):
        key = jwk("ec-a") | {member: None}
        text = token(head=header(kid=ABSENT)) if member == "kid" else token()
        suite.accept(f"null.inline.{_plain(member)}", f"A null for `{member}` is absent.", text, policy(entry(inline(key))))
        suite.accept(
            f"null.fetched.{_plain(member)}", f"A null for `{member}` is absent.", text, fetched(), responses=answer(key_set(key))
        )
    nulls = jwk("rsa-a") | dict.fromkeys(("d", "p", "q", "dp", "dq", "qi", "oth", "x", "y", "crv", "k"))
    suite.accept(
        "null.private", "Nulls for private members hide nothing.", token(key="rsa-a"), fetched(), responses=answer(key_set(nulls))
    )
    for member in ("kty", "crv", "x"):
        both = key_set(jwk("ec-a") | {member: None}, "ec-b")
        suite.reject(
            f"null.needed.{member}", f"`{member}` must be there.", "unusable_key", token(), fetched(), responses=answer(both)
        )
    svid = key_set(jwk("ec-a", use="jwt-svid"), jwk("ec-b", use="x509-svid"))
    suite.spec = "SPIFFE Trust Domain and Bundle 4.2.2"
    suite.accept("use.jwt_svid", "SPIFFE's name for signatures of tokens.", token(), fetched(), responses=answer(svid))
    suite.reject(
        "use.x509_svid", "The keys of its certificates are not for tokens.", "unusable_key",
        token(head=header("ec-b"), key="ec-b"), fetched(), responses=answer(svid),
    )
