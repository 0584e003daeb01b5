"""What is there is left alone, what is there otherwise stops the release, and what nobody knows is not published."""

import contextlib
import gzip
import io
import json
import os
import stat
import tarfile
import tempfile
import unittest
from pathlib import Path

from . import artefacts, publish, registries, shipped, stand_in

VERSION = "0.2.0-rc.1"
# What RubyGems writes of a gem that says this version.
GEM = """--- !ruby/object:Gem::Specification
name: jotgate
version: !ruby/object:Gem::Version
  version: 0.2.0.pre.rc.1
platform: {}
"""


def tell(*arguments: str) -> tuple[int, str]:
    """The status of the program and all that it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        status = publish.main(list(arguments))
    return status, printed.getvalue()


def put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def tarball(folder: Path, package: str) -> None:
    described = json.dumps({"name": package, "version": VERSION}).encode()
    packed(folder, f"npm/{package.replace('@', '').replace('/', '-')}-{VERSION}.tgz", "package/package.json", described)


def packed(folder: Path, name: str, inside: str, content: bytes) -> None:
    """An archive with one file inside."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
        entry = tarfile.TarInfo(inside)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))


def release(folder: Path) -> None:
    """A file of each kind, and more where an order matters."""
    for crate in reversed(artefacts.CRATES):
        put(folder, f"crates/{crate}-{VERSION}.crate", crate.encode())
    for tag in ("cp310-abi3-win_amd64", "cp310-abi3-macosx_11_0_arm64"):
        put(folder, f"python/jotgate-0.2.0rc1-{tag}.whl", tag.encode())
    put(folder, "python/jotgate_arrow-0.2.0rc1-py3-none-any.whl", b"arrow")
    put(folder, "python/jotgate-0.2.0rc1.tar.gz", b"sources")
    for package in ("jotgate", "@jotgate/linux-x64-gnu", "@jotgate/darwin-arm64"):
        tarball(folder, package)
    for name in (f"jotgate-{VERSION}.jar", f"jotgate-{VERSION}.pom", f"jotgate-{VERSION}.jar.sha1", "maven-metadata.xml"):
        put(folder, f"maven/io/jotgate/jotgate/{VERSION}/{name}", name.encode())
    for platform in ("x86_64-linux-gnu", "arm64-darwin"):
        packed(folder, f"ruby/jotgate-0.2.0.pre.rc.1-{platform}.gem", "metadata.gz", gzip.compress(GEM.format(platform).encode()))


class PublishTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(stand_in.registry())
        release(self.folder)

    def hold(self, registry: str, files: list[artefacts.Artefact]) -> None:
        names = {file.package for file in artefacts.of(registry, self.folder)}
        self.server.documents = stand_in.documents(registry, files, names)

    def test_a_registry_that_has_names_alone_gets_everything(self) -> None:
        for registry in registries.ASKED:
            with self.subTest(registry=registry):
                files = artefacts.of(registry, self.folder)
                self.hold(registry, [])
                status, printed = tell(registry, str(self.folder), "--at", self.server.address)
                self.assertEqual(status, 0, printed)
                self.assertEqual(printed.splitlines()[:-1], [f"to publish: {file.name}" for file in files])
                status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--expect")
                self.assertEqual(status, 1)
                self.assertIn(f"lacks {len(files)} of {len(files)} files: its index may be late, so run the job again", printed)

    def test_a_name_that_nobody_has_reserved_stops_it(self) -> None:
        """Where trusted publishing makes no new package: nothing is uploaded that would have to be waited for."""
        for registry, new in {"crates": "jotgate-http", "npm": "@jotgate/linux-x64-gnu"}.items():
            with self.subTest(registry=registry), tempfile.TemporaryDirectory() as rest:
                names = {file.package for file in artefacts.of(registry, self.folder)} - {new}
                self.server.documents = stand_in.documents(registry, [], names)
                status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--into", rest)
                self.assertEqual(status, 1)
                self.assertEqual(printed.splitlines()[0].partition(",")[0], f"publish: {registry} has no {new}")
                self.assertEqual(list(Path(rest).iterdir()), [])
        # The others are told of names that are free.
        self.server.documents = {}
        for registry in ("pypi", "central", "rubygems"):
            with self.subTest(registry=registry):
                self.assertEqual(tell(registry, str(self.folder), "--at", self.server.address)[0], 0)

    def test_an_index_that_is_late_has_no_other_bytes(self) -> None:
        crate = artefacts.of("crates", self.folder)[0]
        self.hold("crates", [])
        with self.assertRaisesRegex(publish.NotThereYet, f"does not show {crate.name} yet, .* run the job again"):
            publish.arrived("crates", self.server.address, crate)
        self.hold("crates", [crate])
        publish.arrived("crates", self.server.address, crate)
        crate.file.write_bytes(b"other")
        with self.assertRaisesRegex(publish.Refused, f"other bytes of {crate.name}"):
            publish.arrived("crates", self.server.address, crate)

    def test_a_registry_that_has_all_gets_nothing(self) -> None:
        for registry in registries.ASKED:
            with self.subTest(registry=registry):
                files = artefacts.of(registry, self.folder)
                self.hold(registry, files)
                status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--expect")
                self.assertEqual(status, 0, printed)
                self.assertEqual(printed.count("there already, with the same bytes"), len(files))

    def test_a_release_that_stopped_half_way_goes_on(self) -> None:
        for registry in registries.ASKED:
            with self.subTest(registry=registry), tempfile.TemporaryDirectory() as rest:
                files = artefacts.of(registry, self.folder)
                self.hold(registry, files[:1])
                status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--into", rest)
                self.assertEqual(status, 0, printed)
                left = sorted(path.name for path in Path(rest).rglob("*") if path.is_file())
                self.assertEqual(left, sorted(file.file.name for file in files[1:]))

    def test_other_bytes_under_the_same_version_stop_it(self) -> None:
        for registry in registries.ASKED:
            with self.subTest(registry=registry), tempfile.TemporaryDirectory() as rest:
                files = artefacts.of(registry, self.folder)
                self.hold(registry, files)
                last = files[-1].file
                before = last.read_bytes()
                last.write_bytes(before + b"\n")
                status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--into", rest)
                last.write_bytes(before)
                self.assertEqual(status, 1)
                self.assertIn(f"publish: {files[-1].name} is there with other bytes", printed)
                self.assertEqual(list(Path(rest).iterdir()), [])

    def test_a_registry_that_is_down_lacks_nothing(self) -> None:
        for registry in registries.ASKED:
            for status in (403, 429, 500, 503):
                with self.subTest(registry=registry, status=status):
                    self.server.status = status
                    told, printed = tell(registry, str(self.folder), "--at", self.server.address)
                    self.assertEqual(told, 1)
                    self.assertIn(f"HTTP status {status}", printed)
                    self.assertNotIn("to publish", printed)

    def test_an_answer_that_cannot_be_read_is_none(self) -> None:
        for registry in ("crates", "pypi", "npm"):
            with self.subTest(registry=registry):
                self.hold(registry, artefacts.of(registry, self.folder))
                self.server.documents = dict.fromkeys(self.server.documents, b"<html>we will be back soon</html>")
                status, printed = tell(registry, str(self.folder), "--at", self.server.address)
                self.assertEqual(status, 1)
                self.assertIn("cannot be read", printed)

    def test_platforms_and_crates_come_before_those_that_need_them(self) -> None:
        self.assertEqual([file.package for file in artefacts.of("npm", self.folder)][-1], "jotgate")
        self.assertEqual([file.package for file in artefacts.of("crates", self.folder)], list(artefacts.CRATES))
        for place, crate in enumerate(artefacts.CRATES):
            needed = {other.name for other in shipped.published_needs(crate)}
            self.assertLessEqual(needed, set(artefacts.CRATES[:place]), crate)

    def test_a_folder_without_packages_is_an_error(self) -> None:
        with tempfile.TemporaryDirectory() as empty:
            for registry in registries.ASKED:
                status, printed = tell(registry, empty, "--at", self.server.address)
                self.assertEqual((status, printed), (1, f"publish: {empty} has no file for {registry}\n"))

    def test_the_client_of_the_ecosystem_uploads_what_is_missing_in_order(self) -> None:
        """With programs of their names that write down what they are told."""
        programs, record = self.folder / "programs", self.folder / "told"
        for name in ("npm", "gem"):
            put(programs, name, f'#!/bin/sh\necho "{name} $*" >>{record}\n'.encode())
            (programs / name).chmod((programs / name).stat().st_mode | stat.S_IXUSR)
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
        self.hold("npm", [file for file in artefacts.of("npm", self.folder) if file.package.endswith("arm64")])
        for registry in ("npm", "rubygems"):
            status, printed = tell(registry, str(self.folder), "--at", self.server.address, "--upload")
            self.assertEqual(status, 0, printed)
        told = record.read_text().splitlines()
        self.assertEqual([line.split()[:2] for line in told], [["npm", "publish"]] * 2 + [["gem", "push"]] * 2)
        self.assertIn("jotgate-linux-x64-gnu-0.2.0-rc.1.tgz --access public --provenance", told[0])
        self.assertIn("/jotgate-0.2.0-rc.1.tgz", told[1])
        # A version that is not finished is not what everybody gets.
        self.assertIn("--tag next", told[1])
        self.assertEqual(tell("pypi", str(self.folder), "--at", self.server.address, "--upload")[0], 1)


if __name__ == "__main__":
    unittest.main()
