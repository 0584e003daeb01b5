"""Lays out the pages of the site: `python3 -m prepare FOLDER [REFERENCES]` from `tests/docs`.

Every Markdown file that git knows is a page, under the path that it has there, so that its links hold as they are. With
REFERENCES, what `references.sh` has made, the site has those of all languages, too.
"""

import re
import shutil
import sys
from pathlib import Path

from . import references, repository, schema, sources

# What the site has under another path. The number is that of the document's `version`: a schema stays where it is when
# another version comes.
PLACED = {
    "schema/1/policy.json": "core/policy.schema.json",
    "assets/iframe-worker.js": "tests/docs/node_modules/iframe-worker/shim/index.js",
}


def main(pages: Path, made: Path | None) -> None:
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(repository.ROOT / repository.OWN, pages)
    linked = repository.linked()
    documents = [name for name in repository.documents() if not name.startswith(repository.OWN)]
    for name in documents:
        write(pages / name, document(name))
    for path in linked:
        if sources.files_of(path):
            write(pages / sources.page_of(path), sources.page(path))
    # A file that a page shows can be had as it is, too; and pictures, and what is too long for a page.
    raw = {name: name for name in (linked & repository.files()) - set(documents)}
    for place, name in {**raw, **PLACED}.items():
        write(pages / place, repository.text(name))
    for name in (path.relative_to(pages).as_posix() for path in pages.glob("*.md")):
        write(pages / name, repository.led(name, (pages / name).read_text(encoding="utf-8"), shown_at))
    with (pages / "schema.md").open("a", encoding="utf-8") as page:
        page.write("\n" + schema.sections())
    references.lay_out(pages, made)


def document(name: str) -> str:
    text = repository.led(name, repository.text(name), shown_at)
    # An example of a crate is a test, too: its lines that begin with `# ` are for that alone, and rustdoc hides them as well.
    text = re.sub(r"^```rust\b.*?^```$", visible, text, flags=re.MULTILINE | re.DOTALL)
    # Of what stands behind a fence, the first word is the language; the others are for tests.
    return re.sub(r"^(```\w+)[ ,].*$", r"\1", text, flags=re.MULTILINE)


def visible(block: re.Match[str]) -> str:
    return re.sub(r"^#( .*)?\n", "", block[0], flags=re.MULTILINE)


def shown_at(path: str) -> str | None:
    """The page on which a path of the repository is shown, if that is not its own."""
    if f"{path}/README.md" in repository.files():
        return f"{path}/README.md"
    known = path in repository.files() or bool(repository.below(path))
    return sources.page_of(path) if known and sources.files_of(path) else None


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
