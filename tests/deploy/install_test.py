"""`cmake --install` of the release build: what each component installs, and that an installation works where it was put."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import command_line

sys.path.insert(0, str(command_line.ROOT / "build/arrow"))
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402

BUILD = pathlib.Path(command_line.LEEWAY).parent
PAGE = command_line.ROOT / "deploy/INSTALL.md"


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def install(self, *options):
        """The paths of the files below the root, with the prefix /opt/leeway."""
        subprocess.run(["cmake", "--install", BUILD, "--prefix", "/opt/leeway", *options], check=True, capture_output=True,
                       env={**os.environ, "DESTDIR": str(self.root)}, timeout=120)
        return {str(path.relative_to(self.root / "opt/leeway")) for path in self.root.rglob("*") if path.is_file()}

    def test_each_component_installs_what_the_page_says(self):
        rows = re.findall(r"^\| `(\w+)` \|.*?\| (.*) \|$", PAGE.read_text(), re.MULTILINE)
        self.assertGreater(len(rows), 7)
        together = set()
        for component, paths in rows:
            before = self.install("--component", component) - together
            self.assertTrue(before, component)
            allowed = tuple(re.findall(r"`([^`]+)`", paths))
            self.assertEqual([], [path for path in before if not path.startswith(allowed)], component)
            together |= before
        self.assertEqual(self.install(), together, "a component is missing in deploy/INSTALL.md")

    def test_the_units_start_the_installed_binary(self):
        self.install("--component", "systemd")
        for name in ("leeway.service", "leeway@.service"):
            unit = (self.root / "opt/leeway/lib/systemd/system" / name).read_text()
            self.assertIn("\nExecStart=/opt/leeway/bin/leeway run ", unit)

    def test_the_module_is_found_where_it_was_moved_to(self):
        installed = self.install("--component", "agent") | self.install("--component", "parquet")
        self.assertIn("lib/leeway/libleeway_parquet.so", installed)
        pyarrow.parquet.write_table(pyarrow.table({"x": [1, 2, 3]}), self.root / "table.parquet")
        config = self.root / "leeway.toml"
        config.write_text('[[source]]\nname = "table"\ntype = "file"\nformat = "parquet"\npath = "%s/*.parquet"\n'
                          '[[metric]]\nname = "rows_total"\ntype = "counter"\nhelp = "Rows."\n' % self.root)
        done = subprocess.run([self.root / "opt/leeway/bin/leeway", "replay", "--config.file", config],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("\nrows_total 3\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
