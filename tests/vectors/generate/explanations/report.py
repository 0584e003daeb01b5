"""How an explanation is expected: every check in its order, passed unless the case says otherwise."""

from ..suite import policy
from ..tokens import NOW, token

_BEFORE = ("shape", "header", "payload", "issuer", "algorithm", "key", "signature")
_DATES = ("typ", "exp", "nbf", "iat", "max_age", "max_lifetime")
_CLAIMS = ("aud", "sub", "jti", "required_claims", "confirmation", "client_id", "scopes")
# What the usual policy does not ask for, and the usual token does not have.
_USUALLY_SKIPPED = frozenset({"typ", "nbf", "iat", "max_age", "max_lifetime", "jti", "confirmation", "client_id", "scopes", "route_scopes"})
_OUTCOMES = {"passed", "failed", "skipped"}


def outcomes(*, of_request: bool = False, rules: int = 0, unread: str | None = None, **changes: str) -> list[list[str]]:
    """The name of each check with its outcome. Behind the check `unread` nothing was reached."""
    names = [*_BEFORE, *_DATES, *_CLAIMS]
    if of_request:
        names = ["route", "token", *names, "route_scopes"]
    ended, reached = [], True
    for name in names:
        usual = "skipped" if name in _USUALLY_SKIPPED or not reached else "passed"
        ended.append([name, changes.pop(name, usual)])
        reached = reached and name != unread
    ended += [[f"claims[{index}]", changes.pop(f"claims_{index}", "passed")] for index in range(rules)]
    if changes or not all(outcome in _OUTCOMES for _, outcome in ended):
        raise ValueError(f"unknown checks or outcomes: {changes}")
    return ended


class Reports:
    """Collects the cases of one file."""

    def __init__(self, name: str):
        self.name = name
        self.cases: list[dict] = []

    def add(self, what: str, note: str, expect: dict, text: str | None = None, rules: dict | None = None, **more) -> None:
        case = {"id": f"{self.name}.{what}", "spec": "README, explanations", "note": note}
        case["policy"] = policy() if rules is None else rules
        case |= {name: more.pop(name) for name in ("responses", "request") if name in more}
        if "request" not in case:
            case["token"] = token() if text is None else text
        case |= {"now": more.pop("now", NOW), "expect": expect}
        if more:
            raise TypeError(f"{case['id']}: unknown members {sorted(more)}")
        self.cases.append(case)


def accepted(checks: list[list[str]], **more) -> dict:
    return {"verdict": "accepted", "verified": True, "checks": checks} | more


def rejected(code: str, checks: list[list[str]], *, verified: bool = True, **more) -> dict:
    return {"verdict": "rejected", "code": code, "verified": verified, "checks": checks} | more
