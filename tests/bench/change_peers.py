#!/usr/bin/env python3
"""Compares the detectors of [[change]] with River's on the same kind of stream: N(0, 1), then a step after 1000 values.

    tests/bench/change_peers.py BUILD_DIR

For each of River's detectors at its defaults: the run length to a false alarm and the mean delay of the step, then the
same for `cusum` set to that run length, with a known scale (a reference of 10,000 rows). River is installed from PyPI
into a virtual environment below build/.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / "build" / "river-venv"
RIVER = "river==0.26.1"
SHIFT = 0.5
CONTROL = 1000  # values before the step
PEER = r"""
import random, sys, time
from river import drift
name, budget, steps, shift, control = sys.argv[1], *map(int, sys.argv[2:4]), float(sys.argv[4]), int(sys.argv[5])
make = {"adwin": drift.ADWIN, "page_hinkley": drift.PageHinkley, "kswin": lambda: drift.KSWIN(seed=1)}[name]
rng = random.Random(1)
alarms = values = 0
detector = make()
start = time.process_time()
while values < budget:
    values += 1
    detector.update(rng.gauss(0, 1))
    if detector.drift_detected:
        alarms += 1
        detector = make()
cost = (time.process_time() - start) / values * 1e9
delays = []
while len(delays) < steps:
    detector = make()
    for _ in range(control):
        detector.update(rng.gauss(0, 1))
        if detector.drift_detected:
            break
    else:
        delay = 0
        while True:
            delay += 1
            detector.update(rng.gauss(shift, 1))
            if detector.drift_detected:
                delays.append(delay)
                break
print(values / max(1, alarms), sum(delays) / len(delays), cost)
"""
# Values in control, and steps: enough to measure the run length to a few per cent within minutes.
PEERS = {"adwin": (30_000_000, 1000), "page_hinkley": (2_000_000, 1000), "kswin": (60_000, 40)}


def python():
    binary = VENV / "bin" / "python"
    if not binary.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(binary), "-m", "pip", "install", "--quiet", RIVER], check=True)
    return str(binary)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    bench = next(pathlib.Path(sys.argv[1]).rglob("change_bench"))
    print(RIVER)
    print("| River, defaults | run length | delay | ns per value | cusum at that run length: measured | delay | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, (budget, steps) in PEERS.items():
        words = [python(), "-c", PEER, name, str(budget), str(steps), str(SHIFT), str(CONTROL)]
        run_length, delay, cost = map(float, subprocess.run(words, check=True, capture_output=True, text=True).stdout.split())
        words = [str(bench), "delay", "cusum", str(run_length), "10000", str(SHIFT), str(SHIFT)]
        ours = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
        print(f"| {name} | {run_length:.0f} | {delay:.1f} | {cost:.0f} | {ours[4]} | {ours[5]} | "
              f"{float(ours[5]) / delay:.2f} |", flush=True)
    print(subprocess.run([str(bench), "speed"], check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
