"""Healthy days of the packs that are evaluated by chunks of three days, for healthy_days_test.py: the scoring engine, whose log
is replayed into samples of a minute (`leeway replay --format backfill`), and the decision pipeline, of which a new process reads
the files of each day with the state of the day before."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import days

sys.path.insert(0, str(days.ROOT / "tests/deploy"))
import exposition  # noqa: E402

STEP = 3  # days; a query may take 10,000 samples of promtool, which is a week of one series at one a minute
MINUTES = 1440  # of a day
BEGIN = days.START
WRITTEN = 375  # minute of the day at which the decision pipeline has written its files
SPOILED = range(240, 300)  # minutes of a chunk that are no longer healthy
# The series that is spoiled in them, and the alert that tells.
SPOILS = {"echo-ridge": ("echo_health_status", 'state="unhealthy"', "EchoUnhealthy"),
          "decision-intelligence": ("dis_drift_detected", "", "DISDriftDetected")}


def replay(config, *arguments, cwd):
    done = subprocess.run([days.LEEWAY, "replay", "--config.file", config, "--internal-metrics", *map(str, arguments)], cwd=cwd,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def generate(pack, *arguments):
    subprocess.run([sys.executable, days.ROOT / f"deploy/packs/{pack}/make_sample.py", "--days", *map(str, arguments)], check=True)


class Pack:
    """A pack with a configuration for promtool's steps, and the rules of it."""

    def __init__(self, name, directory):
        self.name, self.directory, self.config = name, directory, directory / "pack.toml"
        self.config.write_text(f'include = ["{days.ROOT}/deploy/packs/{name}.toml"]\n[rules]\nname = "{name}"\n'
                               f'scrape_interval = "1m"\nevaluation_interval = "{days.EVALUATION}"\n')
        subprocess.run([days.LEEWAY, "rules", "--config.file", self.config, "--output-dir", directory / "rules"], check=True,
                       capture_output=True)

    def fired(self, series, count):
        for name in series:
            if name.startswith("up{"):
                series[name].update(dict.fromkeys(range(count * MINUTES), 1))
        days.START = BEGIN
        return days.fired([self.directory / "rules/rules.yml"], series, count, self.directory)

    def notices(self, series):
        """Whether the alert fires in an hour that is spoiled; of the first day, so that it does not take long."""
        name, label, alert = SPOILS[self.name]
        day = {key: {minute: 1 if key.startswith(name + "{") and label in key and minute in SPOILED else value
                     for minute, value in values.items() if minute < MINUTES} for key, values in series.items()}
        return alert in {key[1] for key in self.fired({key: values for key, values in day.items() if values}, 1)}


class ScoringEngine(Pack):
    def series(self, first, count):
        with tempfile.TemporaryDirectory(dir=self.directory) as work:
            generate(self.name, count, work, first)
            text = replay(self.config, "--source.path", f"app={work}/app.log", "--format", "backfill", cwd=work)
        days.START = BEGIN + first * MINUTES * 60
        return days.parse(text)


class DecisionPipeline(Pack):
    def __init__(self, name, directory):
        super().__init__(name, directory)
        self.work, self.pages = directory / "work", []
        self.timed = {}

    def read(self, total):
        """The page after each day; and the metrics of the runs in progress, as time passes."""
        generate(self.name, total, self.directory / "days")
        for number in range(total):
            shutil.copytree(self.directory / f"days/day-{number:03d}", self.work, dirs_exist_ok=True)
            self.pages.append(exposition.parse_samples(replay(self.config, "--state.dir", self.directory / "state", cwd=self.work)))
        days.START = BEGIN
        self.timed = {name: values for name, values in days.parse(replay(self.config, "--format", "backfill", cwd=self.work)).items()
                      if name.startswith("dis_pipeline_part")}

    def series(self, first, count):
        begin, length, result = first * MINUTES, count * MINUTES, {f'up{{job="{self.name}",instance="leeway"}}': {}}
        for minute in range(0, length, 5):
            page = self.pages[min(len(self.pages) - 1, max(0, (begin + minute - WRITTEN) // MINUTES))]
            for (name, labels), value in page.items():
                if name.startswith("dis_pipeline_part") or value != value:
                    continue
                pairs = {**{key: "+Inf" if text == float("inf") else text for key, text in labels}, "job": self.name, "instance": "leeway"}
                key = name + "{" + ",".join(f'{label}="{text}"' for label, text in pairs.items()) + "}"
                moved = BEGIN + begin * 60 if name.endswith("_timestamp_seconds") and value > 0 else 0
                result.setdefault(key, {}).update(dict.fromkeys(range(minute, min(minute + 5, length)), value - moved))
        for name, values in self.timed.items():
            moved = begin * 60 if "_timestamp_seconds" in name else 0
            if part := {minute - begin: value - moved for minute, value in values.items() if 0 <= minute - begin < length}:
                result[name] = part
        return result


KINDS = {"echo-ridge": ScoringEngine, "decision-intelligence": DecisionPipeline}


def fired(name, total, first=0):
    """Hours since the begin in which each alert fired, in the days from `first` to `total`, and whether the one of a spoiled hour did."""
    result, noticed = {}, True
    with tempfile.TemporaryDirectory() as temporary:
        pack = KINDS[name](name, pathlib.Path(temporary))
        if isinstance(pack, DecisionPipeline):
            pack.read(total)
        for begin in range(first, total, STEP):
            count = min(STEP, total - begin)
            series = pack.series(begin, count)
            if begin == first:
                noticed = pack.notices(series)
            found = pack.fired(series, count)
            for key, at in found.items():
                result.setdefault(key[1:], set()).update(begin * 24 + hour for hour in at)
            print(f"{name}: days {begin} to {begin + count}: {len(series)} series, {len(found)} alerts fired", file=sys.stderr, flush=True)
    return result, noticed
