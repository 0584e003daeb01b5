"""The wheels of one platform: one for every Python from the oldest on, and one for the free-threaded build."""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import sbom, toolchain
from .platforms import PACKAGES, ROOT, Platform

# The first free-threaded Python that the bindings can be built for. It has no stable interface, so that each needs its own wheel.
FREE_THREADED = "python3.14t"
# Whose stable interface is asked for by `abi3-py310` in Cargo.toml; any version serves as its stand-in for a platform.
ORDINARY = "python3.12"


def make(platform: Platform, *, free_threaded: bool = True, profile: str = "release") -> list[Path]:
    """Leaves them in target/packages/python."""
    toolchain.prepare(platform)
    folder = PACKAGES / "python"
    before = set(folder.glob("*.whl"))
    bill = platform.libraries / "bills" / "jotgate-python" / sbom.NAME
    bill.parent.mkdir(parents=True, exist_ok=True)
    bill.write_text(sbom.text(platform.name, "jotgate-python"))
    for interpreter in [ORDINARY, *([FREE_THREADED] if free_threaded else [])]:
        words = [toolchain.tools() / "maturin", "build", "--locked", "--profile", profile, "--target", platform.rust]
        words += ["--manifest-path", ROOT / "bindings-python" / "Cargo.toml", "--interpreter", interpreter, "--out", folder]
        words += ["--sbom-include", bill]
        if platform.system == "linux":
            # The longer name that a tag may carry is added by maturin itself.
            words += ["--compatibility", "musllinux_1_2" if platform.musl else "manylinux2014"]
        # For macOS an empty `a.o` is left where it runs.
        subprocess.run(words, cwd=platform.libraries, env=toolchain.environment(platform), check=True)
    return sorted(set(folder.glob("*.whl")) - before)
