"""Goes through a release with all that is in a folder, and publishes nothing: registries on loopback stand in for the real ones.

    cd tests && python3 -m release.rehearse DIST
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from . import artefacts, central, publish, registries, stand_in
from .command import CannotGoOn, command


class NotReady(CannotGoOn):
    """A release would not go through; the text says where."""


def step(registry: str, folder: Path, address: str, *options: str) -> None:
    print(f"== {registry} {' '.join(options)}", flush=True)
    if publish.main([registry, str(folder), "--at", address, *options]) != 0:
        raise NotReady(f"{registry} {' '.join(options)}")


def rehearse(folder: Path) -> None:
    """Each registry at first has nothing but names, then the first file, and then all."""
    with stand_in.registry() as server, tempfile.TemporaryDirectory() as scratch:
        for registry in registries.ASKED:
            files = artefacts.of(registry, folder)
            names = {file.package for file in files}
            into = ["--into", str(Path(scratch) / registry)]
            for there, options in (([], into), (files[:1], []), (files, ["--expect"])):
                server.documents = stand_in.documents(registry, there, names)
                step(registry, folder, server.address, *options)
        bundle = Path(scratch) / "bundle.zip"
        if central.main([str(Path(scratch) / "central"), str(bundle), "--unsigned"]) != 0 or not bundle.exists():
            raise NotReady("the bundle for Maven Central")


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.rehearse")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    rehearse(given.folder)
    print("rehearse: every step went through, and nothing was published")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
