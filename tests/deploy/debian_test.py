"""The Debian packaging repeats what the build knows; tests/package installs and runs the packages."""

import re
import unittest

import command_line


class DebianTest(unittest.TestCase):
    def test_the_package_needs_what_the_build_needs(self):
        script = (command_line.ROOT / "deploy/install-packages.sh").read_text()
        needed = set(re.search(r"build_packages=\((.*?)\)", script, re.DOTALL)[1].split()) - {"g++", "tzdata"}
        control = (command_line.ROOT / "deploy/debian/control").read_text()
        named = set(re.search(r"Build-Depends:\n debhelper-compat \(= 13\),\n(.*?)\n\n", control, re.DOTALL)[1]
                    .replace(",", "").split())
        self.assertEqual(needed, named)

    def test_its_version_is_that_of_the_project(self):
        project = re.search(r"project\(leeway VERSION (\S+)", (command_line.ROOT / "CMakeLists.txt").read_text())[1]
        changelog = (command_line.ROOT / "deploy/debian/changelog").read_text()
        self.assertTrue(changelog.startswith(f"leeway ({project})"), changelog)


if __name__ == "__main__":
    unittest.main()
