"""The compilers and linkers that build for a platform, and the environment that makes their output the same everywhere.

    python3 -m release.toolchain    in `tests`: installs what of them comes from Python's package index
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from . import apple
from .command import CannotGoOn
from .platforms import ROOT, Platform, floors

TOOLS = ROOT / "target" / "release-tools"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


class ToolMissing(CannotGoOn):
    """A program is not here and could not be installed; the text says where it comes from."""


def tools() -> Path:
    """The folder of `cargo-zigbuild`, `maturin` and zig, in an environment of their own that is made when it is missing or old."""
    ready = TOOLS / "ready"
    if not ready.exists() or ready.read_text() != REQUIREMENTS.read_text():
        venv.create(TOOLS, with_pip=True, clear=True)
        python = TOOLS / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        (TOOLS / "bin" / "zig").write_text(f'#!/bin/sh\nexec "{python}" -m ziglang "$@"\n')
        (TOOLS / "bin" / "zig").chmod(0o755)
        ready.write_text(REQUIREMENTS.read_text())
    return TOOLS / "bin"


def prepare(platform: Platform) -> None:
    """Sees to it that Rust's standard library and the linker for `platform` are here."""
    installed = Path(_sysroot()) / "lib" / "rustlib" / platform.rust
    if not installed.exists():
        if shutil.which("rustup") is None:
            raise ToolMissing(f"Rust has no standard library for {platform.rust} here: rustup target add {platform.rust}")
        subprocess.run(["rustup", "target", "add", platform.rust], check=True, stdout=sys.stderr)
    if platform.linker == "mingw":
        debian("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64")
    tools()


def debian(program: str, *packages: str) -> None:
    """Installs the Debian packages that bring `program`, or a file, where it is missing and that is possible without asking."""
    if not _is_here(program) and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet, stdout=sys.stderr)
        words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(words, check=True, env=quiet, stdout=sys.stderr)
    if not _is_here(program):
        raise ToolMissing(f"{program} is not here (Debian: {' '.join(packages)})")


def _is_here(program: str) -> bool:
    return Path(program).exists() if program.startswith("/") else shutil.which(program) is not None


def environment(platform: Platform) -> dict[str, str]:
    """What cargo and the C compilers are told, so that neither this machine's folders nor its day are in what they make."""
    upper = platform.rust.upper().replace("-", "_")
    flags = [f"--remap-path-prefix={source}={name}" for source, name in _folders().items()]
    # For sources in C, of crates that do not see to it themselves.
    mapped = " ".join(f"-ffile-prefix-map={source}={name}" for source, name in _folders().items())
    made = os.environ | {
        "PATH": f"{tools()}{os.pathsep}{os.environ['PATH']}",
        "CARGO_INCREMENTAL": "0",
        "SOURCE_DATE_EPOCH": "315532800",  # the first day that a ZIP file can name
        f"CFLAGS_{platform.rust.replace('-', '_')}": mapped,
        "CARGO_PROFILE_RELEASE_STRIP": "symbols",
    }
    if platform.musl:
        # A library that others load is linked with the C library of whoever loads it.
        flags += ["-C", "target-feature=-crt-static"]
    if platform.linker == "zig":
        made |= _zig_as_compiler(platform)
    if platform.linker == "lld":
        linker, system = apple.linker(TOOLS, _zig(), _rust_program("rust-lld"))
        flags += ["-C", "linker-flavor=ld64.lld", "-C", "link-arg=-syslibroot", "-C", f"link-arg={system}"]
        lower = platform.rust.replace("-", "_")
        made |= {
            "MACOSX_DEPLOYMENT_TARGET": floors()["macOS"],
            "SDKROOT": str(system),
            f"CARGO_TARGET_{upper}_LINKER": str(linker),
            f"CC_{lower}": str(apple.compiler(TOOLS, f"{platform.rust.split('-')[0]}-macos.{floors()['macOS']}")),
            f"AR_{lower}": f"{tools() / 'zig'} ar",
        }
    if platform.linker == "mingw":
        made |= {
            f"CARGO_TARGET_{upper}_LINKER": "x86_64-w64-mingw32-gcc",
            "LIBNODE_PATH": str(_stand_in_for_node()),
            # The objects that lie in aws-lc's crate, whether or not this machine has an assembler that would make others.
            "AWS_LC_SYS_PREBUILT_NASM": "1",
            "PATH": f"{_without_assembler()}{os.pathsep}{made['PATH']}",
        }
    made[f"CARGO_TARGET_{upper}_RUSTFLAGS"] = " ".join(flags)
    return made


def strip_archive(archive: Path, stripped: Path) -> None:
    """Leaves out the debug information, by Rust's own tool, which knows the archives of every platform."""
    library = Path(_sysroot()) / "lib"
    # It stands on the compiler's own LLVM, and does not say where that is.
    found = os.environ | {"LD_LIBRARY_PATH": str(library), "DYLD_LIBRARY_PATH": str(library)}
    # An object for Windows has a symbol of this name for the file that an assembler read, with the beginning of its path.
    words = [_rust_program("rust-objcopy"), "--strip-debug", "--strip-symbol=.file", archive, stripped]
    subprocess.run(words, env=found, check=True)


def _rust_program(name: str) -> Path:
    """A program that the compiler brings for itself."""
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout.split("host: ")[1].split()[0]
    return Path(_sysroot()) / "lib" / "rustlib" / host / "bin" / name


def c_compiler(platform: Platform, glibc: str = "") -> list[str]:
    """What compiles C for Linux, for this version of glibc, or else for the oldest that is promised."""
    return [str(tools() / "zig"), "cc", "-target", _zig_target(platform, glibc)]


def _zig_target(platform: Platform, glibc: str = "") -> str:
    return platform.rust.replace("-unknown", "") + ("" if platform.musl else f".{glibc or floors()['glibc']}")


def _zig_as_compiler(platform: Platform) -> dict[str, str]:
    """zig as the C compiler and the linker of cargo, and so of maturin as well, which then makes nothing anew. cargo-zigbuild knows
    which words of rustc and of other compilers zig understands otherwise, or not at all."""
    lower, upper = platform.rust.replace("-", "_"), platform.rust.upper().replace("-", "_")
    # Where nothing is optimised zig checks what programs do while they run, which takes a library of its own.
    compiler = _script(f"cc-{platform.rust}", f"cc -- -fno-sanitize=all -target {_zig_target(platform)}")
    return {
        f"CARGO_TARGET_{upper}_LINKER": compiler,
        f"CC_{lower}": compiler,
        f"CXX_{lower}": _script(f"cxx-{platform.rust}", f"c++ -- -fno-sanitize=all -target {_zig_target(platform)}"),
        f"AR_{lower}": _script("ar", "ar --"),
        f"RANLIB_{lower}": _script("ranlib", "ranlib --"),
    }


def _script(name: str, words: str) -> str:
    """The path of a program that is zig with these words."""
    program = TOOLS / name
    text = f'#!/bin/sh\nexec "{TOOLS}/bin/cargo-zigbuild" zig {words} "$@"\n'
    if not program.exists() or program.read_text() != text:
        program.write_text(text)
        program.chmod(0o755)
    return str(program)


def _zig() -> Path:
    """The folder of zig's own files."""
    return next(TOOLS.glob("lib/python*/site-packages/ziglang"))


def _sysroot() -> str:
    return subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()


def _folders() -> dict[str, str]:
    """What this machine calls the folders of sources, and what programs call them."""
    home = os.environ.get("CARGO_HOME") or str(Path.home() / ".cargo")
    return {str(ROOT): "jotgate", home: "cargo", _sysroot(): "rust"}


def _stand_in_for_node() -> Path:
    """The build for Windows looks for `libnode.dll` to link with and takes nothing from it: Node is asked for its functions when
    the addon is loaded. An empty library serves as well. An addon that took something from it would need `libnode.dll` where it is
    loaded: inspection.py refuses whatever is no library of the system."""
    folder = ROOT / "target" / "platforms" / "libnode"
    library = folder / "libnode.dll"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["x86_64-w64-mingw32-gcc", "-shared", "-x", "c", "/dev/null", "-o", library]
        subprocess.run(words, check=True)
    return folder


def _without_assembler() -> Path:
    """A folder in which `nasm` is a program that does not work, so that it is taken for missing."""
    folder = TOOLS / "without"
    folder.mkdir(exist_ok=True)
    program = folder / "nasm"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return folder


if __name__ == "__main__":
    tools()
