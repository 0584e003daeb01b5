"""The examples of `core/docs/policy.md`, as vectors: what the guide says is what every language does.

A section of the guide has policies in `yaml` blocks. The blocks behind one say what becomes of tokens and requests:

- `verdicts`: a line is a token case or an HTTP exchange, in the notation of `guide_lines.py`;
- `timeline`: a scenario of key sets, whose lines begin with the time since its start;
- `explanation`: a token, an empty line, and the text that explains it;
- `console`: what the command line prints. The tests of the core run it. Where it imports a policy of another gateway, which
  is in a `yaml mulesoft` or `toml wso2` block before it, the notes and the policy behind it are an import, too.

`json` and `toml` blocks are the policy before them in other clothes; the tests of the core read all of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from .guide_lines import Stage
from .guide_words import BadLine
from .keys import VECTORS
from .suite import Suite

GUIDE = VECTORS.parents[1] / "core" / "docs" / "policy.md"
_RUN = frozenset({"verdicts", "timeline", "explanation", "console"})
_SOURCES = {"yaml mulesoft": "mulesoft", "toml wso2": "wso2"}
_PLAIN = frozenset({"json", "toml"})


@dataclass
class Block:
    language: str
    text: str
    line: int


@dataclass
class Section:
    heading: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """As GitHub makes it."""
        return re.sub(r"[^\w -]", "", self.heading).strip().lower().replace(" ", "-")


class Guide:
    """Everything that the guide says, by the kinds of vectors."""

    def __init__(self) -> None:
        self.tokens = Suite("guide", "core/docs/policy.md")
        self.exchanges: list[dict] = []
        self.forwarding: list[dict] = []
        self.scenarios: list[dict] = []
        self.explanations: list[dict] = []
        self.imports: list[dict] = []
        for section in sections(GUIDE.read_text(encoding="utf-8")):
            self._take(section)

    def _take(self, section: Section) -> None:
        stage: Stage | None = None
        source: Block | None = None
        imported: Block | None = None
        for block in section.blocks:
            try:
                if block.language == "yaml":
                    _refuse_idle(stage)
                    stage = Stage(section.anchor, _policy(block.text), self._count(section))
                    if source and imported:
                        self.imports.append(_import(stage, len(self.imports) + 1, source, imported))
                        stage.used = True
                        source = imported = None
                elif block.language in _SOURCES:
                    source = block
                elif block.language == "console":
                    imported = block if source else None
                    if stage:
                        stage.used = True
                elif block.language in _RUN and stage:
                    self._run(stage, block)
                elif block.language not in _PLAIN or not stage:
                    raise BadLine(f"nothing runs a block of {block.language or 'no language'} here")
            except (BadLine, yaml.YAMLError, ValueError) as error:
                raise SystemExit(f"core/docs/policy.md, block at line {block.line}: {error}") from error
        _refuse_idle(stage)

    def _count(self, section: Section) -> int:
        """How many cases the section has so far, so that those of its next policy have other numbers."""
        spec = f"core/docs/policy.md#{section.anchor}"
        cases = [*self.tokens.cases, *self.exchanges, *self.forwarding, *self.scenarios, *self.explanations]
        return sum(case["spec"] == spec for case in cases)

    def _run(self, stage: Stage, block: Block) -> None:
        stage.used = True
        if block.language == "timeline":
            self.scenarios.append(stage.scenario(block.text))
        elif block.language == "explanation":
            self.explanations.append(stage.explanation(block.text))
        else:
            for check in stage.verdicts(block.text):
                if not check.is_exchange:
                    self.tokens.cases.append(check.token_case())
                elif "forward" in stage.policy:
                    self.forwarding.append(check.exchange())
                else:
                    self.exchanges.append(check.exchange())


def sections(text: str) -> Iterator[Section]:
    """The sections with the fenced blocks in each."""
    section, block = Section(""), None
    for number, line in enumerate(text.splitlines(), 1):
        if block is None and line.startswith("#"):
            yield section
            section = Section(line.lstrip("# "))
        elif line.startswith("```"):
            if block is None:
                block = Block(line[3:].strip(), "", number)
            else:
                section.blocks.append(block)
                block = None
        elif block is not None:
            block.text += line + "\n"
    if block is not None:
        raise SystemExit(f"core/docs/policy.md: the block at line {block.line} does not end")
    yield section


def _refuse_idle(stage: Stage | None) -> None:
    if stage and not stage.used:
        raise BadLine("nothing is said about what the policy before it does")


def _policy(text: str) -> dict:
    """The policy as JSON. The tests of the core hold it against what the core's own reader makes of the same text."""
    document = yaml.safe_load(text)
    if not isinstance(document, dict):
        raise BadLine("a policy is an object")
    return document


def _import(stage: Stage, number: int, source: Block, console: Block) -> dict:
    """The import that the console shows: its notes, but for those that say `carried`."""
    notes = re.findall(r"^(changed|CANNOT ) {2}(.+?)(?: -> \S+)?: ", console.text, re.MULTILINE)
    told = [{"kind": kind.strip().lower(), "source": "" if name == "(not said)" else name} for kind, name in notes]
    return {
        "id": stage.name(f"import_{number}"),
        "note": "What the guide shows.",
        "kind": _SOURCES[source.language],
        "text": source.text,
        "expect": {"policy": stage.policy, "notes": sorted(told, key=lambda note: (note["kind"], note["source"]))},
    }
