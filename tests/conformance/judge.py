"""Whether what a binding answered is what the case expects."""

import math


def is_met(expect: dict, got: dict) -> bool:
    """Code, claim, path, paths, claims, scopes and challenge count where the case names them; the verdict always."""
    if got.get("verdict") != expect["verdict"]:
        return False
    named = ("code", "claim", "path", "paths", "scopes", "challenge")
    if any(got.get(name) != expect[name] for name in named if name in expect):
        return False
    return "claims" not in expect or same_json(expect["claims"], got.get("claims"))


def same_json(left: object, right: object) -> bool:
    """Equality of JSON values. Numbers are equal when they are the same double, since some languages have no others."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _double(left) == _double(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return type(left) is type(right) and left == right


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def told(outcome: dict) -> str:
    """An outcome in a few words; of claims it says no values."""
    words = [str(outcome.get("verdict"))]
    words += [f"{name}={outcome[name]!r}" for name in ("code", "claim", "path", "paths") if outcome.get(name) is not None]
    if outcome.get("verdict") == "accepted":
        claims = outcome.get("claims")
        words.append(f"claims={sorted(claims)}" if isinstance(claims, dict) else "claims missing")
    return " ".join(words)
