"""What `leeway replay` counts in files that other programs wrote."""

import pathlib
import subprocess

import harness
import exposition  # noqa: I001 (the path is set by harness)


def counters(directory, config):
    """All samples of a replay, the agent's own as well."""
    path = pathlib.Path(directory) / "replay.toml"
    path.write_text(config)
    done = subprocess.run([harness.LEEWAY, "replay", "--config.file", path, "--internal-metrics"], capture_output=True, text=True,
                          timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return exposition.parse_samples(done.stdout)


def rejected(samples):
    """Reason -> number of lines."""
    return {dict(labels)["reason"]: value for (name, labels), value in samples.items()
            if name == "leeway_source_rejected_lines_total" and value > 0}
