"""The bill of materials of one library on one platform: its Rust crates, in the form of CycloneDX 1.6.

    cd tests && python3 -m release.sbom linux-x64-gnu jotgate-ffi              prints it
    cd tests && python3 -m release.sbom linux-x64-gnu jotgate-ffi FILE         writes it

maturin takes it into a wheel by `--sbom-include`, with the whole path. The same sources and the same compiler give the same
bytes: it has no time, no number of its own, and no folder of this machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .command import command
from .platforms import named
from .shipped import LIBRARIES, MODULE, Crate, checksums, edges, edges_of_module

# The name that scanners look for; in a wheel it lies in `*.dist-info/sboms`.
NAME = "jotgate.cdx.json"


def bill(platform: str, library: str) -> dict:
    """The document for `library`, one of `LIBRARIES`, on the platform of that name in `platforms.json`."""
    row = named(platform)
    return _document(library, edges((library,), [row.rust]), {"platform": row.name, "target": row.rust})


def module() -> str:
    """The document for the WebAssembly module."""
    return _text(_document(MODULE, edges_of_module(), {"target": "wasm32-unknown-unknown"}))


def text(platform: str, library: str) -> str:
    return _text(bill(platform, library))


def _document(library: str, crates: dict[Crate, set[Crate]], told: dict[str, str]) -> dict:
    sums = checksums()
    (root,) = [crate for crate in crates if crate.name == library]
    standard = _standard_library()
    parts = [_component(crate, sums) for crate in sorted(crates) if crate != root]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": _component(root, sums),
            "properties": [{"name": f"jotgate:{name}", "value": value} for name, value in told.items()],
        },
        "components": [*parts, standard],
        "dependencies": [
            {"ref": _purl(crate), "dependsOn": sorted({*map(_purl, needed), standard["bom-ref"]})}
            for crate, needed in sorted(crates.items(), key=lambda edge: edge[0])
        ],
    }


def _text(document: dict) -> str:
    return json.dumps(document, indent=2) + "\n"


def _component(crate: Crate, sums: dict[tuple[str, str], str]) -> dict:
    described = {
        "type": "library",
        "bom-ref": _purl(crate),
        "name": crate.name,
        "version": crate.version,
        "licenses": [{"expression": crate.licence}],
        "purl": _purl(crate),
    }
    checksum = sums.get((crate.name, crate.version))
    if checksum is not None:
        described["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if crate.repository:
        described["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return described


def _purl(crate: Crate) -> str:
    """The name that all databases of crates know, in place of the path that cargo uses for what is not of a registry."""
    return f"pkg:cargo/{crate.name}@{crate.version}"


def _standard_library() -> dict:
    """It is in every binary, and in no lock file: its version is that of the compiler."""
    words = ["rustc", "--version", "--verbose"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    version = told.split("release: ")[1].split()[0]
    return {
        "type": "library",
        "bom-ref": f"rust-standard-library@{version}",
        "name": "rust-standard-library",
        "version": version,
        "licenses": [{"expression": "MIT OR Apache-2.0"}],
        "cpe": f"cpe:2.3:a:rust-lang:rust:{version}:*:*:*:*:*:*:*",
        "externalReferences": [{"type": "vcs", "url": "https://github.com/rust-lang/rust"}],
    }


@command
def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3) or arguments[1] not in LIBRARIES:
        print(f"usage: python3 -m release.sbom PLATFORM CRATE [FILE]; a CRATE is one of {', '.join(LIBRARIES)}", file=sys.stderr)
        return 2
    made = text(arguments[0], arguments[1])
    if arguments[2:]:
        Path(arguments[2]).write_text(made, encoding="utf-8")
    else:
        print(made, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
