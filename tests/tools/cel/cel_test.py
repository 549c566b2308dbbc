"""Expressions and CEL's reference implementation, cel-go: random expressions give the same for random records, but for
the differences in the table of agent/expressions/EXPRESSIONS.md, each of which occurs. Used by tests/run.sh, after the
build of the preset "ci". `go_tool.py` builds cel-go.

LEEWAY_EVALUATE names another evaluate_expressions, LEEWAY_SEED another seed, LEEWAY_CASES another number of
expressions."""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import unittest

import cases

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import go_tool  # noqa: E402

ROOT = go_tool.ROOT
PAGE = ROOT / "agent/expressions/EXPRESSIONS.md"
EVALUATE = os.environ.get("LEEWAY_EVALUATE", ROOT / "build/ci/tests/agent/expressions/evaluate_expressions")
SEED = int(os.environ.get("LEEWAY_SEED", "1"))
EXPRESSIONS = int(os.environ.get("LEEWAY_CASES", "6000"))
RECORDS = 8  # for each expression


def run(program, lines):
    done = subprocess.run([program], input="".join(line + "\n" for line in lines), capture_output=True, text=True,
                          timeout=600, check=True)
    results = done.stdout.split("\n")[:-1]
    assert len(results) == len(lines), f"{program} answered {len(results)} of {len(lines)} lines"
    return results


def value(text):
    """Comparable: numbers by kind and value, timestamps without the last zeros of a fraction."""
    if text.startswith(("refused", "fails")):
        return text.split(":")[0]
    if re.fullmatch(r"-?\d+", text):
        return "int", int(text)
    if text.startswith("timestamp "):
        return re.sub(r"\.?0*Z$", "Z", text) if "." in text else text
    if text.startswith('"'):
        return json.loads(text), "string"
    if re.match(r"[-+]?(\d|inf|nan|Inf|NaN)", text):
        return "double", repr(float(text))
    return text


def agree(ours, checked, unchecked):
    """CEL without its type check says what a record gives; the check refuses some expressions beforehand."""
    ours, checked, unchecked = value(ours), value(checked), value(unchecked)
    if ours == "refused":
        return checked in ("refused", "fails") or unchecked == "fails"
    if ours == "fails":
        return unchecked in ("fails", "refused") or checked == "fails"
    return ours in (checked, unchecked)


def table():
    """The rows of the table of differences: name, record, expression, Leeway's result, CEL's."""
    text = PAGE.read_text(encoding="utf-8")
    section = text[text.index("## Differences from CEL"):]
    cells = r"^\| ([^|`]+) \| `([^`]*)` \| `([^`]*)` \| `([^`]*)` \| `([^`]*)` \|$"
    return [[cell.replace("\\|", "|") for cell in row] for row in re.findall(cells, section, re.MULTILINE)]


class CelTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = go_tool.build(pathlib.Path(__file__).parent, "cel_oracle")

    def evaluate(self, lines):
        return zip(run(EVALUATE, lines), (line.split("\t") for line in run(self.oracle, lines)))

    def test_each_row_of_the_table_is_a_difference(self):
        rows = table()
        self.assertGreater(len(rows), 20)
        lines = [f"{record}\t{expression}" for _, record, expression, _, _ in rows]
        for row, (ours, (checked, unchecked)) in zip(rows, self.evaluate(lines)):
            name, record, expression, leeway, cel = row
            with self.subTest(row=row):
                self.assertEqual(value(ours), value(leeway), ours)
                self.assertIn(value(cel), (value(checked), value(unchecked)), (checked, unchecked))
                self.assertFalse(agree(ours, checked, unchecked))
                self.assertIn(name, cases.DIFFERENCES.keys() | cases.NOT_RANDOM)

    def test_random_expressions_agree(self):
        chance = random.Random(SEED)
        lines = []
        for _ in range(EXPRESSIONS):
            expression = cases.expression(chance)
            lines.extend(f"{cases.record(chance)}\t{expression}" for _ in range(RECORDS))
        seen = dict.fromkeys(cases.DIFFERENCES, 0)
        values, unexplained = 0, []
        for line, (ours, (checked, unchecked)) in zip(lines, self.evaluate(lines)):
            values += value(ours) not in ("refused", "fails")
            if agree(ours, checked, unchecked):
                continue
            names = [name for name, explains in cases.DIFFERENCES.items()
                     if explains(cases.Case(*line.split("\t"), ours, checked, unchecked))]
            if names:
                seen[names[0]] += 1
            else:
                unexplained.append((line, ours, checked, unchecked))
        print(f"cel: {len(lines)} evaluations of {EXPRESSIONS} expressions, {values} with a value; "
              f"{sum(seen.values())} differ as documented, seed {SEED}: {seen}")
        self.assertEqual(len(unexplained), 0, "\n".join(map(str, unexplained[:20])))
        self.assertGreater(values, len(lines) / 4, "too few expressions have a value")
        self.assertEqual([name for name, times in seen.items() if times == 0], [], "differences that do not occur")
        self.assertLessEqual(set(seen), {row[0] for row in table()}, "differences that are not in the table")


if __name__ == "__main__":
    unittest.main()
