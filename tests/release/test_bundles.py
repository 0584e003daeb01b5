"""What Central takes, and the tags of Go."""

import contextlib
import hashlib
import io
import os
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

from . import central, go_tags

POM = "io/jotgate/jotgate/0.2.0/jotgate-0.2.0.pom"


class CentralTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.bundle = self.folder / "bundle.zip"
        for end in (".pom", ".jar", "-sources.jar", "-javadoc.jar"):
            path = self.folder / "files" / POM.replace(".pom", end)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(end)

    def make(self, *options: str) -> tuple[int, str]:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            return central.main([str(self.folder / "files"), str(self.bundle), *options]), told.getvalue()

    def test_each_file_has_its_sums(self) -> None:
        self.assertEqual(self.make("--unsigned")[0], 0)
        first = self.bundle.read_bytes()
        with zipfile.ZipFile(self.bundle) as bundle:
            self.assertEqual(len(bundle.namelist()), 12)
            self.assertEqual(bundle.read(POM), b".pom")
            self.assertEqual(bundle.read(f"{POM}.sha1").decode(), hashlib.sha1(b".pom").hexdigest())
        self.make("--unsigned")
        self.assertEqual(self.bundle.read_bytes(), first)

    def test_a_component_without_sources_is_refused(self) -> None:
        (self.folder / "files" / POM.replace(".pom", "-sources.jar")).unlink()
        status, told = self.make("--unsigned")
        self.assertEqual(status, 1)
        self.assertIn("has no io/jotgate/jotgate/0.2.0/jotgate-0.2.0-sources.jar", told)

    def test_without_a_key_there_is_no_bundle(self) -> None:
        home = self.folder / "keys"
        home.mkdir(mode=0o700)
        before = os.environ.get("GNUPGHOME")
        os.environ["GNUPGHOME"] = str(home)
        self.addCleanup(os.environ.pop, "GNUPGHOME") if before is None else self.addCleanup(
            os.environ.__setitem__, "GNUPGHOME", before
        )
        status, told = self.make()
        self.assertEqual(status, 1)
        self.assertIn("central: gpg", told)
        self.assertFalse(self.bundle.exists())

    def test_nothing_to_publish_is_no_bundle(self) -> None:
        with tempfile.TemporaryDirectory() as empty, contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(central.main([empty, str(self.bundle)]), 0)
        self.assertFalse(self.bundle.exists())


class GoTagsTest(unittest.TestCase):
    """Of the commit that is checked out, to a repository on this machine."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.remote = self.folder / "remote"
        subprocess.run(["git", "init", "--quiet", "--bare", self.remote], check=True)
        libraries = ("native/linux_amd64/libjotgate.a", "native/darwin_arm64/libjotgate.a")
        for name in (*libraries, "native/include/jotgate.h", "library.h"):
            path = self.folder / "go" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    def tell(self, *options: str) -> tuple[int, list[str]]:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            status = go_tags.main([str(self.folder), "--at", str(self.remote), *options])
        return status, told.getvalue().splitlines()

    def test_tags_are_pushed_once(self) -> None:
        status, would = self.tell()
        self.assertEqual((status, len(go_tags.there(str(self.remote), []))), (0, 0), would)
        self.assertEqual(self.tell("--push"), (0, would))
        tags = [line.removeprefix("to push: ") for line in would]
        self.assertIn("bindings-ffi/go/v", " ".join(tags))
        self.assertEqual(sorted(go_tags.there(str(self.remote), [])), sorted(tags))
        told = [f"there already, with the same bytes: {tag}" for tag in tags]
        self.assertEqual(self.tell("--push"), (0, told))
        shown = go_tags.git("show", f"{tags[-1]}:bindings-ffi/go/native/linux_amd64/libjotgate.a", where=self.remote)
        self.assertEqual(shown, "native/linux_amd64/libjotgate.a")

        # Half of a release: the missing tag comes, and the others stay as they are.
        go_tags.git("update-ref", "-d", f"refs/tags/{tags[0]}", where=self.remote)
        self.assertEqual(self.tell("--push"), (0, [f"to push: {tags[0]}", *told[1:]]))

        (self.folder / "go" / "library.h").write_text("another library")
        status, refused = self.tell("--push")
        self.assertEqual(status, 1)
        self.assertTrue(refused[0].startswith("go_tags: the remote has other commits under "), refused)

    def test_without_libraries_there_are_no_tags(self) -> None:
        for library in (self.folder / "go").glob("native/*/*.a"):
            library.unlink()
        self.assertEqual(self.tell()[0], 1)


if __name__ == "__main__":
    unittest.main()
