"""Builds the Go programs in the folders next to this file, into build/tools/bin. Used by their tests. Needs the system's Go
and a network the first time: a Go that is older than the programs ask for fetches a newer one, as a module."""

import json
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLCHAIN = ROOT / "build/tools/go"
LEAST = (1, 23, 12)  # that the programs ask for


def fetch_go(system):
    """Go as a module of its own: without bits of execution, and with files go.mod under another name."""
    fetched = subprocess.run(["go", "mod", "download", "-json", f"golang.org/toolchain@v0.0.1-go{'.'.join(map(str, LEAST))}.{system}"],
                             capture_output=True, text=True, timeout=900, cwd=TOOLCHAIN.parent)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    shutil.copytree(json.loads(fetched.stdout)["Dir"], TOOLCHAIN, copy_function=shutil.copyfile)
    for path in TOOLCHAIN.rglob("_go.mod"):
        path.rename(path.with_name("go.mod"))
    for path in [*TOOLCHAIN.glob("bin/*"), *TOOLCHAIN.glob("pkg/tool/*/*")]:
        path.chmod(0o755)


def go():
    """A Go that is new enough, and its environment. It keeps what it builds under a home directory."""
    os.environ.setdefault("HOME", str(ROOT / "build/tools"))
    version = subprocess.run(["go", "version"], capture_output=True, text=True, timeout=60, check=True).stdout
    number, system = re.search(r"go version go([\d.]+)\S* (\S+)", version).groups()
    if tuple(map(int, number.split("."))) >= LEAST:
        return "go", os.environ
    if not TOOLCHAIN.exists():
        TOOLCHAIN.parent.mkdir(parents=True, exist_ok=True)
        fetch_go(system.replace("/", "-"))
    return TOOLCHAIN / "bin/go", {**os.environ, "GOROOT": str(TOOLCHAIN), "GOTOOLCHAIN": "local"}


def build(folder, name):
    """The program of a folder."""
    program, environment = go()
    target = ROOT / "build/tools/bin" / name
    done = subprocess.run([program, "build", "-o", target, "."], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return target
