"""The C interface for one platform as an archive that is unpacked anywhere: target/packages/c/jotgate-VERSION-PLATFORM.tar.gz."""

from __future__ import annotations

import gzip
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .platforms import PACKAGES, ROOT, Platform, version


def make(platform: Platform, extra: list[Path]) -> Path:
    """Of the libraries in the platform's folder, with `extra` beside the licences."""
    name = f"jotgate-{version()}-{platform.name}"
    made = PACKAGES / "c" / f"{name}.tar.gz"
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as stage:
        told = {
            "DESTDIR": stage,
            "PREFIX": f"/{name}",
            "RELOCATABLE": "1",
            "STRIP": "true",  # done already, by a tool that knows this platform
            "JOTGATE_LIBRARIES": str(platform.libraries),
        }
        subprocess.run([ROOT / "bindings-ffi" / "install.sh"], env=os.environ | told, check=True)
        documents = Path(stage) / name / "share" / "doc" / "jotgate"
        for file in extra:
            (documents / file.name).write_bytes(file.read_bytes())
        pack(Path(stage), made)
    return made


def pack(folder: Path, made: Path) -> None:
    """A tar of what is in `folder` that depends on nothing but names and content."""
    with made.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(folder.rglob("*")):
                archive.add(path, str(path.relative_to(folder)), recursive=False, filter=_anonymous)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
