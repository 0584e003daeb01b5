"""The files of the Go module that say for which platform which archive is linked, and with what: written from `platforms.json`.

    python3 -m release.go_links    in `tests`; a house test compares
"""

from __future__ import annotations

from pathlib import Path

from .platforms import ROOT, Platform, every

GO = ROOT / "bindings-ffi" / "go"
MODULE = "github.com/jotgate/jotgate/bindings-ffi/go"


def files() -> dict[Path, str]:
    """What they hold."""
    made = {}
    for platform in every():
        folder = platform.go.folder
        made[GO / f"link_{folder}.go"] = _link(platform)
        made[GO / "native" / folder / "native.go"] = (
            f"// Package native holds libjotgate.a for {platform.title}. It has no code: `go mod vendor` copies only\n"
            "// folders that are packages someone imports.\n"
            "package native\n"
        )
    made[GO / "platform.h"] = _missing()
    return made


def _link(platform: Platform) -> str:
    go = platform.go
    # The name of the file alone says for which system and machine it is, except that it cannot say with which C library.
    tag = f"//go:build {go.os} && {go.arch} && {go.tag}\n\n" if go.tag else ""
    return (
        f"{tag}package jotgate\n\n"
        f"// #cgo CFLAGS: -D{_macro(platform)}{' -DJOTGATE_MUSL' if platform.musl else ''}\n"
        f"// #cgo LDFLAGS: ${{SRCDIR}}/native/{go.folder}/libjotgate.a {go.libraries}\n"
        'import "C"\n\n'
        f'import _ "{MODULE}/native/{go.folder}" // the library, for go mod vendor\n'
    )


def _missing() -> str:
    """What the C compiler looks at: whether the archive of this platform is here."""
    rows = [f'(defined({_macro(row)}) && !__has_include("native/{row.go.folder}/libjotgate.a"))' for row in every()]
    return (
        "/* Written from platforms.json: the build has no archive for its platform. */\n"
        "#if " + " || \\\n    ".join(rows) + "\n"
        "#define JOTGATE_NO_LIBRARY\n"
        "#endif\n"
    )


def _macro(platform: Platform) -> str:
    return f"JOTGATE_{platform.go.folder.upper()}"


def main() -> None:
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
