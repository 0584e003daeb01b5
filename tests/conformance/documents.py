"""Whether what a binding says of a policy file is what the case expects."""

import os

# The bindings whose runners take documents.
BINDINGS = frozenset({"rust", "python", "node", "c", "go", "java", "kotlin", "ruby", "swift"})
_REQUIRED = frozenset({"id", "note", "format", "text", "expect"})
_MEMBERS = _REQUIRED | {"env", "files", "token", "now"}


def problem(case: object) -> str | None:
    """What is wrong with the form of a case, so far as a run depends on it."""
    if not isinstance(case, dict) or not _REQUIRED <= case.keys() <= _MEMBERS:
        return f"a document has members of {', '.join(sorted(_MEMBERS))}"
    expect = case["expect"]
    if not isinstance(expect, dict) or ("problems" in expect) == ("verdict" in expect):
        return "expects either problems or a verdict"
    return None


def set_variables(cases: list[dict]) -> None:
    """Sets the variables of all cases, whose names differ, for the runners that are started from now on."""
    for case in cases:
        os.environ.update(case.get("env", {}))


def failure(case: dict, got: dict) -> str | None:
    """What came out otherwise, in words; None when all is as it must be."""
    for name, wanted in case["expect"].items():
        if got.get(name) != wanted:
            return f"expected {name} {wanted}, got {got.get('problems') or got.get('verdict')}"
    return None
