#!/usr/bin/env python3
"""What `leeway init` makes of logs that it has never seen: unseen_programs.py [--leeway PROGRAM] [--keep DIRECTORY] [NAME...]

Runs programs of many kinds on loopback, in the zone of Kolkata, with work that succeeds and fails. `init` sees the first half of
each log; then the log is rotated, and the second half is written. `init`, `check`, `replay`, `rules` and `dashboards` run
unattended, and a table says what they found, next to what regular expressions find in the log. A program that is not installed
has a row that says so. With --keep the logs and configurations stay, and logs that are there are not made again."""

import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "deploy"))
import exposition  # noqa: E402
from unseen.programs import PROGRAMS  # noqa: E402

LEEWAY = pathlib.Path(__file__).resolve().parents[2] / "build/release/leeway"
COLUMNS = ("program", "lines", "format", "records", "time", "label values", "objectives", "init s (CPU)", "all s (CPU)",
           "first number")


def installed(program):
    try:
        done = subprocess.run(program.version, capture_output=True, text=True, timeout=240)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.search(r"\d+\.\d+[\w.+~:-]*", done.stdout + done.stderr)
    return said[0] if said else None


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Log:
    """A log and when it was written: in two halves, the first of which is rotated away."""

    def __init__(self, program, directory):
        self.program = program
        self.directory = directory
        facts = directory / "made.json"
        if not facts.exists():
            facts.write_text(json.dumps({"version": installed(program), "log": str(program.make(directory))}))
        made = json.loads(facts.read_text())
        self.version = made["version"]
        path = pathlib.Path(made["log"])
        self.end = path.stat().st_mtime
        self.lines = path.read_text(errors="replace").split("\n")[:-1]
        starts = [i for i, line in enumerate(self.lines) if re.search(program.record, line)]
        self.middle = starts[len(starts) // 2]
        self.path = directory / "halves" / "app.log"
        self.path.parent.mkdir(exist_ok=True)
        for old in self.path.parent.glob("app.log*"):
            old.unlink()

    def write(self, lines, path, modified):
        path.write_text("\n".join(lines) + "\n")
        os.utime(path, (modified, modified))

    def first_half(self):
        self.write(self.lines[:self.middle], self.path, max(self.program.times(self.lines[:self.middle]), default=self.end) + 0.5)

    def rotate(self):
        self.path.rename(self.path.with_suffix(".log.1"))
        self.write(self.lines[self.middle:], self.path, self.end)


class Trial:
    """The commands, one after the other; `said` is what a person would have to look at."""

    def __init__(self, options, log):
        self.leeway = options.leeway
        self.promtool = options.promtool
        self.log = log
        self.config = log.directory / "halves" / "leeway.toml"
        self.seconds = {}
        self.cpu = {}
        self.said = []

    def run(self, *command):
        start, cpu = time.monotonic(), cpu_of_children()
        done = subprocess.run([self.leeway, *map(str, command)], capture_output=True, text=True, timeout=300, errors="replace")
        self.seconds[command[0]] = time.monotonic() - start
        self.cpu[command[0]] = cpu_of_children() - cpu
        if done.returncode != 0:
            self.said.append(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[:150]}")
        return done

    def replay(self, config):
        return self.run("replay", "--internal-metrics", "--format", "text", "--config.file", config, "--source.path",
                        f"{self.source['name']}={self.log.path}*").stdout

    def go(self):
        self.log.first_half()
        self.init = self.run("init", self.log.path, "--output", self.config, "--force").stderr
        self.said += [line.strip() for line in self.init.splitlines() if line.startswith("  to check")]
        self.source = tomllib.loads(self.config.read_text())["source"][0]
        first = self.run("check", "--config.file", self.config)
        self.log.rotate()
        self.check = self.run("check", "--config.file", self.config).stdout
        for half, text in (("", first.stdout), (" (second half)", self.check)):
            self.said += [f"check{half}: {line.split(': ', 1)[1]}" for line in text.splitlines() if ": warning: " in line]
        self.page = self.replay(self.config)
        rules, boards = self.config.parent / "rules", self.config.parent / "dashboards"
        self.run("rules", "--config.file", self.config, "--output-dir", rules)
        self.run("dashboards", "--config.file", self.config, "--output-dir", boards)
        tests = [["test", "rules", *rules.glob("rules_test*.yml")]] if self.promtool else []
        for command in (["check", "rules", rules / "rules.yml"], *tests):
            done = subprocess.run(["promtool", *map(str, command)], capture_output=True, text=True, timeout=1800)
            if done.returncode != 0:
                self.said.append(f"promtool {command[0]}: {(done.stdout + done.stderr).strip()[-200:]}")
        return self

    def values(self, name):
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", self.page, re.MULTILINE))

    def time(self):
        """Whether the first and the last time of the second half are those that the regular expression finds."""
        sample = re.search(r"  sample: .* of (\S+Z) to (\S+Z)$", self.check, re.MULTILINE)
        truth = self.log.program.times(self.log.lines[self.log.middle:])
        if not truth:
            return "none, right"
        if not sample or "event time: arrival" in self.check:
            return "NONE"
        found = [datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", at).replace("Z", "+00:00")).timestamp()
                 for at in sample.groups()]
        # Of a list of formats, the regular expression finds the times of one.
        if abs(found[0] - min(truth)) < 2 and abs(found[1] - max(truth)) < 10:
            without = self.values(r"leeway_source_anomalies_total{.*kind=\"time_\w+\"}")
            return f"right, {without:.0f} without" if without else "right"
        return f"WRONG by {(found[1] - max(truth)) / 3600:+.2f} h"

    def label_values(self):
        """The most values that a label has."""
        values = collections.defaultdict(set)
        for labels in re.findall(r"^(?!leeway_)\w+\{(.*)\} ", self.page, re.MULTILINE):
            for name, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels):
                values[name].add(value)
        values.pop("le", None)
        return {name: len(found) for name, found in values.items()}

    def answers(self):
        return self.log.program.is_counted(exposition.parse_samples(self.page), self.log.lines)

    def first_number(self):
        if self.answers():
            return "3 commands"
        if self.log.program.edit:
            edited = self.config.with_suffix(".edited.toml")
            edited.write_text(self.config.read_text() + self.log.program.edit)
            self.page = self.replay(edited)
            if self.answers():
                return "4 commands, 1 edit"
        return "no"


def row_of(options, program, directory):
    log = Log(program, directory)
    trial = Trial(options, log).go()
    config = tomllib.loads(trial.config.read_text())
    found = re.search(r": (.*); \d+ records", trial.init)[1]
    formats = trial.source["format"]
    names = ", ".join(f if isinstance(f, str) else f["format"] for f in (formats if isinstance(formats, list) else [formats]))
    right = re.fullmatch(program.format, names) is not None and found != "no format"
    truth = program.records(log.lines)
    records = trial.values("leeway_source_records_total")
    rejected = trial.values("leeway_source_rejected_lines_total")
    if rejected:
        trial.said.append(f"{rejected:.0f} lines rejected")
    return {"program": f"{program.name} {log.version}", "lines": len(log.lines), "format": found + ("" if right else " WRONG"),
            "records": f"{records:.0f} of {truth}", "time": trial.time(),
            "label values": " ".join(f"{name}:{count}" for name, count in trial.label_values().items()),
            "objectives": " ".join(f"{slo['name']} {slo['objective']}" for slo in config.get("slo", [])),
            "init s (CPU)": f"{trial.seconds['init']:.2f} ({trial.cpu['init']:.2f})",
            "first number": trial.first_number(),
            "all s (CPU)": f"{sum(trial.seconds.values()):.2f} ({sum(trial.cpu.values()):.2f})",
            "said": trial.said}


def print_table(options, directory):
    """Also what was said of each program, below."""
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    remarks = []
    for program in PROGRAMS:
        if options.names and program.name not in options.names:
            continue
        if not (directory / program.name / "made.json").exists() and not installed(program):
            print(f"| {program.name} | not installed: {program.package} |", flush=True)
            continue
        (directory / program.name).mkdir(parents=True, exist_ok=True)
        try:
            row = row_of(options, program, directory / program.name)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            print(f"| {program.name} | could not be run: {error} |", flush=True)
            continue
        remarks += [f"  {row['program']}: {said[:230]}" for said in dict.fromkeys(row["said"])]
        print("| " + " | ".join(str(row[column]) for column in COLUMNS) + " |", flush=True)
    print("\nWhat a person is told to check, or has to find out:", *remarks, sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leeway", default=LEEWAY)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--promtool", action="store_true", help="also run the rules' tests, which takes minutes for each program")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    version = subprocess.run([options.leeway, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"{platform.platform()}, {os.cpu_count()} processors; {version}")
    print("commands: init LOG; check; replay; rules; dashboards; promtool check rules, test rules")
    with tempfile.TemporaryDirectory() as temporary:
        pathlib.Path(temporary).chmod(0o755)  # for programs that drop their privileges
        print_table(options, (options.keep or pathlib.Path(temporary)).resolve())


if __name__ == "__main__":
    main()
