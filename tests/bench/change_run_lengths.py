#!/usr/bin/env python3
"""Measures the run lengths of [[change]] on streams that NumPy makes, and the delay after a step of half a standard deviation.

    tests/bench/change_run_lengths.py BUILD_DIR [NAME...]

Each stream has a reference of its own, then ten run lengths without a change. Prints the mean run length: all values by
all alarms, with its standard error over the streams; NAME is the beginning of the names of streams, all by default. NumPy
is installed from PyPI into a virtual environment below build/.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / "build" / "change-venv"
STREAMS = 400
SHIFT = 0.5


def install():
    """Runs this program again with NumPy."""
    binary = VENV / "bin" / "python"
    if not binary.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(binary), "-m", "pip", "install", "--quiet", "numpy", "scipy"], check=True)
    os.execv(binary, [str(binary), *sys.argv])


try:
    import numpy
    from scipy.signal import lfilter
except ImportError:
    install()


def autoregression(coefficient):
    """With mean 0 and variance 1, stationary from the first value."""
    def draw(rng, size):
        noise = rng.normal(size=size) * numpy.sqrt(1 - coefficient**2)
        noise[0] = rng.normal()
        return lfilter([1], [1, -coefficient], noise)
    return draw


# The values, and what is added for a shift by one standard deviation; for flags and counts the probability and the mean.
def flags(share):
    return lambda rng, size, shift=0: (rng.random(size) < share + shift * (share * (1 - share))**0.5) * 1.0


def counts(mean):
    return lambda rng, size, shift=0: rng.poisson(mean + shift * mean**0.5, size) * 1.0


def moved(draw, deviation):
    return lambda rng, size, shift=0: draw(rng, size) + shift * deviation


SOURCES = {
    "normal": moved(lambda rng, size: rng.normal(size=size), 1),
    "lognormal": moved(lambda rng, size: rng.lognormal(size=size), 2.1612),
    "t3": moved(lambda rng, size: rng.standard_t(3, size), 3**0.5),
    "Poisson 3": counts(3),
    **{f"flags of {share}": flags(share) for share in (0.01, 0.05, 0.2, 0.5)},
    **{f"AR {a}": moved(autoregression(a), 1) for a in (0.05, 0.2, 0.5)},
    "AR 0.5, exponential": moved(lambda rng, size: numpy.exp(autoregression(0.5)(rng, size)), 2.1612),
}
SCALES = {"Poisson 3": ("probability", "z", "counts"),
          **{name: ("probability", "z", "flags") for name in SOURCES if name.startswith("flags")}}


def measure(bench, source, scale, method, run_length, rows, streams, seed=1):
    """(run length, its standard error, share of streams with a steady reference, delay, mean shift designed for)"""
    rng = numpy.random.default_rng(seed)
    control, changed = int(10 * run_length), 3000
    words = [bench, "judge", scale, method, str(run_length), str(rows), str(SHIFT), str(control), str(changed)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for _ in range(streams):
        values = source(rng, rows + control + changed)
        values[rows + control:] = source(rng, changed, SHIFT)
        process.stdin.write(values.tobytes())
    words = process.communicate()[0].decode().split()
    alarms = numpy.array([float(word) for word in words[9:]])
    rate = alarms.mean() / control
    error = alarms.std() / len(alarms)**0.5 / control
    return 1 / rate, error / rate**2, float(words[7]) / streams, float(words[1]), float(words[5])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    bench = str(next(path for path in pathlib.Path(sys.argv[1]).rglob("change_bench") if path.is_file()))
    names = sys.argv[2:] or [""]
    streams = int(os.environ.get("STREAMS", STREAMS))
    methods = os.environ.get("METHODS", "cusum,ewma").split(",")
    print("| Values | `scale` | method | run length | reference | measured | delay | shift | steady |\n" + "|---" * 9 + "|")
    for name, source in SOURCES.items():
        if not name.startswith(tuple(names)):
            continue
        for scale in SCALES.get(name, ("probability", "z")):
            for method in methods:
                for run_length, rows in ((10_000, 1000),):
                    mean, error, steady, delay, shift = measure(bench, source, scale, method, run_length, rows, streams)
                    print(f"| {name} | {scale} | {method} | {run_length} | {rows} | {mean:.0f} ± {error:.0f} | "
                          f"{delay:.1f} | {shift:.2f} | {steady:.3f} |", flush=True)


if __name__ == "__main__":
    main()
