"""Reads Prometheus' text format, as far as needed to compare samples. Used by the tests of the packs."""

import re

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")


def series_key(name, labels):
    """The identity of a series, independent of the order of its labels and the notation of a bucket's bound."""
    pairs = []
    for key, value in _LABEL.findall(labels or ""):
        pairs.append((key, float(value) if key == "le" else value))
    return name, tuple(sorted(pairs, key=lambda pair: pair[0]))


def parse_series(text):
    """The key of 'name{label="value"}'."""
    return parse_samples(text + " 0").popitem()[0]


def repeated(value, times):
    """A value and the same `times` more times, as input of a rule test. promtool knows no "x" behind infinity."""
    return f"{value!r}x{times}" if value not in (float("inf"), float("-inf")) else " ".join([f"{value!r}"] * (times + 1))


def parse_samples(text):
    """Maps series key -> value for each line that is a sample; skips other lines. A duplicate series is an error."""
    samples = {}
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if not match or line.startswith("#"):
            continue
        try:
            value = float(match[3])
        except ValueError:
            continue
        key = series_key(match[1], match[2])
        if key in samples:
            raise ValueError(f"duplicate series: {line}")
        samples[key] = value
    return samples


def differences(truth, samples):
    """What is wrong with `samples`, as lines: different, missing and unexpected values."""
    expected = {parse_series(series): value for series, value in truth["values"].items()}
    wrong = []
    for key, value in expected.items():
        if key not in samples:
            wrong.append(f"{key}: missing, expected {value}")
        elif abs(samples[key] - value) > 1e-9 * max(1, abs(value)):
            wrong.append(f"{key}: {samples[key]}, expected {value}")
    for key, value in samples.items():
        own = key[0].startswith(("leeway_", "process_"))
        if not own and key not in expected and value != 0:
            wrong.append(f"{key}: {value}, expected none")
    return wrong
