"""The notation of the guide's examples: what stands before an arrow is validated, what stands behind it comes of that.

    {"sub": "alice"}                                         -> accepted
    {"sub": "alice", "exp": "now-1s"}                        -> rejected expired (exp)
    {} without aud header {"typ": "at+jwt"} at now+9m        -> rejected missing_claim (aud)
    {} signed by rsa-a with PS256                            -> rejected algorithm_not_allowed
    GET /orders?access_token=TOKEN | X-Tenant: t1            -> accepted
    GET /orders {"sub": "alice"}                             -> 200
    issuers[0].leeway = "10m"                                -> policy error at issuers[0].leeway
    TOKEN is {"sub": "alice"}
    https://idp.example.com/jwks serves ec-a, rsa-a

Behind a status may stand lines with what the answer has; behind 200, with what the application sees of the request.

A token has what the policy asks for at least: `iss`, `aud` and `exp` (ten minutes from now) of its issuer's entry, and the first
algorithm there, by the test key of that kind. `now` is a date in a claim. Lines that begin with a space go on with the one
before. Two spaces and `#` begin a note.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from .encoding import b64, compact
from .explanations.report import outcomes
from .keys import key_set
from .tokens import NOW, header, seal, token

SERVED = ("ec-a", "ec384-a", "rsa-a", "ed-a")
_KEYS = {"RS": "rsa-a", "PS": "rsa-a", "ES": "ec-a", "Ed": "ed-a", "ES384": "ec384-a", "HS384": "hmac-48", "HS512": "hmac-64", "HS": "hmac-32"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONG = 3650 * 86_400
_METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}


class BadLine(Exception):
    """The guide says something that cannot be run; the text says what."""


@dataclass
class Check:
    """One line: a token or a request under a policy, and what comes of it."""

    name: str
    spec: str
    note: str
    policy: dict
    responses: dict
    now: float
    wanted: dict
    text: str | None = None
    request: dict | None = None
    target: str = ""
    fields: list[list[str]] = field(default_factory=list)

    @property
    def is_exchange(self) -> bool:
        return "status" in self.wanted

    def token_case(self) -> dict:
        case = {"id": self.name, "spec": self.spec, "note": self.note, "policy": self.policy}
        if self.responses:
            case["responses"] = self.responses
        given = {"token": self.text} if self.request is None else {"request": self.request}
        return case | given | {"now": self.now, "expect": self.wanted}

    def exchange(self) -> dict:
        if self.request is None:
            raise BadLine("only a request has an answer")
        send = {"method": self.request["method"], "target": self.target, "headers": self.fields}
        return {
            "id": f"http.{self.name}", "spec": self.spec, "note": self.note, "policy": self.policy,
            "responses": self.responses, "now": self.now, "send": send, "expect": self.wanted,
        }  # fmt: skip


@dataclass
class Made:
    """A token, and the clock that it is shown to."""

    text: str
    claims: dict
    now: int


class Stage:
    """A policy with what its issuers serve and what was named so far."""

    def __init__(self, anchor: str, policy: dict, numbered: int):
        self.anchor = anchor
        self.policy = policy
        self.number = numbered
        self.used = False
        self.named: dict[str, Made] = {}
        self.served: dict[str, dict | None] = {}
        for entry in policy.get("issuers", []):
            for url in _listed(entry.get("keys", {}).get("jwks_uri", [])):
                self.served[url] = _answer(key_set(*SERVED))

    def name(self, what: object) -> str:
        return f"guide.{self.anchor.replace('-', '_')}.{what}"

    def verdicts(self, text: str) -> Iterator[Check]:
        for line in _joined(text):
            words, note = _without_note(line)
            if "->" not in words:
                self._tell(words)
                continue
            self.number += 1
            left, right = (part.strip() for part in words.split("->", 1))
            try:
                yield self._check(left, right, note)
            except (ValueError, KeyError) as error:
                raise BadLine(f"{line.strip()}: {error}") from error

    def scenario(self, text: str) -> dict:
        """The lines of a `timeline`."""
        self.number += 1
        steps, tokens, clock = [], {}, None
        for line in _joined(text):
            words, _ = _without_note(line)
            found = re.fullmatch(r"(\d+)([smhd])\s+(.*)", words, re.DOTALL)
            if not found:
                raise BadLine(f"{line}: a step of a timeline begins with its time")
            at = int(found[1]) * _UNITS[found[2]]
            step = self._step(found[3], tokens)
            steps.append(step if at == clock else {"at": at} | step)
            clock = at
        return {
            "id": self.name(self.number), "spec": self._spec, "note": "What the guide shows.", "api": "public",
            "policy": self.policy, "tokens": tokens, "start": NOW, "steps": steps,
        }  # fmt: skip

    def explanation(self, text: str) -> dict:
        """The token in the first line, and behind an empty line the text."""
        self.number += 1
        first, _, told = text.partition("\n\n")
        words, note = _without_note(first)
        made = self._made(words)
        check = Check(self.name(self.number), self._spec, note or words, self.policy, self._responses, made.now, _explained(told), made.text)
        return check.token_case()

    @property
    def _spec(self) -> str:
        return f"core/docs/policy.md#{self.anchor}"

    @property
    def _responses(self) -> dict:
        return {url: answer for url, answer in self.served.items() if answer is not None}

    def _tell(self, words: str) -> None:
        """A line without an arrow: a token gets a name, or a URL other answers."""
        if found := re.fullmatch(r"([A-Z]+) is (.*)", words, re.DOTALL):
            self.named[found[1]] = self._made(found[2])
        else:
            self.served.update(_serving(words))

    def _check(self, left: str, right: str, note: str) -> Check:
        if found := re.fullmatch(r"policy error at (\S+)", right):
            rules = self.policy if left == "this policy" else _changed(self.policy, left)
            wanted = {"verdict": "policy_error", "path": found[1]}
            return Check(self.name(self.number), self._spec, note or left, rules, {}, NOW, wanted, token())
        check = Check(self.name(self.number), self._spec, note or left, self.policy, self._responses, NOW, {})
        if re.match(rf"({_METHODS}) ", left):
            made = self._request(check, left)
        else:
            made = self._made(left)
            check.text = made.text
        check.now = made.now
        check.wanted = self._wanted(right, made)
        return check

    def _request(self, check: Check, left: str) -> Made:
        method, target, rest = [*left.split(None, 2), ""][:3]
        head, *fields = [part.strip() for part in f" {rest}".split(" | ")]
        sent = (found for name, found in self.named.items() if re.search(rf"\b{name}\b", left))
        made = self._made(head) if head else next(sent, Made("", {}, NOW))
        check.fields = [["Authorization", f"Bearer {made.text}"]] if head else []
        for line in fields:
            name, _, value = line.partition(": ")
            check.fields.append([name, self._with_tokens(value)])
        check.target = self._with_tokens(target)
        headers: dict[str, list[str]] = {}
        cookies: dict[str, list[str]] = {}
        for name, value in check.fields:
            if name == "Cookie":
                for cookie in value.split("; "):
                    cookies.setdefault(cookie.partition("=")[0], []).append(cookie.partition("=")[2])
            else:
                headers.setdefault(name, []).append(value)
        parts = urlsplit(check.target)
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        check.request = {
            "method": method, "path": parts.path, "headers": _singles(headers), "query": _singles(query), "cookies": _singles(cookies),
        }  # fmt: skip
        return made

    def _with_tokens(self, text: str) -> str:
        for name, made in self.named.items():
            text = re.sub(rf"\b{name}\b", made.text, text)
        return text

    def _wanted(self, right: str, made: Made) -> dict:
        if right[:3].isdigit():
            return self._answered(right, made)
        if found := re.fullmatch(r"accepted(?:\s+as (\{.*\}))?", right, re.DOTALL):
            return {"verdict": "accepted", "claims": self._filled(json.loads(found[1])) if found[1] else made.claims}
        if found := re.fullmatch(r"rejected (\w+)(?: \((.+)\))?", right):
            return {"verdict": "rejected", "code": found[1]} | ({"claim": found[2]} if found[2] else {})
        if right == "unavailable":
            return {"verdict": "unavailable", "code": "keys_unavailable"}
        if right == "skipped":
            return {"verdict": "skipped"}
        raise BadLine(f"{right}: not something that can come of it")

    def _answered(self, right: str, made: Made) -> dict:
        """The status, perhaps with the code; then fields and the body, one in a line."""
        told, brace, document = right.partition("\n  {")
        first, *more = [line.strip() for line in told.splitlines()]
        status, _, said = first.partition(" ")
        if status == "200":
            if said not in ("", "without claims"):
                raise BadLine(f"{right}: 200, or 200 without claims")
            return {"status": 200, "claims": None if said else made.claims} | _seen(more)
        fields = dict(line.split(": ", 1) for line in more)
        preset = self.policy.get("responses", "rfc6750")
        problem = preset == "rfc6750"
        if brace:
            body = json.loads("{" + document)
        elif not (problem and said):
            raise BadLine(f"{right}: neither a code nor a body")
        else:
            body = {"type": "about:blank", "title": _TITLES[int(status)], "status": int(status), "code": said}
        wanted = {"status": int(status), "challenge": fields.pop("WWW-Authenticate", None)}
        wanted |= {"content_type": "application/problem+json" if problem else "application/json", "body": body}
        if "Retry-After" in fields:
            wanted["retry_after"] = [int(bound) for bound in fields.pop("Retry-After").split(" to ")]
        if fields:
            raise BadLine(f"{right}: unknown fields")
        return wanted

    def _step(self, words: str, tokens: dict[str, str]) -> dict:
        if "->" not in words:
            return {"serve": {url: answer or "down" for url, answer in _serving(words).items()}}
        left, right = (part.strip() for part in words.split("->", 1))
        found = re.fullmatch(r"(accepted|rejected \w+|unavailable), (\d+) fetch(?:es)?", right)
        if not found:
            raise BadLine(f"{right}: a verdict, and the fetches so far")
        verdict, _, code = found[1].partition(" ")
        code = "keys_unavailable" if verdict == "unavailable" else code
        tokens[left] = self._made(left, lives=_LONG).text
        return {"validate": left, "expect": {"verdict": verdict} | ({"code": code} if code else {}), "fetches": int(found[2])}

    def _made(self, words: str, lives: int = 600) -> Made:
        """A token: its claims, and in any order what is changed about it."""
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
            now = _moment(found[5]) if found[5] else now
            rest = rest[found.end() :].strip()
        claims = {name: value for name, value in self._filled(given, lives).items() if name not in absent}
        usual_key, usual_alg = self._signer(claims)
        alg = alg or (usual_alg if key in (None, usual_key) else None)
        key = key or usual_key
        head = ({"alg": "none"} if key == "nobody" else header(key, alg)) | changes
        head = {name: value for name, value in head.items() if name not in absent_in_header}
        if key == "nobody":
            return Made(seal(b64(compact(head).encode()), b64(compact(claims).encode()), forge=lambda _: b""), claims, now)
        return Made(token(claims, head, key=key, alg=alg), claims, now)

    def _entry(self, issuer: object) -> dict:
        entries = self.policy["issuers"]
        return next((entry for entry in entries if issuer in _listed(entry["issuer"])), entries[0])

    def _filled(self, given: dict, lives: int = 600) -> dict:
        """The claims with those that the policy's entry for their issuer asks of every token."""
        entry = self._entry(given.get("iss"))
        issuer, audience = _listed(entry["issuer"])[0], _listed(entry["audience"])[0]
        usual = {"iss": re.sub(r"\{\w+\}", _listed(entry.get("tenants", ""))[0], issuer), "aud": audience, "exp": NOW + lives}
        if entry["issuer"] == "any":
            usual["iss"] = "https://idp.example.com/"
        if entry["audience"] == "any":
            del usual["aud"]
        dated = {name: _moment(value) if _is_moment(value) else value for name, value in given.items()}
        return usual | dated

    def _signer(self, claims: dict) -> tuple[str, str]:
        entry = self._entry(claims.get("iss"))
        usual = "HS256" if "secret" in entry["keys"] else "ES256"
        alg = (entry.get("algorithms") or [usual])[0]
        key = _KEYS.get(alg) or _KEYS[alg[:2]]
        return key, alg


def _joined(text: str) -> Iterator[str]:
    """The lines, those that go on with the one before together."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += "\n" + line
        elif line.strip():
            lines.append(line)
    return iter(lines)


def _without_note(line: str) -> tuple[str, str]:
    words, _, note = line.partition("  # ")
    return words.strip(), note.strip()


def _seen(lines: list[str]) -> dict:
    """What the application sees of the request that goes on: fields, those that are not there, and the query."""
    seen: dict[str, str | None] = {}
    for line in lines:
        if line.startswith("without "):
            seen[line.removeprefix("without ").lower()] = None
        else:
            name, _, value = line.partition(": " if ": " in line else " ")
            seen[name.lower()] = value
    return {"sees": seen} if seen else {}


def _serving(words: str) -> dict[str, dict | None]:
    """What a URL answers: keys, a document, or nothing."""
    if found := re.fullmatch(r"(https?://\S+) is down", words):
        return {found[1]: None}
    found = re.fullmatch(r"(https?://\S+) serves\s+(\{.*\}|[\w, -]+?)(?: with ([\w-]+): (.+))?", words, re.DOTALL)
    if not found:
        raise BadLine(f"{words}: neither a check nor something to serve")
    document = json.loads(found[2]) if found[2].startswith("{") else key_set(*re.split(r", *", found[2]))
    return {found[1]: _answer(document, {found[3].lower(): found[4]} if found[3] else {})}


def _answer(document: dict, fields: dict[str, str] | None = None) -> dict:
    return {"status": 200, "headers": {"content-type": "application/json"} | (fields or {}), "body": compact(document)}


def _changed(policy: dict, words: str) -> dict:
    """A copy of the policy in which one member has another value, or is not there."""
    copied = json.loads(json.dumps(policy))
    path, _, value = words.partition(" = ")
    if words.startswith("without "):
        path = words.removeprefix("without ")
    elif not value:
        raise BadLine(f"{words}: PATH = JSON, or without PATH")
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    place = copied
    for part in parents:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    if value:
        place[last] = json.loads(value)
    else:
        del place[last]
    return copied


def _explained(text: str) -> dict:
    """What the text of an explanation says, as a case expects it."""
    marks = {"ok": "passed", "FAILED": "failed", "-": "skipped"}
    found = re.findall(r"^  \(?(ok|FAILED|-)\)? +([\w.\[\]]+) ", text, re.MULTILINE)
    ended = {name: marks[mark] for mark, name in found}
    for names in re.findall(r"^  not reached: (.*)$", text, re.MULTILINE):
        ended |= dict.fromkeys(names.split(", "), "skipped")
    rules = sum(name.startswith("claims[") for name in ended)
    checks = outcomes(rules=rules, **{name.replace("[", "_").rstrip("]"): outcome for name, outcome in ended.items()})
    first = re.match(r"(\w+)(?:: (\w+)(?: \((\S+)\))?)?", text)
    if not first:
        raise BadLine("an explanation begins with its verdict")
    wanted = {"verdict": first[1], "verified": "The signature was not verified" not in text, "checks": checks, "text": text}
    return wanted | ({"code": first[2]} if first[2] else {}) | ({"claim": first[3]} if first[3] else {})


def _is_moment(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"now([+-]\d+[smhd])?", value) is not None


def _moment(words: str) -> int:
    """`now`, or so long before or after it."""
    if not _is_moment(words):
        raise BadLine(f"{words}: now, now-30s, now+5m")
    return NOW + (int(words[3:-1]) * _UNITS[words[-1]] if len(words) > 3 else 0)


def _listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _singles(found: dict[str, list[str]]) -> dict[str, object]:
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
