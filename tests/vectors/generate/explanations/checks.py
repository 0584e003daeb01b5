"""The list of checks: complete, in order, and going on behind the first failure as far as that means something."""

from ..cases.key_sets import answer, fetched
from ..encoding import b64
from ..keys import key_set
from ..suite import entry, policy
from ..tokens import ABSENT, NOW, claims, header, seal, token
from .report import Reports, accepted, outcomes, rejected


def checks() -> list[dict]:
    reports = Reports("explain")
    _whole(reports)
    _stops(reports)
    _unverified(reports)
    _claims(reports)
    _requests(reports)
    _key_sets(reports)
    _other_kinds(reports)
    _copied(reports)
    return reports.cases


def _whole(reports: Reports) -> None:
    reports.add("accepted.usual", "Everything that the policy asks for passes.", accepted(outcomes()))
    everything = policy(
        entry(
            typ="at+jwt",
            max_age="1h",
            max_lifetime="1h",
            reject_future_iat=True,
            client_id={"allowed": ["app"]},
            scopes={"all": ["read"]},
            claims=[{"claim": "dept", "equals": "eng"}, {"claim": "level", "mandatory": False, "min": 3}],
        )
    )
    asked = ("typ", "nbf", "iat", "max_age", "max_lifetime", "jti", "client_id", "scopes")
    reports.add(
        "accepted.everything",
        "A policy that asks for everything; a rule about an absent claim that need not be there is skipped.",
        accepted(outcomes(rules=2, claims_1="skipped", **dict.fromkeys(asked, "passed"))),
        token(
            claims(nbf=NOW, iat=NOW, jti="1", client_id="app", scope="read write", dept="eng"),
            header(typ="at+jwt"),
        ),
        everything,
    )


def _stops(reports: Reports) -> None:
    """Behind these there is nothing to look at."""

    def stops(what: str, note: str, code: str, at: str, text: str, rules: dict | None = None, **more) -> None:
        ended = outcomes(unread=at, **{at: "failed"})
        reports.add(what, note, rejected(code, ended, verified=False, **more), text, rules)

    stops("stop.bearer", "The scheme is no part of a token.", "malformed_token", "shape", "Bearer " + token())
    stops("stop.size", "A token over the limit.", "token_too_large", "shape", token(), policy(limits={"token_bytes": 100}))
    stops("stop.header", "A header that demands an extension.", "unsupported_critical", "header", token(head=header(crit=["x"])))
    stops("stop.payload", "A payload that is no object.", "malformed_token", "payload", token("[]"))
    stops("stop.no_issuer", "No issuer.", "missing_issuer", "issuer", token(claims(iss=ABSENT)), claim="iss")
    stops("stop.issuer", "An unknown issuer.", "unknown_issuer", "issuer", token(claims(iss="https://idp.test")), claim="iss")


def _unverified(reports: Reports) -> None:
    """Behind these the claims are looked at, and called unverified."""
    late = claims(exp=NOW - 9, aud="https://other.test")
    later = {"exp": "failed", "aud": "failed"}
    reports.add(
        "unverified.algorithm",
        "The algorithm is not allowed; the claims behind it are shown as unverified.",
        rejected("algorithm_not_allowed", outcomes(algorithm="failed", key="skipped", signature="skipped", **later), verified=False),
        token(late),
        policy(entry({"jwks": key_set("ec-a", "rsa-a")}, algorithms=["RS256"])),
    )
    reports.add(
        "unverified.key",
        "Nobody has the key.",
        rejected("unknown_key", outcomes(key="failed", signature="skipped", **later), verified=False),
        token(late, header(kid="other")),
    )
    reports.add(
        "unverified.ambiguous",
        "Two keys fit a token that names none.",
        rejected("ambiguous_key", outcomes(key="failed", signature="skipped"), verified=False),
        token(head=header(kid=ABSENT)),
        policy(entry({"jwks": key_set("ec-a", "ec-b")})),
    )
    reports.add(
        "unverified.signature",
        "The signature of another key.",
        rejected("invalid_signature", outcomes(signature="failed", **later), verified=False),
        token(late, header(), key="ec-b"),
    )
    reports.add(
        "unverified.unsigned",
        "A policy without signatures accepts, and verifies nothing.",
        accepted(outcomes(key="skipped", signature="skipped")) | {"verified": False},
        seal(b64(b'{"alg":"none"}'), token().split(".")[1], forge=lambda _: b""),
        policy(entry({"accept_unsigned": True})),
    )


def _claims(reports: Reports) -> None:
    several = claims(exp=NOW - 9, nbf=NOW + 60, aud="https://other.test", sub=7)
    reports.add(
        "claims.several",
        "The first failure gives the code; the others are in the list.",
        rejected("expired", outcomes(exp="failed", nbf="failed", aud="failed", sub="failed"), claim="exp"),
        token(several),
    )
    reports.add(
        "claims.date_of_wrong_type",
        "A date that is no number.",
        rejected("invalid_claim", outcomes(exp="failed"), claim="exp"),
        token(claims(exp="soon")),
    )
    reports.add(
        "claims.bound",
        "A token that is bound to a key; the checks behind go on.",
        rejected("confirmation_failed", outcomes(confirmation="failed", scopes="failed"), claim="cnf"),
        token(claims(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})),
        policy(entry(scopes={"all": ["read"]})),
    )
    reports.add(
        "claims.bound_ignored",
        "The waiver is told.",
        accepted(outcomes()),
        token(claims(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})),
        policy(entry(confirmation="ignore")),
    )
    reports.add(
        "claims.foreign_type",
        "A token of a type that is never an access token's.",
        rejected("invalid_type", outcomes(typ="failed")),
        token(head=header(typ="logout+jwt")),
    )
    reports.add(
        "claims.profile",
        "A profile is asked for by the checks that there are.",
        rejected("invalid_type", outcomes(typ="failed", required_claims="failed")),
        rules=policy(entry(profile="rfc9068")),
    )
    reports.add(
        "claims.milliseconds",
        "A date that looks like milliseconds.",
        rejected("invalid_claim", outcomes(exp="failed"), claim="exp"),
        token(claims(exp=(NOW + 600) * 1000)),
    )
    reports.add(
        "claims.required",
        "A required claim that is null.",
        rejected("missing_claim", outcomes(required_claims="failed"), claim="dept"),
        token(claims(dept=None)),
        policy(entry(required_claims=["exp", "dept"])),
    )
    rules = [{"claim": "a", "equals": 1}, {"claim": "b"}, {"claim": "c", "any_of": ["x"]}]
    reports.add(
        "claims.rules",
        "Each rule is a check of its own.",
        rejected("missing_claim", outcomes(rules=3, claims_1="failed", claims_2="failed"), claim="b"),
        token(claims(a=1, c="y")),
        policy(entry(claims=rules)),
    )


def _requests(reports: Reports) -> None:
    routes = [
        {"path": "/health", "skip": True},
        {"path": "/maybe", "optional": True},
        {"path": "/orders", "scopes": {"all": ["write"]}},
    ]
    rules = policy(unmatched="token", routes=routes)
    nothing = {"unread": "route"}

    def asks(path: str, *tokens: str) -> dict:
        return {"method": "GET", "path": path, "headers": {"Authorization": [f"Bearer {text}" for text in tokens]}}

    skipped = {"verdict": "skipped", "verified": False}
    reports.add(
        "request.skipped",
        "A route that asks for no token.",
        skipped | {"route": 0, "checks": outcomes(of_request=True, **nothing)},
        rules=rules,
        request=asks("/health"),
    )
    reports.add(
        "request.optional",
        "A route that needs no token, and a request without one.",
        skipped | {"route": 1, "checks": outcomes(of_request=True, **nothing)},
        rules=rules,
        request=asks("/maybe"),
    )
    reports.add(
        "request.missing",
        "No token where one is needed.",
        rejected("missing_token", outcomes(of_request=True, token="failed", unread="token"), verified=False),
        rules=rules,
        request=asks("/other"),
    )
    reports.add(
        "request.route_scopes",
        "A route that asks for more than the token has.",
        rejected("insufficient_scope", outcomes(of_request=True, route_scopes="failed"), claim="scope", route=2),
        rules=rules,
        request=asks("/orders", token(claims(scope="read"))),
    )


def _key_sets(reports: Reports) -> None:
    source = {"url": "https://idp.test/jwks", "state": "fresh", "keys": 1, "kids": ["ec-a"], "last_error": None}
    reports.add(
        "keys.fetched",
        "The state of the key set is part of the report.",
        accepted(outcomes(), key_sets=[source]),
        rules=fetched(),
        responses=answer(key_set("ec-a")),
    )
    reports.add(
        "keys.unavailable",
        "A key set that could not be fetched; the claims are looked at all the same.",
        {
            "verdict": "unavailable",
            "code": "keys_unavailable",
            "verified": False,
            "checks": outcomes(key="failed", signature="skipped"),
            "key_sets": [source | {"state": "empty", "keys": 0, "kids": [], "last_error": "status_503"}],
        },
        rules=fetched(),
        responses=answer(key_set("ec-a"), 503),
    )


def _other_kinds(reports: Reports) -> None:
    """Tokens of another kind are named for what they are."""
    for what, at, text in (
        ("two_dots", "shape", "v2.local.xVvTDDpUhO3nF0hTzLYDGLxsLVM"),
        ("three_dots", "shape", "v4.local.xVvTDDpUhO3nF0hTzLYDGLxsLVM.Zm9v"),
        ("base64url", "header", "AAAA.AAAA.AAAA"),
    ):
        ended = rejected("malformed_token", outcomes(unread=at, **{at: "failed"}), verified=False)
        reports.add(f"opaque.{what}", "Dots make no JWT.", ended | {"notes": {at: "this is no JWT"}}, text)
    cut = token().removeprefix("ey")
    ended = rejected("malformed_token", outcomes(unread="shape", shape="failed"), verified=False)
    reports.add("opaque.cut", "Cut at its beginning.", ended | {"notes": {"shape": "the wrong text was taken"}}, cut)
    signs = {"nonce": "n-1", "at_hash": "x", "c_hash": "x", "typ": "ID"}
    for what, value in signs.items():
        ended = rejected("audience_mismatch", outcomes(aud="failed"), claim="aud", notes={"aud": "this looks like an ID token"})
        reports.add(f"id_token.{what}", "Its audience is none to add.", ended, token(claims(aud="client-7", **{what: value})))
    for what, changes in {"null": {"nonce": None}, "bearer": {"typ": "Bearer"}}.items():
        ended = rejected("audience_mismatch", outcomes(aud="failed"), claim="aud", notes={"aud": "made for another service"})
        reports.add(f"id_token.not.{what}", "No sign of one.", ended, token(claims(aud="client-7", **changes)))
    ended = accepted(outcomes(), notes={"aud": "this looks like an ID token"})
    reports.add("id_token.accepted", "It passes where the audience is right.", ended, token(claims(nonce="n-1")))
    for what, changes in {"auth_time": {"auth_time": NOW - 9}, "token_use": {"token_use": "id"}}.items():
        ended = rejected("audience_mismatch", outcomes(aud="failed"), claim="aud", notes={"aud": "this looks like an ID token"})
        reports.add(f"id_token.{what}", "Its audience is none to add.", ended, token(claims(aud="client-7", **changes)))
    scoped = claims(aud="client-7", auth_time=NOW - 9, scope="read")
    ended = rejected("audience_mismatch", outcomes(aud="failed"), claim="aud", notes={"aud": "made for another service"})
    reports.add("id_token.not.auth_time", "An access token tells when somebody signed in, too.", ended, token(scoped))
    said = token(claims(aud="client-7", auth_time=NOW - 9), header(typ="at+jwt"))
    reports.add("id_token.not.typ", "A token that says that it is an access token.", ended, said)


def _copied(reports: Reports) -> None:
    """What becomes of tokens on their way through a clipboard."""
    for what, note, text in (
        ("quotes", "there are quotes around the token", f'"{token()}"'),
        ("one_quote", "there are quotes around the token", f"{token()}'"),
        ("field", "without the name of the header field", f"Authorization: Bearer {token()}"),
        ("cut_off", "it was cut off", token()[:-5]),
    ):
        ended = rejected("malformed_token", outcomes(unread="shape", shape="failed"), verified=False, notes={"shape": note})
        reports.add(f"copied.{what}", "Said by name.", ended, text)
    short = rejected("invalid_signature", outcomes(signature="failed"), verified=False)
    reports.add(
        "copied.cut_short",
        "Whole base64url, and too short for any signature of the algorithm.",
        short | {"notes": {"signature": "it was cut off"}},
        token()[:-6],
    )
