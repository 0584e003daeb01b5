"""The npm packages: `jotgate` without native parts, and `@jotgate/PLATFORM` with one addon each.

    python3 -m release.npm [--folder FOLDER] PLATFORM...    in `tests`, of what `release.place node` has put into its place

`jotgate` names the others as optional dependencies, of its own version exactly: npm installs the one whose `os`, `cpu` and `libc`
fit. They are written when it is packed and not before: in the source tree the addon is built, and `npm ci` there must not ask a
registry for packages that it has only after the release.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import place, sbom
from .command import command
from .platforms import PACKAGES, ROOT, Platform, named, version

NODE = ROOT / "bindings-node"
NOTICES = ROOT / "THIRD-PARTY-LICENSES"
LICENCES = (ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT")

Extra = Callable[[Platform], list[Path]]


def nothing(_: Platform) -> list[Path]:
    return []


def make(platforms: list[Platform], extra: Extra = nothing, folder: Path = PACKAGES / "npm") -> list[Path]:
    """Leaves the tarballs in `folder`: that of `jotgate`, and one for each platform, which has `extra` beside its licences."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_main(platforms, folder), *(_native(platform, extra(platform), folder) for platform in platforms)]


def manifest() -> dict:
    return json.loads((NODE / "package.json").read_text())


def _main(platforms: list[Platform], folder: Path) -> Path:
    described = manifest()
    # What a checkout needs and an installed package does not.
    del described["devDependencies"], described["scripts"]
    described["optionalDependencies"] = {package(platform): version() for platform in platforms}
    with tempfile.TemporaryDirectory() as stage:
        shutil.copytree(NODE / "dist", Path(stage) / "dist")
        # Of the WebAssembly module, the one part of it that holds the code of others.
        (Path(stage) / sbom.NAME).write_text(sbom.module())
        described["files"].append(sbom.NAME)
        return _packed(Path(stage), described, [NODE / "README.md", *LICENCES, NOTICES], folder)


def _native(platform: Platform, extra: list[Path], folder: Path) -> Path:
    addon = place.found("node", platform)
    main = manifest()
    described = {
        "name": package(platform),
        "version": version(),
        "description": f"The native part of jotgate for {platform.title}",
        **{key: main[key] for key in ("license", "author", "repository", "engines")},
        "main": addon.name,
        "files": [addon.name, "LICENSE-*", "THIRD-PARTY-LICENSES", *(file.name for file in extra)],
        "os": [platform.node["os"]],
        "cpu": [platform.node["cpu"]],
    }
    if "libc" in platform.node:
        described["libc"] = [platform.node["libc"]]
    with tempfile.TemporaryDirectory() as stage:
        (Path(stage) / "README.md").write_text(
            f"# {package(platform)}\n\n"
            f"The native part of [jotgate](https://github.com/jotgate/jotgate) for {platform.title}.\n"
            "It is installed with that package and is of no use by itself.\n"
        )
        return _packed(Path(stage), described, [addon, *LICENCES, NOTICES, *extra], folder)


def package(platform: Platform) -> str:
    return f"@jotgate/{platform.name}"


def _packed(stage: Path, described: dict, files: list[Path], folder: Path) -> Path:
    """npm's own tarball, which has one date and one order whoever makes it."""
    for file in files:
        shutil.copyfile(file, stage / file.name)
    (stage / "package.json").write_text(json.dumps(described, indent=2) + "\n")
    for path in [stage, *stage.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    words = ["npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder.resolve()]
    (entry,) = json.loads(subprocess.run(words, cwd=stage, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return folder / entry["filename"]


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=PACKAGES / "npm")
    parser.add_argument("platforms", nargs="+", metavar="PLATFORM")
    asked = parser.parse_args()
    for tarball in make([named(name) for name in asked.platforms], folder=asked.folder):
        print(tarball)
    return 0


if __name__ == "__main__":
    sys.exit(main())
