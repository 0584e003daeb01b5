"""The files of the project, as git knows them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = {".rs", ".py", ".pyi", ".ts", ".mts", ".cts", ".mjs", ".js", ".go", ".java", ".kt", ".c", ".h", ".sh", ".rb", ".ru", ".swift"}


@cache
def files() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sources(*folders: str) -> list[Path]:
    roots = [ROOT / folder for folder in folders] or [ROOT]
    return [path for path in files() if path.suffix in SOURCE and any(root in path.parents for root in roots)]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
