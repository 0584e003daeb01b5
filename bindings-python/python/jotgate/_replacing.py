"""Another policy in the place of the one that holds."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ._documents import filled, placed, policy_json, text_of_file
from ._inspection import Inspection
from ._options import PolicyOptions
from ._policy import document_of, named_by_options, text_of
from ._ruling import Ruling
from .errors import PolicyError

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Replacing(Inspection):
    """The part of `Validator` that changes what it judges by."""

    __slots__ = ()

    def replace(
        self,
        policy: Mapping[str, Any] | str | None = None,
        /,
        *,
        format: Literal["json", "yaml", "toml"] = "json",  # noqa: A002 (what everyone calls it)
        **options: Unpack[PolicyOptions],
    ) -> None:
        """Judges by another policy from now on: a whole document as for `from_policy`, or the constructor's options.

        It is read and checked first: one that is wrong raises `PolicyError`, as the constructor does, and changes
        nothing. Validations that have begun end under the policy before; later ones see this one alone. Key sets of
        sources whose place and options are the same stay, with their age and their pauses after failures; others are
        fetched when they are needed. What the application brings stays: `fetch`, `store`, `clock`, hooks, listeners.
        `on_event` tells `policy_replaced`.
        """
        if policy is None:
            if unknown := sorted(options.keys() - PolicyOptions.__annotations__.keys()):
                raise TypeError(f"replace takes no option {unknown[0]!r}")
            with named_by_options(options):
                self._replace(text_of(document_of(options)))
        elif options:
            raise TypeError(f"replace takes a policy or options, not both: {', '.join(options)}")
        elif isinstance(policy, str):
            with placed(policy, format):
                self._replace(policy_json(policy, format))
        else:
            self._replace(text_of(policy))

    def replace_from_file(self, path: str | PathLike[str]) -> None:
        """Like `replace`, with a policy file as for `from_file`. A file that is half written changes nothing."""
        text, kind = text_of_file(Path(path))
        with placed(text, kind):
            self._replace(policy_json(text, kind), Path(path).parent)

    def _replace(self, policy: str, folder: Path | None = None) -> None:
        policy = filled(policy, folder)
        with self._driver.replacing:
            ruling = self._compiled(policy)
            self._driver.follow(ruling)
            self._events.follow(ruling)
            self._follow(ruling)
        if self._listened:
            self._events.drain()

    def _compiled(self, policy: str) -> Ruling:
        """The policy in the place of the one that holds now."""
        if self._unfit and Ruling(policy, 0, client_lookup=True).forwards():
            raise PolicyError(next(iter(self._unfit.values())), "forward")
        return Ruling(policy, 0, before=self._ruling, now=self._now()).learn()
