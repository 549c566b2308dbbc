"""`leeway schema`: every configuration of the repository is valid, mistakes are refused, and its keys are those of the
reference."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

import jsonschema

import command_line
import documents_test
import page_examples_test
import pages

ROOT = command_line.ROOT
SCHEMA = json.loads(subprocess.run([command_line.LEEWAY, "schema"], capture_output=True, text=True, check=True).stdout)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
BASE = '[[source]]\nname = "a"\ntype = "log"\npath = "/tmp/x.jsonl"\n'
MISTAKES = {
    "a mistyped section": '[[metrics]]\nname = "a"\n',
    "a mistyped key": BASE.replace("path", "paht"),
    "a mistyped key of a table": BASE + "multiline = { presett = 'java' }\n",
    "a mistyped key of a list": BASE + 'format = [{ format = "json", patern = "x" }]\n',
    "a number for a text": BASE.replace('"/tmp/x.jsonl"', "5"),
    "a text for a number": '[[slo]]\nname = "a"\nobjective = "high"\n',
    "a text for true": '[agent]\ncreated_samples = "true"\n',
    "an unknown word": BASE.replace('"log"', '"lgo"'),
    "a number out of its limits": '[[panel]]\ntitle = "a"\ndescription = "A."\npromql = "up"\nwidth = 25\n',
    "a duration without a unit": '[agent]\ncommit_interval = "one second"\n',
    "a size without a unit": BASE + 'max_line = "1MX"\n',
    "a table for an array": '[source]\nname = "a"\n',
    "an entry without its name": '[[metric]]\ntype = "counter"\n',
    "a wrong key in defaults": "[defaults.metric]\nmax_serie = 5\n",
}
FINE = {
    "variables": '[agent]\ndurability = "${D:-power}"\ncommit_interval = "${INTERVAL}"\n',
    "a change of an included entry": 'include = ["a.toml"]\n[[alert]]\nname = "High"\nabove = 3\n',
    "defaults": '[defaults.metric]\nmax_series = 5\n[defaults.metric.histogram]\nbuckets = [1, 2.5]\n',
    "formats": BASE + 'format = ["json", { format = "regex", pattern = "x" }]\n',
    "a size in bytes": BASE + "max_line = 1000\n",
}


def configurations():
    for pattern in ("deploy/**/*.toml", "tests/**/*.toml", "rules/**/*.toml", "dashboards/**/*.toml"):
        for path in ROOT.glob(pattern):
            values = tomllib.loads(path.read_text())
            if path.name != "cases.toml" and "case" not in values and {"source", "metric", "rules", "agent"} & set(values):
                yield path, values


def properties(node):
    """Of a schema's table, also of one in a list or beside another form."""
    if "$ref" in node:
        node = SCHEMA["definitions"][node["$ref"].removeprefix("#/definitions/")]
    if "properties" in node:
        return node["properties"]
    for inner in [node.get("items"), *node.get("anyOf", []), *node.get("allOf", [])]:
        if found := inner and properties(inner):
            return found
    return None


def keys_at(path):
    table = SCHEMA["properties"]
    for name in path.split("."):
        table = properties(table[name])
    return set(table)


class SchemaTest(unittest.TestCase):
    def test_it_is_a_schema_of_draft_7(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        self.assertEqual("http://json-schema.org/draft-07/schema#", SCHEMA["$schema"])

    def test_every_configuration_is_valid(self):
        count = 0
        for path, values in configurations():
            count += 1
            errors = [f"{list(error.path)}: {error.message[:200]}" for error in VALIDATOR.iter_errors(values)]
            self.assertEqual([], errors, path)
        self.assertGreater(count, 20)

    def test_mistakes_are_refused(self):
        for what, text in MISTAKES.items():
            self.assertFalse(VALIDATOR.is_valid(tomllib.loads(text)), what)

    def test_what_is_fine_is_valid(self):
        for what, text in FINE.items():
            errors = [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))]
            self.assertEqual([], errors, what)

    def test_configurations_in_the_pages_are_valid(self):
        count = 0
        for page in documents_test.pages():
            name = str(page.relative_to(ROOT))
            for number, block in enumerate(pages.blocks(name, "toml")):
                text = page_examples_test.PARTS.get((name, number), "@").replace("@", block.text)
                try:
                    values = tomllib.loads(text)
                except tomllib.TOMLDecodeError:
                    continue  # a part of a file
                if set(values) & {"source", "metric", "slo", "alert", "drift", "quality", "window", "rules"}:
                    count += 1
                    errors = [error.message[:200] for error in VALIDATOR.iter_errors(values)]
                    self.assertEqual([], errors, f"{page}: {text}")
        self.assertGreater(count, 10)

    def test_keys_are_those_of_the_reference(self):
        named = {}
        for cells in documents_test.section_table("All keys"):
            section = re.search(r"\[+([a-z_.]+)\]+", cells[0].replace("`", "").removeprefix(" ")[1:])[1]
            named.setdefault(section, set()).update(re.findall(r"`(\w+)`", cells[1]))
        for section, keys in named.items():
            self.assertEqual(keys, keys_at(section), section)
        self.assertEqual({name for name in SCHEMA["properties"]} - {"include", "defaults"},
                         {section for section in named if "." not in section})

    def test_init_names_the_schema_where_it_is_installed(self):
        with tempfile.TemporaryDirectory() as directory:
            prefix = pathlib.Path(directory).resolve()
            (prefix / "bin").mkdir()
            program = shutil.copy(command_line.LEEWAY, prefix / "bin/leeway")
            (prefix / "app.log").write_text('{"time": "2026-01-05T00:00:00Z", "level": "info"}\n' * 20)

            def first_line():
                done = subprocess.run([program, "init", prefix / "app.log"], capture_output=True, text=True)
                self.assertEqual(0, done.returncode, done.stderr)
                return done.stdout.splitlines()[0]
            self.assertTrue(first_line().startswith("# Written by"))
            schema = prefix / "share/leeway/leeway.schema.json"
            schema.parent.mkdir(parents=True)
            schema.write_text(json.dumps(SCHEMA))
            self.assertEqual(f"#:schema file://{schema}", first_line())

    def test_each_key_has_a_line_and_a_type(self):
        def walk(table, path):
            for key, node in table.items():
                self.assertIn("description", node, f"{path}.{key}")
                self.assertRegex(node["description"], r"^.{5,110}$", f"{path}.{key}")
                self.assertTrue({"type", "anyOf", "allOf", "enum"} & set(node), f"{path}.{key}")
                walk(properties(node) or {}, f"{path}.{key}")
        walk(SCHEMA["properties"], "")


if __name__ == "__main__":
    unittest.main()
