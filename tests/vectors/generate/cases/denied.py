"""Class `denied`: keys that the policy takes out of use."""

from ..encoding import compact
from ..keys import inline, jwk, key_set, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token

_URL = "https://idp.test/jwks"


def denied() -> Suite:
    suite = Suite("denied", "jotgate policy document 1, keys.denied_kids")
    _at_hand(suite)
    _fetched(suite)
    _policies(suite)
    return suite


def _at_hand(suite: Suite) -> None:
    both = _rules("ec-a", "ec-b")
    no_kid = token(head=header(kid=ABSENT))
    suite.reject("kid", "A token that names the key.", "unusable_key", token(), both)
    suite.accept("other", "Another key of the issuer's is used as before.", token(key="ec-b"), both)
    suite.reject(
        "kid.lie", "Whoever has the key gains nothing by another name.", "invalid_signature", token(head=header(kid="ec-b")), both
    )
    suite.reject("kid.absent", "Nor by naming none: the other key is the only one.", "invalid_signature", no_kid, both)
    suite.reject("kid.alone", "A key that is alone is not used either.", "unusable_key", no_kid, _rules("ec-a"))
    suite.reject(
        "kid.try_all", "Nor where all keys are tried.", "invalid_signature", no_kid, _rules("ec-a", "ec-b", try_all_keys=True)
    )
    suite.reject(
        "kid.twin",
        "The same key under a second id is the same key.",
        "unusable_key",
        token(head=header(kid="again")),
        _rules("ec-a", jwk("ec-a", kid="again")),
    )
    suite.reject(
        "kid.not_there", "A name that is denied is denied, whether the key is there or not.", "unusable_key", token(), _rules("ec-b")
    )
    suite.reject("kid.case", "Ids compare exactly.", "unknown_key", token(head=header(kid="EC-A")), both)
    suite.accept(
        "kid.none", "An empty list denies nothing.", token(), policy(entry(inline("ec-a") | {"denied_kids": []}))
    )
    suite.reject(
        "text",
        "A key given as text has no id, and does not stand in for one that is denied.",
        "unusable_key",
        token(),
        policy(entry({"pem": spki_pem("ec-a"), "denied_kids": ["ec-a"]})),
    )


def _fetched(suite: Suite) -> None:
    rules = policy(entry({"jwks_uri": _URL, "denied_kids": ["ec-a"]}))
    served = {_URL: {"status": 200, "headers": {}, "body": compact(key_set("ec-a", "ec-b"))}}
    suite.reject("fetched", "The issuer goes on publishing it.", "unusable_key", token(), rules, responses=served)
    suite.accept("fetched.other", "And its other key.", token(key="ec-b"), rules, responses=served)
    suite.reject("fetched.down", "Nothing has to be fetched to know it.", "unusable_key", token(), rules)
    twice = policy(
        entry(issuer="https://a.test/", keys=inline("ec-a") | {"denied_kids": ["ec-a"]}), entry(inline("ec-a"))
    )
    suite.accept("entry", "What one entry denies is no business of another.", token(), twice)


def _policies(suite: Suite) -> None:
    path = "issuers[0].keys.denied_kids"
    for what, value, where in (
        ("text", "ec-a", path),
        ("number", [1], f"{path}[0]"),
        ("empty", ["a", ""], f"{path}[1]"),
    ):
        rules = policy(entry(inline("ec-a") | {"denied_kids": value}))
        suite.policy_error(f"policy.{what}", "A list of ids.", where, rules)


def _rules(*keys, **members) -> dict:
    return policy(entry(inline(*keys) | {"denied_kids": ["ec-a"]}, **members))
