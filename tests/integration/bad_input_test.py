"""Bad input, with the real binary: each kind has a counter or a clear message and no other effect."""

import json
import os
import pathlib
import random
import tempfile
import unittest

import harness

GOOD = b'{"ts": 1700000000, "code": 200, "ms": 1}\n'


def source(samples, name, **labels):
    key = (f"leeway_source_{name}", tuple(sorted({"source": "app", **labels}.items())))
    return samples.get(key, 0)


class BadInputTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "app.log"
        self.agent = harness.Agent(self.directory)
        self.addCleanup(self.agent.close)

    def scrape_after(self, content):
        self.log.write_bytes(content)
        self.agent.start_and_wait()
        return self.agent.scrape()

    def test_lines_that_are_no_records_are_counted_by_reason(self):
        bad = [b'{"ts": 1700000000, "code": 2', b"plain text", b'{"a": }', b"[1, 2]", b"{" * 100 + b"}" * 100]
        content = GOOD + b"".join(line + b"\n" + GOOD for line in bad) + b"\n\r\n" + GOOD
        samples = self.scrape_after(content)
        self.assertEqual(len(bad) + 2, harness.events(samples))
        rejected = {key[1][0][1]: value for key, value in samples.items()
                    if key[0] == "leeway_source_rejected_lines_total" and value}
        self.assertEqual({"truncated": 1, "not_an_object": 2, "syntax": 2}, rejected)
        shown, = json.loads(self.agent.request("GET", "/api/v1/unmatched")[1])["sources"]
        self.assertEqual(("app", len(bad)), (shown["name"], shown["rejected"]))
        self.assertEqual({line.decode() for line in bad},
                         {example["text"] for reason in shown["reasons"] for example in reason["examples"]})
        self.assertEqual({str(self.log)},
                         {example["file"] for reason in shown["reasons"] for example in reason["examples"]})

    def test_a_line_of_64_mib_is_skipped_in_bounded_memory(self):
        with self.log.open("wb") as log:
            log.write(GOOD)
            for _ in range(64):
                log.write(b"x" * (1 << 20))
            log.write(b"\n" + GOOD)
        self.agent.start_and_wait()
        samples = self.agent.scrape()
        self.assertEqual(2, harness.events(samples))
        self.assertEqual(1, source(samples, "rejected_lines_total", reason="too_long"))
        self.assertEqual((64 << 20) + 1, source(samples, "lost_bytes_total", reason="oversize"))
        self.assertLess(samples[("process_resident_memory_bytes", ())], 24 << 20)

    def test_random_bytes_cost_only_their_own_lines(self):
        noise = random.Random(1).randbytes(200_000).replace(b"{", b"[")
        samples = self.scrape_after(GOOD + noise + b"\n" + GOOD)
        self.assertEqual(2, harness.events(samples))

    def test_wrong_types_are_skipped_by_metric_and_reason(self):
        samples = self.scrape_after(GOOD + b'{"ts": 1700000001, "code": "200", "ms": []}\n{"ts": 1700000002}\n')
        self.assertEqual(1, harness.events(samples))

        def skipped(metric, reason):
            return samples.get(("leeway_metric_skipped_records_total", (("metric", metric), ("reason", reason))))
        self.assertEqual(1, skipped("slo:availability", "wrong_type"))
        self.assertEqual(1, skipped("slo:availability", "missing_field"))
        self.assertEqual(2, samples[("leeway_slo_unjudged_records_total", (("slo", "availability"),))])
        self.assertEqual(1, skipped("request_duration_seconds", "wrong_type"))

    def test_ten_thousand_values_of_a_label_stay_within_the_cap(self):
        samples = self.scrape_after(b"".join(b'{"ts": 1700000000, "code": %d, "ms": 1}\n' % i for i in range(10_000)))
        series = [value for key, value in samples.items() if key[0] == "requests_total"]
        self.assertEqual(1001, len(series))
        self.assertEqual(10_000, sum(series))
        self.assertGreater(samples[("requests_total", (("overflow", "true"),))], 8_900)
        harness.wait_until(lambda: "requests_total" in self.agent.messages(), "the log to say so")
        self.agent.scrape()
        self.assertEqual(1, self.agent.messages().count("requests_total"), self.agent.messages())

    def test_a_missing_file_is_waited_for(self):
        self.agent.start_and_wait()
        self.assertEqual(0, harness.events(self.agent.scrape()))
        self.log.write_bytes(GOOD)
        harness.wait_until(lambda: harness.events(self.agent.scrape()) == 1, "the new file to be found")

    def test_a_directory_in_place_of_a_file_is_named(self):
        self.log.mkdir()
        agent = harness.Agent(self.directory, harness.CONFIG.replace("app.log*", "app.log"))
        self.addCleanup(agent.close)
        agent.start_and_wait()
        samples = harness.wait_until(
            lambda: source(agent.scrape(), "unreadable_files") == 1 and agent.scrape(), "the directory to be noticed")
        self.assertEqual(0, harness.events(samples))
        self.assertIn("not a regular file", agent.request("GET", "/api/v1/status")[1])

    def test_a_damaged_checkpoint_never_keeps_the_agent_from_starting(self):
        self.scrape_after(GOOD)
        self.agent.kill()
        for slot in (self.directory / "state").glob("checkpoint.?"):
            slot.write_bytes(os.urandom(1000))
        self.agent.start_and_wait()
        self.assertEqual(1, harness.events(self.agent.scrape()))
        self.assertIn("damaged", self.agent.messages())


if __name__ == "__main__":
    unittest.main()
