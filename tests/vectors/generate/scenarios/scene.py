"""How a scenario is written down: one `Scene` per scenario, one call per step."""

from ..encoding import compact
from ..keys import key_set
from ..suite import entry, policy
from ..tokens import ABSENT, ISSUER, NOW, claims, header, token

URL = "https://idp.test/jwks"
SECOND = "https://backup.test/jwks"
# Long enough that no clock of a scenario gets there.
EXP = NOW + 100 * 366 * 86_400
# Steps that need the validator's own functions for its key sets, beside a fetch callback and a clock.
KEY_STEPS = frozenset(
    {"refresh", "export", "restart", "import", "store", "health", "events", "warnings", "replace", "require"}
)
# Steps that are a driver's: a package that has one does them by itself.
CORE_STEPS = frozenset({"poll", "wakeup", "refresh_keys"})
# Steps, and members of steps, that look at a driver from both sides: as the host whose functions it runs, and at who waits.
DRIVER_STEPS = frozenset({"store_does", "store_release", "overrun", "waiting", "saved", "reissue", "asked", "loads"})


def signed(key: str, kid: str | None = None, issuer: str = ISSUER) -> str:
    """A token that never expires, signed by a test key under its own name or another."""
    return token(claims(iss=issuer, exp=EXP), header(key, kid=kid or key), key=key)


def without_kid(key: str) -> str:
    return token(claims(exp=EXP), header(key, kid=ABSENT), key=key)


def keys(*names: str | dict, **headers: str) -> dict:
    """An answer with these keys. Header names are written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": 200, "headers": fields, "body": compact(key_set(*names))}


def answer(status: int, body: str = "", **headers: str) -> dict:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "headers": fields, "body": body}


def fetched(uri: str | list[str] = URL, **settings) -> dict:
    """A policy whose keys are fetched, with these key-set settings."""
    more = {"jwks": settings} if settings else {}
    return policy(entry({"jwks_uri": uri}, **more))


class Scene:
    """One scenario. `at` in any step sets the clock, in seconds after the start."""

    def __init__(self, name: str, note: str, rules: dict | None = None, spec: str = "the key-set machine"):
        self.name = name
        self.note = note
        self.spec = spec
        self.rules = rules or fetched()
        self.tokens: dict[str, str] = {}
        self.steps: list[dict] = []

    def serve(self, served: dict | str, at: float | None = None) -> "Scene":
        """What `URL` answers from now on; or with one mapping, what several URLs do."""
        urls = served if isinstance(served, dict) and "status" not in served else {URL: served}
        return self._step({"serve": urls}, at)

    def accept(self, key: str, fetches: int, **more) -> "Scene":
        """Of `more`: `at`; `text`, a token that is not the key's usual one; `saves`, to the store so far."""
        return self._validate(key, {"verdict": "accepted"}, fetches, **more)

    def reject(self, key: str, fetches: int, code: str = "unknown_key", **more) -> "Scene":
        return self._validate(key, {"verdict": "rejected", "code": code}, fetches, **more)

    def unavailable(self, key: str, fetches: int, retry_after: tuple[float, float], **more) -> "Scene":
        wanted = {"verdict": "unavailable", "code": "keys_unavailable", "retry_after": list(retry_after)}
        return self._validate(key, wanted, fetches, **more)

    def begin(
        self, name: str, key: str, fetches: int, at: float | None = None, text: str | None = None
    ) -> "Scene":
        if key not in self.tokens:
            self.tokens[key] = text or signed(key)
        return self._step({"begin": {"name": name, "token": key}, "fetches": fetches}, at)

    def end(
        self,
        name: str,
        fetches: int,
        at: float | None = None,
        asked: int | None = None,
        loads: int | None = None,
        **expect,
    ) -> "Scene":
        counted = _given(asked=asked, loads=loads)
        return self._step({"end": name, "expect": expect or {"verdict": "accepted"}, "fetches": fetches} | counted, at)

    def release(self, url: str = URL, at: float | None = None) -> "Scene":
        return self._step({"release": url}, at)

    def requested(self, **members) -> "Scene":
        return self._step({"requested": members}, None)

    def core(self, verb: str, value, at: float | None = None, **more) -> "Scene":
        """A step of any other kind."""
        return self._step({verb: value} | more, at)

    def store(self, text: str | None, at: float | None = None) -> "Scene":
        """What the store has from now on."""
        return self._step({"store": text}, at)

    def events(self, names: list[str]) -> "Scene":
        return self._step({"events": names}, None)

    def warnings(self, *parts: str) -> "Scene":
        """The warnings since the last such step: each has the part at its place."""
        return self._step({"warnings": list(parts)}, None)

    def health(self, at: float | None = None, source: int = 0, **members) -> "Scene":
        return self._step({"health": {"source": source, "is": members}}, at)

    def refresh(self, fetches: int, at: float | None = None) -> "Scene":
        """Asks for a refresh of every source, which runs to its end."""
        return self._step({"refresh": True, "fetches": fetches}, at)

    def replace(self, rules: dict, at: float | None = None, fetches: int | None = None) -> "Scene":
        """Another policy comes in the place of the one before."""
        return self._step({"replace": rules} | _given(fetches=fetches), at)

    def replace_refused(self, rules: dict, path: str, at: float | None = None) -> "Scene":
        """The document is none, and the policy before stays."""
        return self._step({"replace": rules, "expect": {"code": "policy_error", "path": path}}, at)

    def require(self, of: str, asks: dict, at: float | None = None, **expect) -> "Scene":
        """What an endpoint asks of a token that was accepted: by a `validate` of this name, or a validation begun under it."""
        return self._step({"require": {"of": of, "asks": asks}, "expect": expect or {"verdict": "accepted"}}, at)

    def document(self) -> dict:
        return {
            "id": self.name,
            "spec": self.spec,
            "note": self.note,
            "api": self._api(),
            "policy": self.rules,
            "tokens": self.tokens,
            "start": NOW,
            "steps": self.steps,
        }

    def _api(self) -> str:
        """The least interface that can take all steps."""
        taken = {name for step in self.steps for name in step}
        if DRIVER_STEPS & taken:
            return "driver"
        if CORE_STEPS & taken:
            return "core"
        return "keys" if KEY_STEPS & taken else "public"

    def _validate(
        self,
        key: str,
        expect: dict,
        fetches: int,
        at: float | None = None,
        text: str | None = None,
        saves: int | None = None,
        loads: int | None = None,
    ) -> "Scene":
        if key not in self.tokens:
            self.tokens[key] = text or signed(key)
        elif text not in (None, self.tokens[key]):
            raise ValueError(f"{self.name}: {key} names two tokens")
        counted = _given(loads=loads, saves=saves)
        return self._step({"validate": key, "expect": expect, "fetches": fetches} | counted, at)

    def _step(self, step: dict, at: float | None) -> "Scene":
        self.steps.append(step if at is None else {"at": at} | step)
        return self


def _given(**counts: int | None) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count is not None}
