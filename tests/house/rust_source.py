"""Reads Rust source as far as the graph of files needs it: which modules, items, imports and paths a file has.

Not a compiler: macros are read as they stand, and a method called on a value whose type is not written down is not seen. Code
for tests alone is left out, as are comments and strings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>b?c?r(?P<hashes>\#*)".*?"(?P=hashes)|[bc]?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^'\\])')
    |(?P<life>'\w+)
    |(?P<word>(?:r\#)?[A-Za-z_]\w*)
    |(?P<other>::|[0-9][\w.]*|.)""",
    re.VERBOSE | re.DOTALL,
)
OPENING = {"{": "}", "(": ")", "[": "]"}
DEFINING = {"fn", "struct", "enum", "trait", "type", "const", "static", "union"}
TEST_ONLY = "cfg(test)"


@dataclass(frozen=True)
class Import:
    """One name that a `use` brings in: `path` as written, `name` in this module (`*` for all), and whether it is handed on."""

    path: tuple[str, ...]
    name: str
    exported: bool


@dataclass(frozen=True)
class Mention:
    """A path in code; `owner` is the type of the surrounding `impl`, for `Self::x` and `self.x`."""

    path: tuple[str, ...]
    owner: str | None


@dataclass
class Module:
    file: Path
    parent: "Module | None"
    children: dict[str, list["Module"]] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    imports: list[Import] = field(default_factory=list)
    mentions: set[Mention] = field(default_factory=set)
    # Names of methods by the type of their `impl`, as the type is called here.
    methods: dict[str, set[str]] = field(default_factory=dict)

    def walk(self) -> Iterator["Module"]:
        yield self
        for children in self.children.values():
            for child in children:
                yield from child.walk()


def read_crate(root: Path) -> Module:
    """The modules of a crate, from its `lib.rs` or `main.rs`."""
    crate = Module(root, None)
    Reader(tokens(root.read_text(encoding="utf-8")), root.parent, []).read(crate)
    return crate


def tokens(source: str) -> list[str]:
    found = []
    for match in TOKEN.finditer(source):
        if match.lastgroup == "text" or match["text"] is not None:
            found.append('"' + match["text"])
        elif match["skip"] is None and match["life"] is None:
            found.append(match[0].removeprefix("r#"))
    return found


class Reader:
    """Reads the tokens of one file into its module; `folder` is where the files of child modules lie."""

    def __init__(self, words: list[str], folder: Path, inside: list[str]) -> None:
        self.words = words
        self.folder = folder.joinpath(*inside)
        self.at = 0

    def read(self, module: Module) -> None:
        if self.words[:6] == ["#", "!", "[", "cfg", "(", "test"]:
            return
        self.block(module, len(self.words), owner=None)

    def block(self, module: Module, end: int, owner: str | None) -> None:
        """Everything up to `end`; `owner` is the type of the `impl` that is being read."""
        attributes: list[str] = []
        while self.at < end:
            word = self.words[self.at]
            if word == "#" and self.peek(1) == "[":
                attributes.append("".join(self.taken(self.closing(self.at + 1) + 1)))
                continue
            if any(TEST_ONLY in attribute for attribute in attributes):
                self.at = self.end_of_item()
            elif word == "mod" and re.match(r"\w", self.peek(1)) and self.peek(2) in {";", "{"}:
                self.module(module, attributes)
            elif word == "use":
                self.imports(module)
            elif word == "impl" and self.starts_item():
                self.implementation(module)
            elif word == "macro_rules" and self.peek(1) == "!":
                module.items.add(self.peek(2))
                self.at += 3
            elif word in DEFINING and re.match(r"[A-Za-z_]", self.peek(1)):
                self.definition(module, owner)
            elif word == "pub":
                self.at = self.closing(self.at + 1) + 1 if self.peek(1) == "(" else self.at + 1
                continue
            elif re.match(r"[A-Za-z_]", word):
                self.mention(module, owner)
            else:
                self.at += 1
            attributes = []

    def module(self, module: Module, attributes: list[str]) -> None:
        name = self.peek(1)
        if self.peek(2) == "{":
            child = Module(module.file, module)
            module.children.setdefault(name, []).append(child)
            end = self.closing(self.at + 2)
            self.at += 3
            folder, self.folder = self.folder, self.folder / name
            self.block(child, end, owner=None)
            self.folder = folder
            self.at = end + 1
            return
        self.at += 3
        file = self.file_of(name, attributes)
        child = Module(file, module)
        words = tokens(file.read_text(encoding="utf-8"))
        if words[:6] == ["#", "!", "[", "cfg", "(", "test"]:
            return
        module.children.setdefault(name, []).append(child)
        Reader(words, file.parent, [] if file.name == "mod.rs" else [file.stem]).read(child)

    def file_of(self, name: str, attributes: list[str]) -> Path:
        for attribute in attributes:
            if given := re.match(r'#\[path=""(.*)"\]', attribute):
                return self.folder / given[1]
        beside = self.folder / f"{name}.rs"
        return beside if beside.exists() else self.folder / name / "mod.rs"

    def imports(self, module: Module) -> None:
        before = self.words[self.at - 1] if self.at else ""
        end = self.words.index(";", self.at)
        exported = before == "pub" or (before == ")" and "pub" in self.words[max(0, self.at - 6) : self.at])
        for path in branches(self.words[self.at + 1 : end]):
            name = path[-1]
            if len(path) > 2 and path[-2] == "as":
                path = path[:-2]
            if path[-1] == "self":
                path = path[:-1]
                name = path[-1] if name == "self" else name
            module.imports.append(Import(path, name, exported))
        self.at = end + 1

    def implementation(self, module: Module) -> None:
        start = self.next_of("{")
        head = self.words[self.at + 1 : start]
        head = head[head.index("for") + 1 :] if "for" in head and head[head.index("for") + 1] != "<" else head
        owner = named_type(head)
        end = self.closing(start)
        self.at += 1
        self.block(module, end, owner)
        self.at = end + 1

    def definition(self, module: Module, owner: str | None) -> None:
        name = self.peek(1)
        if owner is not None:
            module.methods.setdefault(owner, set()).add(name)
        else:
            module.items.add(name)
        self.at += 2

    def mention(self, module: Module, owner: str | None) -> None:
        if self.at and self.words[self.at - 1] == ".":
            self.at += 1
            return
        path = [self.words[self.at]]
        self.at += 1
        while self.peek(0) == "::" and re.match(r"[A-Za-z_]", self.peek(1)):
            path.append(self.peek(1))
            self.at += 2
        if path == ["self"] and self.peek(0) == "." and self.peek(2) in {"(", "::"}:
            path = ["Self", self.peek(1)]
            self.at += 2
        if len(self.words) > self.at - 2 * len(path) >= 0 and self.words[self.at - 2 * len(path)] == "::":
            return  # a crate from outside: `::name`
        module.mentions.add(Mention(tuple(path), owner))

    def starts_item(self) -> bool:
        """Whether `impl` begins a block, and is not `impl Trait` in the place of a type."""
        return self.at == 0 or self.words[self.at - 1] in {"}", ";", "]", "{", "unsafe"}

    def end_of_item(self) -> int:
        """Behind the item that begins here: at its `;`, or its `}`."""
        at = self.at
        while at < len(self.words):
            word = self.words[at]
            if word in {";", ","}:
                return at + 1
            if word == "}":
                return at
            if word in OPENING:
                at = self.closing(at)
                if word == "{":
                    return at + 1
            at += 1
        return at

    def closing(self, at: int) -> int:
        """Where the bracket that opens at `at` is closed."""
        depth = 0
        for place in range(at, len(self.words)):
            if self.words[place] in OPENING:
                depth += 1
            elif self.words[place] in OPENING.values():
                depth -= 1
                if depth == 0:
                    return place
        return len(self.words)

    def next_of(self, word: str) -> int:
        return self.words.index(word, self.at)

    def taken(self, end: int) -> list[str]:
        words, self.at = self.words[self.at : end], end
        return words

    def peek(self, ahead: int) -> str:
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ""


def branches(words: list[str]) -> Iterator[tuple[str, ...]]:
    """The paths of a `use` tree; `as` and the name behind it stay at the end."""
    path: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "{":
            depth, start = 1, at + 1
            for place in range(start, len(words)):
                depth += {"{": 1, "}": -1, ",": 0}.get(words[place], 0)
                if depth == 0 or (depth == 1 and words[place] == ","):
                    for branch in branches(words[start:place]):
                        yield (*path, *branch)
                    start = place + 1
                if depth == 0:
                    return
        elif word != "::":
            path.append(word)
        at += 1
    if path:
        yield tuple(path)


def named_type(head: list[str]) -> str | None:
    """The type of `impl<..> a::Type<..> where ..`."""
    depth, last = 0, None
    for at, word in enumerate(head):
        if word == "<":
            depth += 1
        elif word == ">" and head[at - 1] != "-":
            depth -= 1
        elif depth == 0 and word == "where":
            break
        elif depth == 0 and re.match(r"[A-Za-z_]", word) and word not in {"dyn", "mut"}:
            last = word
    return last
