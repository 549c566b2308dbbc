"""What the generators of the packs' samples have in common: names of series, times, and steps of a sample that are unpacked as
the service would have written them. Used by make_sample.py of each pack."""

import datetime
import importlib
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
    unpack_entries(map(json.loads, (sample / f"{step}.jsonl").read_text().splitlines()), directory)


def unpack_entries(entries, directory):
    """An entry appends to a file, renames or removes it, or writes it again with a time."""
    for entry in entries:
        target = directory / next(entry[key] for key in ("path", "append", "rename", "remove") if key in entry)
        target.parent.mkdir(parents=True, exist_ok=True)
        if "rename" in entry:
            target.rename(directory / entry["to"])
        elif "remove" in entry:
            target.unlink()
        elif "path" in entry:
            target.write_bytes(bytes.fromhex(entry["bytes"]) if "bytes" in entry else entry["text"].encode())
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
    elif sys.argv[1:2] == ["--days"]:
        for _, entries in importlib.import_module("healthy_days").steps(int(sys.argv[2])):
            unpack_entries(entries, pathlib.Path(sys.argv[3]))
    else:
        write(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pack)
