"""Class `rules`: claim rules with operators."""

from ..suite import Suite, entry, policy
from ..tokens import ABSENT, claims, token

_CLAIM = "dept"
# A value, and what makes the rule below it accept (a) or reject (r) the claim.
_CASES: dict[str, tuple[dict, dict[str, object], dict[str, object]]] = {
    "equals.text": (
        {"equals": "eng"},
        {"same": "eng"},
        {"other": "ops", "case": "Eng", "list": ["eng"], "longer": "eng "},
    ),
    "equals.number": (
        {"equals": 3},
        {"same": 3, "fraction_zero": 3.0},
        {"other": 4, "text": "3", "bool": True, "close": 3.0000001},
    ),
    "equals.fraction": ({"equals": 1.5}, {"same": 1.5}, {"integer": 1, "text": "1.5"}),
    "equals.bool": ({"equals": True}, {"same": True}, {"other": False, "number": 1, "text": "true"}),
    "equals.list": (
        {"equals": ["a", 1]},
        {"same": ["a", 1.0]},
        {"order": [1, "a"], "shorter": ["a"], "longer": ["a", 1, 2], "text": "a", "nested": [["a", 1]]},
    ),
    "equals.object": (
        {"equals": {"a": 1, "b": {"c": [True]}}},
        {"same": {"b": {"c": [True]}, "a": 1}},
        {
            "more": {"a": 1, "b": {"c": [True]}, "d": 0},
            "fewer": {"a": 1},
            "value": {"a": 1, "b": {"c": [False]}},
            "list": [1],
        },
    ),
    "equals.unicode": (
        {"equals": "\u00fc\U0001f600"},
        {"same": "\u00fc\U0001f600"},
        {"decomposed": "u\u0308\U0001f600"},
    ),
    "any_of.text": (
        {"any_of": ["eng", "ops"]},
        {"first": "eng", "second": "ops", "list": ["x", "ops"], "twice": ["ops", "ops"]},
        {
            "other": "hr",
            "joined": "eng ops",
            "none_in_list": ["x"],
            "empty_list": [],
            "empty_text": "",
            "object": {"eng": 1},
        },
    ),
    "any_of.mixed": (
        {"any_of": ["eng", 7, True]},
        {"number": 7, "double": 7.0, "bool": True, "list": [7]},
        {
            "text": "7",
            "other": 8,
            "false": False,
            "nested": [["eng"]],
            "object_in_list": ["eng", {}],
            "null_in_list": ["eng", None],
        },
    ),
    "all_of": (
        {"all_of": ["a", "b"]},
        {"same": ["a", "b"], "order": ["b", "a"], "more": ["c", "b", "a"]},
        {"one": ["a"], "text": "a", "joined": "a b", "empty": [], "object": {"a": 1, "b": 2}, "nested": [["a", "b"]]},
    ),
    "all_of.one": ({"all_of": ["a"]}, {"text": "a", "list": ["b", "a"]}, {"other": "b"}),
    "none_of": (
        {"none_of": ["root", 0]},
        {"other": "eng", "list": ["eng", "ops"], "empty_list": [], "number": 1},
        {
            "text": "root",
            "in_list": ["eng", "root"],
            "zero": -0.0,
            "object": {},
            "nested": [["root"]],
            "null_in_list": [None],
        },
    ),
    "prefix": (
        {"prefix": "eng-"},
        {"longer": "eng-7", "same": "eng-"},
        {"other": "ops-7", "case": "ENG-7", "inside": "xeng-7", "list": ["eng-7"], "number": 7, "empty": ""},
    ),
    "suffix": (
        {"suffix": "@a.test"},
        {"longer": "bob@a.test", "same": "@a.test"},
        {"other": "bob@b.test", "behind": "bob@a.test.evil", "list": ["bob@a.test"], "bool": True},
    ),
    "contains.text": (
        {"contains": "eng"},
        {"inside": "x-eng-y", "same": "eng", "element": ["ops", "eng"]},
        {"other": "ops", "case": "ENG", "part_of_element": ["x-eng-y"], "object": {"eng": 1}, "number": 1},
    ),
    "contains.number": (
        {"contains": 7},
        {"element": [1, 7], "double": [7.0]},
        {"text": "7", "number": 7, "other": [8], "text_element": ["7"]},
    ),
    "matches": (
        {"matches": "[a-z]+-[0-9]{1,3}"},
        {"whole": "eng-42"},
        {
            "before": "!eng-42",
            "behind": "eng-42!",
            "newline": "eng-42\n",
            "case": "Eng-42",
            "list": ["eng-42"],
            "number": 42,
        },
    ),
    "matches.alternatives": ({"matches": "a|ab"}, {"short": "a", "long": "ab"}, {"behind": "abc", "before": "ca"}),
    "matches.multiline": ({"matches": "(?m)^a$"}, {"whole": "a"}, {"line": "x\na"}),
    "matches.unicode": ({"matches": "\\w+"}, {"letters": "\u00fc\u03b1"}, {"symbol": "\U0001f600"}),
    "matches.evil": ({"matches": "(a+)+b"}, {"match": "a" * 200 + "b"}, {"none": "a" * 4000}),
    "min": (
        {"min": 3},
        {"same": 3, "more": 4, "fraction": 3.5, "exponent": 1e300},
        {"less": 2, "just_less": 2.999, "text": "5", "bool": True, "list": [5]},
    ),
    "max": ({"max": 1.5}, {"same": 1.5, "less": -7, "zero": 0}, {"more": 2, "text": "1", "object": {}}),
    "min.large": ({"min": 9007199254740993}, {"same": 9007199254740993}, {"less": 9007199254740992}),
    "separator.space": (
        {"any_of": ["admin"], "separator": " "},
        {"only": "admin", "among": "user admin", "list": ["admin"], "twice": "user  admin"},
        {"other": "user", "comma": "user,admin", "part": "administrator", "list_of_joined": ["user admin"]},
    ),
    "separator.all_of": (
        {"all_of": ["a", "b"], "separator": ", "},
        {"both": "b, a"},
        {"no_space": "b,a", "one": "a", "number": 1},
    ),
    "separator.none_of": (
        {"none_of": ["root"], "separator": ","},
        {"others": "a,b"},
        {"among": "a,root", "only": "root"},
    ),
    "separator.contains": ({"contains": "a", "separator": ","}, {"element": "b,a"}, {"part": "ba,b"}),
}


def _with_rules(*rules: dict) -> dict:
    return policy(entry(claims=list(rules)))


def rules() -> Suite:
    suite = Suite("rules", "policy: claims")
    for what, (operator, accepted, rejected) in _CASES.items():
        document = _with_rules({"claim": _CLAIM} | operator)
        for name, value in accepted.items():
            suite.accept(f"{what}.{name}", "The rule holds.", token(claims(**{_CLAIM: value})), document)
        for name, value in rejected.items():
            text = token(claims(**{_CLAIM: value}))
            suite.reject(f"{what}.{name}", "The rule does not hold.", "claim_rejected", text, document, _CLAIM)
    _presence(suite)
    _paths(suite)
    _order(suite)
    return suite


def _presence(suite: Suite) -> None:
    for what, (operator, _, _) in _CASES.items():
        mandatory = _with_rules({"claim": _CLAIM} | operator)
        suite.reject(f"{what}.absent", "Mandatory by default.", "missing_claim", token(), mandatory, _CLAIM)
        optional = _with_rules({"claim": _CLAIM, "mandatory": False} | operator)
        suite.accept(f"{what}.optional", "An absent claim that need not be there.", token(), optional)
    mandatory = _with_rules({"claim": _CLAIM, "mandatory": True})
    suite.accept("presence.any_value", "A rule may ask for presence alone.", token(claims(dept=False)), mandatory)
    suite.reject("presence.absent", "And only that.", "missing_claim", token(), mandatory, _CLAIM)
    null = token(claims(dept=None))
    suite.reject("presence.null", "null counts as absent.", "missing_claim", null, mandatory, _CLAIM)
    optional = _with_rules({"claim": _CLAIM, "mandatory": False, "equals": 1})
    suite.accept("presence.null_optional", "null counts as absent.", null, optional)
    late = token(claims(dept=2))
    suite.reject("presence.optional_wrong", "If it is there, it counts.", "claim_rejected", late, optional, _CLAIM)
    registered = _with_rules({"claim": "sub", "prefix": "al"})
    suite.accept("registered", "Registered claims have rules as well.", token(), registered)


def _paths(suite: Suite) -> None:
    path = ["realm_access", "roles"]
    document = _with_rules({"claim": path, "any_of": ["admin"]})
    inner = token(claims(realm_access={"roles": ["user", "admin"]}))
    suite.accept("path.nested", "Names lead through objects.", inner, document)
    other = token(claims(realm_access={"roles": ["user"]}))
    suite.reject(
        "path.other", "Its name is the path, joined by dots.", "claim_rejected", other, document, "realm_access.roles"
    )
    for what, value in {"absent": ABSENT, "null": None, "empty": {}, "inner_null": {"roles": None}}.items():
        text = token(claims(realm_access=value))
        suite.reject(
            f"path.missing.{what}", "Absent at any name.", "missing_claim", text, document, "realm_access.roles"
        )
    optional = _with_rules({"claim": path, "any_of": ["admin"], "mandatory": False})
    suite.accept("path.optional", "Absent, and need not be there.", token(), optional)
    for what, value in {"text": "admin", "list": [{"roles": ["admin"]}], "number": 0, "false": False}.items():
        text = token(claims(realm_access=value))
        note = "What should hold the claim is no object; that is not absence."
        suite.reject(f"path.misplaced.{what}", note, "claim_rejected", text, optional, "realm_access.roles")
    dotted = _with_rules({"claim": "realm_access.roles", "any_of": ["admin"]})
    suite.accept(
        "path.dotted_name", "A name is a name, dots included.", token(claims(**{"realm_access.roles": "admin"})), dotted
    )
    suite.reject(
        "path.dotted_is_no_path", "It leads nowhere else.", "missing_claim", inner, dotted, "realm_access.roles"
    )
    one = _with_rules({"claim": ["dept"], "equals": "eng"})
    suite.accept("path.of_one", "A path of one name is that name.", token(claims(dept="eng")), one)
    odd = _with_rules({"claim": ["https://a.test/\u00fc", ""], "equals": 1})
    suite.policy_error("policy.empty_inner_name", "A name on the path is empty.", "issuers[0].claims[0].claim[1]", odd)
    url = _with_rules({"claim": ["https://a.test/\u00fc", "x y"], "equals": 1})
    suite.accept("path.odd_names", "Names are any text.", token(claims(**{"https://a.test/\u00fc": {"x y": 1}})), url)


def _order(suite: Suite) -> None:
    two = _with_rules({"claim": "a", "equals": 1}, {"claim": "b", "equals": 2})
    suite.accept("order.both", "All rules hold.", token(claims(a=1, b=2)), two)
    suite.reject(
        "order.first", "The first that does not hold speaks.", "claim_rejected", token(claims(a=0, b=0)), two, "a"
    )
    suite.reject("order.second", "Then the second.", "missing_claim", token(claims(a=1)), two, "b")
    scoped = policy(entry(claims=[{"claim": "a", "equals": 1}], scopes={"all": ["read"]}))
    suite.reject("order.after_scopes", "Scopes come first.", "insufficient_scope", token(), scoped, "scope")
    suite.reject("order.after_exp", "So does the expiry.", "expired", token(claims(exp=1)), two, "exp")
    same = _with_rules({"claim": "n", "min": 1}, {"claim": "n", "max": 3})
    suite.accept("order.range", "Two rules make a range.", token(claims(n=2)), same)
    suite.reject("order.above_range", "Above it.", "claim_rejected", token(claims(n=4)), same, "n")


def rule_policies() -> Suite:
    suite = Suite("rule_policy", "policy: claims")
    errors: dict[str, tuple[object, str]] = {
        "empty": ({}, ".claim"),
        "no_object": ("dept", ""),
        "unknown_field": ({"claim": "a", "equal": 1}, ".equal"),
        "null": ({"claim": "a", "equals": None}, ".equals"),
        "null_inside": ({"claim": "a", "equals": [1, None]}, ".equals[1]"),
        "empty_name": ({"claim": "", "equals": 1}, ".claim"),
        "empty_path": ({"claim": [], "equals": 1}, ".claim"),
        "name_of_other_type": ({"claim": 1, "equals": 1}, ".claim"),
        "two_operators": ({"claim": "a", "prefix": "x", "suffix": "y"}, ""),
        "min_and_max": ({"claim": "a", "min": 1, "max": 2}, ""),
        "nothing_asked": ({"claim": "a", "mandatory": False}, ""),
        "operator_without_claim": ({"equals": 1}, ".claim"),
        "operator_beside_expression_without_claim": ({"equals": 1, "expression": "true"}, ".claim"),
        "mandatory_without_claim": ({"expression": "true", "mandatory": True}, ".mandatory"),
        "mandatory_of_other_type": ({"claim": "a", "mandatory": "yes"}, ".mandatory"),
        "any_of_empty": ({"claim": "a", "any_of": []}, ".any_of"),
        "any_of_text": ({"claim": "a", "any_of": "x"}, ".any_of"),
        "any_of_list": ({"claim": "a", "any_of": ["x", ["y"]]}, ".any_of[1]"),
        "all_of_object": ({"claim": "a", "all_of": [{}]}, ".all_of[0]"),
        "none_of_empty": ({"claim": "a", "none_of": []}, ".none_of"),
        "prefix_empty": ({"claim": "a", "prefix": ""}, ".prefix"),
        "suffix_empty": ({"claim": "a", "suffix": ""}, ".suffix"),
        "prefix_number": ({"claim": "a", "prefix": 1}, ".prefix"),
        "contains_empty": ({"claim": "a", "contains": ""}, ".contains"),
        "contains_list": ({"claim": "a", "contains": ["x"]}, ".contains"),
        "min_text": ({"claim": "a", "min": "1"}, ".min"),
        "max_bool": ({"claim": "a", "max": True}, ".max"),
        "separator_empty": ({"claim": "a", "any_of": ["x"], "separator": ""}, ".separator"),
        "separator_with_equals": ({"claim": "a", "equals": "x", "separator": " "}, ".separator"),
        "separator_with_prefix": ({"claim": "a", "prefix": "x", "separator": " "}, ".separator"),
        "separator_with_min": ({"claim": "a", "min": 1, "separator": " "}, ".separator"),
        "separator_alone": ({"claim": "a", "separator": " "}, ".separator"),
        "separator_without_claim": ({"expression": "true", "separator": " "}, ".separator"),
        "matches_open": ({"claim": "a", "matches": "(a"}, ".matches"),
        "matches_escapes_anchor": ({"claim": "a", "matches": "a)|(.*"}, ".matches"),
        "matches_back_reference": ({"claim": "a", "matches": "(a)\\1"}, ".matches"),
        "matches_look_ahead": ({"claim": "a", "matches": "(?=a)a"}, ".matches"),
        "matches_too_long": ({"claim": "a", "matches": "a" * 1025}, ".matches"),
        "matches_too_large": ({"claim": "a", "matches": "(\\w{50}){50}"}, ".matches"),
    }
    for what, (rule, where) in errors.items():
        suite.policy_error(
            what, "The rule cannot be meant.", f"issuers[0].claims[0]{where}", policy(entry(claims=[rule]))
        )
    second = [{"claim": "a", "equals": 1}, {"claim": "b", "matches": "["}]
    suite.policy_error(
        "second", "The path names the rule.", "issuers[0].claims[1].matches", policy(entry(claims=second))
    )
    suite.policy_error("no_list", "Rules are a list.", "issuers[0].claims", policy(entry(claims={"claim": "a"})))
    suite.accept("none", "No rules are none.", token(), policy(entry(claims=[])))
    return suite
