"""What a drift monitor takes the columns of tables for, as a user sees it: `check`, the metrics, and what arrives later."""

import csv
import pathlib
import random
import subprocess
import tempfile
import unittest

import harness

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "day"
type = "file"
path = "{directory}/day*.csv"

[[drift]]
name = "inputs"
columns = {columns}
method = ["wasserstein", "jensen_shannon"]
reference = {reference}
window = {{ rows = 500 }}
"""


def write(path, rows, quoting=csv.QUOTE_MINIMAL):
    with path.open("w") as out:
        writer = csv.DictWriter(out, rows[0].keys(), quoting=quoting)
        writer.writeheader()
        writer.writerows(rows)


class DriftKindsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.config = self.directory / "leeway.toml"

    def configure(self, columns, reference="{ first_rows = 500 }"):
        self.config.write_text(CONFIG.format(directory=self.directory, columns=columns, reference=reference))

    def leeway(self, *arguments, code=0):
        done = subprocess.run([harness.LEEWAY, *map(str, arguments), "--config.file", str(self.config)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(code, done.returncode, done.stderr)
        return done.stdout + done.stderr

    def replay(self, *arguments):
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in self.leeway("replay", *arguments).splitlines() if line.startswith("leeway_drift")}

    @staticmethod
    def value(samples, metric, column, **labels):
        found = [value for name, value in samples.items() if name.startswith(f"leeway_drift_{metric}{{") and
                 f'column="{column}"' in name and all(f'{key}="{word}"' in name for key, word in labels.items())]
        return found[0] if len(found) == 1 else None

    def test_numbers_are_numbers_whatever_the_writer_of_the_table(self):
        draw = random.Random(1)
        rows = [{"age": draw.choice(["NA", "N/A", "NULL", "null", "None", "nan", ""]) if i % 5 < 3 else draw.randint(1, 9),
                 "code": f"{draw.randint(0, 99):03}"} for i in range(1000)]
        self.configure('["age", "code"]')
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC):
            with self.subTest(quoting=quoting):
                path = self.directory / "day.csv"
                written = rows
                if quoting == csv.QUOTE_NONNUMERIC:  # its texts and nulls are in quotes, its numbers are not
                    written = [{"age": row["age"] if isinstance(row["age"], int) else "", "code": row["code"]}
                               for row in rows]
                write(path, written, quoting)
                samples = self.replay()
                self.assertEqual(1, self.value(samples, "column_info", "age", kind="number", distinct="9", missing="0.6",
                                               reason="all_numbers"), samples)
                self.assertEqual(1, self.value(samples, "column_info", "code", kind="text", missing="0",
                                               reason="all_texts"))

    def test_check_says_what_the_columns_are_of_records_that_are_there(self):
        write(self.directory / "day.csv", [{"age": i % 50, "zip": f"z{i % 7}", "note": ""} for i in range(600)])
        self.configure('["age", "zip", "note", "agee"]')
        checked = self.leeway("check")
        for line in ("age: number, 50 distinct values, 0% missing: all 500 values are numbers",
                     "zip: text, 7 distinct values, 0% missing: all 500 values are texts",
                     "note: not comparable yet, 100% missing: none of its 500 records has a value",
                     "agee: not comparable yet, 100% missing: none of its 500 records has this column"):
            self.assertIn(line, checked)

    def test_check_says_that_two_columns_have_one_name(self):
        (self.directory / "day.csv").write_text("age,age\n" + "1,2\n" * 600)
        self.configure('["age"]')
        checked = self.leeway("check")
        self.assertIn("what its columns are is decided by these records", checked)
        self.assertIn("(duplicate_column): in its first row, two columns are named 'age', number 1 and number 2", checked)

    def test_check_says_what_the_columns_of_a_reference_are(self):
        write(self.directory / "train.csv",
              [{"age": i % 50, "zip": "x" if i % 10 == 0 else str(10000 + i % 7), "note": "", "flag": "a" if i < 4 else ""}
               for i in range(200)], csv.QUOTE_NONNUMERIC)
        reference = f'{{ file = "{self.directory}/train.csv", format = "csv" }}'
        self.configure('["age", "zip", "note", "flag", "agee"]', reference)
        checked = self.leeway("check")
        for line in ("age: number, 50 distinct values, 0% missing: all 200 values are numbers",
                     "zip: text, 8 distinct values, 0% missing: 180 of 200 values are numbers written as text, in quotes",
                     "note: not comparable yet, 100% missing: none of its 200 records has a value",
                     "flag: not comparable yet, 98% missing: only 4 of its 200 records have a value; at least 10",
                     "agee: not comparable yet, 100% missing: none of its 200 records has this column"):
            self.assertIn(line, checked)
        write(self.directory / "day.csv", [{"age": i % 50, "zip": str(i), "note": 5, "flag": "b"} for i in range(600)])
        samples = self.replay()
        self.assertEqual(0, self.value(samples, "band", "age", method="wasserstein"))
        for column, reason in (("note", "no_values"), ("flag", "too_few_values"), ("agee", "absent")):
            self.assertEqual(0, self.value(samples, "comparable", column))
            self.assertEqual(1, self.value(samples, "column_info", column, kind="none", reason=reason))
            self.assertIsNone(self.value(samples, "score", column))

    def test_a_column_that_is_filled_later_is_compared_from_then_on(self):
        state = ["--state.dir", self.directory / "state"]
        self.configure('["age", "n"]')
        draw = random.Random(2)
        expected = [(0, None), (0, None), (1, None), (1, 0), (1, 1)]
        for day, (comparable, band) in enumerate(expected):
            rows = [{"age": "" if day < 2 else draw.gauss(3 if day == 4 else 0, 1), "n": draw.random()}
                    for _ in range(500)]
            write(self.directory / f"day{day}.csv", rows)
            samples = self.replay(*state)
            self.assertEqual(comparable, self.value(samples, "comparable", "age"), day)
            self.assertEqual(band, self.value(samples, "band", "age", method="wasserstein"), day)
        # A file without the column is not one in which it is null.
        write(self.directory / "day5.csv", [{"n": draw.random()} for _ in range(500)])
        samples = self.replay(*state)
        self.assertEqual(500, self.value(samples, "absent_rows", "age"))
        self.assertEqual(0, self.value(samples, "absent_rows", "n"))
        self.assertIn("age: number, ", self.leeway("reference", "show"))

    def test_two_columns_of_one_name_are_an_error(self):
        (self.directory / "train.csv").write_text("age,zip,age\n" + "1,2,3\n" * 200)
        self.configure('["age"]', f'{{ file = "{self.directory}/train.csv", format = "csv" }}')
        self.assertIn("in its first row, two columns are named 'age', number 1 and number 3", self.leeway("check", code=2))


if __name__ == "__main__":
    unittest.main()
