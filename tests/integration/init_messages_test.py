#!/usr/bin/env python3
"""What `leeway init` makes of messages: labels, kinds, pairs and numbers, compared with what was written. LEEWAY_BIN names
the binary."""

import collections
import json
import math
import random
import re
import unittest

import init_test
import replay


class MessagesTest(init_test.InitTest):
    def write(self, lines):
        self.log.write_text("".join(f"{line}\n" for line in lines))

    def value(self, name):
        return sum(value for (found, _), value in replay.counters(self.directory, self.config.read_text()).items() if found == name)

    def time(self, i):
        return f"2026-11-28T04:{i // 60 % 60:02}:{i % 60:02}Z"

    def test_an_event_of_few_names_is_a_label(self):
        for names in (("order_placed", "payment_failed", "cart_emptied"), ("Order placed", "Payment failed", "Cart emptied")):
            self.write(json.dumps({"event": names[i % 7 % 3], "level": "info", "timestamp": self.time(i), "order": i}) for i in range(700))
            metrics = self.init()["metric"]
            self.assertEqual(["log_records_total"], [metric["name"] for metric in metrics])
            self.assertLessEqual(metrics[0]["max_series"], 200)
            self.assertEqual(dict(collections.Counter(names[i % 7 % 3] for i in range(700))), self.counted("log_records_total", "event"))

    def test_an_event_of_free_text_is_none(self):
        self.write(json.dumps({"event": f"order {i} placed by ann{i}", "level": "info", "timestamp": self.time(i)}) for i in range(700))
        self.assertEqual([{"level": "level(level)"}], [metric["labels"] for metric in self.init()["metric"]])

    def test_numbers_in_sentences(self):
        rng = random.Random(7)
        rows, bad, all_, milliseconds = ([rng.randrange(3, 400) for _ in range(100)] for _ in range(4))
        lines = []
        for i in range(100):
            lines += [f"{self.time(i)} INFO processed {rows[i]} rows in {rows[i] / 50} s", f"{self.time(i)} INFO request took {milliseconds[i]}ms",
                      f"{self.time(i)} WARN {bad[i]} of {all_[i]} failed", f"{self.time(i)} INFO step {i} loss={rows[i] / 400}"]
        self.write(lines)
        config = self.init()
        self.assertEqual(sum(rows), self.value("processed_rows_total"))
        self.assertEqual((sum(bad), sum(all_)), (self.value("failed_total"), self.value("failed_out_of_total")))
        self.assertTrue(math.isclose(sum(rows) / 50, self.value("processed_rows_duration_seconds_sum")))
        self.assertTrue(math.isclose(sum(milliseconds) / 1000, self.value("request_duration_seconds_sum")))
        self.assertEqual("gauge", next(metric["type"] for metric in config["metric"] if metric["name"] == "loss"))
        self.assertEqual(rows[-1] / 400, self.value("loss"))

    def test_durations_of_several_units(self):
        cases = {
            "query finished in {}": ([f"{100 + i} ms" for i in range(40)], [f"{1.5 + i / 10:.2f} s" for i in range(10)]),
            "query took {}": ([f"{100 + i}ms" for i in range(40)], ["1m2.1s"] * 2 + [f"{i}.5s" for i in range(8)]),
            "step took {}": ([f"{100 + i} ms" for i in range(40)], [f"1,{200 + i} ms" for i in range(10)]),
        }
        seconds = {"query finished in {}": sum(0.1 + i / 1000 for i in range(40)) + sum(1.5 + i / 10 for i in range(10)),
                   "query took {}": sum(0.1 + i / 1000 for i in range(40)) + 2 * 62.1 + sum(i + 0.5 for i in range(8)),
                   "step took {}": sum(0.1 + i / 1000 for i in range(40)) + sum(1.2 + i / 1000 for i in range(10))}
        for text, (fast, slow) in cases.items():
            with self.subTest(text):
                self.write(f"{self.time(i)} INFO {text.format(took)}" for i, took in enumerate(fast + slow))
                self.init()
                name = text.split()[0] + "_duration_seconds"
                self.assertEqual(50, self.value(name + "_count"))
                self.assertAlmostEqual(seconds[text], self.value(name + "_sum"))

    def test_sizes_of_several_units(self):
        for blank in ("", " "):
            self.write(f"{self.time(i)} INFO wrote {i + 5 if i % 4 else i + 0.5}{blank}{('MB', 'KB', 'KiB', 'B')[i % 4]} to disk" for i in range(80))
            self.init()
            factors = (10 ** 6, 1000, 1024, 1)
            self.assertAlmostEqual(sum((i + 5 if i % 4 else i + 0.5) * factors[i % 4] for i in range(80)), self.value("written_bytes_total"))

    def test_states_have_their_last_value(self):
        self.write(f"{self.time(i)} INFO engine says: Running: {i % 7} reqs, Waiting: {i % 5} reqs, GPU KV cache usage: {i}.5%, sent {i} bytes" for i in range(60))
        self.init()
        self.assertEqual((59 % 7, 59 % 5), (self.value("running_reqs"), self.value("waiting_reqs")))
        self.assertEqual(sum(range(60)), self.value("sent_bytes_total"))

    def test_pairs_in_messages(self):
        states = ("ok", "ok", "ok", "failed", "skipped")
        self.write(f"{self.time(i)} INFO nightly - step done run={i // 5} state={states[i % 5]} rows={i * 37 % 500} seconds={i * 37 % 500 / 8}" for i in range(500))
        self.init()
        self.assertEqual({"ok": 300, "failed": 100, "skipped": 100}, self.counted("log_records_total", "state"))
        self.assertEqual(sum(range(500)), self.value("rows_total"))
        self.assertEqual(sum(range(500)) / 8, self.value("duration_seconds_sum"))
        with self.log.open("a") as log:
            log.write(f"{self.time(600)} INFO nightly - a message without any pair\n")
        self.assertEqual({"ok": 300, "failed": 100, "skipped": 100, "": 1}, self.counted("log_records_total", "state"))

    def test_pairs_of_any_name(self):
        for name in ("job", "le", "in", "null", "duration", "process_bytes", "go_queue", "queue_counter", "memory_mb", "a.b_bytes",
                     "camelCase_rows", "rows_total", "leeway_rows", "a" * 200 + "_ms", "a" * 200 + "_rows", "_", "up_lag"):
            for values in (range(7), "abc"):
                with self.subTest(name):
                    self.write(f"{self.time(i)} INFO step {name}={values[i * 37 % 50 % len(values)]} is done" for i in range(200))
                    self.init()

    def test_what_begins_and_ends_is_a_state_in_comments(self):
        self.write(line for i in range(40) for line in
                   (f"{self.time(i)} INFO run={i} state=started", f"{self.time(i + 9)} INFO run={i} state={'failed' if i % 4 == 0 else 'finished'}"))
        self.init()
        commented = re.search(r"^# \[\[state\]\]\n(?:# .*\n)+", self.config.read_text(), re.MULTILINE)
        self.config.write_text(self.config.read_text() + "\n" + re.sub(r"^# ", "", commented[0], flags=re.MULTILINE))
        check = self.leeway("check", "--strict", "--config.file", self.config)
        self.assertEqual(0, check.returncode, check.stdout)
        self.assertEqual({"success": 30, "failure": 10}, {outcome: count for outcome, count in self.counted("run_ended_total", "outcome").items() if count})

    def test_at_most_twelve_metrics_and_the_rest_in_comments(self):
        nouns = ("rows", "files", "pages", "events", "orders", "users", "batches", "tables", "mails", "tokens", "images", "videos", "tickets", "parcels")
        self.write(f"{self.time(i)} INFO the {noun} sync handled {i % 50 + 1} {noun}" for i in range(100) for noun in nouns)
        config = self.init()
        self.assertLessEqual(len(config["metric"]), 12)
        left_out = re.findall(r'^# name = "(\w+)"', self.config.read_text(), re.MULTILINE)
        self.assertTrue(left_out)
        for name in [*left_out, *(metric["name"] for metric in config["metric"])]:
            self.assertLessEqual(len(name.split("_")), 7, name)

    def test_names_have_no_dates_and_no_numbers(self):
        kinds = ("import started at Mon Nov 30 10:%02d:00 UTC 2026", "import failed on Tue Dec 1 at 10:%02d CET", "retry %d: import started at Nov 30 UTC")
        self.write(kinds[i % 3] % (i % 60) for i in range(900))
        self.init()
        self.assertEqual({"import_started", "import_failed", "retry_import_started"}, set(self.counted("log_messages_total", "kind")))


if __name__ == "__main__":
    unittest.main()
