#!/usr/bin/env python3
"""Compiles each file of the rooms by itself, without generating code: what the room-by-room builds cannot show.

Usage: compile_alone.py BUILD_DIRECTORY [--changed=LIST] ROOM...    (the build of a preset that compiles room by room, such as
build/ci; only files that the file LIST names, or whose header it names)
The headers of the standard library are precompiled once, so a missing one of these goes unnoticed; `cmake --preset dev`
compiles each file with nothing but its own headers.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
COMPILER = ["clang++-14", "-std=c++20"]


def room_of(file):
    """The nearest folder above that has a CMakeLists.txt: agent/cli, for one, is a part of agent."""
    room = next(folder for folder in file.parents if (folder / "CMakeLists.txt").exists())
    return os.path.relpath(room, ROOT)


def units(build, rooms):
    """The files of the rooms, each with the include paths and macros of its room."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        compiled = pathlib.Path(entry["file"])
        files = re.findall(r'^#include "(.*\.cpp)"$', compiled.read_text(), re.MULTILINE) or [entry["file"]]
        arguments = shlex.split(entry["command"])
        flags = [word for at, word in enumerate(arguments)
                 if word.startswith(("-I", "-D")) or "-isystem" in (word, arguments[at - 1])]
        for file in files:
            if room_of(pathlib.Path(file)) in rooms:
                yield file, flags


def is_listed(file, names):
    path = pathlib.Path(os.path.relpath(file, ROOT))
    return str(path) in names or str(path.with_suffix(".h")) in names


def main(build, rooms, names=None):
    todo = sorted(units(build, rooms))
    if todo and names is not None:
        todo = [unit for unit in todo if is_listed(unit[0], names)]
    elif not todo:
        sys.exit(f"no files of {' '.join(rooms)} in {build}")
    headers = set()
    for room in rooms:
        for file in (ROOT / room).glob("*.h"):
            headers.update(re.findall(r"^#include (<[a-z_]+>)$", file.read_text(), re.MULTILINE))
    with tempfile.TemporaryDirectory() as directory:
        source, precompiled = pathlib.Path(directory, "standard.h"), pathlib.Path(directory, "standard.pch")
        source.write_text("".join(f"#include {header}\n" for header in sorted(headers)))
        subprocess.run([*COMPILER, "-D_GLIBCXX_ASSERTIONS", "-x", "c++-header", source, "-o", precompiled],
                       check=True)

        def compile_alone(unit):
            file, flags = unit
            return subprocess.run([*COMPILER, "-fsyntax-only", "-include-pch", precompiled, *flags, file], cwd=ROOT,
                                  stderr=subprocess.PIPE, text=True)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            failed = [done.stderr for done in pool.map(compile_alone, todo) if done.returncode != 0]
    print("\n".join(failed), end="", file=sys.stderr)
    print(f"{len(todo)} files, {len(failed)} do not compile alone")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    listed = [word.removeprefix("--changed=") for word in sys.argv[2:] if word.startswith("--changed=")]
    changed = set(pathlib.Path(listed[0]).read_text().splitlines()) if listed else None
    sys.exit(main(pathlib.Path(sys.argv[1]), [word for word in sys.argv[2:] if not word.startswith("--")], changed))
