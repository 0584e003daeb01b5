"""Whether what a binding made of another gateway's policy is what the case expects."""

import judge

# The bindings whose runners take cases of imports.
BINDINGS = frozenset({"rust", "python", "node", "c", "go", "java", "kotlin", "ruby", "swift"})
_MEMBERS = frozenset({"id", "note", "kind", "text", "expect"})


def problem(case: object) -> str | None:
    """What is wrong with the form of a case, so far as a run depends on it."""
    if not isinstance(case, dict) or case.keys() != _MEMBERS:
        return f"an import has the members {', '.join(sorted(_MEMBERS))}"
    expect = case["expect"]
    if not isinstance(expect, dict) or ("error" in expect) == ("policy" in expect and "notes" in expect):
        return "expects either an error, or a policy and notes"
    return None


def failure(case: dict, got: dict) -> str | None:
    """What came out otherwise, in words; None when all is as it must be.

    Notes are compared by kind and source, in any order; those that say `carried` are not listed in a case.
    """
    expect = case["expect"]
    found = got.get("import")
    if "error" in expect:
        return None if got.get("error") == expect["error"] else f"expected {expect['error']}, got {_told(got)}"
    if not isinstance(found, dict):
        return f"expected an import, got {_told(got)}"
    if not judge.same_json(expect["policy"], found.get("policy")):
        return f"expected {expect['policy']}, got {found.get('policy')}"
    told = [(note["kind"], note["source"]) for note in found["notes"] if note["kind"] != "carried"]
    wanted = [(note["kind"], note["source"]) for note in expect["notes"]]
    if sorted(told) != sorted(wanted):
        missing, extra = _less(wanted, told), _less(told, wanted)
        return f"lacks the notes {missing}, has besides {extra}"
    for source, target in expect.get("targets", {}).items():
        leads = [note["target"] for note in found["notes"] if note["source"] == source]
        if target not in leads:
            return f"expected that a note on {source} leads to {target}, got {leads}"
    complete = all(kind != "cannot" for kind, _ in wanted)
    return None if found.get("complete") is complete else f"complete is {found.get('complete')}"


def _less(notes: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str]]:
    left = list(others)
    return [note for note in notes if note not in left or left.remove(note)]


def _told(got: dict) -> str:
    return str(got.get("error") or got.get("verdict") or ("an import" if "import" in got else "nothing"))
