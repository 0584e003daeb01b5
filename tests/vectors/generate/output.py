"""Case files as text, and the index that pins them."""

import hashlib

from .cases import BY_PROVIDER, SUITES
from .documents import DOCUMENTS
from .encoding import compact
from .exchanges import EXCHANGES
from .explanations import EXPLANATIONS
from .guide import Guide
from .imports import BY_PROVIDER as IMPORTS_BY_PROVIDER
from .imports import IMPORTS
from .scenarios import BY_PROVIDER as SCENES_BY_PROVIDER
from .scenarios import SCENARIOS

INDEX = "index.json"


def files() -> dict[str, bytes]:
    """Every generated file by its path below `tests/vectors/`."""
    guide = Guide()
    suites = [*(make() for make in SUITES), guide.tokens]
    scenes = {name: [scene.document() for scene in make()] for name, make in SCENARIOS.items()}
    scenes["guide"] = guide.scenarios
    _refuse_duplicates([case for suite in suites for case in suite.cases])
    _refuse_duplicates([scene for found in scenes.values() for scene in found])
    exchanges = {name: make() for name, make in EXCHANGES.items()} | {"guide": guide.exchanges}
    # That file is left to the middlewares that can change requests.
    exchanges["forward"] = exchanges["forward"] + guide.forwarding
    _refuse_duplicates([exchange for found in exchanges.values() for exchange in found])
    explained = {name: make() for name, make in EXPLANATIONS.items()} | {"guide": guide.explanations}
    _refuse_duplicates([case for found in explained.values() for case in found])
    imports = {name: list(make()) for name, make in IMPORTS.items()} | {"guide": guide.imports}
    _refuse_duplicates([case for found in imports.values() for case in found])
    documents = {name: make() for name, make in DOCUMENTS.items()}
    _refuse_duplicates([case for found in documents.values() for case in found])
    tokens = {f"tokens/{suite.name}.json": _file("cases", suite.cases) for suite in suites}
    scenarios = {f"scenarios/{name}.json": _file("scenarios", found) for name, found in scenes.items()}
    http = {f"http/{name}.json": _file("exchanges", found) for name, found in exchanges.items()}
    explain = {f"explain/{name}.json": _file("explanations", found) for name, found in explained.items()}
    imported = {f"imports/{name}.json": _file("imports", found) for name, found in imports.items()}
    written = {f"documents/{name}.json": _file("documents", found) for name, found in documents.items()}
    token_counts = [len(suite.cases) for suite in suites]
    marked, marked_entries = _by_provider()
    index = {
        "files": _entries(tokens, "cases", token_counts),
        "by_provider": ",\n".join(marked_entries),
        "scenarios": _entries(scenarios, "scenarios", [len(found) for found in scenes.values()]),
        "http": _entries(http, "exchanges", [len(found) for found in exchanges.values()]),
        "explain": _entries(explain, "explanations", [len(found) for found in explained.values()]),
        "imports": _entries(imported, "imports", [len(found) for found in imports.values()]),
        "documents": _entries(written, "documents", [len(found) for found in documents.values()]),
    }
    listed = ",\n".join(f'"{name}":[\n{entries}\n]' for name, entries in index.items())
    return tokens | marked | scenarios | http | explain | imported | written | {INDEX: f"{{{listed}}}\n".encode("ascii")}


def _by_provider() -> tuple[dict[str, bytes], list[str]]:
    """The files that count for packages with one provider of cryptography, and their lines of the index."""
    made = [
        (provider, f"tokens/{suite.name}.json", "cases", suite.cases)
        for provider, suite in ((provider, make()) for provider, make in BY_PROVIDER.items())
    ] + [
        (provider, f"scenarios/{provider}.json", "scenarios", [scene.document() for scene in make()])
        for provider, make in SCENES_BY_PROVIDER.items()
    ] + [
        (provider, f"imports/{provider}.json", "imports", make()) for provider, make in IMPORTS_BY_PROVIDER.items()
    ]
    texts = {path: _file(kind, cases) for _, path, kind, cases in made}
    entries = [
        _entries({path: texts[path]}, kind, [len(cases)], provider=provider) for provider, path, kind, cases in made
    ]
    return texts, entries


def _entries(made: dict[str, bytes], counted: str, counts: list[int], **mark: str) -> str:
    """The lines of the index for these files."""
    return ",\n".join(
        f"  {compact({'file': path, counted: count, 'sha256': hashlib.sha256(text).hexdigest()} | mark)}"
        for (path, text), count in zip(made.items(), counts, strict=True)
    )


def _file(kind: str, cases: list[dict]) -> bytes:
    """One member of a case per line, and one step of a scenario: short enough to read, stable enough to compare."""
    whole = ",\n".join("{\n" + ",\n".join(_member(*member) for member in case.items()) + "\n}" for case in cases)
    return f'{{"{kind}": [\n{whole}\n]}}\n'.encode("ascii")


def _member(name: str, value: object) -> str:
    if name == "steps":
        steps = ",\n".join(f"    {compact(step)}" for step in value)
        return f'  "steps": [\n{steps}\n  ]'
    return f"  {compact(name)}: {compact(value)}"


def _refuse_duplicates(cases: list[dict]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case["id"] in seen:
            raise ValueError(f"two cases have the id {case['id']}")
        seen.add(case["id"])
