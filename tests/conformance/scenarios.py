"""Whether what a binding showed while it played a scenario is what the steps expect."""

from collections.abc import Iterator

_PUBLIC = frozenset({"public"})
_ALL = frozenset({"public", "keys", "core", "driver"})
# The scenarios that the runner of each binding plays, by their `api`; the other bindings run token cases alone.
BINDINGS = {
    "rust": _ALL,
    "rust-http": _ALL - {"core"},
    "python": _ALL - {"core"},
    "node": _PUBLIC | {"keys", "driver"},
    "edge": _PUBLIC | {"keys", "driver"},
    "c": _ALL,
    "go": _PUBLIC | {"keys", "driver"},
    "java": _ALL - {"core"},
    "kotlin": _ALL - {"core"},
    "ruby": _ALL - {"core"},
    "swift": _ALL - {"core"},
}
# No program in these languages, nor one on tokio, goes on after a fork, so their runners have nothing to show of that.
_WITHOUT_FORKS = frozenset({"rust-http", "node", "edge", "go", "java", "kotlin", "swift"})
_SHOWN_AS = {"poll": "polled", "wakeup": "wakeup", "imported": "imported", "events": "events", "saved": "saved"}
_MEMBERS = frozenset({"id", "spec", "note", "api", "policy", "tokens", "start", "steps"})


def problem(scenario: object) -> str | None:
    """What is wrong with the form of a scenario, so far as a run depends on it."""
    if not isinstance(scenario, dict):
        return "a scenario is an object"
    if unknown := sorted(scenario.keys() - _MEMBERS):
        return f"unknown members {', '.join(unknown)}"
    if missing := sorted(_MEMBERS - scenario.keys()):
        return f"lacks {', '.join(missing)}"
    if not isinstance(scenario["id"], str) or not isinstance(scenario["policy"], dict):
        return "id is a text and policy an object"
    if scenario["api"] not in _ALL:
        return f"api is one of {', '.join(sorted(_ALL))}"
    steps = scenario["steps"]
    if not isinstance(steps, list) or not steps or not all(isinstance(step, dict) for step in steps):
        return "steps is a list of objects"
    return None


def playable(binding: str, listed: list[dict]) -> list[dict]:
    """The scenarios of a file that the binding's runner plays."""
    able = [scenario for scenario in listed if scenario["api"] in BINDINGS.get(binding, ())]
    if binding not in _WITHOUT_FORKS:
        return able
    return [scenario for scenario in able if not any("reissue" in step for step in scenario["steps"])]


def failure(scenario: dict, played: dict) -> str | None:
    """The first step that showed something else than it expects, in words; None when all is as it must be."""
    observed = played.get("steps")
    if not isinstance(observed, list) or len(observed) != len(scenario["steps"]):
        return str(played.get("verdict") or "not played to its end")
    for number, (step, shown) in enumerate(zip(scenario["steps"], observed, strict=True)):
        for name, wanted, got in _compared(step, shown):
            if not _is_met(name, wanted, got):
                return f"step {number}: expected {name} {wanted!r}, got {got!r}"
    return None


def _compared(step: dict, shown: dict) -> Iterator[tuple[str, object, object]]:
    for name, wanted in step.get("expect", {}).items():
        yield name, wanted, shown.get(name)
    for name in ("fetches", "loads", "saves", "asked"):
        if name in step:
            yield name, step[name], shown.get(name)
    for name, shown_as in _SHOWN_AS.items():
        if name in step:
            yield name, step[name], shown.get(shown_as)
    if "warnings" in step:
        yield "warnings", [{"contains": part} for part in step["warnings"]], shown.get("warnings")
    if "replace" in step:
        yield "replaced", "expect" not in step, shown.get("replaced")
    if "waiting" in step:
        yield "waiting", True, shown.get("waiting")
    for name in ("requested", "health"):
        if name in step:
            members = step[name]["is"] if name == "health" else step[name]
            for member, wanted in members.items():
                got = (shown.get(name) or {}).get(member)
                yield f"{name}.{member}", wanted, _keys(got) if member in ("skipped", "lenient") else got


def _keys(notes: object) -> object:
    """Notes about keys without their words; not every language tells an absent id from an empty one."""
    if not isinstance(notes, list):
        return notes
    return [[note.get("index"), note.get("kid") or None, note.get("reason")] for note in notes]


def _is_met(name: str, wanted: object, got: object) -> bool:
    if isinstance(wanted, list) and isinstance(got, list) and name == "warnings":
        return len(wanted) == len(got) and all(map(_contains, wanted, got))
    if isinstance(wanted, dict) and wanted.keys() == {"contains"}:
        return _contains(wanted, got)
    if name in ("retry_after", "wakeup") and isinstance(wanted, list):
        least, most = wanted
        return isinstance(got, int | float) and least <= got <= most
    if _is_number(wanted) and _is_number(got):
        return wanted == got  # Not every language tells 7 from 7.0.
    return type(wanted) is type(got) and wanted == got


def _contains(wanted: dict, got: object) -> bool:
    """Whether a text has this part: the words around it are a language's own."""
    return isinstance(got, str) and wanted["contains"] in got


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
