"""The past of the simulated fleet: counters of objectives for some days, 10 requests a second of which one in 2000 is bad, as
blocks of Prometheus' database. Used by fleet.py; needs promtool."""

import random
import subprocess
import time

BLOCK = 7200  # seconds of a block of the database


class Counter:
    """A counter of one agent over time."""

    def __init__(self, chance, step):
        self.value, self.chance, self.step = 0, chance, step

    def lines(self, moments):
        """Ends of lines, one for each moment."""
        for moment in moments:
            self.value += self.step(self.chance)
            yield f"{self.value} {moment}\n"


def write(data, directory, agents, options):
    """Writes blocks into the folder `data`. Returns how many samples."""
    chance, seconds, written = random.Random(2), options.interval, 0
    steps = {"leeway_slo_events": lambda chance: chance.randrange(8 * seconds, 12 * seconds),
             "leeway_slo_bad_events": lambda chance: int(chance.random() < 0.005 * seconds)}
    # Ten of each, which the agents share.
    counters = {metric: [Counter(chance, step) for _ in range(10)] for metric, step in steps.items()}
    path = directory / "history.txt"
    end = int(time.time()) - 300
    start = end - int(options.days * 86400)
    while start < end:
        following = min(end, (start // BLOCK + 1) * BLOCK)
        with open(path, "w") as file:
            for metric, shared in counters.items():
                file.write(f"# TYPE {metric} counter\n")
                ends = [list(counter.lines(range(start, following, seconds))) for counter in shared]
                for agent in range(agents):
                    for slo in ("availability", "latency"):
                        series = f'{metric}_total{{instance="agent-{agent}",job="fleet",slo="{slo}"}} '
                        file.write(series + series.join(ends[agent % len(ends)]))
                        written += len(ends[0])
            file.write("# EOF\n")
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", path, data], check=True)
        start = following
    path.unlink(missing_ok=True)
    return written
