"""Classes `structure` and `base64`: what a compact JWS looks like before anything in it is read."""

from ..encoding import as_bytes, b64
from ..keys import inline
from ..suite import Suite, entry, policy
from ..tokens import claims, header, seal, token

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def structure() -> Suite:
    suite = Suite("structure", "RFC 7515 7.1")
    head, payload, signature = token().split(".")
    suite.accept("three_segments", "A plain compact JWS.")
    _counts(suite, head, payload, signature)
    _wrappers(suite, head, payload, signature)
    _sizes(suite)
    return suite


def _counts(suite: Suite, head: str, payload: str, signature: str) -> None:
    bad = "malformed_token"
    suite.reject("empty", "An empty text is no token.", bad, "")
    suite.reject("one_segment", "A lone header.", bad, head)
    suite.reject("two_segments", "The signature segment is missing with its dot.", bad, f"{head}.{payload}")
    suite.reject("four_segments", "One segment too many.", bad, f"{head}.{payload}.{signature}.{signature}")
    suite.reject("six_segments", "More than a JWE has.", bad, f"{head}.{payload}.{signature}.a.b.c")
    suite.reject("trailing_dot", "An empty fourth segment.", bad, f"{token()}.")
    suite.reject("leading_dot", "An empty segment before the header.", bad, f".{token()}")
    suite.reject("two_dots_only", "Three empty segments.", bad, "..")
    suite.reject("empty_header", "The header segment is empty.", bad, f".{payload}.{signature}")
    suite.reject("empty_payload", "An empty payload, really signed, is no claims object.", bad, seal(head, ""))
    suite.reject("empty_signature", "A signed algorithm with an empty signature.", bad, f"{head}.{payload}.")
    suite.reject("dots_flood", "Ten thousand dots cost no more than four.", bad, "." * 10_000)
    jwe_head = b64(as_bytes({"alg": "RSA-OAEP-256", "enc": "A256GCM"}))
    spec = {"spec": "RFC 7516 7.1"}
    suite.reject("jwe", "Five segments are a JWE.", "unsupported_token", f"{jwe_head}.a2V5.aXY.dGV4dA.dGFn", **spec)
    suite.reject(
        "jwe_direct", "A JWE with an empty key segment.", "unsupported_token", f"{jwe_head}..aXY.dGV4dA.dGFn", **spec
    )
    suite.reject("five_empty_segments", "Five segments, whatever they hold.", "unsupported_token", "....", **spec)


def _wrappers(suite: Suite, head: str, payload: str, signature: str) -> None:
    bad = "malformed_token"
    whole = token()
    flattened = f'{{"protected":"{head}","payload":"{payload}","signature":"{signature}"}}'
    general = f'{{"payload":"{payload}","signatures":[{{"protected":"{head}","signature":"{signature}"}}]}}'
    spec = {"spec": "RFC 7515 7.2"}
    suite.reject("json_flattened", "The flattened JSON serialization is not taken.", bad, flattened, **spec)
    suite.reject("json_general", "The general JSON serialization is not taken.", bad, general, **spec)
    polyglot = f'{{"a.{payload}.{signature}":1,"protected":"{head}"}}'
    suite.reject("json_polyglot", "JSON text that has three segments as well.", bad, polyglot, **spec)
    suite.reject("bearer_prefix", "The scheme does not belong to the token.", bad, f"Bearer {whole}")
    suite.reject("quotes", "A token in quotation marks.", bad, f'"{whole}"')
    suite.reject("leading_space", "White space is not trimmed.", bad, f" {whole}")
    suite.reject("trailing_space", "White space is not trimmed.", bad, f"{whole} ")
    suite.reject("trailing_newline", "What a file read often ends with.", bad, f"{whole}\n")
    suite.reject("leading_bom", "A byte order mark before the token.", bad, f"\ufeff{whole}")
    suite.reject("trailing_nul", "A NUL after the token: no text ends at it.", bad, f"{whole}\x00")
    suite.reject("nul_then_text", "What follows a NUL is part of the token.", bad, f"{whole}\x00.x")
    suite.reject("other_full_stop", "A full-width full stop is no dot.", bad, f"{head}\uff0e{payload}\uff0e{signature}")
    suite.reject(
        "joined",
        "Two header fields joined by an intermediary are five segments.",
        "unsupported_token",
        f"{whole}, {whole}",
    )
    suite.reject("trailing_comma", "A comma after the token.", bad, f"{whole},")


def _padded(length: int) -> str:
    """A good token of exactly this many characters."""
    pad = "x" * max(0, (length * 3) // 4 - 260)
    while True:
        made = token(claims(pad=pad))
        if len(made) >= length:
            break
        pad += "x"
    # A base64url segment is never 1 mod 4 long, so every fourth length needs the header to give one character.
    extra = 0
    while len(made) != length:
        extra += 1
        pad = pad[:-1]
        made = token(claims(pad=pad), header(x="y" * extra))
        while len(made) < length:
            pad += "x"
            made = token(claims(pad=pad), header(x="y" * extra))
    return made


def _sizes(suite: Suite) -> None:
    suite.spec = "RFC 8725 3.11"
    suite.accept("default_limit", "16384 bytes are the default limit, and fit.", _padded(16_384))
    suite.reject("over_default_limit", "One byte more does not.", "token_too_large", _padded(16_385))
    suite.reject("over_limit_dots", "Too large comes before malformed.", "token_too_large", "." * 16_385)
    whole = _padded(600)
    exact, short = ({"token_bytes": len(whole) + more} for more in (0, -1))
    suite.accept("own_limit", "A limit of the policy's own is inclusive.", whole, policy(limits=exact))
    suite.reject("over_own_limit", "One byte over the policy's limit.", "token_too_large", whole, policy(limits=short))
    larger = policy(limits={"token_bytes": 40_000})
    suite.accept("raised_limit", "A policy may raise the limit.", _padded(20_000), larger)
    suite.spec = "RFC 7515 7.1"


def _stray_bits(segment: str) -> str:
    """The same bytes written with a set bit that decoding throws away; the length must leave such bits."""
    last = _ALPHABET.index(segment[-1])
    return segment[:-1] + _ALPHABET[last | 1]


def base64() -> Suite:
    suite = Suite("base64", "RFC 7515 2")
    suite.accept("both_url_characters", "A payload whose text holds both - and _.", token(claims(x="~~~???>>>")))
    bad = "malformed_token"
    # 3n+1 bytes of header and payload, so that padding and stray bits exist to get wrong.
    head = b64(_sized(header(), 1))
    payload = b64(_sized(claims(), 1))
    good = seal(head, payload)
    suite.accept("unused_bits_zero", "Segments with unused bits, all zero.", good)
    signature = good.split(".")[2]
    for name, broken in _breakages(head).items():
        suite.reject(
            f"header.{name}", f"Header segment: {_NOTES[name]}, signed as it stands.", bad, seal(broken, payload)
        )
    for name, broken in _breakages(payload).items():
        suite.reject(
            f"payload.{name}", f"Payload segment: {_NOTES[name]}, signed as it stands.", bad, seal(head, broken)
        )
    for name, broken in _breakages(signature).items():
        suite.reject(f"signature.{name}", f"Signature segment: {_NOTES[name]}.", bad, f"{head}.{payload}.{broken}")
    _standard_alphabet(suite)
    return suite


_NOTES = {
    "padding": "padding",
    "one_pad": "half of its padding",
    "stray_bits": "an unused bit is set",
    "space": "a space inside",
    "newline": "a line break inside",
    "crlf_end": "CR LF at its end",
    "tab": "a tab inside",
    "nul": "a NUL inside",
    "length_1_mod_4": "a length that no bytes have",
    "non_ascii": "a letter outside ASCII",
    "percent": "percent-encoding",
    "plus": "the + of the standard alphabet",
    "slash": "the / of the standard alphabet",
}


def _breakages(segment: str) -> dict[str, str]:
    middle = len(segment) // 8 * 4
    left, right = segment[:middle], segment[middle:]
    return {
        "padding": segment + "=" * (-len(segment) % 4),
        "one_pad": segment + "=",
        "stray_bits": _stray_bits(segment),
        "space": f"{left} {right}",
        "newline": f"{left}\n{right}",
        "crlf_end": f"{segment}\r\n",
        "tab": f"{left}\t{right}",
        "nul": f"{left}\x00{right}",
        "length_1_mod_4": left + "A" if len(left) % 4 == 0 else segment + "A",
        "non_ascii": f"{left}\u00e9{right}",
        "percent": f"{left}%2D{right}",
        "plus": f"{left}+{right[1:]}",
        "slash": f"{left}/{right[1:]}",
    }


def _sized(part: dict, rest: int) -> bytes:
    """The JSON text of `part`, lengthened by trailing spaces until its length is `rest` mod 3."""
    text = as_bytes(part)
    while len(text) % 3 != rest:
        text += b" "
    return text


def _standard_alphabet(suite: Suite) -> None:
    """A payload that decodes to good claims under a decoder that takes both alphabets."""
    payload = b64(as_bytes(claims(x="~~~???>>>")))
    head = b64(as_bytes(header()))
    mixed = payload.replace("-", "+").replace("_", "/")
    suite.reject("standard_alphabet", "Good claims, written with + and /.", "malformed_token", seal(head, mixed))
    key_forms = policy(entry(inline("hmac-32")))
    hmac_token = token(key="hmac-32")
    left, signature = hmac_token.rsplit(".", 1)
    suite.accept("hmac_text", "One text per token: this one is accepted.", hmac_token, key_forms)
    same = f"{left}.{_stray_bits(signature)}"
    suite.reject(
        "hmac_second_text", "The same tag with a stray bit set is another text.", "malformed_token", same, key_forms
    )
