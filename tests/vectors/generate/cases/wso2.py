"""Class `wso2`: a token of a widely used gateway, checked with its own clock and with ours."""

import json

from ..keys import VECTORS
from ..suite import Suite, entry, policy

_DATA = VECTORS.parent / "data" / "wso2"
_ISSUER = "https://localhost:9444/oauth2/token"
_CLIENT = "FxJodiaOM5DrW9X1bP4zsA86M2Aa"
_CLOCK = 1_602_582_000
_URL = "https://localhost:9444/oauth2/jwks"


def wso2() -> Suite:
    suite = Suite("wso2", "RFC 7519")
    text = (_DATA / "token.jwt").read_text().strip()
    document = (_DATA / "jwks.json").read_text()
    inline = {"jwks": json.loads(document)}

    def rules(keys: dict | None = None, **members) -> dict:
        return policy(entry(keys or inline, issuer=_ISSUER, audience=[_CLIENT], **members))

    suite.accept("own_clock", "With the clock of its day.", text, rules(), now=_CLOCK)
    suite.reject("own_clock_expired", "With ours.", "expired", text, rules(), "exp")
    responses = {_URL: {"status": 200, "headers": {"content-type": "application/json"}, "body": document}}
    suite.accept(
        "fetched", "With its key set fetched.", text, rules({"jwks_uri": _URL}), responses=responses, now=_CLOCK
    )
    full = rules(
        client_id={"allowed": [_CLIENT]},
        scopes={"all": ["am_application_scope", "default"]},
        max_lifetime="1h",
        required_claims=["exp", "iat", "jti"],
    )
    suite.accept("all_rules", "Under every rule it can meet.", text, full, now=_CLOCK)
    suite.reject(
        "scope", "A scope it lacks.", "insufficient_scope", text, rules(scopes={"all": ["admin"]}), "scope", now=_CLOCK
    )
    suite.reject("before", "A second before its time and the leeway.", "not_yet_valid", text, rules(), "nbf", now=1_602_581_284)
    suite.accept("last_second", "Its last second, with the leeway.", text, rules(), now=1_602_584_894)
    suite.reject("first_late_second", "The first second after.", "expired", text, rules(), "exp", now=1_602_584_895)
    exact = rules(leeway=0)
    suite.accept("exact.last_second", "Its last second.", text, exact, now=1_602_584_889)
    suite.reject("exact.first_late_second", "The first second after.", "expired", text, exact, "exp", now=1_602_584_890)
    left, signature = text.rsplit(".", 1)
    suite.reject(
        "tampered", "One flipped character.", "invalid_signature", f"{left}.Q{signature[1:]}", rules(), now=_CLOCK
    )
    return suite
