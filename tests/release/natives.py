"""Builds the native libraries of the packages for platforms: target/platforms/NAME/.

    python3 -m release.natives [--profile dev] PLATFORM...    in `tests`; `host` is the platform of this machine

The packages are made of them by `release.packages`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time

from . import toolchain
from .command import command
from .platforms import ROOT, Platform, named

# The shared library that becomes of each crate. Of the C interface there is an archive as well.
SHARED = {"jotgate-ffi": "jotgate", "jotgate-jni": "jotgate_jni", "jotgate-node": "jotgate_node", "jotgate-uniffi": "jotgate_uniffi"}
CRATES = tuple(SHARED)
ARCHIVE = "libjotgate.a"


def build(platform: Platform, profile: str = "release", crates: tuple[str, ...] = CRATES) -> None:
    """Leaves the libraries for `platform` in its folder: those of all packages, or of some."""
    toolchain.prepare(platform)
    # Packages verify with aws-lc: core/docs/adr/0005-two-providers.md.
    words = ["cargo", "build", "--locked", "--profile", profile, "--target", platform.rust, "--features", "aws-lc"]
    # With the one that settles the features of dependencies, or wheels would make many of them anew.
    for crate in (*crates, "jotgate-shared"):
        words += ["-p", crate]
    subprocess.run(words, cwd=ROOT, env=toolchain.environment(platform), check=True)

    made = ROOT / "target" / platform.rust / ("debug" if profile == "dev" else profile)
    platform.libraries.mkdir(parents=True, exist_ok=True)
    for crate in crates:
        shutil.copy2(made / platform.shared(SHARED[crate]), platform.libraries)
    if "jotgate-ffi" not in crates:
        return
    if platform.system == "windows":
        shutil.copy2(made / "libjotgate.dll.a", platform.libraries)
    # Debug information of the standard library would be a third of it. The names of functions stay, for the linker.
    toolchain.strip_archive(made / ARCHIVE, platform.libraries / ARCHIVE)


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", nargs="+", metavar="PLATFORM")
    parser.add_argument("--profile", default="release")
    asked = parser.parse_args()
    for place, platform in enumerate([named(name) for name in asked.platforms], 1):
        started = time.monotonic()
        print(f"== [{place}/{len(asked.platforms)}] {platform.title}", flush=True)
        build(platform, asked.profile)
        print(f"== {platform.name}: built in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
