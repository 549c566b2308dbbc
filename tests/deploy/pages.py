"""The blocks of code of a page, and running them as a reader would. Used by the tests of the pages.

A block's first line names its language and perhaps a file that it is the content of: ```toml app.toml. Blocks of `sh` are
commands to run; blocks of `console` are commands after `$ `, each with the output that it has to have, in which a line `...`
stands for any lines.
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import typing

import command_line

ROOT = command_line.ROOT
LEEWAY = pathlib.Path(command_line.LEEWAY).resolve()


class Block(typing.NamedTuple):
    language: str
    file: str
    text: str
    heading: str


def blocks(page, *languages):
    found, heading = [], ""
    for match in re.finditer(r"^#+ ([^\n]*)$|^```(\w*) *(\S*)\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL):
        if match[1] is not None:
            heading = match[1]
        elif not languages or match[2] in languages:
            found.append(Block(match[2], match[3], match[4], heading))
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def shell(script, folder, check=True, timeout=120):
    """What it prints, run with bash in the folder with `leeway` in the path. Ends what it leaves in the background."""
    environment = {**os.environ, "PATH": f"{LEEWAY.parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = process.wait(timeout=timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        text = output.read()
    if check and code != 0:
        raise AssertionError(f"exit code {code}:\n{text}")
    return text


def transcript(block):
    """Pairs of a command, which may go on after `\\`, and the lines that it is said to print."""
    pairs = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            pairs.append([line[2:], []])
        elif pairs and not pairs[-1][1] and pairs[-1][0].endswith("\\"):
            pairs[-1][0] += "\n" + line
        else:
            pairs[-1][1].append(line)
    return pairs


def fits(expected, printed):
    """Whether the lines are the expected ones; a line `...` stands for one line or more, elsewhere it stands for a part of one."""
    pattern = "\n".join(".*" if line == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", r"[^\n]*") for line in expected)
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in printed), re.DOTALL) is not None
