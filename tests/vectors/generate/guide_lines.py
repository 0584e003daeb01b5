"""The notation of the guide's examples: what stands before an arrow is validated, what stands behind it comes of that.

    {"sub": "alice"}                                         -> accepted
    {"sub": "alice", "exp": "now-1s"}                        -> rejected expired (exp)
    {} without aud header {"typ": "at+jwt"} at now+9m        -> rejected missing_claim (aud)
    {} signed by rsa-a with PS256                            -> rejected algorithm_not_allowed
    GET /orders?access_token=TOKEN | X-Tenant: t1            -> accepted
    GET /orders {"sub": "alice"}                             -> 200
    {} asked for {"scopes": {"all": ["a"]}}                  -> rejected insufficient_scope (scope)
    issuers[0].leeway = "10m"                                -> policy error at issuers[0].leeway
    TOKEN is {"sub": "alice"}
    https://idp.example.com/jwks serves ec-a, rsa-a

What is `asked for` is what an endpoint asks in code; the token may be accepted `with the scopes a b`, and behind a rejection
may stand the challenge. Behind a status may stand lines with what the answer has; behind 200, with what the application sees of the request.

What is said of a token is read in `guide_tokens.py`. Lines that begin with a space go on with the one before. Two spaces
and `#` begin a note.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from .guide_tokens import Made, Minter
from .guide_words import UNITS, BadLine, answer, changed, explained, joined, listed, seen, serving, singles, without_note
from .keys import key_set
from .scenarios.scene import KEY_STEPS
from .tokens import NOW, token

SERVED = ("ec-a", "ec384-a", "rsa-a", "ed-a")
# Ten years: longer than any timeline.
_LONG = 3650 * 86_400
# What a timeline has beside tokens and what is served.
_STEPS = {
    "a store that is empty": {"store": None},
    "export_keys": {"export": "kept"},
    "import_keys": {"import": {"kept": "kept"}, "imported": 1},
    "a new process": {"restart": True},
}
_METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}


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
    require: dict | None = None
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
        asked = {} if self.require is None else {"require": self.require}
        return case | given | asked | {"now": self.now, "expect": self.wanted}

    def exchange(self) -> dict:
        if self.request is None:
            raise BadLine("only a request has an answer")
        send = {"method": self.request["method"], "target": self.target, "headers": self.fields}
        return {
            "id": f"http.{self.name}", "spec": self.spec, "note": self.note, "policy": self.policy,
            "responses": self.responses, "now": self.now, "send": send, "expect": self.wanted,
        }  # fmt: skip


class Stage:
    """A policy with what its issuers serve and what was named so far."""

    def __init__(self, anchor: str, policy: dict, numbered: int):
        self.anchor = anchor
        self.policy = policy
        self.number = numbered
        self.used = False
        self.minter = Minter(policy)
        self.served: dict[str, dict | None] = {}
        for entry in policy.get("issuers", []):
            for url in listed(entry.get("keys", {}).get("jwks_uri", [])):
                self.served[url] = answer(key_set(*SERVED))

    def name(self, what: object) -> str:
        return f"guide.{self.anchor.replace('-', '_')}.{what}"

    def verdicts(self, text: str) -> Iterator[Check]:
        for line in joined(text):
            words, note = without_note(line)
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
        for line in joined(text):
            words, _ = without_note(line)
            found = re.fullmatch(r"(\d+)([smhd])\s+(.*)", words, re.DOTALL)
            if not found:
                raise BadLine(f"{line}: a step of a timeline begins with its time")
            at = int(found[1]) * UNITS[found[2]]
            step = self._step(found[3], tokens)
            steps.append(step if at == clock else {"at": at} | step)
            clock = at
        api = "keys" if any(KEY_STEPS & step.keys() for step in steps) else "public"
        return {
            "id": self.name(self.number), "spec": self._spec, "note": "What the guide shows.", "api": api,
            "policy": self.policy, "tokens": tokens, "start": NOW, "steps": steps,
        }  # fmt: skip

    def explanation(self, text: str) -> dict:
        """The token in the first line, and behind an empty line the text."""
        self.number += 1
        first, _, told = text.partition("\n\n")
        words, note = without_note(first)
        made = self.minter.make(words)
        check = self._blank(note or words)
        check.text, check.now, check.wanted = made.text, made.now, explained(told)
        return check.token_case()

    @property
    def _spec(self) -> str:
        return f"core/docs/policy.md#{self.anchor}"

    @property
    def _responses(self) -> dict:
        return {url: served for url, served in self.served.items() if served is not None}

    def _tell(self, words: str) -> None:
        """A line without an arrow: a token gets a name, or a URL other answers."""
        if found := re.fullmatch(r"([A-Z]+) is (.*)", words, re.DOTALL):
            self.minter.named[found[1]] = self.minter.make(found[2])
        else:
            self.served.update(serving(words))

    def _check(self, left: str, right: str, note: str) -> Check:
        check = self._blank(note or left)
        left, _, asked = left.partition(" asked for ")
        check.require = json.loads(asked) if asked else None
        if found := re.fullmatch(r"policy error at (\S+)", right):
            # The token is a good one, so that nothing else can be at fault.
            check.text, check.responses = token(), {}
            check.policy = self.policy if left == "this policy" else changed(self.policy, left)
            check.wanted = {"verdict": "policy_error", "path": found[1]}
            return check
        if re.match(rf"({_METHODS}) ", left):
            made = self._request(check, left)
        else:
            made = self.minter.make(left)
            check.text = made.text
        check.now = made.now
        check.wanted = self._wanted(right, made)
        return check

    def _blank(self, note: str) -> Check:
        return Check(self.name(self.number), self._spec, note, self.policy, self._responses, NOW, {})

    def _request(self, check: Check, left: str) -> Made:
        method, target, rest = [*left.split(None, 2), ""][:3]
        head, *fields = [part.strip() for part in f" {rest}".split(" | ")]
        sent = (found for name, found in self.minter.named.items() if re.search(rf"\b{name}\b", left))
        made = self.minter.make(head) if head else next(sent, Made("", {}, NOW))
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
            "method": method,
            "path": parts.path,
            "headers": singles(headers),
            "query": singles(query),
            "cookies": singles(cookies),
        }
        return made

    def _with_tokens(self, text: str) -> str:
        for name, made in self.minter.named.items():
            text = re.sub(rf"\b{name}\b", made.text, text)
        return text

    def _wanted(self, right: str, made: Made) -> dict:
        if right[:3].isdigit():
            return self._answered(right, made)
        if found := re.fullmatch(r"accepted(?:\s+as (\{.*\}))?", right, re.DOTALL):
            return {"verdict": "accepted", "claims": self.minter.filled(json.loads(found[1])) if found[1] else made.claims}
        if found := re.fullmatch(r"accepted with the scopes (.*)", right):
            return {"verdict": "accepted", "claims": made.claims, "scopes": found[1].split()}
        if found := re.fullmatch(r"rejected (\w+)(?: \((.+)\))?(?:\n  WWW-Authenticate: (.*))?", right):
            named = {"claim": found[2], "challenge": found[3]}
            return {"verdict": "rejected", "code": found[1]} | {name: value for name, value in named.items() if value}
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
            return {"status": 200, "claims": None if said else made.claims} | seen(more)
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
        if words in _STEPS:
            return dict(_STEPS[words])
        if "->" not in words:
            return {"serve": {url: served or "down" for url, served in serving(words).items()}}
        left, right = (part.strip() for part in words.split("->", 1))
        found = re.fullmatch(r"(accepted|rejected \w+|unavailable), (\d+) fetch(?:es)?(?:, (\d+) saves?)?", right)
        if not found:
            raise BadLine(f"{right}: a verdict, the fetches so far, and perhaps the saves")
        verdict, _, code = found[1].partition(" ")
        code = "keys_unavailable" if verdict == "unavailable" else code
        tokens[left] = self.minter.make(left, lives=_LONG).text
        expect = {"verdict": verdict} | ({"code": code} if code else {})
        saves = {"saves": int(found[3])} if found[3] else {}
        return {"validate": left, "expect": expect, "fetches": int(found[2])} | saves
