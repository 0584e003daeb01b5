"""Class `json`: header and payload are strict JSON objects, read the same way by everyone."""

from ..encoding import as_bytes, b64
from ..suite import Suite, policy
from ..tokens import claims, header, seal, token

_GOOD = as_bytes(claims()).decode()
_HEAD = as_bytes(header()).decode()
# The middle between the largest double and what would be the next one.
_FIRST_INFINITE = 2**1024 - 2**970


def _with(members: str) -> str:
    """The usual claims with more members, as text."""
    return f"{_GOOD[:-1]},{members}}}"


def json() -> Suite:
    suite = Suite("json", "RFC 8259")
    _documents(suite)
    _grammar(suite)
    _unicode(suite)
    _duplicates(suite)
    _numbers(suite)
    _depth(suite)
    _header(suite)
    return suite


def _bad(suite: Suite, what: str, note: str, payload: str | bytes, **more) -> None:
    suite.reject(what, note, "malformed_token", token(payload), **more)


def _documents(suite: Suite) -> None:
    spec = {"spec": "RFC 7519 7.2"}
    _bad(suite, "payload_array", "An array has no claims to check.", f"[{_GOOD}]", **spec)
    _bad(suite, "payload_string", "A JSON string.", '"claims"', **spec)
    _bad(suite, "payload_number", "A JSON number.", "1", **spec)
    _bad(suite, "payload_null", "null.", "null", **spec)
    _bad(suite, "payload_blank", "Only white space.", "  ", **spec)
    _bad(suite, "payload_text", "No JSON at all.", "iss=alice&aud=api", **spec)
    _bad(suite, "two_documents", "A second object after the first.", f"{_GOOD}{_GOOD}")
    _bad(suite, "trailing_text", "Text after the object.", f"{_GOOD}x")
    _bad(suite, "trailing_nul", "A NUL byte after the object.", f"{_GOOD}\x00")
    _bad(suite, "cut_short", "The closing brace is missing.", _GOOD[:-1])
    suite.accept(
        "white_space", "JSON's four white space characters may stand around tokens.", token(f" \t\r\n{_GOOD} \n")
    )
    _bad(suite, "other_space", "A form feed is no JSON white space.", f"\x0c{_GOOD}")
    _bad(suite, "no_break_space", "Nor is a no-break space.", f"\u00a0{_GOOD}")


def _grammar(suite: Suite) -> None:
    broken = {
        "trailing_comma": ('"x":1,', "A comma before the closing brace."),
        "comment": ('"x":1/* one */', "Comments do not exist in JSON."),
        "single_quotes": ("'x':1", "Single quotes."),
        "bare_name": ("x:1", "A member name without quotes."),
        "missing_value": ('"x":', "A name without a value."),
        "nan": ('"x":NaN', "NaN."),
        "infinity": ('"x":-Infinity', "-Infinity."),
        "capital_true": ('"x":True', "Literals are lower case."),
        "leading_zero": ('"x":01', "A number with a leading zero."),
        "plus_sign": ('"x":+1', "A number with a plus sign."),
        "bare_fraction": ('"x":.5', "A number that begins with its point."),
        "open_fraction": ('"x":1.', "A number that ends with its point."),
        "open_exponent": ('"x":1e', "An exponent without digits."),
        "hexadecimal": ('"x":0x10', "A hexadecimal number."),
        "bad_escape": ('"x":"\\x41"', "An escape that JSON does not have."),
        "short_escape": ('"x":"\\u00e"', "A \\u escape with three digits."),
        "raw_control": ('"x":"a\nb"', "A raw line break inside a string."),
        "raw_nul": ('"x":"a\x00b"', "A raw NUL inside a string."),
        "open_string": ('"x":"a', "A string without its end."),
        "array_comma": ('"x":[1,]', "A comma before a closing bracket."),
    }
    for what, (member, note) in broken.items():
        _bad(suite, f"grammar.{what}", note, _with(member))
    suite.accept("grammar.escapes", "All of JSON's own escapes.", token(_with(r'"x":"\"\\\/\b\f\n\r\tA"')))
    suite.accept("grammar.delete", "U+007F may stand raw.", token(_with('"x":"\x7f"')))
    suite.accept("grammar.empty_name", "A member whose name is empty.", token(_with('"":1')))


def _unicode(suite: Suite) -> None:
    raw = _with('"x":"@"').encode()
    broken = {
        "overlong": (b"\xc0\xaf", "An overlong form of /."),
        "surrogate_bytes": (b"\xed\xa0\x80", "A surrogate encoded as UTF-8."),
        "surrogate_pair_bytes": (b"\xed\xa0\xbd\xed\xb8\x80", "A surrogate pair, each half encoded by itself."),
        "lone_continuation": (b"\x80", "A continuation byte by itself."),
        "cut_sequence": (b"\xe2\x82", "A sequence that ends too soon."),
        "latin_1": (b"\xe9", "Latin-1 is not UTF-8."),
        "above_range": (b"\xf4\x90\x80\x80", "A code point above U+10FFFF."),
        "five_bytes": (b"\xf8\x88\x80\x80\x80", "A five-byte sequence."),
        "ff": (b"\xff", "A byte that UTF-8 never uses."),
    }
    spec = {"spec": "RFC 8259 8.1"}
    for what, (middle, note) in broken.items():
        _bad(suite, f"utf8.{what}", note, raw.replace(b"@", middle), **spec)
    _bad(suite, "utf8.bom", "A byte order mark.", b"\xef\xbb\xbf" + _GOOD.encode(), **spec)
    _bad(suite, "utf8.utf16", "The claims in UTF-16.", _GOOD.encode("utf-16-le"), **spec)
    _bad(suite, "utf8.utf16_bom", "The claims in UTF-16 with its mark.", _GOOD.encode("utf-16"), **spec)
    _bad(suite, "utf8.utf32", "The claims in UTF-32.", _GOOD.encode("utf-32-be"), **spec)
    for what, text in {
        "high": r"\ud800",
        "low": r"\udc00",
        "reversed": r"\ude00\ud83d",
        "high_high": r"\ud83d\ud83d",
    }.items():
        _bad(
            suite,
            f"surrogate.{what}",
            "Escapes that stand for no character.",
            _with(f'"x":"a{text}b"'),
            spec="RFC 8259 8.2",
        )
    _bad(suite, "surrogate.in_name", "The same in a member name.", _with(r'"x\ud800":1'), spec="RFC 8259 8.2")
    suite.accept("surrogate.pair", "An escaped pair is one character.", token(_with(r'"x":"\ud83d\ude00"')))
    suite.accept("utf8.raw", "Characters of two, three and four bytes.", token(_with('"x":"\u00e9\u20ac\U0001f600"')))
    suite.accept("utf8.noncharacter", "U+FFFF is a code point like any other.", token(_with(r'"x":"\uffff"')))
    suite.accept("utf8.escaped_nul", "An escaped NUL is a character like any other.", token(_with(r'"x":"a\u0000b"')))


def _duplicates(suite: Suite) -> None:
    spec = {"spec": "RFC 7519 4"}
    broken = {
        "same_value": ('"sub":"alice"', "The same value twice is still twice."),
        "other_value": ('"sub":"admin"', "Neither the first nor the last wins."),
        "escaped": ('"\\u0073ub":"admin"', "Names are compared after unescaping."),
        "escaped_both": ('"\\u0078":1,"x":2', "The escaped one may come first."),
        "nested": ('"x":{"role":"user","role":"admin"}', "In an object inside."),
        "nested_escaped": ('"x":{"role":"user","r\\u006fle":"admin"}', "Inside, and escaped."),
        "in_array": ('"x":[0,{"a":1,"b":2,"a":3}]', "In an object inside an array."),
        "empty_name": ('"":1,"":2', "The empty name counts too."),
        "proto": ('"__proto__":1,"__proto__":2', "__proto__ is a name like any other."),
        "with_null": ('"x":null,"x":1', "A null does not clear the way."),
    }
    for what, (member, note) in broken.items():
        _bad(suite, f"duplicate.{what}", note, _with(member), **spec)
    for name in ("iss", "aud", "exp"):
        value = {"iss": '"https://evil.test/"', "aud": '"https://other.test"', "exp": "1"}[name]
        _bad(suite, f"duplicate.{name}", f"`{name}` twice.", _with(f'"{name}":{value}'), **spec)
    suite.accept(
        "duplicate.other_object", "The same name in different objects.", token(_with('"x":{"sub":{"sub":1}}')), **spec
    )
    suite.accept("duplicate.other_case", "Names differ by case.", token(_with('"Sub":"admin","SUB":1,"EXP":0')), **spec)
    suite.accept(
        "duplicate.normal_forms",
        "Composed and decomposed names differ.",
        token(_with('"\u00e9":1,"e\u0301":2')),
        **spec,
    )


def _numbers(suite: Suite) -> None:
    spec = {"spec": "RFC 8259 6"}
    for what, number in {"huge": "1e400", "minus_huge": "-1e400", "many_digits": "1" + "0" * 400}.items():
        _bad(suite, f"number.{what}", "A number that is no finite double.", _with(f'"x":{number}'), **spec)
    _bad(suite, "number.nested_huge", "The same inside, under the name of a date.", _with('"x":{"exp":1e400}'), **spec)
    suite.accept("number.tiny", "A number too small for a double is zero.", token(_with('"x":1e-400')), **spec)
    suite.accept("number.largest", "The largest double.", token(_with('"x":1.7976931348623157e308')), **spec)
    # Making a double of one of these takes a thousand times as long as reading it.
    middle = '"x":[' + "1.7976931348623158079e308," * 100 + "2.4703282292062327208e-324]"
    suite.accept("number.middles", "Numbers next to the middle of two doubles.", token(_with(middle)), **spec)
    infinite = f'"x":{_FIRST_INFINITE}'
    _bad(suite, "number.rounded_up", "The first number that rounds to infinity.", _with(infinite), **spec)
    below = f'"x":{_FIRST_INFINITE - 1}.99'
    suite.accept("number.rounded_down", "The last that rounds to the largest double.", token(_with(below)), **spec)
    suite.accept("number.above_2_53", "An integer that no double holds.", token(_with('"x":9007199254740993')), **spec)
    suite.accept(
        "number.int64_limits",
        "The ends of 64-bit integers and one beyond.",
        token(_with('"x":[-9223372036854775808,9223372036854775807,18446744073709551615,18446744073709551616]')),
        **spec,
    )
    suite.accept(
        "number.thirty_digits",
        "An integer of thirty digits.",
        token(_with('"x":123456789012345678901234567890')),
        **spec,
    )
    suite.accept("number.minus_zero", "Minus zero, with and without a fraction.", token(_with('"x":[-0,-0.0]')), **spec)
    suite.accept(
        "number.exponents", "Exponents in every spelling.", token(_with('"x":[1E2,1e+2,100e-2,0.5e1]')), **spec
    )


def _depth(suite: Suite) -> None:
    nested = {levels: f'"x":{"[" * (levels - 1)}{"]" * (levels - 1)}' for levels in (4, 5, 32, 33)}
    suite.accept("depth.at_limit", "32 levels are allowed; the payload itself is the first.", token(_with(nested[32])))
    _bad(suite, "depth.over_limit", "Level 33.", _with(nested[33]))
    objects = '"x":' + '{"a":' * 31 + "1" + "}" * 31
    suite.accept("depth.objects_at_limit", "Objects count like arrays.", token(_with(objects)))
    _bad(suite, "depth.objects_over_limit", "Level 33, made of objects.", _with(f'"x":{{"a":{objects[4:]}}}'))
    _bad(
        suite,
        "depth.thousands",
        "Five thousand levels must not exhaust any stack.",
        _with(f'"x":{"[" * 5000}{"]" * 5000}'),
    )
    _bad(suite, "depth.unclosed", "Nor eight thousand that never close.", "[" * 8000)
    shallow = policy(limits={"json_depth": 4})
    suite.accept("depth.own_limit", "A limit of the policy's own is inclusive.", token(_with(nested[4])), shallow)
    suite.reject("depth.over_own_limit", "One level over it.", "malformed_token", token(_with(nested[5])), shallow)
    deep = '{"x":' + "[" * 31 + "]" * 31 + "," + _HEAD[1:]
    suite.accept("depth.header_at_limit", "The header has the same limit.", token(head=deep))
    deeper = deep.replace("[]", "[[]]")
    suite.reject("depth.header_over_limit", "And level 33 is too deep there.", "malformed_token", token(head=deeper))


def _header(suite: Suite) -> None:
    spec = {"spec": "RFC 7515 4"}
    broken = {
        "array": (f"[{_HEAD}]", "An array."),
        "null": ("null", "null."),
        "string": ('"ES256"', "A string."),
        "cut_short": (_HEAD[:-1], "The closing brace is missing."),
        "trailing_text": (f"{_HEAD}{{}}", "A second object."),
        "duplicate_alg": (f'{{"alg":"none",{_HEAD[1:]}', "`alg` twice."),
        "duplicate_escaped": (f'{{"\\u0061lg":"none",{_HEAD[1:]}', "`alg` twice, once escaped."),
        "duplicate_kid": (f'{{"kid":"x",{_HEAD[1:]}', "`kid` twice."),
        "duplicate_nested": (f'{{"x":{{"a":1,"a":2}},{_HEAD[1:]}', "A duplicate inside an ignored member."),
        "huge_number": (f'{{"exp":1e400,{_HEAD[1:]}', "No finite double; a header has no dates."),
        "lone_surrogate": (f'{{"x":"\\ud800",{_HEAD[1:]}', "A lone surrogate."),
    }
    for what, (text, note) in broken.items():
        suite.reject(f"header.{what}", f"Header: {note}", "malformed_token", token(head=text), **spec)
    invalid = _HEAD.encode().replace(b"{", b'{"x":"\xff",', 1)
    suite.reject(
        "header.invalid_utf8", "Header: a byte that UTF-8 never uses.", "malformed_token", token(head=invalid), **spec
    )
    suite.reject(
        "header.bom",
        "Header: a byte order mark.",
        "malformed_token",
        token(head=b"\xef\xbb\xbf" + _HEAD.encode()),
        **spec,
    )
    suite.accept(
        "header.escaped_values",
        "Escapes mean the same in the header.",
        token(head='{"a\\u006cg":"\\u0045S256","kid":"ec\\u002da"}'),
        **spec,
    )
    spaced = seal(b64(b'{ "alg" : "ES256" ,\r\n "kid" : "ec-a" }'), b64(_GOOD.encode()))
    suite.accept(
        "header.white_space", "White space inside the header, as RFC 7515's own examples have it.", spaced, **spec
    )
