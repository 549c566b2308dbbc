"""What the generators of the packs' samples have in common: names of series, times, and steps of a sample that are unpacked as
the service would have written them. Used by make_sample.py of each pack."""

import datetime
import json
import math
import os
import pathlib
import sys


def series(name, /, **labels):
    if not labels:
        return name
    return name + "{" + ",".join(f'{key}="{labels[key]}"' for key in sorted(labels)) + "}"


def unix(moment):
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def normal(source):
    """Box and Muller: the same numbers with every version of Python."""
    return math.sqrt(-2 * math.log(1 - source.random())) * math.cos(2 * math.pi * source.random())


def write_steps(directory, steps, truth):
    """`steps`: the entries of each step by its name, as unpack() reads them."""
    (directory / "sample").mkdir(exist_ok=True)
    for name, entries in steps.items():
        (directory / f"sample/{name}.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def unpack(sample, step, directory):
    """Writes the files of a step over a directory, as the service would have written them."""
    for line in (sample / f"{step}.jsonl").read_text().splitlines():
        entry = json.loads(line)
        target = directory / entry.get("path", entry.get("append", entry.get("rename")))
        target.parent.mkdir(parents=True, exist_ok=True)
        if "rename" in entry:
            target.rename(directory / entry["to"])
        elif "path" in entry:
            target.write_text(entry["text"])
            os.utime(target, (entry["time"], entry["time"]))
        else:
            with open(target, "ab") as log:
                if "count" in entry:
                    log.write("".join(entry["text"].replace("%d", str(number)) for number in range(entry["count"])).encode())
                else:
                    log.write(b"x" * entry.get("repeat", 0) + bytes.fromhex(entry.get("bytes", "")) + entry.get("text", "").encode())


def run(pack, write, unpack_step=unpack):
    """The command line of a generator. `pack`: its directory."""
    if sys.argv[1:2] == ["--unpack"]:
        unpack_step(pack / "sample", sys.argv[2], pathlib.Path(sys.argv[3]))
    else:
        write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pack)
