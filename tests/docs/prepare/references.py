"""The references of all languages."""

from pathlib import Path


def lay_out(pages: Path, made: Path | None) -> None:
    (pages / "api.md").write_text("# The API of each language\n")
