"""What can be done with a policy document without a validator. The core does it; here it gets its types."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from . import _native
from ._policy import text_of, unicode
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
    return _native.policy_json(unicode(text), format)


def lint(policy: Mapping[str, Any] | str) -> list[PolicyWarning]:
    """What a policy document allows and its author may not have meant, the worst first.

    Takes a mapping or JSON text. Raises `PolicyError` for a document that is wrong.
    """
    return [PolicyWarning(**warning) for warning in json.loads(_native.lint(filled(text_of(policy))))]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the policy document, as a new dict.

    It says which fields there are and of which types; every bound is checked when a validator is made.
    """
    found: dict[str, Any] = json.loads(_native.schema())
    return found


def text_of_file(path: Path) -> tuple[str, Literal["json", "yaml", "toml"]]:
    """The text of a policy file and its format, which the name of the file tells."""
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"the name of a policy file ends in .json, .yaml, .yml or .toml, not {path.suffix!r}")
    return _native.policy_text(path.read_bytes()), kind


def json_of_file(path: str | PathLike[str]) -> str:
    """The JSON text of the policy document in a file, with what it names elsewhere."""
    path = Path(path)
    text, kind = text_of_file(path)
    with placed(text, kind):
        return filled(_native.policy_json(text, kind), path.parent)


def filled(document: str, folder: Path | None = None) -> str:
    """The document, in JSON, with what stands in environment variables and files.

    Paths start at the `folder`, or at the working directory.
    """
    wanted = _native.references(document)
    if not wanted:
        return document
    return _native.fill_references(document, [_read(*text, folder or Path()) for text in wanted])


@contextmanager
def placed(text: str, format: str) -> Iterator[None]:  # noqa: A002 (what everyone calls it)
    """Says in which lines of the text everything stands that is wrong."""
    try:
        yield
    except PolicyError as error:
        told = error.problems
        if all(problem.line for problem in told):
            raise
        places = _native.places(text, format, [problem.path for problem in told])
        problems = [
            problem if problem.line or place is None else replace(problem, line=place[0], column=place[1])
            for problem, place in zip(told, places, strict=True)
        ]
        raise PolicyError(error.detail, error.path, error.hint, problems) from None


def _read(kind: str, name: str, most: int, folder: Path) -> bytes | bool | None:
    """What is there: None when it is not, and False when it cannot be read."""
    if kind == "env":
        value = os.environ.get(name)
        return None if value is None else value.encode("utf-8", "surrogateescape")
    try:
        with (folder / name).open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        return None
    except OSError:
        return False


_FORMATS: dict[str, Literal["json", "yaml", "toml"]] = {
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
}
