"""Tokens that were accepted before another policy came, and of which an endpoint asks something after it."""

from ..suite import entry, policy
from ..tokens import NOW, claims, header, token
from .replacing import OTHER, THEIRS
from .scene import EXP, URL, Scene, keys

_LACKS = 'Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs"'
_READ = {"scopes": {"all": ["read"]}}
_WRITE = {"scopes": {"all": ["write"]}}


def scenarios() -> list[Scene]:
    return [*_issuers(), *_scope_claims(), *_rules(), *_others()]


def _holding(**members) -> str:
    return token(claims(exp=EXP, **members), header("ec-a", kid="ec-a"), key="ec-a")


def _refused(*scopes: str, claim: str = "scope") -> dict:
    challenge = f'{_LACKS}, scope="{" ".join(scopes)}"'
    return {"verdict": "rejected", "code": "insufficient_scope", "claim": claim, "challenge": challenge}


def _issuers() -> list[Scene]:
    text = _holding(scope="read")
    theirs = entry({"jwks_uri": THEIRS}, issuer=OTHER, scopes={"all": ["theirs"]})
    own = entry({"jwks_uri": URL}, scopes={"all": ["read"]})
    return [
        Scene("requiring.kept", "Beside the endpoint's scopes the challenge names those of the token's entry.", policy(own))
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0, text=text)
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("read", "write")),
        Scene(
            "requiring.fewer_issuers",
            "The token's entry is gone, and there is none at its place: it is asked for the same, and refused for the same. "
            "The challenge names no scopes of an entry that is not the token's.",
            policy(theirs, own),
        )
        .serve({URL: keys("ec-a"), THEIRS: keys("ec-b")})
        .accept("ec-a", 1, at=0, text=text)
        .replace(policy(theirs))
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write"))
        .reject("ec-a", 1, code="unknown_issuer"),
        Scene("requiring.other_issuer", "Another entry stands at its place.", policy(own))
        .serve({URL: keys("ec-a"), THEIRS: keys("ec-b")})
        .accept("ec-a", 1, at=0, text=text)
        .replace(policy(theirs, own))
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write")),
        Scene("requiring.and_back", "Two policies later, whose entries are the first one's again.", policy(own))
        .serve({URL: keys("ec-a"), THEIRS: keys("ec-b")})
        .accept("ec-a", 1, at=0, text=text)
        .replace(policy(theirs))
        .replace(policy(own))
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write")),
        Scene("requiring.in_flight", "The validation began before, and ended after it.", policy(theirs, own))
        .serve("hold")
        .begin("old", "ec-a", 1, at=0, text=text)
        .replace(policy(entry({"jwks_uri": URL}, scopes={"all": ["other"]})))
        .serve(keys("ec-a"))
        .release()
        .end("old", 1)
        .require("old", _READ)
        .require("old", _WRITE, **_refused("write")),
    ]


def _scope_claims() -> list[Scene]:
    named = policy(entry({"jwks_uri": URL}, scopes={"claims": ["may"]}))
    mapped = policy(entry({"jwks_uri": URL}, scopes={"claims": ["may"]}, claim_mapping={"may": "permissions"}))
    plain = policy(entry({"jwks_uri": URL}))
    text = _holding(may="read", scope="write")
    return [
        Scene("requiring.scope_claim", "The scopes are where the policy says that has accepted the token.", named)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0, text=text)
        .replace(plain)
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write", claim="may"))
        .replace(plain)
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write", claim="may")),
        Scene("requiring.mapped_scope_claim", "Also where it has given their claim another name.", mapped)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0, text=text)
        .replace(plain)
        .require("ec-a", _READ)
        .require("ec-a", _WRITE, **_refused("write", claim="permissions")),
        Scene("requiring.usual_scope_claims", "And where it has said nothing of them.", plain)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0, text=text)
        .replace(named)
        .require("ec-a", _WRITE)
        .require("ec-a", _READ, **_refused("read")),
    ]


def _rules() -> list[Scene]:
    asked = {"claims": [{"claim": "level", "min": 2}]}
    invalid = 'Bearer error="invalid_token", error_description="The token is not valid for this resource"'
    refused = {"verdict": "rejected", "code": "claim_rejected", "claim": "level", "challenge": invalid}
    fresh = {"claims": [{"expression": f"int(now) == {NOW}"}]}
    return [
        Scene("requiring.rules", "Rules are asked of the token as it was accepted, for the time that it was judged for.")
        .serve(keys("ec-a"))
        .accept("enough", 1, at=0, text=_holding(level=2))
        .accept("little", 1, text=_holding(level=1))
        .replace(policy(entry({"jwks_uri": THEIRS}, issuer=OTHER)), at=60)
        .require("enough", asked)
        .require("little", asked, **refused)
        .require("enough", fresh),
    ]


def _others() -> list[Scene]:
    failed = {"verdict": "rejected", "code": "internal_error", "claim": None, "challenge": None}
    rules = policy(entry({"jwks_uri": URL}))
    return [
        Scene("requiring.another_validator", "A token that another validator has accepted is a mistake of the program.", rules)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0, text=_holding(scope="read"))
        .core("restart", True)
        .require("ec-a", _READ, **failed)
        .accept("ec-a", 2)
        .require("ec-a", _READ),
    ]
