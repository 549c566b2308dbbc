"""How to replay the sample of a pack: a log beside it, or what its generator unpacks."""

import pathlib
import subprocess
import sys
import tomllib


def arguments(pack, directory):
    """Words for `leeway replay` and the working directory; `directory` is an empty one to use."""
    folder = pack.with_suffix("")
    if (folder / "sample.log").exists():
        sources = tomllib.loads(pack.read_text())["source"]
        words = [word for source in sources for word in ("--source.path", f"{source['name']}={folder}/sample.log")]
        return ["--config.file", pack, *words], pathlib.Path.cwd()
    subprocess.run([sys.executable, folder / "make_sample.py", "--unpack", "first", directory], check=True)
    return ["--config.file", pack], pathlib.Path(directory)
