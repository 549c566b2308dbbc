"""The agent answers whatever it is doing: each scrape within two seconds, SIGTERM within one. Thresholds of many columns
are being computed, a reload reads a large reference, the disk of the log does not answer, or many ask at once for a page
of 100,000 series.

LEEWAY_REFERENCE_MIB=1024 makes the reference larger than the 64 MiB of an ordinary run."""

import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import zlib

import harness

LONGEST_SCRAPE = 2.0  # seconds
LONGEST_STOP = 1.0
LOADED = 0.5  # more on a machine that runs other tests
REFERENCE_MIB = int(os.environ.get("LEEWAY_REFERENCE_MIB", "64"))

SOURCE = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "app"
type = "log"
path = "{directory}/app.log"
format = "json"

[[metric]]
name = "lines_total"
type = "counter"
"""
SERIES = 100_000
MANY_SERIES = SOURCE.replace("lines_total", "requests_total") + f"""
labels = ["path"]
max_series = {SERIES + 1}
"""
SCRAPERS = 40
MOST_MEMORY = 100  # MiB; each page has 7
OPEN_METRICS = "application/openmetrics-text;version=1.0.0"
AGE = ("leeway_snapshot_age_seconds", ())
LINES = ("lines_total", ())


class Scrapes:
    """Scrapes ten times a second, on a thread, and keeps how long each took and its samples."""

    def __init__(self, agent):
        self.agent = agent
        self.seconds = []
        self.samples = []
        self.failures = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.ended.set()
        self.thread.join()

    def run(self):
        while not self.ended.wait(0.1):
            start = time.monotonic()
            try:
                self.samples.append(self.agent.scrape())
            except Exception as error:  # noqa: BLE001 (reported by the test)
                self.failures.append(repr(error))
            self.seconds.append(time.monotonic() - start)


class ResponsiveTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "app.log"
        self.log.write_text("")

    def start(self, config):
        agent = harness.Agent(self.directory, config)
        self.addCleanup(agent.close)
        agent.start_and_wait()
        return agent

    def expect_answers(self, scrapes, least):
        self.assertEqual([], scrapes.failures)
        self.assertGreaterEqual(len(scrapes.seconds), least)
        self.assertLess(max(scrapes.seconds), LONGEST_SCRAPE)
        print(f"{self._testMethodName}: {len(scrapes.seconds)} scrapes, slowest {max(scrapes.seconds) * 1000:.0f} ms, "
              f"oldest page {max(page[AGE] for page in scrapes.samples):.1f} s")

    def expect_end(self, agent):
        ended, seconds = agent.terminate()
        self.assertEqual(0, ended, agent.messages())
        self.assertLess(seconds, LONGEST_STOP + LOADED)

    def expect_end_without_the_disk(self, agent):
        ended, seconds = agent.terminate()
        self.assertEqual(74, ended, agent.messages())
        self.assertLess(seconds, LONGEST_STOP + LOADED)
        self.assertIn("a disk does not answer", agent.messages())

    def test_thresholds_of_many_columns_and_segments(self):
        names = [f"c{i}" for i in range(40)]
        agent = self.start(SOURCE + "[[drift]]\nname = \"inputs\"\nsegment = \"site\"\nfalse_alarm_rate = 0.05\nreference = {{ first_rows = 100 }}\n"
                           f"columns = {json.dumps(names)}\nwindow = {{{{ rows = 100 }}}}\n")
        draw = random.Random(1)
        with Scrapes(agent) as scrapes:
            with self.log.open("a") as log:
                for row in range(40 * 250):
                    log.write(json.dumps({"site": row % 40, **{name: round(draw.gauss(0, 1), 4) for name in names}}) + "\n")
            harness.wait_until(lambda: any(page[LINES] == 10_000 for page in scrapes.samples), "all lines to be counted", 60)
            time.sleep(3)
        self.expect_answers(scrapes, 20)
        pending = sum(value for key, value in scrapes.samples[-1].items() if key[0] == "leeway_drift_pending_windows")
        self.assertGreater(pending, 0, "the machine is too fast for this test")
        self.expect_end(agent)

    def test_a_reload_that_reads_a_large_reference(self):
        agent = self.start(SOURCE)
        reference = self.directory / "reference.csv"
        draw = random.Random(2)
        block = "".join(f"{draw.gauss(0, 1):.6f},{draw.choice(['north', 'south'])}\n" for _ in range(70_000))
        with reference.open("w") as out:
            out.write("age,zone\n")
            for _ in range(REFERENCE_MIB):
                out.write(block)
        agent.config.write_text(SOURCE.format(directory=self.directory) + "[[drift]]\nname = \"inputs\"\n"
                                "columns = [\"age\", \"zone\"]\nwindow = { rows = 100 }\n"
                                f"reference = {{ file = \"{reference}\" }}\n")
        ready = ("leeway_drift_reference_ready", (("drift", "inputs"),))
        with Scrapes(agent) as scrapes:
            agent.process.send_signal(signal.SIGHUP)
            self.log.write_text("{}\n")
            harness.wait_until(lambda: any(ready in page for page in scrapes.samples), "the reload", 120)
        self.expect_answers(scrapes, 3)
        self.assertTrue(any(page[LINES] == 1 and ready not in page for page in scrapes.samples),
                        "lines are counted while the reference is read")
        self.expect_end(agent)

    def test_a_reload_asked_for_during_the_start_follows_it(self):
        agent = harness.Agent(self.directory, SOURCE)
        self.addCleanup(agent.close)
        agent.start()
        status = pathlib.Path(f"/proc/{agent.process.pid}/status")
        harness.wait_until(lambda: int(re.search(r"SigBlk:\s*(\w+)", status.read_text())[1], 16) & 1, "the program's begin")
        agent.process.send_signal(signal.SIGHUP)
        harness.wait_until(agent.ready, "the agent to become ready")
        harness.wait_until(lambda: "configuration reloaded" in agent.messages(), "the reload")
        self.expect_end(agent)

    def test_the_end_does_not_wait_for_a_reload(self):
        agent = self.start(SOURCE)
        reference = self.directory / "reference.csv"
        reference.write_text("age\n" + "1.25\n2.5\n" * 4_000_000)
        agent.config.write_text(SOURCE.format(directory=self.directory) + "[[drift]]\nname = \"inputs\"\n"
                                f"columns = [\"age\"]\nwindow = {{ rows = 100 }}\nreference = {{ file = \"{reference}\" }}\n")
        agent.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.expect_end(agent)

    def ask_at_once(self, agent, headers, apart=0.0):
        """One scraper for each of `headers`, all at the same moment or `apart` by some seconds: the longest time that one
        waited for its page, and the pages."""
        moment = threading.Barrier(len(headers))
        answers = [None] * len(headers)

        def ask(number):
            connection = http.client.HTTPConnection("127.0.0.1", agent.port, timeout=10)
            connection.connect()
            moment.wait()
            time.sleep(number * apart)
            start = time.monotonic()
            connection.request("GET", "/metrics", headers=headers[number])
            response = connection.getresponse()
            body = response.read()
            answers[number] = (time.monotonic() - start, response, body)
            connection.close()
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(headers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return max(seconds for seconds, _, _ in answers), [(response, body) for _, response, body in answers]

    def peak_memory(self, agent):
        """In MiB."""
        status = pathlib.Path(f"/proc/{agent.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024

    def expect_whole_page(self, headers, response, body, lines):
        self.assertEqual(len(body), int(response.headers["Content-Length"]))
        self.assertEqual(headers.get("Accept-Encoding"), response.headers["Content-Encoding"])
        if "Accept-Encoding" in headers:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            body = member.decompress(body)
            self.assertTrue(member.eof)
            self.assertEqual(b"", member.unused_data)
        self.assertEqual(SERIES, body.count(b"\nrequests_total{"))
        self.assertEqual(lines, sum(int(count) for count in re.findall(rb"\nrequests_total\{.*?\} (\d+)", body)))
        self.assertEqual("Accept" in headers, body.endswith(b"\n# EOF\n"))
        self.assertEqual(1, body.count(b"\nprocess_resident_memory_bytes "))

    def test_many_scrapers_at_once(self):
        lines = [f'{{"path": "/api/v1/objects/{number:08}/items/of-a-long-name"}}\n' for number in range(SERIES)]
        self.log.write_text("".join(lines))
        agent = self.start(MANY_SERIES)
        formats = [{}, {"Accept": OPEN_METRICS}]
        formats += [{**accept, "Accept-Encoding": "gzip"} for accept in formats]
        for headers in formats:
            self.ask_at_once(agent, [headers])
        for name, asked, apart in (("text", formats[:1], 0), ("OpenMetrics, gzip", formats[3:], 0), ("all formats", formats, 0),
                                   ("OpenMetrics, gzip, 25 ms apart", formats[3:], 0.025)):
            lines.append(lines[0])
            with self.log.open("a") as log:
                log.write(lines[0])
            headers = asked * (SCRAPERS // len(asked))
            before = self.peak_memory(agent)
            slowest, pages = self.ask_at_once(agent, headers, apart)
            print(f"{SCRAPERS} scrapers, {name}: {len(pages[0][1]) / 1e6:.1f} MB, slowest {slowest * 1000:.0f} ms, "
                  f"peak memory {before:.0f} MiB, then {self.peak_memory(agent):.0f} MiB")
            self.assertLess(slowest, LONGEST_SCRAPE)
            self.assertLess(self.peak_memory(agent), before + MOST_MEMORY)
            self.assertEqual({200}, {response.status for response, _ in pages})
            for each, (response, body) in zip(headers[:4], pages):
                self.expect_whole_page(each, response, body, len(lines))
        self.expect_end(agent)

    def start_on_disk(self, switch):
        """The agent, and a file: once it exists, the disk no longer answers to one kind of call."""
        library = self.directory / "slow_disk.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, pathlib.Path(__file__).parent / "slow_disk.c", "-ldl"],
                       check=True)
        os.environ.update({"LD_PRELOAD": str(library), switch: str(self.directory / "stopped")})
        try:
            agent = self.start(SOURCE)
        finally:
            del os.environ["LD_PRELOAD"], os.environ[switch]
        return agent, self.directory / "stopped"

    def test_a_log_on_a_disk_that_does_not_answer(self):
        self.log.write_text("{}\n")
        agent, stopped = self.start_on_disk("SLOW_READS_SWITCH")
        harness.wait_until(lambda: agent.scrape()[LINES] == 1, "the first line")
        stopped.touch()
        with Scrapes(agent) as scrapes:
            self.log.write_text("{}\n{}\n")
            time.sleep(6)
        self.expect_answers(scrapes, 4)
        self.assertGreater(scrapes.samples[-1][AGE], 3)
        self.assertEqual(1, scrapes.samples[-1][LINES])
        self.expect_end_without_the_disk(agent)

    def test_a_state_directory_on_a_disk_that_does_not_answer(self):
        self.log.write_text("{}\n")
        agent, stopped = self.start_on_disk("SLOW_SYNCS_SWITCH")
        harness.wait_until(lambda: agent.scrape()[LINES] == 1, "the first line")
        stopped.touch()
        with Scrapes(agent) as scrapes:
            with self.log.open("a") as log:
                log.write("{}\n")
            time.sleep(4)
        self.expect_answers(scrapes, 3)
        self.assertEqual(1, scrapes.samples[-1][LINES], "what is not saved is not shown")
        self.expect_end_without_the_disk(agent)


if __name__ == "__main__":
    unittest.main()
