"""The logs of the sample in the formats of the service's loggers, and counts of what was written. Used by make_sample.py."""

import datetime
import re
from collections import Counter

from sample_steps import series

TESTS = ["placebo", "random_cause", "subset_validation", "data_subset", "bootstrap"]
STEPS = ["Generate Data", "Data Quality", "Estimate Effects", "Refutation", "Score Customers", "Drift Detection"]
CAUSES = ["none", "missing_columns", "null_rate", "no_overlap", "refutation", "other"]
API_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]


# Lines of a sample that stand for more: one of a million bytes, and a request for each of ten thousand customers.
LONG, MANY, CUSTOMERS = "a line that is too long", "requests of ten thousand customers", 10_000


def customer(number):
    """A path in which nothing looks like an identifier."""
    return "/customers/" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}") + "/uplift"


def expand(text):
    """A log as the service would have written it."""
    if MANY in text:
        text = text.replace(MANY, "\n".join(f'INFO:     127.0.0.1:50000 - "GET {customer(number)} HTTP/1.1" 200 OK' for number in range(CUSTOMERS)))
    return text.replace(LONG, "x" * 1_100_000)


class Log:
    """Lines in the format of the service's logger, and counts of what was written: (row, series)."""

    def __init__(self, before=None):
        self.text = before.text if before else ""
        self.counts = Counter(before.counts if before else {})
        for row, name, labels in (
                [("D1", "dis_pipeline_runs_total", {"outcome": outcome}) for outcome in ("completed", "failed")]
                + [("D3", "dis_pipeline_failures_total", {"cause": cause}) for cause in CAUSES[1:]]
                + [("D16", "dis_log_problems_total", {"log": log, "word": "error"}) for log in ("pipeline", "errors")]
                + [("D30", "dis_rollbacks_total", {}), ("D38", "dis_unsent_messages_total", {}), ("D38", "dis_sent_messages_total", {})]
                + [("D1", "dis_pipeline_part_ended_total", {"part": "run", "outcome": outcome}) for outcome in ("success", "failure")]):
            self.count(row, name, 0, **labels)
        self.in_progress = None  # since when
        self.timed_out = before.timed_out if before else 0

    def count(self, row, name, number=1, **labels):
        self.counts[row, series(name, **labels)] += number

    def write(self, moment, message, level="INFO", where="__main__:run_step:88"):
        self.text += f"{moment:%Y-%m-%d %H:%M:%S} | {level:<8} | {where} - {message}\n"
        word = re.search("(?i)error|exception|failed", f"{level} {message}")
        for log in ("pipeline", "errors")[: 2 if level == "ERROR" else 1]:
            self.count("D16", "dis_log_records_total", log=log, level=level.lower())
            if word:
                self.count("D16", "dis_log_problems_total", log=log, word=word[0].lower())

    def run(self, start, day):
        """A run of the pipeline; returns the duration of each step that completed and the number of the one that did not."""
        failed = 2 if day["outcome"] == "failed" else None
        end = start + datetime.timedelta(seconds=int(day["total"]))
        self.begin(start)
        seconds = {}
        for number, name in enumerate(STEPS, 1):
            self.step(start, number)
            self.count("D2", "dis_pipeline_part_ended_total", part=number, outcome="failure" if number == failed else "success")
            self.count("D2", "dis_pipeline_steps_total", step=number, outcome="failed" if number == failed else "completed")
            if number == failed:
                self.write(end, f"\n✗ Step {number} failed with error: Null rate > threshold: {day['nulls']}", "ERROR")
                self.count("D3", "dis_pipeline_failures_total", cause="null_rate")
                break
            seconds[number] = round(12.3 * number + day["total"] / 100, 1)
            if name == "Estimate Effects":
                self.write(start, "ATE (DoWhy): $47.58", where="src.causal.estimators:estimate:120")
                self.write(start, f"ATE (EconML): ${day['ate']:.2f}", where="src.causal.estimators:estimate:141")
            if name == "Refutation":
                self.write(start, f"Pass rate: {day['passed'] * 100 // len(TESTS)}%", where="src.causal.refutation:run:77")
            self.write(start, f"\n✓ Step {number} completed in {seconds[number]}s")
        self.count("D1", "dis_pipeline_runs_total", outcome=day["outcome"])
        self.count("D1", "dis_pipeline_part_ended_total", part="run", outcome="failure" if failed else "success")
        self.in_progress = None
        self.timed_out += end - start >= datetime.timedelta(minutes=30)
        message = "✓ Pipeline completed successfully!" if failed is None else "✗ Pipeline failed"
        self.write(end, message, "INFO" if failed is None else "ERROR", "__main__:main:260")
        self.write(end, f"\nTotal execution time: {day['total']}s", where="__main__:main:262")
        for number, value in seconds.items():
            self.text += f"  ✓ {STEPS[number - 1]:<20} {value}s\n"
        if failed is None:
            self.write(end, "Slack notification sent: ✅ Pipeline Complete: Decision Intelligence Pipeline",
                       where="src.services.notifications:send_slack:86")
            self.count("D38", "dis_sent_messages_total")
        return seconds, failed

    def begin(self, moment):
        self.write(moment, f"Pipeline started at {moment}", where="__main__:print_banner:64")
        self.in_progress = moment

    def step(self, moment, number):
        for line in ("╔" + "═" * 40 + "╗", f"║  STEP {number}: {STEPS[number - 1]:<30}║", "╚" + "═" * 40 + "╝"):
            self.write(moment, line)

    def hang(self, moment):
        """A run that stays in its first step."""
        self.begin(moment)
        self.step(moment, 1)
        self.write(moment + datetime.timedelta(minutes=40), "Waiting for the source database", "WARNING", "src.data.load:wait:40")
        self.timed_out += 1

    def spoil(self, moment):
        """A name in another encoding, a line of a megabyte, one that was cut, and a process whose clock is behind."""
        self.write(moment, "Loaded customers of M\udcfcller GmbH", "WARNING", "src.data.load:read:12")
        self.text += f"{LONG}\n{moment:%Y-%m-%d %H:%M:%S} | INF\n"
        self.write(moment - datetime.timedelta(minutes=50), "Export failed, trying again", "WARNING", "src.data.export:run:9")

    def errors(self):
        """What a second output for errors holds."""
        return "".join(re.findall(r"(?ms)^\d{4}-[^\n]*\| ERROR .*?(?=^\d{4}-|\Z)", self.text))


REASONS = {200: "OK", 404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable"}
TRACE = """ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/srv/dis/venv/lib/python3.11/site-packages/uvicorn/protocols/http/h11_impl.py", line 408, in run_asgi
    result = await app(  # type: ignore[func-returns-value]
  File "/srv/dis/src/api/main.py", line 77, in recommend
    raise RuntimeError("scores failed to load")
RuntimeError: scores failed to load"""


def api_log(calls, more=""):
    lines = ["nohup: ignoring input", "INFO:     Started server process [4711]", "INFO:     Application startup complete.",
             "\x1b[32m2025-08-24 05:59:00\x1b[0m | \x1b[1mINFO    \x1b[0m | api loaded 200 rows"]
    for index, (method, path, status) in enumerate(calls):
        answer = f"{status} {REASONS[status]}"
        shown = f"\x1b[32m{answer}\x1b[0m" if index % 2 else answer
        lines.append(f'INFO:     127.0.0.1:{50000 + index} - "{method} {path} HTTP/1.1" {shown}')
        if status == 500:
            lines.append(TRACE)
        ms = 2600.5 if status >= 500 else 120.25
        lines.append(f"2025-08-24 07:00:00 | INFO     | src.api.middleware:log:12 - {method} {path} {status} {ms}ms")
    return "\n".join(lines) + "\n" + more
