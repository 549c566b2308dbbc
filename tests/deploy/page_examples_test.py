"""Configurations and lists on the pages: each block of TOML is valid, and what a page lists is what the agent has."""

import http.server
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

import documents_test
import pages

# What makes a configuration of a block that is a part of one, by page and number of the block. `@` is the block.
LOG = '[[source]]\nname = "app"\ntype = "log"\nformat = "json"\npath = "/nowhere/app.jsonl"\n'
TABLE = '[[source]]\nname = "scores"\ntype = "file"\npath = "/nowhere/scores.csv"\n'
PARTS = {
    ("agent/alerts/ALERTS.md", 0): LOG + '[[metric]]\nname = "http_requests_total"\ntype = "counter"\nlabels = ["route", "status"]\n@',
    ("agent/config/CONFIGURATION.md", 0): "@\n" + LOG,
    ("agent/config/CONFIGURATION.md", 1): LOG + '[[metric]]\nname = "a"\ntype = "histogram"\nvalue = "x"\n@',
    ("agent/config/CONFIGURATION.md", 2): '[[source]]\nname = "app"\ntype = "log"\nformat = "json"\n@',
    ("collectors/text/FORMATS.md", 1): '[[source]]\nname = "app"\ntype = "log"\npath = "app.log"\nformat = "template"\n@',
    ("agent/monitors/change/CHANGE.md", 0): LOG + "@",
    ("agent/monitors/drift/DRIFT.md", 0): TABLE + '[[drift]]\nname = "a"\ncolumns = ["x"]\n@',
    ("agent/monitors/metric/METRIC.md", 0): LOG + "@",
    ("agent/monitors/slo/SLO.md", 0): LOG + "@",
    ("agent/monitors/quality/QUALITY.md", 0): TABLE + "@",
    ("agent/monitors/state/STATE.md", 0): LOG + "@",
    ("agent/monitors/window/WINDOW.md", 0): LOG + "@",
    ("agent/monitors/window/WINDOW.md", 1): LOG + '[[window]]\nname = "a_ratio"\naggregate = "share"\nvalue = "x"\nabove = 0.7\nover = "15m"\n@',
    ("agent/panels/PANELS.md", 0): LOG + '[[metric]]\nname = "http_requests_total"\ntype = "counter"\nlabels = ["status"]\n'
                                         '[[metric]]\nname = "http_request_duration_seconds"\ntype = "histogram"\nvalue = "s"\n@',
    ("collectors/SOURCES.md", 0): '[[source]]\nname = "app"\ntype = "log"\npath = "/nowhere/app.log"\n@',
    ("rules/README.md", 0): LOG + '[[metric]]\nname = "http_requests_total"\ntype = "counter"\nlabels = ["status"]\n[[alert]]\n@',
}
# Pages whose blocks console_pages_test.py runs.
ELSEWHERE = ("deploy/EMPTY_METRICS.md", "agent/cli/CASES.md")


class ExamplesTest(unittest.TestCase):
    def test_every_configuration_is_valid(self):
        """Files of references, which are read with a configuration, are made."""
        used, count = set(), 0
        for path in documents_test.pages():
            page = str(path.relative_to(pages.ROOT))
            if page.startswith(ELSEWHERE):
                continue
            for number, block in enumerate(pages.blocks(page, "toml")):
                count += 1
                text = PARTS.get((page, number), "@").replace("@", block.text)
                used.add((page, number))
                with tempfile.TemporaryDirectory() as folder, self.subTest(page=page, block=number):
                    for name in re.findall(r'\bfile *= "([^"/]+\.csv)"', text):
                        rows = "".join(f"{i}\n" for i in range(100))
                        pathlib.Path(folder, name).write_text("x\n" + rows)
                    for included in [pages.ROOT / "deploy/adapters", *(pages.ROOT / "deploy/packs").glob("*.toml")]:
                        pathlib.Path(folder, included.name).symlink_to(included)
                    for name in re.findall(r'^hash_key_file *= "([^"]+)"', text, re.MULTILINE):
                        pathlib.Path(folder, "hash.key").write_text("0123456789abcdef\n")
                        text = text.replace(name, f"{folder}/hash.key")
                    (pathlib.Path(folder) / "page.toml").write_text(text)
                    done = subprocess.run([pages.LEEWAY, "check", "--no-sample", "page.toml"], cwd=folder, capture_output=True,
                                          text=True, timeout=60)
                    self.assertEqual(0, done.returncode, done.stderr + text)
        self.assertLessEqual(set(PARTS), used)
        self.assertGreater(count, 15)


class PacksTest(unittest.TestCase):
    def test_the_commands_of_each_pack(self):
        """The steps of its sample, one after the other: what is counted in the first is counted after the second. Packs with
        drift, whose thresholds take a while on a busy machine, are replayed by the packs' tests; here only if LEEWAY_README=all."""
        readmes = sorted((pages.ROOT / "deploy/packs").glob("*/README.md"))
        self.assertGreaterEqual(len(readmes), 4)
        for readme in readmes:
            page = str(readme.relative_to(pages.ROOT))
            script = pages.blocks(page, "sh")[0].text
            with tempfile.TemporaryDirectory() as folder, self.subTest(page):
                self.assertEqual(2, script.count("leeway replay"))
                if "[[drift]]" in readme.parent.with_suffix(".toml").read_text() and os.environ.get("LEEWAY_README") != "all":
                    pages.shell(re.sub(r"leeway replay (.*) --state.dir \S+", r"leeway check \1", script.replace("/tmp/", folder + "/")),
                                pages.ROOT)
                    continue
                printed = pages.shell(script.replace("/tmp/", folder + "/").replace("leeway replay", "echo '== replay'; leeway replay"),
                                      pages.ROOT)
                _, first, second = (set(re.findall(r"^# TYPE (\w+) counter$", part, re.MULTILINE))
                                    for part in printed.split("== replay\n"))
                self.assertTrue(first)
                self.assertLessEqual(first, second)


class PastTest(unittest.TestCase):
    LOGGED = "2026-11-28T10:00:00Z", "2026-11-28T10:30:00Z"  # the times of the log

    def test_the_past_in_a_prometheus(self):
        """The page's commands; the last one records more in its second round, in which the first round's blocks are there."""
        script = pages.blocks("agent/cli/REPLAY.md", "sh")[0].text
        port = pages.free_port()
        with tempfile.TemporaryDirectory() as folder:
            for documented, here in (("/var/lib/prometheus", "tsdb"), ("127.0.0.1:9090", f"127.0.0.1:{port}"),
                                     ("2026-01-05T00:00:00Z", self.LOGGED[0]), ("2026-01-12T00:00:00Z", self.LOGGED[1])):
                self.assertIn(documented, script)
                script = script.replace(documented, here)
            first, last = script.split("promtool tsdb create-blocks-from rules")
            last = "promtool tsdb create-blocks-from rules" + last.replace("--output-dir tsdb", "--output-dir $round")
            begin = (f"prometheus --config.file p.yml --storage.tsdb.path tsdb --storage.tsdb.retention.time 100y "
                     f"--web.listen-address 127.0.0.1:{port} >/dev/null 2>&1 &\n"
                     f"until promtool query instant http://127.0.0.1:{port} 1 >/dev/null 2>&1; do sleep 0.2; done\n")
            pages.shell("mkdir tsdb; echo 'scrape_configs: []' >p.yml\n"
                        f"leeway init {pages.ROOT}/deploy/examples/access.log --output app.toml\n{first}"
                        f"{begin}round=one\n{last}"
                        f"cp -r one/* tsdb/\nkill %1\nwait\n{begin}round=two\n{last}", folder)
            one, two = (len(list(pathlib.Path(folder, name).iterdir())) for name in ("one", "two"))
        self.assertGreater(one, 10)
        self.assertGreater(two, one)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.received = self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class JobTest(unittest.TestCase):
    def test_the_commands_for_a_job_that_has_ended(self):
        """The textfile collector gets a file, the Pushgateway the same metrics."""
        script, = (block.text for block in pages.blocks("agent/config/CONFIGURATION.md") if block.heading == "How a run ends")
        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        with tempfile.TemporaryDirectory() as folder, server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            pathlib.Path(folder, "job.toml").write_text(LOG.replace("/nowhere/", "") +
                                                        '[[metric]]\nname = "rows_total"\ntype = "counter"\nhelp = "Rows."\n')
            pathlib.Path(folder, "app.jsonl").write_text('{"a": 1}\n{"a": 2}\n')
            for documented, here in (("/var/lib/node_exporter/textfile/", folder + "/"),
                                     ("pushgateway:9091", f"127.0.0.1:{server.server_port}")):
                self.assertIn(documented, script)
                script = script.replace(documented, here)
            pages.shell(script, folder)
            path, body = server.received
            self.assertEqual("/metrics/job/nightly", path)
            self.assertIn("\nrows_total 2\n", body)
            self.assertEqual(body, pathlib.Path(folder, "job.prom").read_text())


class OwnMetricsTest(unittest.TestCase):
    PAGE = "agent/self/SELF.md"

    def text(self):
        return (pages.ROOT / self.PAGE).read_text()

    def test_lists_each_metric_of_the_sources(self):
        """A new one belongs in "All of them"."""
        listed, text = set(), self.text().partition("## All of them")[2]
        for prefix, rows in re.findall(r"^\| `(leeway_(?:\w+_)?)\.\.\.` \| \|\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE):
            for row in rows.splitlines():
                listed |= {prefix + name for name in re.findall(r"`([a-z_]+)(?:\{\w+(?:,\w+)*\})?`", row.split(" | ")[0])}
        listed |= set(re.findall(r"`(process_\w+)`", text))
        sources = "".join(path.read_text() for path in (pages.ROOT / "exporters/prometheus").glob("*.cpp"))
        self.assertEqual(set(re.findall(r'"((?:leeway|process)_[a-z_]+)"', sources)), listed)

    def test_serves_each_path(self):
        paths = re.findall(r"^\| `(/[^`]*)` \|", self.text(), re.MULTILINE)
        routes = (pages.ROOT / "exporters/http/routes.cpp").read_text()
        self.assertEqual(set(re.findall(r'request\.path == "(/[^"]*)"', routes)), set(paths))
        port = pages.free_port()
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a.toml").write_text(LOG)
            agent = subprocess.Popen([pages.LEEWAY, "run", "a.toml", "--web.listen-address", f"127.0.0.1:{port}", "--log.level",
                                      "error"], cwd=folder, stderr=subprocess.DEVNULL)
            try:
                subprocess.run(f"for i in $(seq 100); do '{pages.LEEWAY}' probe http://127.0.0.1:{port} 2>&1 && exit; sleep 0.1; done",
                               shell=True, stdout=subprocess.DEVNULL, check=False)
                answers = {path: self.status(f"http://127.0.0.1:{port}{path}", path == "/-/reload") for path in paths}
            finally:
                agent.terminate()
                agent.wait()
        self.assertEqual({path: 403 if path == "/-/reload" else 200 for path in paths}, answers)

    def status(self, url, post):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="POST" if post else "GET"), timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


if __name__ == "__main__":
    unittest.main()
