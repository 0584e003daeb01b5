"""The references of all languages: what generators have made as HTML is laid beside the pages, and what they write as Markdown
becomes pages.
"""

import re
import shutil
from pathlib import Path

from . import repository

PYTHON = "bindings-python/python/jotgate"
# Language, generator, and its entries: their names and where they lie below `api/`.
PLACES = {
    "Rust": ("rustdoc", {f"jotgate{name}": f"rust/jotgate{name}/index.html" for name in ("", "_http", "_testing", "_tools", "_host")}),
    "Node": ("TypeDoc", {"jotgate": "node/index.html"}),
    "Java": (
        "javadoc",
        {f"jotgate{name}": f"java/jotgate{name}/index.html" for name in ("", "-testing", "-grpc", "-spring-boot-starter")},
    ),
    "Kotlin": ("Dokka", {"jotgate-kotlin": "kotlin/index.html"}),
    "C": ("Doxygen", {"jotgate.h": "c/jotgate_8h.html", "what holds for all functions": "c/jotgate_8h_source.html"}),
    "Ruby": ("YARD", {"Jotgate": "ruby/Jotgate.html"}),
}

# The READMEs that begin the pages of the crates.
CRATES = {"jotgate": "core", **{f"jotgate_{name}": f"core/{name}" for name in ("host", "http", "testing", "tools")}}

# In the search the guide comes first.
BEHIND = "---\nsearch:\n  boost: 0.3\n---\n\n"


def lay_out(pages: Path, made: Path | None) -> None:
    page = pages / "api.md"
    if made is None:
        text = "\nThis build of the site has none of them; `make docs` makes them.\n"
    else:
        for language in made.iterdir():
            shutil.copytree(language, pages / "api" / language.name)
        for crate, folder in CRATES.items():
            lead(pages, f"api/rust/{crate}/index.html", f"{folder}/README.md")
        text = table(python(pages), go(pages))
    with page.open("a", encoding="utf-8") as file:
        file.write(text)


def lead(pages: Path, page: str, readme: str) -> None:
    """Leads the links of a README from the page that begins with it to the pages of the site."""

    def link(match: re.Match[str]) -> str:
        path = repository.target(readme, match[1]).replace("README.md", "index.md")
        return f'href="{repository.link_to(path, page).removesuffix(".md")}.html'

    path = pages / page
    path.write_text(re.sub(r'href="([^":#]+\.md)', link, path.read_text(encoding="utf-8")), encoding="utf-8")


def table(*languages: tuple[str, str, dict[str, str]]) -> str:
    rows = [*languages, *((language, *place) for language, place in PLACES.items())]
    lines = (
        f"| {language} | {', '.join(f'[{name}](api/{path})' for name, path in entries.items())} | {generator} |"
        for language, generator, entries in rows
    )
    return "\n".join(["", "| language | reference | made by |", "|---|---|---|", *lines]) + "\n"


def python(pages: Path) -> tuple[str, str, dict[str, str]]:
    """A page for each public module, which the plugin fills from its source."""
    folder = pages / "api" / "python"
    folder.mkdir(parents=True)
    paths = sorted(path.stem for path in (repository.ROOT / PYTHON).glob("*.py") if not path.stem.startswith("_"))
    modules = ["jotgate", *(f"jotgate.{name}" for name in paths)]
    for module in modules:
        (folder / f"{module}.md").write_text(f"{BEHIND}# {module} (Python)\n\n::: {module}\n", encoding="utf-8")
    return "Python", "mkdocstrings", {module: f"python/{module}.md" for module in modules}


def go(pages: Path) -> tuple[str, str, dict[str, str]]:
    paths = sorted((pages / "api" / "go").glob("*.md"))
    for path in paths:
        path.write_text(readable(path.read_text(encoding="utf-8")), encoding="utf-8")
    return "Go", "gomarkdoc", {path.stem: f"go/{path.name}" for path in paths}


def readable(text: str) -> str:
    """What gomarkdoc writes for GitHub, as Python's Markdown reads it."""
    text = text.replace("<details><summary>", '<details markdown="1"><summary>')
    text = re.sub(r"^</?p>$", "", text, flags=re.MULTILINE)
    # A list within a list begins four columns in; and a star that is escaped is escaped once.
    text = re.sub(r"^  - \[", "    - [", text, flags=re.MULTILINE)
    text = text.replace(r"\\\*", r"\*")
    return BEHIND + re.sub(r"^# .*", r"\g<0> (Go)", text, count=1, flags=re.MULTILINE)
