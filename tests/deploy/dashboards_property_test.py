"""Dashboards of random configurations, rendered by the real binary (LEEWAY_BIN): valid JSON, without findings of
dashboard-linter's rules, the same each time, and the same as ConfigMaps.

LEEWAY_PROPERTY_RUNS: the number of configurations; LEEWAY_PROPERTY_SEED: the seed of the first.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dashboard_lint  # noqa: E402
from random_configuration import RandomConfiguration  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
RUNS = int(os.environ.get("LEEWAY_PROPERTY_RUNS", "10"))
FIRST_SEED = int(os.environ.get("LEEWAY_PROPERTY_SEED", "1"))


def render(config, directory, *arguments):
    done = subprocess.run([LEEWAY, "dashboards", "--config.file", config, "--output-dir", directory, *arguments],
                          capture_output=True, text=True, timeout=60)
    if done.returncode == 2:
        return None  # the configuration is invalid, which rules_property_test.py tests
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return {file.name: file.read_text() for file in directory.iterdir()}


class DashboardsPropertyTest(unittest.TestCase):
    def test_random_configurations(self):
        refused = 0
        for seed in range(FIRST_SEED, FIRST_SEED + RUNS):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as directory:
                folder = pathlib.Path(directory)
                config = folder / "c.toml"
                config.write_text(RandomConfiguration(seed).text)
                files = render(config, folder / "a")
                if files is None:
                    refused += 1
                    continue
                self.assertEqual(files, render(config, folder / "b"))
                self.assertEqual([], dashboard_lint.lint_directory(folder / "a"))
                dashboards = {name: json.loads(text) for name, text in files.items() if name != ".lint"}
                self.assertTrue(dashboards)
                objects = render(config, folder / "objects", "--format", "kubernetes")
                held = {}
                for text in objects.values():
                    held.update(yaml.safe_load(text)["data"])
                self.assertEqual(dashboards, {name: json.loads(text) for name, text in held.items()})
        self.assertLess(refused, RUNS / 4)


if __name__ == "__main__":
    unittest.main()
