"""Whether an explanation is what its case expects."""

# The bindings whose runners explain.
BINDINGS = frozenset({"rust", "python", "c", "go", "java", "kotlin", "node", "edge", "ruby", "swift"})
_SAME = ("verdict", "code", "claim", "route", "verified")


def failure(expect: dict, got: dict) -> str | None:
    """The first difference, in words; None when all is as it must be.

    What the case does not name is not compared, but a code, a claim or a route that it does not name must not be there.
    """
    explanation = got.get("explanation")
    if not isinstance(explanation, dict):
        return str(got.get("verdict") or "not explained")
    for name in _SAME:
        if explanation.get(name) != expect.get(name):
            return f"expected {name} {expect.get(name)!r}, got {explanation.get(name)!r}"
    for wanted, check in zip(expect["checks"], explanation["checks"], strict=False):
        if wanted != [check["check"], check["outcome"]]:
            return f"expected {' '.join(wanted)}, got {check['check']} {check['outcome']}"
        if check["verified"] != expect["verified"]:
            return f"{check['check']} says that it is {'' if check['verified'] else 'not '}verified"
    if len(expect["checks"]) != len(explanation["checks"]):
        return f"expected {len(expect['checks'])} checks, got {len(explanation['checks'])}"
    notes = {check["check"]: check.get("note") for check in explanation["checks"]}
    for name, words in expect.get("notes", {}).items():
        if words not in (notes.get(name) or ""):
            return f"expected that the note of {name} says {words!r}, got {notes.get(name)!r}"
    for number, wanted in enumerate(expect.get("key_sets", [])):
        found = explanation["key_sets"][number] if number < len(explanation["key_sets"]) else {}
        for name, value in wanted.items():
            if found.get(name) != value:
                return f"expected key_sets[{number}].{name} {value!r}, got {found.get(name)!r}"
    if "text" in expect and expect["text"].splitlines() != got.get("text", "").splitlines():
        return f"expected other lines than\n{got.get('text')}"
    return None
