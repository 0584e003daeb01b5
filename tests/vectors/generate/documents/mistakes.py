"""All that is wrong with a document, with lines and columns."""

import json

_YAML = """\
# The entry of the identity provider
version: 1
limits:
  token_bytes: 0
issuers:
  - issuer: https://idp.test/
    audiance: orders
    leeway: 10m
    keys:
      jwks_uri: [https://idp.test/jwks,
        "http://idp.test/jwks"]
  - issuer: https://other.test/
    audience: orders
    max_age: yes please
    claims:
      - { claim: role, equals: admin }
      - { claim: dept, prefix: a, suffix: b }
      - claim: [realm, ""]
        any_of: [a]
routes:
  - path: orders
    scope: {}
"""

_TOML = """\
version = 1
[[issuers]]
issuer = "https://idp.test/"
leeway = "10m"
keys.jwks_uri = ["https://idp.test/jwks", "ftp://idp.test/jwks"]

  [issuers.scopes]
  all = ["orders:read", "not a scope"]

[[issuers]]
issuer = "https://other.test/"
audience = { any = true }
"""

_JSON = """\
{"version": 2,
 "issuers": [
   {"issuer": "https://idp.test/", "audience": "a\\u00e9\\"}", "keys": {"pem": "none"},
\t"typ": [], "nonsense": 1}
 ], "routes": [{"path": "/a", "skip": true, "methods": "GET|get it"}, {"path": "/b"}, {"path": "c"}]
}
"""


def mistakes() -> list[dict]:
    return [
        _case(
            "yaml",
            "What is wrong in the form of the document comes first, then what its fields mean; a misspelt field is no missing one too.",
            "yaml",
            _YAML,
            [
                ("issuers[0].audiance", 7, 5),
                ("issuers[1].max_age", 14, 5),
                ("routes[0].scope", 22, 5),
                ("routes[0].path", 21, 5),
                ("limits.token_bytes", 4, 3),
                ("issuers[0].keys.jwks_uri[1]", 11, 9),
                ("issuers[0].leeway", 8, 5),
                ("issuers[1].claims[1]", 17, 9),
                ("issuers[1].claims[2].claim[1]", 18, 24),
            ],
        ),
        _case(
            "toml",
            "A field that is missing is told at the entry that lacks it.",
            "toml",
            _TOML,
            [
                ("issuers[0].audience", 2, 1),
                ("issuers[1].audience", 12, 1),
                ("issuers[0].keys.jwks_uri[1]", 5, 43),
                ("issuers[0].leeway", 4, 1),
                ("issuers[0].scopes.all[1]", 8, 25),
            ],
        ),
        _case(
            "json",
            "JSON has lines too.",
            "json",
            _JSON,
            [
                ("issuers[0].nonsense", 4, 13),
                ("version", 1, 2),
                ("routes[0].methods", 5, 45),
                ("routes[2].path", 5, 88),
                ("issuers[0].keys.pem", 3, 71),
                ("issuers[0].typ", 4, 2),
            ],
        ),
        _case("yaml.unreadable", "A text that is no YAML has one mistake.", "yaml", "version: 1\nissuers: [\n", [("line 3, column 1", 3, 1)]),
        _case("yaml.twice", "As has a member that stands there twice.", "yaml", "version: 1\nversion: 1\n", [("line 2, column 1", 2, 1)]),
        _case(
            "nulls",
            "Every null is one, and what it leaves out is not missing.",
            "yaml",
            "version:\nissuers:\n  - issuer: https://idp.test/\n    audience: ~\n    leeway: null\n",
            [("issuers[0].audience", 4, 5), ("issuers[0].leeway", 5, 5), ("version", 1, 1)],
        ),
        _case(
            "many",
            "Twenty are told.",
            "json",
            json.dumps({"version": 1, "issuers": [{"issuer": "https://idp.test/", "audience": "a", **{f"x{n:02}": n for n in range(30)}}]}, indent=1),
            [(f"issuers[0].x{n:02}", 7 + n, 4) for n in range(20)],
        ),
        _case(
            "elements",
            "The numbers of elements are those of the document, also behind one that is wrong.",
            "yaml",
            "version: 1\nissuers:\n  - 7\n  - issuer: https://idp.test/\n    audience: [a, 1, b, 2]\n",
            [("issuers[0]", 3, 5), ("issuers[1].audience[1]", 5, 19), ("issuers[1].audience[3]", 5, 25)],
        ),
    ]


def _case(what: str, note: str, form: str, text: str, problems: list[tuple[str, int, int]]) -> dict:
    wanted = [{"path": path, "line": line, "column": column} for path, line, column in problems]
    return {"id": f"document.{what}", "note": note, "format": form, "text": text, "expect": {"problems": wanted}}
