"""Expressions and CEL's reference implementation, cel-go: random expressions give the same for random records, but for
the differences in the table of agent/expressions/EXPRESSIONS.md, each of which occurs. Used by tests/run.sh, after the
build of the preset "ci". Needs Go and a network the first time. An older Go than cel-go asks for fetches a newer one, as
a module.

LEEWAY_EVALUATE names another evaluate_expressions, LEEWAY_SEED another seed, LEEWAY_CASES another number of
expressions."""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import unittest

import cases

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "agent/expressions/EXPRESSIONS.md"
EVALUATE = os.environ.get("LEEWAY_EVALUATE", ROOT / "build/ci/tests/agent/expressions/evaluate_expressions")
ORACLE = ROOT / "build/tools/bin/cel_oracle"
TOOLCHAIN = ROOT / "build/tools/go"
GO = (1, 23, 12)  # the least that cel-go asks for
SEED = int(os.environ.get("LEEWAY_SEED", "1"))
EXPRESSIONS = int(os.environ.get("LEEWAY_CASES", "6000"))
RECORDS = 8  # for each expression


def fetch_go(system):
    """Go as a module of its own: without bits of execution, and with files go.mod under another name."""
    fetched = subprocess.run(["go", "mod", "download", "-json", f"golang.org/toolchain@v0.0.1-go{'.'.join(map(str, GO))}.{system}"],
                             capture_output=True, text=True, timeout=900, cwd=TOOLCHAIN.parent)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    shutil.copytree(json.loads(fetched.stdout)["Dir"], TOOLCHAIN, copy_function=shutil.copyfile)
    for path in TOOLCHAIN.rglob("_go.mod"):
        path.rename(path.with_name("go.mod"))
    for path in [*TOOLCHAIN.glob("bin/*"), *TOOLCHAIN.glob("pkg/tool/*/*")]:
        path.chmod(0o755)


def go():
    """A Go that is new enough, and its environment. It keeps what it builds under a home directory."""
    os.environ.setdefault("HOME", str(ROOT / "build/tools"))
    version = subprocess.run(["go", "version"], capture_output=True, text=True, timeout=60, check=True).stdout
    number, system = re.search(r"go version go([\d.]+)\S* (\S+)", version).groups()
    if tuple(map(int, number.split("."))) >= GO:
        return "go", os.environ
    if not TOOLCHAIN.exists():
        TOOLCHAIN.parent.mkdir(parents=True, exist_ok=True)
        fetch_go(system.replace("/", "-"))
    return TOOLCHAIN / "bin/go", {**os.environ, "GOROOT": str(TOOLCHAIN), "GOTOOLCHAIN": "local"}


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
        program, environment = go()
        build = subprocess.run([program, "build", "-o", ORACLE, "."], cwd=pathlib.Path(__file__).parent, env=environment,
                               capture_output=True, text=True, timeout=900)
        assert build.returncode == 0, build.stderr

    def evaluate(self, lines):
        return zip(run(EVALUATE, lines), (line.split("\t") for line in run(ORACLE, lines)))

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
