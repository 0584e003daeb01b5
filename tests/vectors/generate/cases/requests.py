"""Class `request`: the token inside an HTTP request."""

from ..suite import Suite
from ..tokens import claims, token

_MISSING = {"verdict": "rejected", "code": "missing_token"}
_SEVERAL = {"verdict": "rejected", "code": "multiple_tokens"}
_UNSUPPORTED = {"verdict": "rejected", "code": "unsupported_token"}
_MALFORMED = {"verdict": "rejected", "code": "malformed_token"}
_ACCEPTED = {"verdict": "accepted", "claims": claims()}


def _get(headers: dict, **members) -> dict:
    return {"method": "GET", "path": "/orders/7", "headers": headers, "query": {}, "cookies": {}} | members


def requests() -> Suite:
    suite = Suite("request", "RFC 6750 2.1")
    good = token()
    suite.request("bearer", "The usual header field.", _get({"Authorization": f"Bearer {good}"}), _ACCEPTED)
    for name in ("authorization", "AUTHORIZATION", "aUTHORIZATION"):
        suite.request(
            f"field.{name}", "Field names have no case.", _get({name: f"Bearer {good}"}), _ACCEPTED, spec="RFC 9110 5.1"
        )
    for scheme in ("bearer", "BEARER", "bEaReR"):
        suite.request(
            f"scheme.{scheme}",
            "Schemes have no case.",
            _get({"Authorization": f"{scheme} {good}"}),
            _ACCEPTED,
            spec="RFC 9110 11.1",
        )
    suite.request("as_list", "The values as a list of one.", _get({"Authorization": [f"Bearer {good}"]}), _ACCEPTED)
    suite.request(
        "other_fields",
        "Other fields decide nothing.",
        _get({"Host": "api.test", "Authorization": f"Bearer {good}", "X-Token": "x"}),
        _ACCEPTED,
    )
    suite.request("post", "Nor does the method.", _get({"Authorization": f"Bearer {good}"}, method="POST"), _ACCEPTED)
    _missing(suite, good)
    _several(suite, good)
    _spaces(suite, good)
    late = token(claims(exp=1))
    suite.request(
        "expired",
        "The token is checked like any other.",
        _get({"Authorization": f"Bearer {late}"}),
        {"verdict": "rejected", "code": "expired", "claim": "exp"},
    )
    suite.request("five_segments", "Its shape too.", _get({"Authorization": "Bearer a.b.c.d.e"}), _UNSUPPORTED)
    return suite


def _missing(suite: Suite, good: str) -> None:
    missing = {
        "no_header": {},
        "other_header": {"X-Authorization": f"Bearer {good}"},
        "proxy": {"Proxy-Authorization": f"Bearer {good}"},
        "basic": {"Authorization": "Basic dTpw"},
        "dpop": {"Authorization": f"DPoP {good}"},
        "longer_scheme": {"Authorization": f"Bearers {good}"},
        "no_scheme": {"Authorization": good},
        "no_space": {"Authorization": f"Bearer{good}"},
        "empty": {"Authorization": ""},
        "empty_list": {"Authorization": []},
        "colon": {"Authorization": f"Bearer:{good}"},
    }
    for what, headers in missing.items():
        suite.request(f"missing.{what}", "No bearer token in the Authorization field.", _get(headers), _MISSING)
    suite.request(
        "missing.query",
        "The query is no default source.",
        _get({}, query={"access_token": good}),
        _MISSING,
        spec="RFC 6750 2.3",
    )
    suite.request("missing.cookie", "Nor are cookies.", _get({}, cookies={"access_token": good}), _MISSING)


def _several(suite: Suite, good: str) -> None:
    other = token(claims(sub="bob"))
    twice = [f"Bearer {good}", f"Bearer {good}"]
    suite.request("same_twice", "The same token twice is one token.", _get({"Authorization": twice}), _ACCEPTED)
    suite.request(
        "same_twice_schemes",
        "However the scheme is spelled.",
        _get({"Authorization": [twice[0], f"bearer {good}"]}),
        _ACCEPTED,
    )
    suite.request(
        "two_tokens", "Two different tokens.", _get({"Authorization": [twice[0], f"Bearer {other}"]}), _SEVERAL
    )
    suite.request(
        "two_tokens_one_broken",
        "Also when one of them is none.",
        _get({"Authorization": [twice[0], "Bearer x"]}),
        _SEVERAL,
    )
    suite.request(
        "two_spellings",
        "In two spellings of the field name.",
        _get({"Authorization": twice[0], "authorization": f"Bearer {other}"}),
        _SEVERAL,
    )
    suite.request(
        "beside_basic",
        "Another scheme beside it carries no token.",
        _get({"Authorization": ["Basic dTpw", twice[0]]}),
        _ACCEPTED,
    )
    suite.request(
        "joined",
        "Joined by a comma, they are one text of five segments.",
        _get({"Authorization": ", ".join(twice)}),
        _UNSUPPORTED,
    )


def _spaces(suite: Suite, good: str) -> None:
    spaces = {"spec": "RFC 9110 11.4"}
    for what, note, value in (
        ("two_spaces", "One or more spaces stand behind the scheme.", f"Bearer  {good}"),
        ("many_spaces", "However many.", f"Bearer{' ' * 20}{good}"),
    ):
        suite.request(what, note, _get({"Authorization": value}), _ACCEPTED, **spaces)
    for what, note, value in (
        ("space_after", "White space at the end is no part of a field's value.", f"Bearer {good} "),
        ("tab_after", "A tab is white space there.", f"Bearer {good}\t \t"),
        ("space_before", "Nor is white space at the beginning.", f" \tBearer {good}"),
    ):
        suite.request(what, note, _get({"Authorization": value}), _ACCEPTED, spec="RFC 9110 5.5")
    same = [f"Bearer {good}", f"bearer   {good} "]
    suite.request("same_twice_spaces", "One token in two spellings is one.", _get({"Authorization": same}), _ACCEPTED, **spaces)
    suite.request("tab", "A tab is no space.", _get({"Authorization": f"Bearer\t{good}"}), _MISSING, **spaces)
    suite.request("tab_behind_space", "Nor behind one.", _get({"Authorization": f"Bearer \t{good}"}), _MALFORMED, **spaces)
    suite.request("no_break_space", "Nor is another one.", _get({"Authorization": f"Bearer \u00a0{good}"}), _MALFORMED, **spaces)
    suite.request("only_spaces", "Nothing behind it.", _get({"Authorization": "Bearer   "}), _MISSING, **spaces)
    suite.request("space_within", "A space within belongs to the token.", _get({"Authorization": f"Bearer {good} x"}), _MALFORMED)
    suite.request("quoted", "So do quotation marks.", _get({"Authorization": f'Bearer "{good}"'}), _MALFORMED)
    suite.request("parameter", "And a parameter.", _get({"Authorization": f"Bearer token={good}"}), _MALFORMED)
    suite.request("nul", "And a NUL.", _get({"Authorization": f"Bearer {good}\x00"}), _MALFORMED)
