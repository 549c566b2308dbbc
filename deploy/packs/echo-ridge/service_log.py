"""The log of the scoring service as its loggers write it: records in JSON, with and without a prefix, and lines of text. Used by
make_sample.py."""

import datetime
import heapq
import json

START = datetime.datetime(2025, 8, 25, 19, 0, 0, tzinfo=datetime.timezone.utc)
VERSION = "1.0.0"


class Log:
    def __init__(self, truth, rng):
        self.lines = []
        self.truth = truth
        self.rng = rng
        self.now = START
        self.correlation = None
        self.due = []

    def pass_time(self, seconds):
        self.now += datetime.timedelta(seconds=seconds)

    def moment(self, seconds):
        """So long after now."""
        return self.now + datetime.timedelta(seconds=seconds)

    def later(self, seconds, action):
        heapq.heappush(self.due, (self.moment(seconds), len(self.due) + len(self.lines), action))

    def catch_up(self):
        """Writes what other processes have to say by now, each at its time."""
        now = self.now
        while self.due and self.due[0][0] <= now:
            self.now, _, action = heapq.heappop(self.due)
            action()
        self.now = now

    def stamp(self):
        return self.now.isoformat(timespec="microseconds")

    def text(self, logger, level, message):
        """A line of a logger; returns its time, in milliseconds as it is written."""
        self.prefixed(logger, level, message)
        self.truth.records += 1
        return self.now.replace(microsecond=self.now.microsecond // 1000 * 1000).timestamp()

    def prefixed(self, logger, level, message):
        stamp = self.now.strftime("%Y-%m-%d %H:%M:%S,") + f"{self.now.microsecond // 1000:03d}"
        self.lines.append(f"{stamp} - {logger} - {level.upper()} - {message}")

    def record(self, component, level, message, event_type=None, raw=lambda line: line, **fields):
        """One record as the service's logger renders it; `raw` may spoil the line."""
        head = {"event_type": event_type, "message": message} if event_type else {}
        body = head | fields | {
            "event": message, "logger": "echo_ridge_scoring.monitoring", "level": level, "timestamp": self.stamp(),
            "service": "echo-ridge-scoring", "version": VERSION, "component": component,
            "correlation_id": self.correlation}
        line = raw(json.dumps(body))
        self.truth.records += 1
        # Processes that also run batches have the text format set up: the same JSON after a prefix.
        if component == "batch_processor" or self.rng.random() < 0.15:
            self.prefixed("echo_ridge_scoring.monitoring", level, line)
        else:
            self.lines.append(line)

    def bad_line(self, reason, line):
        self.lines.append(line)
        self.truth.rejects[reason] += 1


def performance(name, ms, success, now, **more):
    """The fields of the service's performance record; unknown values are written as null."""
    end = round(now.timestamp(), 6)
    fields = {"operation_name": name, "start_time": round(end - ms / 1000, 6), "end_time": end, "duration_ms": ms,
              "success": success, "error_message": None, "request_id": None, "company_id": None, "input_size": None,
              "output_size": None, "memory_usage_mb": None, "cpu_usage_pct": None}
    return fields | more
