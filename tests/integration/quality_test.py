"""[[quality]] with the real agent: what its checks saw, and that none passes or vanishes without a word."""

import pathlib
import subprocess
import tempfile
import unittest

import harness

SOURCE = """
[[source]]
name = "scores"
type = "file"
path = "{directory}/scores.*"
format = "{format}"
settle = "0s"
"""


class QualityTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def run_leeway(self, command, config, text_format="csv"):
        path = self.directory / "leeway.toml"
        path.write_text(SOURCE.format(directory=self.directory, format=text_format) + config)
        return subprocess.run([harness.LEEWAY, command, "--config.file", path], capture_output=True, text=True)

    def test_extra_columns_need_a_format_that_names_its_columns(self):
        config = """
[[quality]]
name = "scores"
window = { rows = 2 }
[[quality.check]]
columns = { required = ["score"], extra = "forbidden" }
"""
        refused = self.run_leeway("check", config, "json")
        self.assertEqual(2, refused.returncode)
        self.assertIn("would never be judged; expected a source of type \"file\" with the format csv", refused.stderr)
        for text_format in ("csv", "tsv", "parquet"):
            self.assertEqual(0, self.run_leeway("check", config, text_format).returncode)

    def test_nan_in_a_table_is_null_unless_null_values_says_otherwise(self):
        (self.directory / "scores.csv").write_text("score\nnan\n1\nNaN\n2\n")
        for of_source, null, nan in (("", 0.5, 0), ("null_values = []\n", 0, 0.5)):
            done = self.run_leeway("replay", of_source + """replaces = "any"
[[quality]]
name = "scores"
[[quality.check]]
null_ratio = { column = "score" }
[[quality.check]]
nan_ratio = { column = "score" }
""")
            samples = harness.exposition.parse_samples(done.stdout)
            found = [samples["leeway_quality_check_value", (("check", check), ("column", "score"), ("quality", "scores"))]
                     for check in ("null_ratio", "nan_ratio")]
            self.assertEqual([null, nan], found, done.stderr)

    def test_texts_among_numbers_are_no_numbers_that_pass(self):
        (self.directory / "scores.csv").write_text("score\n" + "1.5\n.\n" * 100)
        for keys, passed, unjudged in (("", None, 1), (", max_left_out = 0.5", 1, 0)):
            done = self.run_leeway("replay", f"""replaces = "any"
[[quality]]
name = "scores"
[[quality.check]]
mean = {{ column = "score", min = 1.2{keys} }}
""")
            samples = harness.exposition.parse_samples(done.stdout)
            labels = (("check", "mean"), ("column", "score"), ("quality", "scores"))
            self.assertEqual([passed, unjudged, 0.5, 1.5],
                             [samples.get(("leeway_quality_check_" + name, labels))
                              for name in ("passed", "unjudged_runs", "left_out_ratio", "value")], done.stderr)

    def test_no_result_is_of_whichever_file_was_read_last(self):
        quality = """
[[quality]]
name = "scores"
{}
[[quality.check]]
rows = {{ min = 1 }}
"""
        for keys, of_source, refused in (("", "", True), ("window = { rows = 2 }", "", False),
                                         ('segment = "zone"', "", False), ("""segment = "'all'\"""", "", True), ("", 'version = "all"', False),
                                         ("", 'replaces = "any"', False)):
            done = self.run_leeway("check", of_source + quality.format(keys))
            self.assertEqual((2 if refused else 0, refused),
                             (done.returncode, "whichever was read last" in done.stderr), done.stderr)

    def test_files_are_judged_each_by_itself_or_together(self):
        for name, scores in (("north", [1, 2]), ("south", [3, 4, 5])):
            path = self.directory / f"scores.{name}"
            path.write_text("score\n" + "".join(f"{score}\n" for score in scores))
        quality = """
[[quality]]
name = "scores"
{}
[[quality.check]]
mean = {{ column = "score", min = 0 }}
"""
        found = {}
        for of_source, keys in (("path_fields = 'scores.(?P<zone>[a-z]+)$'\n", 'segment = "zone"'), ('version = "all"\n', "")):
            done = self.run_leeway("replay", of_source + quality.format(keys))
            found[keys] = {dict(labels).get("segment"): value for (name, labels), value
                           in harness.exposition.parse_samples(done.stdout).items() if name == "leeway_quality_check_value"}
        self.assertEqual({'segment = "zone"': {"north": 1.5, "south": 4}, "": {None: 3}}, found)

    def test_says_which_file_a_result_is_of_and_which_groups_are_left_out(self):
        for name, rows in (("a", "zone,score\nn,1\ns,2\nw,3\n"), ("b", "zone,score\nn,\n")):
            (self.directory / f"scores.{name}").write_text(rows)
        done = self.run_leeway("replay", """replaces = "any"
[[quality]]
name = "scores"
[[quality.check]]
mean = { column = "score", min = 0 }
[[quality.summary]]
columns = "score"
by = "zone"
max_groups = 2
""")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("metric 'quality:scores:groups': 1 records of further segments or groups are left out; its limit is 2",
                      done.stderr)
        samples = harness.exposition.parse_samples(done.stdout)
        self.assertEqual(1, samples["leeway_quality_last_run_info",
                                    (("file", f"{self.directory}/scores.b"), ("quality", "scores"))])
        self.assertEqual(1, samples["leeway_quality_check_unjudged_runs",
                                    (("check", "mean"), ("column", "score"), ("quality", "scores"))])


if __name__ == "__main__":
    unittest.main()
