"""Pages that show files: what a document links to and is no document itself, such as an example or a policy."""

from pathlib import PurePosixPath

from pygments.lexers import find_lexer_class_for_filename

from . import repository

# What is larger is for programs, and is linked to as it is.
LARGEST = 64 * 1024


def page_of(path: str) -> str:
    return f"source/{path}.md"


def files_of(path: str) -> list[str]:
    """The file, or the files below the folder; none for what no page shows."""
    names = [path] if path in repository.files() else repository.below(path)
    if path.endswith((".md", ".svg")) or f"{path}/README.md" in names:
        return []
    return [] if sum((repository.ROOT / name).stat().st_size for name in names) > LARGEST else names


def page(path: str) -> str:
    names = files_of(path)
    parts = ["---\nsearch:\n  exclude: true\n---", f"# {path}"]
    if names == [path]:
        parts.append(f"[The file by itself]({repository.link_to(path, page_of(path))})")
    for name in names:
        heading = [] if name == path else [f"## {name.removeprefix(path + '/')}"]
        content = repository.text(name).rstrip("\n")
        parts += [*heading, f"`````{language(name)}\n{content}\n`````"]
    return "\n\n".join(parts) + "\n"


def language(name: str) -> str:
    lexer = find_lexer_class_for_filename(PurePosixPath(name).name)
    return lexer.aliases[0] if lexer and lexer.aliases else "text"
