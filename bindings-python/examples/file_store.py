"""Key sets that the processes of one host share through a file: one of them fetches, the others read.

    validator = Validator(..., store=FileStore("/var/lib/orders/keys.json"))

Whoever can write the file can make tokens pass: keep it where only the service can.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class FileStore:
    """Keeps key sets in a file, which is replaced as a whole."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def load(self) -> str | None:
        """What was saved last."""
        return self._path.read_text(encoding="utf-8") if self._path.exists() else None

    def save(self, text: str) -> None:
        """Keeps the text. Whoever reads meanwhile reads the old one."""
        with tempfile.NamedTemporaryFile("w", dir=self._path.parent, delete=False, encoding="utf-8") as new:
            new.write(text)
        Path(new.name).replace(self._path)
