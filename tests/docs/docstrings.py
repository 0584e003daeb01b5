"""Docstrings of the Python package as Markdown, for its reference: a plugin of griffe, which mkdocs.yml names.

In the source a parameter is a line of its own, `name: what it is`, with what follows further in; and an example begins with `>>>`.
"""

import re
from typing import Any

import griffe


class Docstrings(griffe.Extension):
    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            paragraphs = obj.docstring.value.split("\n\n")
            obj.docstring.value = "\n\n".join(markdown(paragraph) for paragraph in paragraphs)


def markdown(paragraph: str) -> str:
    if paragraph.startswith(">>> "):
        return f"```pycon\n{re.sub(r'  # doctest: .*', '', paragraph)}\n```"
    # What stands before the first parameter is a paragraph of its own.
    before, *parameters = re.split(r"^(?=[a-z_]+: )", paragraph, flags=re.MULTILINE)
    items = [re.sub(r"^([a-z_]+): ", r"- `\1`: ", parameter) for parameter in parameters]
    return "\n".join([before, "".join(items)]) if items else before
