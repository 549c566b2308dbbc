#!/usr/bin/env python3
"""A storm of log rotation over the real binary: services write numbered lines; their logs are rotated in all ways at random,
by the real logrotate and by hand; the agent is killed with `kill -9`, ended, reloaded and started again at random moments, and
scraped meanwhile. After each round, of about a minute, every counter must have the expected value, or the difference must be
named by leeway_source_gaps_total or leeway_source_lost_bytes_total. LEEWAY_BIN names the binary.

Usage: storm.py [--seconds N] [--seed N] [--directory D] [--pods N]
The directory keeps the logs, what the agent said, and actions.log. With --pods, the logs are those of N containers only.
The last line of the output is the result; exit code 1 if a counter was wrong.
"""

import argparse
import collections
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

import harness
import logrotate
import storm_services

PATTERNS = ("app.log", "app.log*", "*.log")
ROUND = 60  # seconds
PATIENCE = 90  # seconds after which a line that is not counted is missing: all waits of the tail are shorter
SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{pattern}"
format = "json"

[[metric]]
name = "{name}_lines_total"
type = "counter"
help = "Lines."
source = "{name}"
when = "has(n)"
labels = ["r"]

[[metric]]
name = "{name}_numbers_total"
type = "counter"
help = "Sum of the numbers of the lines."
source = "{name}"
when = "has(n)"
labels = ["r"]
value = "n"

[[metric]]
name = "{name}_blocks_total"
type = "counter"
help = "Lines by hundreds of their numbers, to say where a difference is."
source = "{name}"
when = "has(n)"
labels = ["b"]
"""


class Storm:
    def __init__(self, directory, seconds, seed, pods=0):
        self.directory = pathlib.Path(directory)
        self.seconds = seconds
        self.random = random.Random(seed)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.actions = open(self.directory / "actions.log", "w", buffering=1)  # noqa: SIM115 (closed by close())
        self.start = time.monotonic()
        self.services = self.make_pods(seed, pods) if pods else self.make_services(seed)
        config = f'[agent]\nstate_dir = "{self.directory}/state"\n' + "".join(
            SOURCE.format(name=name, pattern=service.pattern) for name, service in self.services.items())
        self.agent = harness.Agent(self.directory, config.replace("{", "{{").replace("}", "}}"))
        self.scraper = harness.Scraper(self.agent, 0.1)
        self.counts = collections.Counter()
        self.excused = {}  # (service, round) -> what was counted instead of what was written
        self.named = collections.Counter()  # (service, reason) -> up to the last round
        self.failures = []

    def make_services(self, seed):
        ways = {f"{rotation.replace(' ', '_')}_{i}": (rotation, pattern) for rotation in logrotate.ROTATIONS
                for i, pattern in enumerate(PATTERNS)}
        chosen = self.random.sample(sorted(ways), 12) if self.seconds < ROUND else ways
        made = {name: storm_services.LogrotateService(self.directory / name, *ways[name], f"{seed} {name}", self.report, self.counted(name))
                for name in chosen}
        made["slow"] = storm_services.SlowlyCompressed(self.directory / "slow", "app.log", f"{seed} slow", self.report, self.counted("slow"))
        return made | self.make_pods(seed, 1)

    def make_pods(self, seed, count):
        names = [f"pod_{i}" for i in range(count)] if count > 1 else ["pod"]
        return {name: storm_services.Pod(self.directory / name, f"{seed} {name}", self.report, self.counted(name)) for name in names}

    def report(self, text):
        self.actions.write(f"{time.monotonic() - self.start:9.3f} {text}\n")

    def counted(self, name):
        return lambda: sum(value for (metric, _), value in self.scraper.last.items() if metric == f"{name}_lines_total")

    def run(self):
        for service in self.services.values():
            service.open()
        self.agent.start_and_wait()  # what was rotated before is not read
        for service in self.services.values():
            service.start()
        self.scraper.start()
        while time.monotonic() - self.start < self.seconds:
            left = self.seconds - (time.monotonic() - self.start)
            self.disturb(time.monotonic() + min(ROUND, left))
            self.audit()
        self.scraper.stopping.set()
        self.scraper.join()
        self.failures += [f"decreased between two scrapes: {text}" for text in self.scraper.decreases]

    def run_for(self, seconds, until):
        """The agent runs."""
        time.sleep(max(0.0, min(seconds, until - time.monotonic())))
        if self.agent.process.poll() is not None:
            self.failures.append(f"the agent ended with {self.agent.process.returncode}")

    def disturb(self, until):
        while time.monotonic() < until:
            self.run_for(self.random.choice((0.01, 0.3, 1, 3, 10)), until)
            dice = self.random.random()
            if dice < 0.1:
                self.report("agent: reload")
                self.agent.process.send_signal(signal.SIGHUP)
                self.counts["reloads"] += 1
                continue
            self.report("agent: " + ("SIGTERM" if dice < 0.2 else "kill -9"))
            if dice < 0.2:
                self.agent.terminate()
            else:
                self.agent.kill()
            self.counts["ends" if dice < 0.2 else "kills"] += 1
            time.sleep(self.random.choice((0, 0, 0.2, 1, 4)))
            self.agent.start_and_wait_for_port()

    def audit(self):
        """Ends a round: nothing is written until all is counted."""
        for service in self.services.values():
            service.settle()
        harness.wait_until(self.agent.ready, "the agent to become ready", PATIENCE)
        deadline = time.monotonic() + PATIENCE
        wrong = samples = None
        while wrong is None or (wrong and time.monotonic() < deadline):
            time.sleep(0.3)
            samples = self.agent.scrape()
            wrong = self.wrong(samples)
        self.judge(samples, wrong)
        self.counts["rounds"] += 1
        for service in self.services.values():
            service.ledger.round += 1
            service.running.set()

    def wrong(self, samples):
        """(service, round) -> ((lines, sum) counted, (lines, sum) written) where they differ."""
        wrong = {}
        for name, service in self.services.items():
            for number, written in service.ledger.written.items():
                label = (("r", str(number)),)
                counted = tuple(int(samples.get((f"{name}_{kind}_total", label), 0)) for kind in ("lines", "numbers"))
                if counted not in (written, self.excused.get((name, number))):
                    wrong[name, number] = (counted, written)
        return wrong

    def blocks(self, samples, name):
        """Hundreds of lines that differ, modulo 10,000: counted minus written."""
        wrong = {}
        for block, written in self.services[name].ledger.blocks.items():
            counted = int(samples.get((f"{name}_blocks_total", (("b", str(block)),)), 0))
            if counted != written:
                wrong[f"{block}00"] = counted - written
        return wrong

    def holes(self, samples, name):
        """Bytes of zeros that truncation left before lines, because the service does not append."""
        return samples.get(("leeway_source_lost_bytes_total", (("reason", "nul"), ("source", name))), 0)

    def judge(self, samples, wrong):
        total = collections.Counter()
        for (metric, labels), value in samples.items():
            named = dict(labels)
            if metric in ("leeway_source_gaps_total", "leeway_source_lost_bytes_total") and named["reason"] != "nul":
                total[named["source"], named["reason"]] = value
        new = total - self.named
        self.named = total
        for (name, number), (counted, written) in wrong.items():
            self.excused[name, number] = counted
            reasons = {reason: int(value) for (source, reason), value in new.items() if source == name}
            missing = written[0] - counted[0]
            text = f"{name}: round {number}: {counted[0]} lines counted, {written[0]} written, sums differ by " \
                   f"{written[1] - counted[1]}, named {reasons}, at risk {self.services[name].ledger.at_risk[number]}, " \
                   f"lines {self.blocks(samples, name)}"
            self.report(text)
            if reasons.keys() & {"ambiguous_content", "rewritten"} or (missing > 0 and reasons):
                self.counts["differences named"] += 1
            elif not self.services[name].append and self.holes(samples, name):  # as ROTATION.md says
                self.counts["differences behind holes"] += 1
            elif 0 < missing <= self.services[name].ledger.at_risk[number]:
                self.counts["differences nobody could know"] += 1
            else:
                self.failures.append(text)
                shutil.copytree(self.directory / name, self.directory / f"failed-{name}-{number}-seen-{self.counts['rounds']}",
                                symlinks=True)
        exact = {source for source, _ in new} - {name for name, _ in wrong}
        self.counts["named without a difference"] += len(exact)
        for source in exact:
            self.report(f"{source}: named without a difference: {({r: int(v) for (s, r), v in new.items() if s == source})}")

    def result(self):
        rotations = sum((service.rotations for service in self.services.values()), collections.Counter())
        written = sum(service.ledger.line for service in self.services.values())
        known = ("kills", "ends", "reloads", "rounds", "differences named", "differences behind holes",
                 "differences nobody could know", "named without a difference")
        return (f"{written} lines written, {sum(rotations.values())} rotations {dict(sorted(rotations.items()))}, "
                f"{self.scraper.scrapes} scrapes, " + ", ".join(f"{self.counts[name]} {name}" for name in known) +
                f", {len(self.failures)} failures")

    def close(self):
        for service in self.services.values():
            service.close()
        self.agent.close()
        self.actions.close()


def storm(directory, seconds, seed, pods=0):
    """Returns what was wrong, and the result in a sentence."""
    it = Storm(directory, seconds, seed, pods)
    try:
        it.run()
        return it.failures, it.result()
    finally:
        it.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--directory", help="an empty one")
    parser.add_argument("--pods", type=int, default=0, help="containers whose logs are the only ones")
    arguments = parser.parse_args()
    directory = arguments.directory or tempfile.mkdtemp(prefix="storm-")
    print(f"seed {arguments.seed}, directory {directory}", flush=True)
    failures, result = storm(directory, arguments.seconds, arguments.seed, arguments.pods)
    print("\n".join([*failures, result]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
