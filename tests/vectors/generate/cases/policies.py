"""Class `policy`: documents that do not compile, each with the path of its mistake."""

from ..keys import inline
from ..suite import Suite, entry, policy, without
from ..tokens import AUDIENCE, ISSUER, NOW, claims, header, token
from .policy_keys import FIRST, key_policies


def policies() -> Suite:
    suite = Suite("policy", "jotgate policy document 1")
    suite.accept("smallest", "The smallest policy there is.")
    suite.accept("schema", "Editors look there for the schema, and nothing else does.", rules=policy(**{"$schema": "x"}))
    suite.policy_error("schema.number", "Where it lies is a text.", "$schema", policy(**{"$schema": 1}))
    _document(suite)
    _entries(suite)
    _settings(suite)
    key_policies(suite)
    _several(suite)
    return suite


def _several(suite: Suite) -> None:
    """All that is wrong is told, the first of it by itself."""
    every = [
        (
            "several",
            "What is wrong in the form comes first, in the order of the document, then what the fields mean together.",
            policy(
                entry(leeway="10m", audiance=["x"]), entry(issuer="https://b.test/", typ=7, max_age="0s1"),
                limits={"token_bytes": 0},
            ),
            [f"{FIRST}.audiance", "issuers[1].max_age", "issuers[1].typ", "limits.token_bytes", f"{FIRST}.leeway"],
        ),
        (
            "several.rules",
            "Every rule, route and source is looked at.",
            policy(
                entry(claims=[{}, {"claim": "a", "equals": 1}, {"claim": "b", "min": 1, "max": 2}]),
                token={"sources": [{"header": "A B"}, {"cookie": "c"}, {}]},
                routes=[{"path": "a"}, {"path": "/b"}, {"path": "/c", "scopes": {"all": ["x y"]}, "methods": []}],
            ),
            [
                "token.sources[0].header", "token.sources[2]", "routes[0].path", "routes[2].methods",
                "routes[2].scopes.all[0]", f"{FIRST}.claims[0].claim", f"{FIRST}.claims[2]",
            ],
        ),
        (
            "several.follows",
            "What follows from a mistake is none: a misspelt source is no missing one, and its algorithms may be right.",
            policy({"issuer": "x", "audiance": "a", "keys": {"jwks_url": "https://idp.test/"}, "algorithms": ["HS256"]}),
            [f"{FIRST}.audiance", f"{FIRST}.keys.jwks_url"],
        ),
        (
            "several.issuers",
            "Nor is an issuer that a route names unknown when that of an entry is not known.",
            policy(entry(issuer=7), routes=[{"issuers": "https://idp.test/"}], unmatched="deny"),
            [f"{FIRST}.issuer"],
        ),
    ]
    for what, note, rules, paths in every:
        suite.policy_error(what, note, paths[0], rules, paths=paths)


def _document(suite: Suite) -> None:
    suite.policy_error(
        "version.missing", "A document says which version it is.", "version", without(policy(), "version")
    )
    for what, value in {"two": 2, "zero": 0, "text": "1", "fraction": 1.5, "null": None}.items():
        suite.policy_error(f"version.{what}", "There is only version 1.", "version", policy(version=value))
    suite.policy_error("issuers.missing", "There must be issuers.", "issuers", {"version": 1})
    for what, value in {"empty": [], "object": entry(), "text": ISSUER, "null": None}.items():
        suite.policy_error(f"issuers.{what}", "At least one, in a list.", "issuers", policy(issuers=value))
    suite.policy_error("issuers.text_inside", "Each an object.", FIRST, policy(issuers=[ISSUER]))
    by_position = [ISSUER, inline("ec-a"), [AUDIENCE]]
    suite.policy_error(
        "issuers.list_inside", "Fields have names; their order means nothing.", FIRST, policy(issuers=[by_position])
    )
    suite.policy_error("limits.list", "Fields have names.", "limits", policy(limits=[4096, 32]))
    suite.policy_error("unknown.top", "An unknown field.", "isuers", policy(isuers=[]))
    suite.policy_error("unknown.case", "Fields have a case.", "Limits", policy(Limits={}))
    suite.policy_error(
        "unknown.entry", "An unknown field of an entry.", f"{FIRST}.audiance", policy(entry(audiance=["x"]))
    )
    suite.policy_error(
        "unknown.second_entry",
        "Of the second entry.",
        "issuers[1].audiance",
        policy(entry(), entry(issuer="https://b.test/", audiance=["x"])),
    )
    for member in ("client_id", "scopes", "jwks"):
        value = {
            "client_id": {"allowed": ["a"], "alowed": []},
            "scopes": {"all": ["a"], "alowed": []},
            "jwks": {"alowed": 1},
        }[member]
        suite.policy_error(
            f"unknown.{member}",
            f"An unknown field of `{member}`.",
            f"{FIRST}.{member}.alowed",
            policy(entry(**{member: value})),
        )
    suite.policy_error(
        "unknown.keys",
        "An unknown key source.",
        f"{FIRST}.keys.jwks_url",
        policy(entry(inline("ec-a") | {"jwks_url": "https://idp.test/jwks"})),
    )
    suite.policy_error("unknown.limits", "An unknown limit.", "limits.depth", policy(limits={"depth": 4}))
    for what, value in {"zero": 0, "negative": -1, "text": "4096", "fraction": 1.5, "null": None}.items():
        suite.policy_error(
            f"limits.token_bytes.{what}",
            "A limit is a positive integer.",
            "limits.token_bytes",
            policy(limits={"token_bytes": value}),
        )
        suite.policy_error(
            f"limits.json_depth.{what}",
            "A limit is a positive integer.",
            "limits.json_depth",
            policy(limits={"json_depth": value}),
        )
    for name in ("rfc6750", "mulesoft", "mulesoft-2020", "wso2"):
        suite.accept(f"responses.{name}", "A preset of answers decides no verdict.", rules=policy(responses=name))
    suite.policy_error("responses.unknown", "An unknown preset.", "responses", policy(responses="apigee"))


def _entries(suite: Suite) -> None:
    for member in ("issuer", "audience"):
        suite.policy_error(
            f"{member}.missing", "A required field.", f"{FIRST}.{member}", policy(without(entry(), member))
        )
    for member in ("issuer", "keys", "audience"):
        suite.policy_error(
            f"{member}.null",
            "null is never \u201cnot set\u201d.",
            f"{FIRST}.{member}",
            policy(entry() | {member: None}),
        )
    for what, value in {"number": 5, "empty_list": [], "object": {}}.items():
        suite.policy_error(
            f"issuer.{what}", "A text or a list of texts.", f"{FIRST}.issuer", policy(entry(issuer=value))
        )
        suite.policy_error(
            f"audience.{what}", "A list of texts, or the waiver.", f"{FIRST}.audience", policy(entry(audience=value))
        )
    suite.policy_error(
        "issuer.number_in_list",
        "The path leads to the very element.",
        f"{FIRST}.issuer[1]",
        policy(entry(issuer=[ISSUER, 5])),
    )
    suite.policy_error(
        "audience.number_in_list",
        "The path leads to the very element.",
        f"{FIRST}.audience[1]",
        policy(entry(audience=["a", 5])),
    )
    suite.policy_error("issuer.duplicate", "Two entries for one issuer.", "issuers[1].issuer", policy(entry(), entry()))
    suite.policy_error(
        "issuer.any_not_alone",
        "`any` leaves no room for another entry.",
        "issuers[1].issuer",
        policy(entry(), entry(issuer="any")),
    )
    for member in (
        "algorithms",
        "typ",
        "required_claims",
        "leeway",
        "max_age",
        "max_lifetime",
        "reject_future_iat",
        "client_id",
        "scopes",
        "try_all_keys",
        "jwks",
    ):
        suite.policy_error(
            f"null.{member}", "null is never \u201cnot set\u201d.", f"{FIRST}.{member}", policy(entry(**{member: None}))
        )
    _entry_rules(suite)
    _forward(suite)


def _entry_rules(suite: Suite) -> None:
    """The members of an entry that say what its tokens must be."""
    for member in ("reject_future_iat", "try_all_keys"):
        suite.policy_error(
            f"{member}.text", "A switch is true or false.", f"{FIRST}.{member}", policy(entry(**{member: "false"}))
        )
    suite.policy_error(
        "required_claims.text", "A list of names.", f"{FIRST}.required_claims", policy(entry(required_claims="exp"))
    )
    suite.policy_error(
        "required_claims.number",
        "Of names, all of them.",
        f"{FIRST}.required_claims[1]",
        policy(entry(required_claims=["exp", 1])),
    )
    suite.policy_error(
        "client_id.no_allowed",
        "Clients must be named.",
        f"{FIRST}.client_id.allowed",
        policy(entry(client_id={"claims": ["azp"]})),
    )
    suite.policy_error(
        "client_id.empty", "Clients must be named.", f"{FIRST}.client_id.allowed", policy(entry(client_id={"allowed": []}))
    )
    for what, word in {"text": "app", "other_case": "Host", "number": 1, "bool": True}.items():
        suite.policy_error(
            f"client_id.{what}",
            "A list of ids, or the word host.",
            f"{FIRST}.client_id.allowed",
            policy(entry(client_id={"allowed": word})),
        )
    suite.policy_error(
        "client_id.host",
        "The clients are to be looked up, and the host was given no way to: it says so when it starts.",
        f"{FIRST}.client_id.allowed",
        policy(entry(client_id={"allowed": "host"})),
    )
    suite.policy_error(
        "client_id.expression.host",
        "The host reads the id from a claim.",
        f"{FIRST}.client_id.expression",
        policy(entry(client_id={"expression": "claims.app.id", "allowed": "host"})),
    )
    suite.policy_error(
        "client_id.expression.claims",
        "One of the two names the client.",
        f"{FIRST}.client_id.expression",
        policy(entry(client_id={"expression": "claims.azp", "claims": ["azp"], "allowed": ["a"]})),
    )
    suite.policy_error(
        "client_id.expression.broken",
        "An expression is read when the policy is.",
        f"{FIRST}.client_id.expression",
        policy(entry(client_id={"expression": "claims.azp ==", "allowed": ["a"]})),
    )
    suite.policy_error(
        "client_id.expression.value",
        "There is no rule whose claim could be the value.",
        f"{FIRST}.client_id.expression",
        policy(entry(client_id={"expression": "value", "allowed": ["a"]})),
    )
    suite.policy_error(
        "client_id.host_second",
        "The path is that of the entry.",
        "issuers[1].client_id.allowed",
        policy(entry(client_id={"allowed": ["app"]}), entry(issuer="https://b.test/", client_id={"allowed": "host"})),
    )
    by_position = {
        "client_id": [["azp"], ["app"]],
        "scopes": [["scope"], ["a"], []],
        "jwks": ["1h", "1d", "1s", "1s", 4096, 9, False],
    }
    for member, value in by_position.items():
        suite.policy_error(
            f"{member}.by_position", "Fields have names.", f"{FIRST}.{member}", policy(entry(**{member: value}))
        )
    suite.policy_error(
        "scopes.all_number", "A list of scopes.", f"{FIRST}.scopes.all", policy(entry(scopes={"all": 1}))
    )


def _forward(suite: Suite) -> None:
    headers = "forward.claims_to_headers"
    for what, path, forward in (
        ("unknown", "forward.headers", {"headers": {}}),
        ("text", "forward", "sub"),
        ("strip_text", "forward.strip_token", {"strip_token": "yes"}),
        ("list", headers, {"claims_to_headers": ["sub"]}),
        ("number", f"{headers}.sub", {"claims_to_headers": {"sub": 1}}),
        ("empty_claim", f"{headers}.", {"claims_to_headers": {"": "X-User"}}),
        ("empty_field", f"{headers}.sub", {"claims_to_headers": {"sub": ""}}),
        ("field_line", f"{headers}.sub", {"claims_to_headers": {"sub": "X-User: a\r\nX"}}),
        ("field_twice", f"{headers}.sub", {"claims_to_headers": {"email": "X-User", "sub": "x_user"}}),
        *(
            (f"reserved.{name}", f"{headers}.sub", {"claims_to_headers": {"sub": name}})
            for name in ("Host", "Content-Length", "Transfer_Encoding", "connection", "Authorization", "Cookie")
        ),
    ):
        suite.policy_error(f"forward.{what}", "Each field gets one claim.", path, policy(forward=forward))
    expression = {"sources": [{"expression": "request.headers['x-jwt']"}]}
    suite.policy_error(
        "forward.strip_expression",
        "Nobody knows where the expression finds the token.",
        "forward.strip_token",
        policy(forward={"strip_token": True}, token=expression),
    )
    good = {"claims_to_headers": {"sub": "X-User", "http://a.test/role": "X-Role"}, "strip_token": True}
    suite.accept("forward.good", "It changes no verdict.", rules=policy(forward=good))


def _settings(suite: Suite) -> None:
    bad = {
        "negative": -1,
        "negative_text": "-1s",
        "no_unit": "30",
        "unknown_unit": "3w",
        "words": "5 minutes",
        "two_units": "1h30m",
        "bool": True,
        "list": [30],
        "empty": "",
    }
    for member in ("leeway", "max_age", "max_lifetime"):
        for what, value in bad.items():
            suite.policy_error(
                f"{member}.{what}", "No duration.", f"{FIRST}.{member}", policy(entry(**{member: value}))
            )
    for what, value in {
        "301": 301,
        "301s": "301s",
        "300001ms": "300001ms",
        "6m": "6m",
        "1d": "1d",
        "2_63": 2**63,
    }.items():
        suite.policy_error(
            f"leeway.over.{what}", "At most 300 seconds.", f"{FIRST}.leeway", policy(entry(leeway=value))
        )
    for member in ("ttl", "max_stale", "timeout", "cooldown"):
        suite.policy_error(
            f"jwks.{member}",
            "No duration.",
            f"{FIRST}.jwks.{member}",
            policy(entry({"jwks_uri": "https://idp.test/jwks"}, jwks={member: "soon"})),
        )
    for member in ("max_body", "max_keys"):
        for what, value in {"negative": -1, "text": "many", "fraction": 1.5}.items():
            suite.policy_error(
                f"jwks.{member}.{what}",
                "A whole number.",
                f"{FIRST}.jwks.{member}",
                policy(entry({"jwks_uri": "https://idp.test/jwks"}, jwks={member: value})),
            )
    _everything(suite)


def _everything(suite: Suite) -> None:
    suite.accept(
        "settings.all",
        "Every setting at once.",
        rules=policy(
            entry(
                algorithms=["ES256"],
                typ=["JWT"],
                required_claims=[],
                leeway="30s",
                max_age="1h",
                max_lifetime="2h",
                reject_future_iat=True,
                client_id={"claims": ["azp"], "allowed": ["app"]},
                scopes={"claims": ["scope"], "all": ["a"], "any": ["b", "c"]},
                try_all_keys=False,
                jwks={
                    "ttl": "10m",
                    "max_stale": "1h",
                    "timeout": "2s",
                    "cooldown": "10s",
                    "max_body": 4096,
                    "max_keys": 10,
                    "allow_http": False,
                },
            ),
            limits={"token_bytes": 4096, "json_depth": 16},
            responses="rfc6750",
        ),
        text=_full_token(),
    )


def _full_token() -> str:
    return token(claims(iat=NOW - 5, azp="app", scope="a c"), header(typ="JWT"))
