"""Hours, days of the week and windows of days around the changes of clocks, as Python's zoneinfo has them."""

import datetime
import json
import pathlib
import random
import subprocess
import tempfile
import unittest
import zoneinfo

import harness

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]
CONFIG = """
[[source]]
name = "app"
type = "log"
path = "{directory}/app.log"
format = "json"
time = "ts"
time_zone = "{zone}"
allowed_future = "90000d"

[[metric]]
name = "records_total"
type = "counter"
help = "Records."
labels = {{ hour = "hour(ts)", weekday = "weekday(ts)" }}
max_series = 200
"""
DRIFT = """
[[drift]]
name = "days"
columns = ["x"]
reference = { first_rows = 200 }
window = { rows = 50 }
segment = "weekday(ts)"
"""
DRIFT_OF_DAYS = """
[[drift]]
name = "days"
columns = ["x"]
reference = { first_rows = 100 }
window = { time = "1d", lateness = "0s" }
"""
QUALITY = """
[[quality]]
name = "days"
window = { time = "1d" }
[[quality.check]]
rows = { min = 1 }
"""


def moments(zone):
    """Seconds around each change of the zone's clocks in 60 years, and at random."""
    def offset(second):
        return datetime.datetime.fromtimestamp(second, zone).utcoffset()

    rng = random.Random(zone.key)
    day = 86_400
    for start in range(0, 60 * 365 * day, day):
        if offset(start) == offset(start + day):
            continue
        low, high = start, start + day
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(start) else (low, middle)
        yield from (high - 7200, high - 3600, high - 1, high, high + 1, high + 3599, high + 3600, high + 7200)
    for _ in range(200):
        yield rng.randrange(60 * 365 * day)


class TimeZoneTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)

    def replay(self, zone, more=""):
        config = self.directory / "leeway.toml"
        config.write_text(CONFIG.format(directory=self.directory, zone=zone) + more)
        done = subprocess.run([harness.LEEWAY, "replay", "--config.file", config], capture_output=True, text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        return harness.samples_of(done.stdout)

    def test_hours_and_weekdays_are_those_of_zoneinfo(self):
        for name in ZONES:
            zone = zoneinfo.ZoneInfo(name)
            expected, lines = {}, []
            for second in moments(zone):
                local = datetime.datetime.fromtimestamp(second, zone)
                series = f'records_total{{hour="{local.hour}",weekday="{local.isoweekday() % 7}"}}'
                expected[series] = expected.get(series, 0) + 1
                utc = datetime.datetime.fromtimestamp(second, datetime.timezone.utc)
                lines.append(json.dumps({"ts": utc.strftime("%Y-%m-%dT%H:%M:%SZ")}))
            (self.directory / "app.log").write_text("\n".join(lines) + "\n")
            found = {series: value for series, value in self.replay(name).items() if value and "hour=" in series}
            self.assertEqual(expected, found, name)

    def test_windows_of_a_day_are_days_of_the_zone(self):
        """The last day has a change of clocks: a record every 20 minutes shows how long it is."""
        for name, month, day in (("Europe/Berlin", 3, 30), ("Europe/Berlin", 10, 26), ("America/New_York", 11, 2),
                                 ("Australia/Lord_Howe", 4, 6), ("Africa/Cairo", 4, 25), ("Asia/Kathmandu", 6, 1)):
            zone = zoneinfo.ZoneInfo(name)
            noon = datetime.datetime(2025, month, day, 12, tzinfo=zone).timestamp()
            seconds = range(int(noon) - 5 * 86_400, int(noon) + 86_400, 1200)
            dates = [datetime.datetime.fromtimestamp(second, zone).date() for second in seconds]
            expected = dates.count(datetime.date(2025, month, day))
            end = next(second for second, date in zip(seconds, dates) if date > datetime.date(2025, month, day))
            seconds = [second for second in seconds if second <= end + 60]
            (self.directory / "app.log").write_text("".join(
                json.dumps({"ts": f"{datetime.datetime.fromtimestamp(second, datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
                            "x": second % 7}) + "\n" for second in seconds))
            samples = self.replay(name, DRIFT_OF_DAYS + QUALITY)
            self.assertEqual({"drift": expected, "quality": expected},
                             {"drift": samples['leeway_drift_rows{drift="days",column="x"}'],
                              "quality": samples['leeway_quality_rows{quality="days"}']}, name)
            self.assertEqual(end, samples['leeway_drift_window_end_timestamp_seconds{drift="days"}'], name)

    def test_a_weekday_is_a_segment(self):
        """Sundays are unlike other days, each like the Sunday before: only the day that changes is drift."""
        rng = random.Random(1)
        zone = zoneinfo.ZoneInfo("America/New_York")
        lines = []
        for day in range(35):
            # Evenings that belong to the next day in UTC.
            moment = datetime.datetime(2025, 2, 23, 21, tzinfo=zone) + datetime.timedelta(days=day)
            mean = 5 if moment.isoweekday() == 7 else 0
            mean += 2 if day == 31 else 0
            ts = moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            lines += [json.dumps({"ts": ts, "x": rng.gauss(mean, 1)}) for _ in range(100 if day < 28 else 50)]
        (self.directory / "app.log").write_text("\n".join(lines) + "\n")
        samples = self.replay("America/New_York", DRIFT)
        bands = {day: samples[f'leeway_drift_band{{drift="days",column="x",method="wasserstein",segment="{day}"}}']
                 for day in range(7)}
        self.assertEqual({day: int(day == 3) for day in range(7)}, bands)


if __name__ == "__main__":
    unittest.main()
