"""How a case is written down: one `Suite` per file, one call per case."""

import json

from .encoding import unb64
from .keys import inline
from .tokens import AUDIENCE, ISSUER, NOW, token


def entry(keys: dict | None = None, **members) -> dict:
    """One issuer entry of the usual issuer and audience, with its keys and whatever the case adds."""
    usual = {"issuer": ISSUER, "keys": keys or inline("ec-a"), "audience": [AUDIENCE]}
    return usual | members


def policy(*entries: dict, **members) -> dict:
    """A policy document of these entries; of the usual entry when none is given."""
    return {"version": 1, "issuers": list(entries) or [entry()]} | members


def without(document: dict, name: str) -> dict:
    return {member: value for member, value in document.items() if member != name}


class Suite:
    """Collects the cases of one file. Ids are `<file>.<what>`; `spec` is where the rule is written."""

    def __init__(self, name: str, spec: str):
        self.name = name
        self.spec = spec
        self.cases: list[dict] = []

    def accept(self, what: str, note: str, text: str | None = None, rules: dict | None = None, **more) -> None:
        """The token is accepted, and the claims are the payload's, unless they are `seen` otherwise."""
        text = token() if text is None else text
        wanted = {"verdict": "accepted", "claims": more.pop("seen", None) or json.loads(unb64(text.split(".")[1]))}
        if "scopes" in more:
            wanted["scopes"] = more.pop("scopes")
        self._add(what, note, text, rules, wanted, more)

    def reject(
        self, what: str, note: str, code: str, text: str, rules: dict | None = None, claim: str | None = None, **more
    ) -> None:
        wanted = {"verdict": "rejected", "code": code}
        if claim is not None:
            wanted["claim"] = claim
        if "challenge" in more:
            wanted["challenge"] = more.pop("challenge")
        self._add(what, note, text, rules, wanted, more)

    def unavailable(self, what: str, note: str, text: str, rules: dict, **more) -> None:
        self._add(what, note, text, rules, {"verdict": "unavailable", "code": "keys_unavailable"}, more)

    def policy_error(self, what: str, note: str, path: str, rules: dict, **more) -> None:
        """The policy does not compile. The token is a good one, so nothing else can be at fault."""
        wanted = {"verdict": "policy_error", "path": path}
        if "paths" in more:
            wanted["paths"] = more.pop("paths")
        self._add(what, note, token(), rules, wanted, more)

    def request(self, what: str, note: str, request: dict, wanted: dict, rules: dict | None = None, **more) -> None:
        self._add(what, note, None, rules, wanted, {"request": request} | more)

    def _add(self, what, note, text, rules, wanted, more: dict) -> None:
        case = {"id": f"{self.name}.{what}", "spec": more.pop("spec", self.spec), "note": note}
        case["policy"] = policy() if rules is None else rules
        if "responses" in more:
            case["responses"] = more.pop("responses")
        if "request" in more:
            case["request"] = more.pop("request")
        else:
            case["token"] = text
        for name in ("host", "require"):
            if name in more:
                case[name] = more.pop(name)
        case["now"] = more.pop("now", NOW)
        case["expect"] = wanted
        if more:
            raise TypeError(f"{case['id']}: unknown members {sorted(more)}")
        self.cases.append(case)
