"""The packs, the examples and the documents against the real binary, named by LEEWAY_BIN."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exposition  # noqa: E402
import pack_samples  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACK = ROOT / "deploy/packs/echo-ridge.toml"
SAMPLE = PACK.with_suffix("") / "sample.log"


def leeway(*arguments):
    return subprocess.run([LEEWAY, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=60)


def replay(*arguments):
    done = leeway("replay", "--config.file", PACK, "--source.path", f"app={SAMPLE}", *arguments)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return exposition.parse_samples(done.stdout)


def check(path):
    """(exit code, complaints), except for the retention that Prometheus needs for a monthly objective."""
    done = leeway("check", "--config.file", path)
    complaints = [line for line in done.stderr.splitlines() if not line.endswith("set [rules] retention accordingly")]
    return done.returncode, complaints


class PackTest(unittest.TestCase):
    def test_sample_gives_its_known_totals(self):
        truth = json.loads((SAMPLE.parent / "truth.json").read_text())
        self.assertEqual([], exposition.differences(truth, replay()))

    def test_the_example_of_data_finds_the_column_that_moved(self):
        samples = exposition.parse_samples(leeway("replay", "--config.file", "deploy/examples/data.toml").stdout)
        bands = {(dict(labels)["column"], dict(labels)["method"]): value for (name, labels), value in samples.items()
                 if name == "leeway_drift_band"}
        self.assertEqual({"age", "engagement_score", "string(income_level)"}, {column for column, _ in bands})
        self.assertEqual({("age", "wasserstein"): 3}, {key: band for key, band in bands.items() if band})

    def test_rejected_lines_are_counted_by_reason(self):
        truth = json.loads((SAMPLE.parent / "truth.json").read_text())
        samples = replay("--internal-metrics")
        rejects = {dict(labels)["reason"]: value for (name, labels), value in samples.items()
                   if name == "leeway_source_rejected_lines_total" and value}
        self.assertEqual(truth["rejects"], rejects)
        self.assertEqual(truth["records"], samples[("leeway_source_records_total", (("source", "app"),))])

    def test_comparison_notices_a_wrong_value(self):
        samples = replay()
        truth = json.loads((SAMPLE.parent / "truth.json").read_text())
        truth["values"]["echo_companies_scored_total"] += 1
        self.assertEqual(1, len(exposition.differences(truth, samples)))

    def test_sample_is_what_its_generator_writes(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, SAMPLE.parent / "make_sample.py", directory], check=True,
                           capture_output=True)
            for name in ("sample.log", "truth.json"):
                self.assertEqual((SAMPLE.parent / name).read_bytes(), (pathlib.Path(directory) / name).read_bytes())

    def test_every_pack_and_example_is_valid(self):
        files = sorted(ROOT.glob("deploy/packs/*.toml")) + sorted(ROOT.glob("deploy/examples/*.toml"))
        self.assertGreaterEqual(len(files), 2)
        for file in files:
            with self.subTest(file=file.name):
                self.assertEqual((0, []), check(file))

    def test_each_pack_fits_its_sample(self):
        for pack in sorted(ROOT.glob("deploy/packs/*.toml")):
            with tempfile.TemporaryDirectory() as directory:
                for words, folder in pack_samples.replays(pack, directory):
                    own = [str(word) for word in words[1:] if word != "--internal-metrics"]
                    own = own[:own.index("--state.dir")] if "--state.dir" in own else own
                    done = subprocess.run([LEEWAY, "check", *own], cwd=folder or ROOT, capture_output=True, text=True,
                                          timeout=60)
                    with self.subTest(pack=pack.name, folder=folder):
                        self.assertEqual(0, done.returncode, done.stderr)
                        self.assertEqual([], re.findall(r"^.*\bwarning: .*$", done.stdout, re.MULTILINE))
                        self.assertRegex(done.stdout, r"sample: [1-9]\d* records?\b")

    def test_no_word_of_a_monitored_system_stands_in_the_sources(self):
        words = re.compile(r"echo.?ridge|\broman\b|norm_?context|brand.?metadata|uplift", re.IGNORECASE)
        rooms = [path for room in ("agent", "collectors", "exporters", "cmake") for path in (ROOT / room).rglob("*")]
        found = [str(path) for path in rooms if path.is_file() and words.search(path.read_text(errors="replace"))]
        self.assertEqual([], found)


if __name__ == "__main__":
    unittest.main()
