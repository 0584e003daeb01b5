"""Publishes what a registry does not have yet, and nothing else, so that a release that stopped half way can be started again.

    cd tests && python3 -m release.publish npm ../dist                  says what it would do
    cd tests && python3 -m release.publish npm ../dist --upload         does it
    cd tests && python3 -m release.publish pypi ../dist --into FOLDER   leaves in FOLDER what another program has to upload
    cd tests && python3 -m release.publish npm ../dist --expect         says what is missing, after the upload

A file that is there with the same bytes is left alone. One that is there with other bytes ends the run before anything is
uploaded: a version stands for one set of bytes, and a mended one has another number. So does a name that is not reserved, where
a registry lets only a person make a new package.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from .artefacts import Artefact, of
from .command import CannotGoOn, command
from .platforms import ROOT
from .registries import ASKED, digest, held, reserved, usual_address


class Refused(CannotGoOn):
    """Nothing must be published as things are; the text says why."""


class NotThereYet(CannotGoOn):
    """A registry takes its time to show what it was given; the text says of what."""


# What to do then, in its text.
LATER = "its index may be late, so run the job again"


def missing(registry: str, address: str, artefacts: list[Artefact]) -> list[Artefact]:
    """Those that the registry lacks, in their order. One that it has with other bytes is refused."""
    packages = dict.fromkeys(artefact.package for artefact in artefacts)
    if unknown := [package for package in packages if not reserved(registry, address, package)]:
        why = "and makes a package for nobody but a person: RELEASING.md, placeholders"
        raise Refused(f"{registry} has no {', '.join(unknown)}, {why}")
    lacking, others = [], []
    for artefact in artefacts:
        there = held(registry, address, artefact)
        here = there and digest(there.partition(":")[0], artefact)
        if there is None:
            print(f"to publish: {artefact.name}")
            lacking.append(artefact)
        elif there == here:
            print(f"there already, with the same bytes: {artefact.name}")
        else:
            others.append(f"{artefact.name} is there with other bytes: {there}, and here {here}")
    if others:
        raise Refused("\n".join(others))
    return lacking


def upload(registry: str, address: str, artefacts: list[Artefact]) -> None:
    for artefact in artefacts:
        if registry == "crates":
            made_again(artefact)
        subprocess.run(client(registry, artefact), cwd=ROOT, check=True)
        if registry == "crates":
            arrived(registry, address, artefact)


def arrived(registry: str, address: str, artefact: Artefact) -> None:
    """The registry has, of what was packed anew, the bytes that were tried; or nobody can say yet."""
    there = held(registry, address, artefact)
    if there is None:
        raise NotThereYet(f"{registry} does not show {artefact.name} yet, which was uploaded: {LATER}")
    if there != (here := digest(there.partition(":")[0], artefact)):
        raise Refused(f"{registry} has other bytes of {artefact.name} than those that were tried: {there}, and here {here}")


def client(registry: str, artefact: Artefact) -> list[str]:
    """What uploads one file, with the client of its ecosystem. Who it is, the client finds out by itself."""
    if registry == "crates":
        return ["cargo", "publish", "--locked", "--no-verify", "--package", artefact.package]
    if registry == "npm":
        tag = "next" if "-" in artefact.version else "latest"
        words = ["npm", "publish", str(artefact.file), "--access", "public", "--provenance", "--ignore-scripts"]
        return [*words, "--tag", tag]
    if registry == "rubygems":
        return ["gem", "push", str(artefact.file)]
    raise Refused(f"another program uploads to {registry}: use --into")


def made_again(artefact: Artefact) -> None:
    """Cargo uploads no file, but packs anew. That makes the same bytes of the same commit, or nothing is published."""
    words = ["cargo", "package", "--locked", "--no-verify", "--quiet", "--package", artefact.package]
    subprocess.run(words, cwd=ROOT, check=True)
    again = Artefact(ROOT / "target" / "package" / artefact.name, artefact.package, artefact.version, artefact.name)
    if digest("sha256", again) != digest("sha256", artefact):
        raise Refused(f"cargo packs other bytes now than those of {artefact.file} that were tried")


def put_aside(artefacts: list[Artefact], folder: Path, registry: str) -> None:
    """In the folder as the other program wants it: for Central with the folders of its repository."""
    folder.mkdir(parents=True, exist_ok=True)
    for artefact in artefacts:
        target = folder / (artefact.name if registry == "central" else artefact.file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(artefact.file, target)


def run(given: argparse.Namespace) -> None:
    address = given.at or usual_address(given.registry)
    artefacts = of(given.registry, given.folder)
    lacking = missing(given.registry, address, artefacts)
    if given.expect and lacking:
        raise NotThereYet(f"{given.registry} lacks {len(lacking)} of {len(artefacts)} files: {LATER}")
    if given.into is not None:
        put_aside(lacking, given.into, given.registry)
    elif given.upload:
        upload(given.registry, address, lacking)
    print(f"{given.registry}: {len(artefacts)} files, {len(artefacts) - len(lacking)} of them there before")


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.publish")
    parser.add_argument("registry", choices=sorted(ASKED))
    parser.add_argument("folder", type=Path, help="where the packages lie, in the folders that artefacts.py names")
    parser.add_argument("--at", help="the address of the registry, in place of the one that its variable says")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--upload", action="store_true", help="publish; without this nothing is sent anywhere")
    what.add_argument("--into", type=Path, help="a folder for what has to be uploaded")
    what.add_argument("--expect", action="store_true", help="fail where something is missing")
    run(parser.parse_args(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
