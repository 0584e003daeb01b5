"""The gems, one for each platform.

    python3 -m release.gems [--folder FOLDER] PLATFORM...    in `tests`, of what `release.place ruby` has put into its place
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import place
from .command import command
from .npm import Extra, nothing
from .platforms import PACKAGES, ROOT, Platform, named, version

RUBY = ROOT / "bindings-ffi" / "ruby"
# The first day that a ZIP file can name, as in all packages.
EPOCH = "315532800"


def make(platforms: list[Platform], extra: Extra = nothing, folder: Path = PACKAGES / "ruby") -> list[Path]:
    """Leaves the gems in `folder`, with `extra` beside their licences."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_gem(platform, extra(platform), folder) for platform in platforms]


def spelled(version: str) -> str:
    """A version as RubyGems writes it, in names of files and in its index: `0.2.0-rc.1` is `0.2.0.pre.rc.1` there."""
    return version.replace("-", ".pre.")


def _gem(platform: Platform, extra: list[Path], folder: Path) -> Path:
    library = place.found("ruby", platform)
    made = folder.resolve() / f"jotgate-{spelled(version())}-{platform.ruby}.gem"
    with tempfile.TemporaryDirectory() as created:
        stage = Path(created)
        # Not the library that lies there for this machine.
        shutil.copytree(RUBY / "lib", stage / "lib", ignore=shutil.ignore_patterns("*.so", "*.dylib", "*.dll", "*.new"))
        shutil.copyfile(library, stage / "lib" / "jotgate" / library.name)
        licences = [ROOT / name for name in ("LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES")]
        for file in [RUBY / "README.md", RUBY / "jotgate.gemspec", *licences, *extra]:
            shutil.copyfile(file, stage / file.name)
        # A gem says who may read its files, and this machine may be stricter than others.
        for path in stage.rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.name == library.name else 0o644)
        told = {
            "JOTGATE_GEM_PLATFORM": platform.ruby,
            "JOTGATE_GEM_EXTRA": ",".join(file.name for file in extra),
            "SOURCE_DATE_EPOCH": EPOCH,
        }
        words = ["gem", "build", "--quiet", "--strict", "--output", made, "jotgate.gemspec"]
        subprocess.run(words, cwd=stage, env=os.environ | told, check=True, stdout=sys.stderr)
    return made


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=PACKAGES / "ruby")
    parser.add_argument("platforms", nargs="+", metavar="PLATFORM")
    asked = parser.parse_args()
    for gem in make([named(name) for name in asked.platforms], folder=asked.folder):
        print(gem)
    return 0


if __name__ == "__main__":
    sys.exit(main())
