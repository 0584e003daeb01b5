"""Tokens as the guide writes them: claims, and in any order what is changed about the token.

    {"sub": "alice", "exp": "now-1s"} without aud header {"typ": "at+jwt"} without header kid
    {} signed by rsa-a with PS256 at now+9m
    {} signed by nobody
    "not a token"

A token has what the policy asks for at least: `iss`, `aud` and `exp` (ten minutes from now) of its issuer's entry, and the
first algorithm there, by the test key of that kind. `now` is a date in a claim; `at` sets the clock that the token is shown to.
"""

import json
import re
from dataclasses import dataclass

from .encoding import b64, compact
from .guide_words import BadLine, is_moment, listed, moment
from .tokens import NOW, header, seal, token

# By the algorithm, or by the first two letters of it.
_KEYS = {
    "RS": "rsa-a", "PS": "rsa-a", "ES": "ec-a", "ES384": "ec384-a", "Ed": "ed-a",
    "HS": "hmac-32", "HS384": "hmac-48", "HS512": "hmac-64",
}  # fmt: skip
_ISSUER = "https://idp.example.com/"


@dataclass
class Made:
    """A token, and the clock that it is shown to."""

    text: str
    claims: dict
    now: int


class Minter:
    """Makes tokens for a policy, and keeps those that got a name."""

    def __init__(self, policy: dict):
        self.entries = policy["issuers"]
        self.named: dict[str, Made] = {}

    def make(self, words: str, lives: int = 600) -> Made:
        if words in self.named:
            return self.named[words]
        decoder = json.JSONDecoder()
        given, end = decoder.raw_decode(words)
        rest = words[end:].strip()
        if isinstance(given, str) and not rest:
            return Made(given, {}, NOW)
        changes, absent, absent_in_header = {}, [], []
        key, alg, now = None, None, NOW
        while rest:
            if found := re.match(r"header (?=\{)", rest):
                changes, end = decoder.raw_decode(rest[found.end() :])
                rest = rest[found.end() + end :].strip()
                continue
            found = re.match(r"without header (\S+)|without (\S+)|signed by (\S+)(?: with (\S+))?|at (now\S*)", rest)
            if not found:
                raise BadLine(f"{rest}: not understood")
            absent_in_header += [found[1]] if found[1] else []
            absent += [found[2]] if found[2] else []
            key, alg = (found[3], found[4]) if found[3] else (key, alg)
            now = moment(found[5]) if found[5] else now
            rest = rest[found.end() :].strip()
        claims = {name: value for name, value in self.filled(given, lives).items() if name not in absent}
        usual_key, usual_alg = self._signer(claims)
        alg = alg or (usual_alg if key in (None, usual_key) else None)
        key = key or usual_key
        head = ({"alg": "none"} if key == "nobody" else header(key, alg)) | changes
        head = {name: value for name, value in head.items() if name not in absent_in_header}
        if key == "nobody":
            left, right = (b64(compact(part).encode()) for part in (head, claims))
            return Made(seal(left, right, forge=lambda _: b""), claims, now)
        return Made(token(claims, head, key=key, alg=alg), claims, now)

    def filled(self, given: dict, lives: int = 600) -> dict:
        """The claims with those that the policy's entry for their issuer asks of every token."""
        entry = self._entry(given.get("iss"))
        issuer = _ISSUER if entry["issuer"] == "any" else listed(entry["issuer"])[0]
        tenant = listed(entry.get("tenants", ""))[0]
        usual = {"iss": re.sub(r"\{\w+\}", tenant, issuer), "aud": listed(entry["audience"])[0], "exp": NOW + lives}
        if entry["audience"] == "any":
            del usual["aud"]
        dated = {name: moment(value) if is_moment(value) else value for name, value in given.items()}
        return usual | dated

    def _entry(self, issuer: object) -> dict:
        return next((entry for entry in self.entries if issuer in listed(entry["issuer"])), self.entries[0])

    def _signer(self, claims: dict) -> tuple[str, str]:
        entry = self._entry(claims.get("iss"))
        usual = "HS256" if "secret" in entry.get("keys", {}) else "ES256"
        alg = (entry.get("algorithms") or [usual])[0]
        return _KEYS.get(alg) or _KEYS[alg[:2]], alg
