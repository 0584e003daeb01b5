"""Policy documents as files: what is wrong with them and where, and what is filled in from elsewhere."""

from collections.abc import Callable

from .mistakes import mistakes
from .references import references

DOCUMENTS: dict[str, Callable[[], list[dict]]] = {"mistakes": mistakes, "references": references}
