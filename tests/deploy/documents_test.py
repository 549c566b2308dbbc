"""All pages: links, metrics and alerts that they name exist, and the reference of the configuration names every page, section
and key, with the values that it may have."""

import itertools
import os
import re
import subprocess
import tempfile
import unittest

import command_line

ROOT = command_line.ROOT
REFERENCE = ROOT / "agent/config/CONFIGURATION.md"
WIDEST = 132
PART = re.compile(r"^A part of the \[configuration's reference\]", re.MULTILINE)  # what pages of it begin with


def pages():
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name != "build" and not name.startswith(".")]
        found += [ROOT / folder / name for name in files if name.endswith(".md")]
    return sorted(found)


def prose(page):
    """Without blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def headings(page):
    return re.findall(r"^#+ (.+?) *$", prose(page), re.MULTILINE)


def heading_anchors(page):
    """As GitHub makes them, in their order."""
    seen, result = {}, []
    for heading in headings(page):
        text = re.sub(r"\]\([^)]*\)", "", heading).lower()
        name = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        count = seen[name] = seen.get(name, -1) + 1
        result.append(f"{name}-{count}" if count else name)
    return result


def anchors(page):
    return set(heading_anchors(page)) | set(re.findall(r'<a (?:id|name)="([^"]+)"', page.read_text()))


def links(page):
    """Pairs of path and anchor, relative to the page."""
    text = re.sub(r"(?<!\[)`[^`\n]*`(?!\]\()", "", prose(page))
    return [link.partition("#")[::2] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"<?[a-z]+:", link)]


class LinksTest(unittest.TestCase):
    def test_pages_and_anchors_that_are_linked_exist(self):
        count = 0
        for page in pages():
            for path, anchor in links(page):
                count += 1
                target = (page.parent / path).resolve() if path else page
                where = f"{page.relative_to(ROOT)}: {path}#{anchor}"
                self.assertTrue(target.exists(), where)
                if anchor:
                    self.assertIn(anchor, anchors(target), where)
        self.assertGreater(count, 100)


def source_text(*suffixes):
    """The text of the rooms' sources."""
    return "".join(path.read_text() for room in ("agent", "collectors", "exporters", "rules") for path in sorted((ROOT / room).rglob("*"))
                   if path.suffix in suffixes)


class WidthTest(unittest.TestCase):
    def test_lines_of_prose_are_not_wider_than_those_of_the_readme(self):
        """Rows of tables are, since they cannot be divided; the changelog is merged from many changes."""
        for page in pages():
            if page.name != "CHANGELOG.md" and "rendered" not in page.parts:
                wide = [line for line in prose(page).splitlines() if len(line) > WIDEST and not line.startswith("|")]
                self.assertEqual([], wide, page.relative_to(ROOT))


class NamesTest(unittest.TestCase):
    """What pages name exists; the changelog names what was renamed, too."""

    def setUp(self):
        self.pages = [page for page in pages() if page.name != "CHANGELOG.md" and "rendered" not in page.parts]

    def test_metrics_exist(self):
        known = set(re.findall(r"leeway_\w*[a-z0-9]", source_text(".cpp", ".h")))
        for page in self.pages:
            text = re.sub(r"\$ .*grep.*", "", page.read_text())
            for name in re.findall(r"(?<![\w:/-])leeway_[a-z0-9_]*[a-z0-9](?![\w*./-])", text):
                self.assertTrue({name, re.sub("_(bucket|count|sum)$", "", name)} & known, f"{page.relative_to(ROOT)}: {name}")

    def test_metrics_of_a_monitor_are_on_its_page(self):
        count = 0
        for page in (ROOT / "agent/monitors").glob("*/*.md"):
            monitor, text = page.parent.name, page.read_text()
            for path in [*page.parent.glob("*.cpp"), *page.parent.glob("*.h")]:
                for name in re.findall(rf'"(leeway_{monitor}_[a-z0-9_]+)"', path.read_text()):
                    count += 1
                    self.assertTrue(name in text or name.replace(f"leeway_{monitor}_summary", "") in text, f"{page.name}: {name}")
        self.assertGreater(count, 50)

    def test_options_exist(self):
        """Of commands that are written out, and those with a dot, which are no other program's."""
        commands = command_line.commands()
        count = 0
        for page in self.pages:
            text = page.read_text().replace("\\\n", " ")
            for name, words in re.findall(r"\bleeway (\w+)((?: +[^\s|&;`)]+)*)", text):
                for option in re.findall(r"--[a-z][a-z.-]*", words):
                    count += 1
                    self.assertIn(option, commands.get(name, ()), f"{page.relative_to(ROOT)}: leeway {name} {option}")
            for option in re.findall(r"`(--(?:config|source|state|shutdown|log|object)\.[a-z-]+)", text):
                self.assertTrue(any(option in options for options in commands.values()), f"{page.relative_to(ROOT)}: {option}")
        self.assertGreater(count, 50)

    def test_every_command_and_option_is_on_a_page(self):
        text = "\n".join(page.read_text() for page in self.pages)
        for command, options in command_line.commands().items():
            if command not in ("help", "version"):  # which the manual page and --help explain
                self.assertIn(f"leeway {command}", text)
            for option in options:
                self.assertRegex(text, rf"{option}(?![\w.-]*\w)", command)

    def test_alerts_exist(self):
        """Some names are made of the prefix that a configuration may change, and of a word of the sources."""
        text = source_text(".cpp", ".h", ".yml") + "".join(path.read_text() for path in (ROOT / "deploy/packs").glob("*.toml"))
        for page in self.pages:
            for prefix, rest in re.findall(r"`(Leeway|SloInput|Drift|Quality|Change|ErrorBudget)([A-Z][A-Za-z]+)`", page.read_text()):
                self.assertTrue(prefix + rest in text or f'"{rest}"' in text, f"{page.relative_to(ROOT)}: {prefix}{rest}")


def section_table(heading):
    """The rows of the table below a heading of the reference, as lists of cells."""
    section = REFERENCE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]


def check(text):
    """What `leeway check` prints of a configuration."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([command_line.LEEWAY, "check", "--no-sample", "-c", file.name], capture_output=True,
                              text=True, timeout=60)
    return done.stdout + done.stderr


def unknown_key_errors(text):
    """What `check` expects in place of the keys `zzz`: a set of keys for each table that has one."""
    return {re.sub(r"'[^']*'", "", table).replace(" ", ""): set(re.findall(r'"(\w+)"', expected)) for table, expected
            in re.findall(r"error: (.*): unknown key 'zzz'; expected (.*)", check(text))}


LOG = '[[source]]\nname = "a"\ntype = "log"\npath = "/tmp/x.jsonl"\n'
TABLE = '[[source]]\nname = "a"\ntype = "file"\npath = "/tmp/x.csv"\n'
TEXT_FORMATS = ["json", "csv", "tsv", "syslog", "klog", "nginx"]
FILE_FORMATS = ["json", "yaml", "toml", "jsonl", "csv", "tsv", "parquet"]


def sources(kind, formats, more=""):
    head = f'[[source]]\nname = "a"\ntype = "{kind}"\nzzz = 1\n{more}'
    return [head + f'format = "{name}"\n' for name in formats]


# For each row of "All keys": configurations with a key `zzz`, and the table of the error that names the others.
PROBES = {
    "[agent]": (["[agent]\nzzz = 1\n" + LOG], "[agent]"),
    "[[source]]": (sources("log", TEXT_FORMATS, 'path = "/tmp/a"\n') + sources("log", ["regex"], 'path = "/tmp/a"\npattern = "(?P<a>.)"\n'),
                   "[[source]]"),
    "[[source]], streams": (sources("socket", ["json"], 'listen = "udp://127.0.0.1:5514"\n') +
                            sources("fifo", ["json"], 'path = "/tmp/f"\n'), "[[source]]"),
    '[[source]], type = "file"': (sources("file", FILE_FORMATS, 'path = "/tmp/a"\n') +
                                  sources("file", ["regex"], 'path = "/tmp/a"\npattern = "(?P<a>.)"\n') +
                                  sources("file", ["sqlite"], 'path = "/tmp/a"\nquery = "SELECT 1 AS a"\n'), "[[source]]"),
    "[[metric]]": ([LOG + f'[[metric]]\nname = "a_total"\nvalue = "x"\nzzz = 1\ntype = "{kind}"\n'
                    for kind in ("counter", "gauge", "histogram")], "[[metric]]"),
    "[[slo]]": ([LOG + '[[slo]]\nname = "a"\ngood = "x"\nobjective = 0.9\nby = ["r"]\nzzz = 1\n'], "[[slo]]"),
    "[slo.alerts]": ([LOG + '[[slo]]\nname = "a"\ngood = "x"\nobjective = 0.9\n[slo.alerts]\nzzz = 1\n'], "[[slo]]:alerts"),
    "[[drift]]": ([TABLE + '[[drift]]\nname = "a"\ncolumns = ["x"]\nreference = { first_rows = 100 }\nzzz = 1\n'], "[[drift]]"),
    "[drift.alerts]": ([TABLE + '[[drift]]\nname = "a"\ncolumns = ["x"]\nreference = { first_rows = 100 }\n[drift.alerts]\nzzz = 1\n'],
                       "[[drift]]:alerts"),
    "[[quality]]": ([TABLE + '[[quality]]\nname = "a"\nzzz = 1\n'], "[[quality]]"),
    "[[quality.check]]": ([TABLE + '[[quality]]\nname = "a"\n[[quality.check]]\nrows = { min = 1 }\nzzz = 1\n'], "[[quality]]:check"),
    "[[quality.summary]]": ([TABLE + '[[quality]]\nname = "a"\n[[quality.summary]]\ncolumns = ["x"]\nzzz = 1\n'], "[[quality]]:summary"),
    "[quality.alerts]": ([TABLE + '[[quality]]\nname = "a"\n[quality.alerts]\nzzz = 1\n'], "[[quality]]:alerts"),
    "[[change]]": ([LOG + '[[change]]\nname = "a"\nvalue = "x"\nzzz = 1\n'], "[[change]]"),
    "[change.alerts]": ([LOG + '[[change]]\nname = "a"\nvalue = "x"\n[change.alerts]\nzzz = 1\n'], "[[change]]:alerts"),
    "[[window]]": ([LOG + '[[window]]\nname = "a"\naggregate = "mean"\nvalue = "x"\nover = "15m"\nusual = "7d"\nzzz = 1\n'], "[[window]]"),
    "[[window.alerts]]": ([LOG + '[[window]]\nname = "a"\naggregate = "mean"\nvalue = "x"\nover = "15m"\n'
                           '[[window.alerts]]\nname = "A"\nabove = 1\nzzz = 1\n'], "[[window]]:alerts"),
    "[[state]]": ([LOG + '[[state]]\nname = "a"\nstart = "x"\nend = "y"\nzzz = 1\n'], "[[state]]"),
    "[[state.alerts]]": ([LOG + '[[state]]\nname = "a"\nstart = "x"\nend = "y"\ngood = "z"\n[[state.alerts]]\n'
                          'failure_ratio_above = 0.1\nzzz = 1\n'], "[[state]]:alerts"),
    "[rules]": (["[rules]\nzzz = 1\n" + LOG], "[rules]"),
    "[[alert]]": ([LOG + '[[alert]]\nname = "A"\nmetric = "up"\nbelow = 1\nzzz = 1\n'], "[[alert]]"),
    "[[alert.test]]": ([LOG + '[[alert]]\nname = "A"\nmetric = "up"\nbelow = 1\n[[alert.test]]\nname = "a"\nzzz = 1\n'], "[[alert]]:test"),
    "[[external_metric]]": ([LOG + '[[external_metric]]\nname = "a_total"\ntype = "counter"\nzzz = 1\n'], "[[external_metric]]"),
    "[[maintenance]]": ([LOG + '[[maintenance]]\nname = "a"\nstart = "02:00"\nend = "03:00"\nzzz = 1\n'], "[[maintenance]]"),
    "[[row]]": ([LOG + '[[row]]\ntitle = "a"\nzzz = 1\n'], "[[row]]"),
    "[[panel]]": ([LOG + '[[panel]]\ntitle = "a"\ndescription = "A."\npromql = "up"\nzzz = 1\n'], "[[panel]]"),
}


# Pages, and configurations in which keys have the value "x", which none takes.
WRONG_VALUES = [
    ("agent/config/CONFIGURATION.md", '[agent]\ndurability = "x"\n' + LOG),
    ("collectors/SOURCES.md", LOG + 'start = "x"\ncontainer = "x"\nmultiline = "x"\nredact = ["x"]\n'),
    ("collectors/SOURCES.md", '[[source]]\nname = "a"\ntype = "socket"\nformat = "json"\nlisten = "udp://127.0.0.1:5514"\nframing = "x"\n'),
    ("collectors/files/FILES.md", TABLE + 'version = "x"\nreplaces = "x"\n'),
    ("agent/monitors/metric/METRIC.md", LOG + '[[metric]]\nname = "a_total"\ntype = "x"\n'),
    ("agent/monitors/metric/METRIC.md", LOG + '[[metric]]\nname = "a"\ntype = "gauge"\nvalue = "v"\naggregate = "x"\nlint = "x"\n'),
    ("agent/monitors/window/WINDOW.md", LOG + '[[window]]\nname = "a"\naggregate = "x"\n'),
    ("agent/monitors/drift/DRIFT.md", LOG + '[[drift]]\nname = "a"\ncolumns = ["c"]\nmethod = "x"\nfamily = "x"\nrow_order = "x"\nbins = "x"\n'
     'reference = { first_rows = 100 }\nwindow = { rows = 100 }\n'),
    ("agent/monitors/change/CHANGE.md", LOG + '[[change]]\nname = "a"\nvalue = "v"\nmethod = "x"\nscale = "x"\ndirection = "x"\n'),
    ("agent/panels/PANELS.md", LOG + '[[panel]]\ntitle = "a"\ndescription = "A."\npromql = "up"\nshow = "x"\nunit = "x"\n'),
    ("agent/alerts/ALERTS.md", LOG + '[[alert]]\nname = "A"\nmetric = "up"\nbelow = 1\nseverity = "x"\n'),
]


class ReferenceTest(unittest.TestCase):
    def test_contents_name_every_section_of_every_page(self):
        rows = section_table("Contents")
        for page, sections in ((re.search(r"\]\(([^)]+)\)", row[0]), row[1]) for row in rows):
            path = (REFERENCE.parent / page[1]).resolve() if page else REFERENCE
            expected = set(heading_anchors(path)[1:])
            named = set(re.findall(r"#([^)]+)\)", sections))
            if path == REFERENCE or PART.search(path.read_text()):
                self.assertEqual(expected - {"contents"}, named, path.name)

    def test_every_page_of_a_section_is_in_the_contents(self):
        named = {(REFERENCE.parent / path).resolve() for path, _ in links(REFERENCE)}
        for page in pages():
            if PART.search(page.read_text()):
                self.assertIn(page, named)

    def test_every_page_of_a_section_says_what_it_is_for(self):
        count = 0
        for page in pages():
            if found := PART.search(page.read_text()):
                count += 1
                self.assertRegex(page.read_text()[found.end():], r"^\([^)]+\)[:,] \w", page.relative_to(ROOT))
        self.assertGreater(count, 10)

    def test_all_keys_are_those_of_the_program(self):
        rows = {row[0].replace("`", "").strip(): set(re.findall(r"`(\w+)`", row[1])) for row in section_table("All keys")}
        rows = {re.sub(r"\]\([^)]*\)", "", name)[1:].strip(): keys for name, keys in rows.items()}
        self.assertEqual(sorted(PROBES), sorted(rows))
        of_all_lines = rows["[[source]]"]
        for name, (configurations, table) in PROBES.items():
            real = set(itertools.chain.from_iterable(unknown_key_errors(text)[table] for text in configurations))
            if name == "[[source]], streams":
                self.assertLessEqual(rows[name], real, name)
                real = real - of_all_lines | {"path"}
            self.assertEqual(real, rows[name], name)

    def test_the_values_of_a_key_are_on_its_page(self):
        """Those that the program expects in place of a wrong one."""
        count = 0
        for page, text in WRONG_VALUES:
            printed = check(text)
            said = (ROOT / page).read_text()
            errors = re.findall(r"error: .*?'(\w+)' (?:is|has) \"x\"; expected (.*)|'x' is not (?:a \w+); expected one or more of (.*)",
                                printed)
            self.assertTrue(errors, printed)
            for key, quoted, plain in errors:
                for value in re.findall(r'"([\w%]+)"', quoted) + re.findall(r"\w+", plain):
                    count += 1
                    self.assertRegex(said, rf'["`,(]{value}["`,)]', f"{page}: {key}")
        self.assertGreater(count, 70)

    def test_the_page_of_a_section_explains_its_keys(self):
        """In a table or in the text, in the part that is linked."""
        for cells in section_table("All keys"):
            path, _, anchor = re.search(r"\]\(([^)]+)\)", cells[0])[1].partition("#")
            page = (REFERENCE.parent / path).resolve() if path else REFERENCE
            text = page.read_text().partition("\n## All keys\n")[0]
            for key in re.findall(r"`(\w+)`", cells[1]):
                self.assertTrue(re.search(rf"[`{{ ,.]{key}[`\"}} ,\]]", text), f"{page.name}: {key}")


if __name__ == "__main__":
    unittest.main()
