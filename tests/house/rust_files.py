"""Which file of a crate uses which, and the circles among them: `python3 -m house.rust_files [FOLDER]...` from `tests`.

A file uses the file that DEFINES what it names: `super::X` and `crate::a::X` are followed through every re-export. To declare a
module or to hand a name on is no use, so a `mod.rs` that is a table of contents has no edges; as soon as its own code names what
a child defines, it has one. A method that stands in another file than its type is used by whoever calls it on `self`, `Self` or
the type's name. `--edges` prints all edges.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from . import tree
from .rust_source import Module, read_crate

Edges = dict[Path, dict[Path, set[str]]]


def crates() -> list[Path]:
    """The source folders of the core: there may be several crates."""
    folders = (tree.ROOT / "core" / name for name in ("src", "http/src", "testing/src", "tools/src"))
    return [folder for folder in folders if folder.is_dir()]


def edges(folder: Path) -> Edges:
    """For each file the files that it uses, with the names by which it does."""
    root = next(path for path in (folder / "lib.rs", folder / "main.rs") if path.exists())
    return Graph(read_crate(root)).edges()


def circles(used: Edges) -> list[list[Path]]:
    """The groups of files in which each reaches each other one, largest first."""
    return sorted((sorted(group) for group in components(used) if len(group) > 1), key=len, reverse=True)


class Graph:
    def __init__(self, crate: Module) -> None:
        self.crate = crate
        self.modules = list(crate.walk())
        # Where methods stand that do not stand in the file of their type.
        self.methods: dict[tuple[Path, str, str], set[Path]] = defaultdict(set)
        for module in self.modules:
            for owner, names in module.methods.items():
                for file in self.files(module, (owner,)):
                    for name in names:
                        self.methods[file, owner, name].add(module.file)

    def edges(self) -> Edges:
        found: Edges = {module.file: {} for module in self.modules}
        for module in self.modules:
            for path, owner in self.uses(module):
                for file in self.files(module, path, owner):
                    if file != module.file:
                        found[module.file].setdefault(file, set()).add("::".join(path))
        return found

    def uses(self, module: Module) -> Iterator[tuple[tuple[str, ...], str | None]]:
        for imported in module.imports:
            if not imported.exported and imported.name != "*":
                yield imported.path, None
        for mention in module.mentions:
            yield mention.path, mention.owner

    def files(self, module: Module, path: tuple[str, ...], owner: str | None = None) -> set[Path]:
        """The files that define what `path` means in `module`; none for modules and for what comes from outside."""
        if path[0] == "Self" and owner is not None:
            path = (owner, *path[1:])
        starts, rest = self.start(module, path)
        found: set[Path] = set()
        for start in starts:
            found |= self.walk(start, rest, frozenset(), named=path[0] in {"crate", "super", "self"})
        return found

    def start(self, module: Module, path: tuple[str, ...]) -> tuple[list[Module], tuple[str, ...]]:
        if path[0] == "crate":
            return [self.crate], path[1:]
        while path and path[0] in {"self", "super"}:
            if path[0] == "super":
                if module.parent is None:
                    return [], path
                module = module.parent
            path = path[1:]
        return [module], path

    def walk(self, module: Module, path: tuple[str, ...], seen: frozenset[tuple[int, str]], *, named: bool) -> set[Path]:
        """`named`: the path surely means something in this module, so a name that is not found was made by a macro."""
        if not path or (id(module), path[0]) in seen:
            return set()
        name, rest = path[0], path[1:]
        seen |= {(id(module), name)}
        found: set[Path] = set()
        for child in module.children.get(name, []):
            found |= self.walk(child, rest, frozenset(), named=True)
        if name in module.items:
            found |= {module.file} | (self.methods.get((module.file, name, rest[0]), set()) if rest else set())
        if found or name in module.children:
            return found
        for imported in module.imports:
            if imported.name in {name, "*"}:
                starts, behind = self.start(module, imported.path if imported.name == name else (*imported.path[:-1], name))
                sure = imported.path[0] in {"crate", "super", "self"} and imported.name == name
                for start in starts:
                    found |= self.walk(start, (*behind, *rest), seen, named=sure)
        imports = {imported.name for imported in module.imports}
        return {module.file} if named and not found and name not in imports and name != "*" else found


def components(used: Edges) -> Iterator[set[Path]]:
    """Strongly connected components: files that reach each other."""
    reached = {file: reachable(used, file) for file in used}
    left = set(used)
    while left:
        file = min(left)
        group = {file} | {other for other in reached[file] if file in reached.get(other, set())}
        left -= group
        yield group


def reachable(used: Edges, file: Path) -> set[Path]:
    found: set[Path] = set()
    todo = [file]
    while todo:
        for other in used.get(todo.pop(), {}):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def lines(folder: Path, used: Edges, among: list[Path]) -> Iterator[str]:
    """The edges among these files, with the names that make them."""
    for file in among:
        for other, names in sorted(used[file].items()):
            if other in among:
                yield f"  {file.relative_to(folder)} -> {other.relative_to(folder)} ({', '.join(sorted(names))})"


def describe(folder: Path) -> str:
    """The circles of a crate, each with the edges inside of it; empty when there is none."""
    used = edges(folder)
    return "\n".join(
        line for circle in circles(used) for line in (f"circle of {len(circle)} files:", *lines(folder, used, circle))
    )


def main(words: list[str]) -> int:
    folders = [Path(word).resolve() for word in words if word != "--edges"] or crates()
    found = False
    for folder in folders:
        if "--edges" in words:
            used = edges(folder)
            print("\n".join(lines(folder, used, sorted(used))))
        text = describe(folder)
        found = found or bool(text)
        print(text or f"no circle among the files of {folder}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
