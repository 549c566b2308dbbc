"""The commands and options of the real binary, as its --help lists them. Used by the tests of what repeats them."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
EVERYWHERE = {"--help", "--version"}  # not repeated for each command


def help_of(*command):
    done = subprocess.run([LEEWAY, *command, "--help"], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def subcommands(*command):
    """Lists of names: a command may have an alias."""
    _, _, rest = help_of(*command).partition("\nSubcommands:\n")
    rows = re.findall(r"^  (\S.*?)(?:  .*)?$", rest.partition("\n\n")[0], re.MULTILINE)
    return [re.split(r",\s*", row) for row in rows]


def flags(*command):
    """The long options of a command, without those of its actions."""
    listed = re.findall(r"^  (?:-\w,)?(--[\w.-]+)", help_of(*command), re.MULTILINE)
    return set(listed) - EVERYWHERE


def commands():
    """Each command with its long options and those of its actions."""
    result = {}
    for name, *_ in subcommands():
        result[name] = flags(name).union(*(flags(name, action) for action, *_ in subcommands(name)))
    if not result or "--config.file" not in result["run"]:
        raise AssertionError(f"the output of --help has another form than this expects:\n{help_of()}")
    return result
