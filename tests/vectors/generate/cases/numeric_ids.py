"""Of class `claims`: numbers in `sub` and `jti`."""

from ..suite import Suite, entry, policy
from ..tokens import claims, token
from .policy_keys import FIRST


def numeric_ids(suite: Suite) -> None:
    """Issuers that write numbers where texts belong."""
    spec = {"spec": "RFC 7519 4.1.2"}
    taken = policy(entry(numeric_ids=True))

    def shown(what: str, note: str, payload: dict, seen: dict, **members) -> None:
        rules = policy(entry(numeric_ids=True, **members))
        suite.accept(f"numeric_ids.{what}", note, token(payload), rules, seen=seen, **spec)

    shown("sub", "A number is shown as a text.", claims(sub=4), claims(sub="4"))
    shown("jti", "Also as the token's id.", claims(jti=12), claims(jti="12"))
    shown("both", "Both.", claims(sub=-7, jti=0), claims(sub="-7", jti="0"))
    shown("large", "With all its digits.", claims(sub=2**70), claims(sub=str(2**70)))
    shown("text", "A text stays as it is.", claims(sub="4"), claims(sub="4"))
    shown("others", "Other claims are what they are.", claims(sub=4, uid=4), claims(sub="4", uid=4))
    rule = [{"expression": "claims.sub == '4'"}, {"claim": "sub", "equals": "4"}]
    shown("rules", "Rules see the text.", claims(sub=4), claims(sub="4"), claims=rule)
    mapped = claims(sub="4", user="4")
    shown("mapping", "So do other names.", claims(sub=4), mapped, claim_mapping={"sub": "user"})
    client = {"claims": ["sub"], "allowed": ["4"]}
    shown("client", "So does the client.", claims(sub=4), claims(sub="4"), client_id=client)
    for what, value in {"fraction": 4.5, "exponent": 1e300, "bool": True, "null": None, "list": [4]}.items():
        note = "Whole numbers alone."
        suite.reject(f"numeric_ids.{what}", note, "invalid_claim", token(claims(sub=value)), taken, "sub", **spec)
    suite.reject("numeric_ids.off", "By default none.", "invalid_claim", token(claims(sub=4)), claim="sub", **spec)
    path = f"{FIRST}.numeric_ids"
    suite.policy_error("numeric_ids.word", "A switch.", path, policy(entry(numeric_ids="true")))
    suite.policy_error(
        "numeric_ids.profile", "RFC 9068 has texts.", path, policy(entry(numeric_ids=True, profile="rfc9068"))
    )
