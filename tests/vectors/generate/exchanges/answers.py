"""Answers: status, challenge and body, in each preset."""

from ..suite import entry, policy
from ..tokens import NOW, claims, token
from .exchange import CHALLENGES, Exchanges, bearer

URL = "https://idp.test/jwks"
_EXPIRED = {"exp": NOW - 9}


def answers() -> list[dict]:
    found = Exchanges("answers")
    _rfc6750(found)
    _mulesoft(found)
    _wso2(found)
    return found.found


def _rules(preset: str | None = None, **members) -> dict:
    return policy(entry(**members), **({"responses": preset} if preset else {}))


def _rfc6750(found: Exchanges) -> None:
    found.passes("accepted", "The application sees the claims.", token())
    found.refused("missing", "No token: a challenge without error.", "missing_token", challenge="bare", headers=[])
    found.refused(
        "several", "Two tokens that differ.", "multiple_tokens", 400, "invalid_request",
        headers=[*bearer(token()), *bearer(token(claims(sub="bob")))],
    )  # fmt: skip
    found.refused("malformed", "Not a token.", "malformed_token", headers=bearer("x"))
    found.refused("expired", "Past its time.", "expired", headers=bearer(token(claims(**_EXPIRED))))
    found.refused("forged", "Another signature.", "invalid_signature", headers=bearer(token(forge=lambda _: bytes(64))))
    found.refused("audience", "For somebody else.", "audience_mismatch", headers=bearer(token(claims(aud="x"))))
    scopes = {"all": ["orders:read", "orders:write"]}
    challenge = CHALLENGES["insufficient_scope"] + ', scope="orders:read orders:write"'
    short = bearer(token(claims(scope="orders:read")))
    found.refused(
        "scope", "The challenge names what is needed (RFC 6750 3.1).", "insufficient_scope", 403, challenge,
        rules=_rules(scopes=scopes), headers=short,
    )  # fmt: skip
    routed = policy(entry(scopes=scopes), unmatched="token", routes=[{"path": "/orders", "scopes": {"any": ["admin", "orders:read"]}}])
    found.refused(
        "scope.route", "And what the route needs, each once.", "insufficient_scope", 403,
        challenge.removesuffix('"') + ' admin"', rules=routed, headers=short,
    )  # fmt: skip
    client = {"claims": ["azp"], "allowed": ["app-1"]}
    found.refused(
        "client", "A client that nobody knows.", "client_not_allowed", 403, "none",
        rules=_rules(client_id=client), headers=bearer(token(claims(azp="app-2"))),
    )  # fmt: skip
    found.refused(
        "unavailable", "Nobody can say: not the token's fault (RFC 9110 15.6.4).", "keys_unavailable", 503, "none",
        rules=policy(entry({"jwks_uri": URL})), retry_after=[1, 2], spec="RFC 9110 10.2.3",
    )  # fmt: skip


def _mulesoft(found: Exchanges) -> None:
    kind = "application/json"
    for preset, client_status, keys_status in (("mulesoft", 401, 503), ("mulesoft-2020", 403, 502)):
        more = {"spec": f"preset {preset}"}
        invalid = {"error": "Invalid token."}
        found.answered(
            f"{preset}.missing", "No token.", 400, None, {"error": "JWT Token is required."}, kind,
            rules=_rules(preset), headers=[], **more,
        )  # fmt: skip
        found.answered(
            f"{preset}.expired", "Past its time.", 401, None, invalid, kind,
            rules=_rules(preset), headers=bearer(token(claims(**_EXPIRED))), **more,
        )  # fmt: skip
        found.answered(
            f"{preset}.client", "A client that nobody knows.", client_status, None, invalid, kind,
            rules=_rules(preset, client_id={"claims": ["azp"], "allowed": ["app-1"]}),
            headers=bearer(token(claims(azp="app-2"))), **more,
        )  # fmt: skip
        found.answered(
            f"{preset}.unmatched", "No route names the request.", 403, None, {"error": "Request is not allowed."}, kind,
            rules=_denied(preset), headers=bearer(token()), **more,
        )  # fmt: skip
        found.answered(
            f"{preset}.unavailable", "No keys.", keys_status, None, {"error": "JWKS service is unavailable."}, kind,
            rules=policy(entry({"jwks_uri": URL}), responses=preset), retry_after=[1, 2], **more,
        )  # fmt: skip


def _wso2(found: Exchanges) -> None:
    kind, realm = "application/json", 'Bearer realm="WSO2 API Manager"'
    invalid = CHALLENGES["invalid_token"].removeprefix("Bearer ")
    rules = _rules("wso2")
    scope = CHALLENGES["insufficient_scope"].removeprefix("Bearer ") + ', scope="orders:read"'
    client = 'error="invalid_token", error_description="The client is not known to this resource"'
    clients, scopes = {"claims": ["azp"], "allowed": ["app-1"]}, {"all": ["orders:read"]}
    other = bearer(token(claims(azp="app-2")))
    for what, note, status, challenge, code, headers, rules in (
        ("missing", "No token.", 401, realm, "900902", [], rules),
        ("malformed", "Not a token.", 401, f"{realm}, {invalid}", "900901", bearer("x"), rules),
        ("expired", "Past its time.", 401, f"{realm}, {invalid}", "900903", bearer(token(claims(**_EXPIRED))), rules),
        ("client", "A client that nobody knows.", 403, f"{realm}, {client}", "900908", other, _rules("wso2", client_id=clients)),
        ("scope", "A scope is missing.", 403, f"{realm}, {scope}", "900910", other, _rules("wso2", scopes=scopes)),
        ("unmatched", "No route names the request.", 403, None, "900906", other, _denied("wso2")),
    ):
        message, description = _WSO2[code]
        body = {"code": code, "message": message, "description": description}
        found.answered(
            f"wso2.{what}", note, status, challenge, body, kind, rules=rules, headers=headers, spec="preset wso2"
        )


def _denied(preset: str) -> dict:
    return policy(responses=preset, routes=[{"path": "/health", "skip": True}], unmatched="deny")


_WSO2 = {
    "900901": ("Invalid Credentials", "The access token is not valid for this resource"),
    "900902": (
        "Missing Credentials",
        "Send the access token in the Authorization header: Authorization: Bearer ACCESS_TOKEN",
    ),
    "900903": ("Access Token Expired", "The access token has expired; get a new one and try again"),
    "900906": (
        "No matching resource found in the API for the given request",
        "Check the API documentation and add a proper REST resource path to the invocation URL",
    ),
    "900908": ("Resource forbidden", "The client has no access to this resource"),
    "900910": (
        "The access token does not allow you to access the requested resource",
        "The access token lacks a scope that this resource needs",
    ),
}
