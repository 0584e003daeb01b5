"""Class `pretty`: JSON written for people. Line breaks, tabs and spaces between tokens mean nothing, wherever they stand."""

import json
import re

from ..encoding import as_bytes
from ..keys import key_set
from ..suite import Suite, entry, policy
from ..tokens import ISSUER, claims, header, token
from .fetch import fetched
from .key_sets import URL, answer

_METADATA = f"{ISSUER}.well-known/openid-configuration"
# Members that a reader of reports could change while it removes white space: numbers as they are spelled, and texts that hold
# what looks like JSON, escaped line breaks and spaces.
# `@` is where a line ends.
_MORE = (
    '"numbers" :@\t[@ 1E2 ,@ 1.50 ,@ -0.0 ,@ 9007199254740993@] ,@"text" : "a  b\\n\\tc \\"d\\" \\\\" ,@"\\\\" : "{ \\"x\\" : [ 1 , 2 ] }" ,@'
    '"empty" : {@} ,@"none" : [@]'
)


def pretty() -> Suite:
    suite = Suite("pretty", "RFC 8259 2")
    layouts = {
        "lf": ("\n", "  ", "Lines end in LF."),
        "crlf": ("\r\n", "  ", "Lines end in CR LF."),
        "cr": ("\r", "  ", "Lines end in CR alone."),
        "tabs": ("\n", "\t", "Indented with tabs."),
        "deep": ("\n", " " * 40, "Indented far."),
        "flat": ("\n", "", "A line for each member, not indented."),
        "blank_lines": ("\n\r\n\n", " ", "Empty lines between the members."),
    }
    for what, (line, indent, note) in layouts.items():
        laid = _laid(claims(nested={"list": [1, {"a": None}], "text": "x"}), line, indent)
        suite.accept(f"payload.{what}", f"The payload. {note}", token(laid))
        suite.accept(f"header.{what}", f"The header. {note}", token(head=_laid(header(), line, indent)))
        suite.accept(f"both.{what}", f"Header and payload. {note}", token(laid, _laid(header(), line, indent)))
    _around(suite)
    _spelled(suite)
    _refused(suite)
    _fetched(suite)
    return suite


def _laid(value: dict, line: str, indent: str) -> str:
    """As a printer for people writes it; our values hold no line break of their own."""
    return json.dumps(value, indent=indent).replace("\n", line)


def _around(suite: Suite) -> None:
    payload, head = as_bytes(claims()).decode(), as_bytes(header()).decode()
    for what, space in {"space": "   ", "lf": "\n", "crlf": "\r\n", "tab": "\t", "all": " \r\n\t\n "}.items():
        suite.accept(f"before.{what}", "White space before the objects.", token(space + payload, space + head))
        suite.accept(f"behind.{what}", "White space behind the objects.", token(payload + space, head + space))
    spread = lambda text: " \r\n\t".join(["", *re.findall(r'"[^"]*"|\d+|[{}:,]', text), ""])  # noqa: E731
    suite.accept("everywhere", "Around every token of JSON.", token(spread(payload), spread(head)))


def _spelled(suite: Suite) -> None:
    payload = as_bytes(claims()).decode()[:-1]
    for what, line in {"lf": "\n", "crlf": "\r\n"}.items():
        more = _MORE.replace("@", line)
        suite.accept(f"spelled.{what}", "Numbers and texts stay as they are.", token(f"{payload},{line}{more}{line}}}{line}"))


def _refused(suite: Suite) -> None:
    late = claims(exp=1)
    suite.reject("expired", "Judged like any other payload.", "expired", token(_laid(late, "\n", "  ")))
    twice = _laid(claims(), "\r\n", "  ").replace("{", '{\r\n  "sub" : "admin",', 1)
    suite.reject("duplicate", "The same name on two lines.", "malformed_token", token(twice), spec="RFC 7519 4")
    inside = _laid(claims(text="a@b"), "\n", "  ").replace("@", "\n")
    suite.reject("inside_text", "A line break inside of a text is none of these.", "malformed_token", token(inside), spec="RFC 8259 7")
    none = _laid(header(alg="none"), "\n", "  ")
    suite.reject("header_none", "The header is read all the same.", "algorithm_not_allowed", token(head=none), spec="RFC 8725 3.2")


def _fetched(suite: Suite) -> None:
    for what, (line, indent) in {"lf": ("\n", "  "), "crlf": ("\r\n", "\t")}.items():
        keys = line + _laid(key_set("ec-b", "ec-a"), line, indent) + line
        suite.accept(f"key_set.{what}", "A key set, as many issuers serve it.", token(), fetched(), responses=answer(keys), spec="RFC 7517 5")
        metadata = _laid({"issuer": ISSUER, "jwks_uri": URL, "response_types_supported": ["code"]}, line, indent)
        headers = {"content-type": "application/json"}
        found = {_METADATA: {"status": 200, "headers": headers, "body": f"{line}{metadata}{line}"}} | answer(keys)
        suite.accept(
            f"metadata.{what}",
            "Metadata and the key set that it names.",
            token(_laid(claims(), line, indent)),
            policy(entry({"discovery": True})),
            responses=found,
            spec="OpenID Connect Discovery 1.0 4",
        )
