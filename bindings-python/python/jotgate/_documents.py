"""What can be done with a policy document without a validator. The core does it; here it gets its types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from . import _native
from ._policy import text_of
from .errors import PolicyError


@dataclass(frozen=True)
class PolicyWarning:
    """Something that a policy allows and that is seldom meant.

    `code` and `path` are stable; `message` and `hint` may change between versions.
    """

    code: str
    severity: Literal["high", "medium", "low"]
    path: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message} [{self.code}]"


@dataclass(frozen=True)
class ImportNote:
    """What became of one parameter of another gateway's policy.

    `kind` is `"carried"`, `"changed"` or `"cannot"`, `source` the parameter's place there, `target` the place in the
    document that it went to (or None).
    """

    kind: Literal["carried", "changed", "cannot"]
    source: str
    target: str | None
    message: str


@dataclass(frozen=True)
class PolicyImport:
    """A policy document made from another gateway's policy.

    One that is not `complete` says less, or something else, than its source does: a note of kind `"cannot"` says what.
    Its `policy` is for an operator to finish, and not to be used as it is.
    """

    complete: bool
    policy: dict[str, Any]
    notes: list[ImportNote]


def products() -> list[str]:
    """The names of the gateways whose policies `import_policy` reads, such as `"mulesoft"` and `"wso2"`."""
    return _native.products()


def import_policy(
    product: str, text: str, *, files: Mapping[str, bytes] | None = None, values: Mapping[str, str] | None = None
) -> PolicyImport:
    """Reads another gateway's policy into ours.

    Of `"mulesoft"` the text is a Flex `PolicyBinding` in YAML or JSON of the API Manager, of `"wso2"` the
    `deployment.toml`. `files` are further files that the text names, such as a trust store, by name; a note says which
    are missing. `values` fill in templates of the text by their names, such as `{{ host }}` or `${jwks.url}`. Raises
    `PolicyError` for a text that no policy can be read from.
    """
    given = list((files or {}).items()), list((values or {}).items())
    members = json.loads(_native.import_policy(product, text, *given))
    return PolicyImport(members["complete"], members["policy"], [ImportNote(**note) for note in members["notes"]])


def policy_json(text: str, format: Literal["json", "yaml", "toml"] = "json") -> str:  # noqa: A002 (what everyone calls it)
    """The text of a policy document in JSON, from JSON, YAML or TOML.

    Raises `PolicyError` for what cannot be read, with a line and a column or the place as its `path`. What the fields
    mean is not looked at: `Validator.from_policy` does that.
    """
    return _native.policy_json(text, format)


def lint(policy: Mapping[str, Any] | str) -> list[PolicyWarning]:
    """What a policy document allows and its author may not have meant, the worst first.

    Takes a mapping or JSON text. Raises `PolicyError` for a document that is wrong.
    """
    return [PolicyWarning(**warning) for warning in json.loads(_native.lint(text_of(policy)))]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the policy document, as a new dict.

    It says which fields there are and of which types; every bound is checked when a validator is made.
    """
    found: dict[str, Any] = json.loads(_native.schema())
    return found


def json_of_file(path: str | PathLike[str]) -> str:
    """The JSON text of the policy document in a file, whose name tells the format."""
    path = Path(path)
    kind = path.suffix.removeprefix(".").lower()
    if kind not in {"json", "yaml", "yml", "toml"}:
        raise ValueError(f"the name of a policy file ends in .json, .yaml, .yml or .toml, not {path.suffix!r}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError("the file is not UTF-8") from error
    return _native.policy_json(text, kind)
