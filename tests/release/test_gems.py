"""RubyGems writes versions in a way of its own, and what a release looks for is written so."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import artefacts, gems, stand_in

GEMSPEC = """
Gem::Specification.new do |spec|
  spec.name = "jotgate"
  spec.version = "{version}"
  spec.platform = Gem::Platform.new(%w[x86_64 linux gnu])
  spec.summary = "nothing"
  spec.authors = ["nobody"]
end
"""


class GemsTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("gem"), "NOT TESTED: no RubyGems")
    def test_versions_are_spelled_as_rubygems_does(self) -> None:
        for version in ("0.2.0", "0.2.0-rc.1", "0.2.0-alpha.beta.10"):
            with self.subTest(version=version), tempfile.TemporaryDirectory() as created:
                folder = Path(created) / "ruby"
                folder.mkdir()
                (folder / "jotgate.gemspec").write_text(GEMSPEC.format(version=version), encoding="utf-8")
                subprocess.run(["gem", "build", "--silent", "jotgate.gemspec"], cwd=folder, check=True, capture_output=True)
                # By the name that RubyGems gives it.
                (gem,) = artefacts.of("rubygems", Path(created))
                self.assertEqual(gem.name, f"jotgate-{gems.spelled(version)}-x86_64-linux-gnu.gem")
                self.assertEqual(gem.version, f"{gems.spelled(version)}-x86_64-linux-gnu")
                index = stand_in.documents("rubygems", [gem])["/info/jotgate"].decode()
                self.assertIn(f"\n{gem.version} ffi", index)

    def test_a_gem_by_another_name_is_refused(self) -> None:
        for name in ("jotgate-0.2.0-rc.1-x86_64-linux-gnu", "jotgate-0.2.0", "jotgate", "jotgate-0.2.0-sparc-solaris"):
            with self.subTest(name=name), tempfile.TemporaryDirectory() as created:
                (Path(created) / "ruby").mkdir()
                (Path(created) / "ruby" / f"{name}.gem").touch()
                with self.assertRaisesRegex(artefacts.NothingToPublish, f"{name}.gem is not named as RubyGems names it"):
                    artefacts.of("rubygems", Path(created))


if __name__ == "__main__":
    unittest.main()
