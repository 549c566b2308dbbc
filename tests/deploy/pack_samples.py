"""How to replay the sample of a pack: a log in its folder, or what its generator unpacks, step by step."""

import pathlib
import subprocess
import sys
import tomllib

STEPS = ("first", "incident")  # together they have data for everything


def replays(pack, directory):
    """Yields arguments for `leeway replay` and its working directory, for each step; works below `directory`."""
    folder = pack.with_suffix("")
    words = ["replay", "--config.file", pack, "--internal-metrics"]
    if (folder / "sample.log").exists():
        for source in tomllib.loads(pack.read_text())["source"]:
            words += ["--source.path", f"{source['name']}={folder}/sample.log"]
        yield words, None
        return
    work, state = pathlib.Path(directory) / "work", pathlib.Path(directory) / "state"
    for step in STEPS:
        subprocess.run([sys.executable, folder / "make_sample.py", "--unpack", step, work], check=True)
        yield [*words, "--state.dir", state], work
