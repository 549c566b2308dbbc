#!/usr/bin/env python3
"""Size, start time and memory of an idle agent beside those of others that are installed, in one run.

Size: the program and the shared libraries that it loads. Start: from its start to the first answer by HTTP, median.
Memory: resident, and the part of it that is not backed by files, ten seconds after the start."""

import argparse
import contextlib
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request

import process

ROOT = pathlib.Path(__file__).resolve().parents[2]


def commands(leeway, directory, port):
    log = directory / "access.log"
    program = directory / "lines.mtail"
    program.write_text("counter lines_total\n/$/ {\n  lines_total++\n}\n")
    return {
        "leeway": [leeway, "run", "--config.file", ROOT / "deploy/examples/access.toml", "--source.path", f"web={log}",
                   "--state.dir", directory / "state", "--web.listen-address", f"127.0.0.1:{port}"],
        "mtail": ["mtail", "--progs", program, "--logs", log, "--address", "127.0.0.1", "--port", port],
        "node_exporter": ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"],
    }


def size(program):
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    paths = [part for line in libraries.splitlines() for part in line.split() if part.startswith("/")]
    return sum(pathlib.Path(path).resolve().stat().st_size for path in [program, *paths])


def answers(port):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
        return bool(page.read())
    return False


def start(command, port):
    began = time.monotonic()
    running = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not answers(port):
        if running.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with exit code {running.returncode}")
        time.sleep(0.0005)
    return running, time.monotonic() - began


def stop(running):
    running.terminate()
    running.wait()


def measure(name, leeway, repeats):
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        shutil.copy(ROOT / "deploy/examples/access.log", directory / "access.log")
        port = process.free_port()
        command = commands(leeway, directory, port)[name]
        program = shutil.which(str(command[0]))
        if program is None:
            return None
        times = []
        for _ in range(repeats):
            running, seconds = start(command, port)
            times.append(seconds)
            stop(running)
        running, _ = start(command, port)
        time.sleep(10)
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        stop(running)
        resident, anonymous = (int(status.split(key)[1].split()[0]) / 1024 for key in ("VmRSS:", "RssAnon:"))
        return size(program) / 1e6, statistics.median(times) * 1e3, resident, anonymous


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leeway", default=ROOT / "build/release/leeway")
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    print(f"{platform.machine()}, {platform.release()}; {options.leeway} and, where installed, Debian's packages\n")
    print("| program | size, MB | start, ms | RSS, MiB | of it anonymous | times leeway's RSS |")
    print("|---|---:|---:|---:|---:|---:|")
    own = None
    for name in ("leeway", "mtail", "node_exporter"):
        row = measure(name, options.leeway, options.repeats)
        if row is None:
            print(f"| {name} | not installed |")
            continue
        own = own or row
        print(f"| {name} | {row[0]:.1f} | {row[1]:.0f} | {row[2]:.1f} | {row[3]:.1f} | {row[2] / own[2]:.1f} |")


if __name__ == "__main__":
    main()
