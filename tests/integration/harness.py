"""Shared by the integration tests: the real binary as a process, a service that writes a log, and what must be true."""

import collections
import contextlib
import http.client
import itertools
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
sys.path.insert(0, str(ROOT / "tests/deploy"))
import exposition  # noqa: E402

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "app"
type = "log"
path = "{directory}/app.log*"
format = "json"
time = "ts"

[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
labels = ["code"]
values = {{ code = ["200", "404", "500"] }}

[[metric]]
name = "request_duration_seconds"
type = "histogram"
help = "Duration of requests."
value = "ms / 1000"
buckets = [0.1, 0.5]

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9
"""


# Ports of this process only, even while a server that is killed and restarted does not hold its port: below those that
# the kernel gives to connections, and different from those of tests that run in parallel.
_ports = itertools.cycle(range(10_000 + os.getpid() % 200 * 100, 10_100 + os.getpid() % 200 * 100))


def free_port():
    for port in itertools.islice(_ports, 100):
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def samples_of(text):
    """The samples of a page by the text of their series."""
    found = re.finditer(r"^([a-z_:]+(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {match[1]: float(match[2]) for match in found}


def wait_until(condition, what, seconds=30):
    """Polls `condition` until it is true; its last value is the result."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"timed out: {what}")


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def start_server(test, command, port, **options):
    """A program that listens on the port, until the end of the test; stop_server() ends it earlier."""
    process = subprocess.Popen(list(map(str, command)), **options)
    test.addCleanup(stop_server, process)
    wait_until(lambda: answers(port), f"{command[0]} to answer")
    return process


def stop_server(process):
    process.terminate()
    process.wait(timeout=20)


class Agent:
    """`leeway run` with one configuration, which may be started and killed repeatedly on the same port."""

    def __init__(self, directory, config=CONFIG, arguments=()):
        self.directory = pathlib.Path(directory)
        self.config = self.directory / "leeway.toml"
        self.config.write_text(config.format(directory=directory))
        self.port = free_port()
        self.arguments = list(arguments)
        self.log = open(self.directory / "agent.err", "a")  # noqa: SIM115 (closed by close())
        self.process = None

    def start(self):
        command = [LEEWAY, "run", "--config.file", str(self.config), "--web.listen-address", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command + self.arguments, stdout=self.log, stderr=self.log)

    def start_and_wait(self):
        self.start()
        wait_until(self.ready, "the agent to become ready")

    def start_and_wait_for_port(self):
        """Waits until it answers; it may not have read everything."""
        self.start()
        wait_until(self.answers, "the agent to answer")

    def answers(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/-/healthy")[0] == 200
        return False

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the agent ended with exit code {self.process.returncode}:\n{self.messages()}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/-/ready")[0] == 200
        return False

    def request(self, method, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(), response
        finally:
            connection.close()

    def scrape(self):
        status, page, _ = self.request("GET", "/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answered {status}")
        return exposition.parse_samples(page)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        """SIGTERM; returns the exit code and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=10)
        return code, time.monotonic() - start

    def messages(self):
        """The log, with its quotes as they were before logfmt escaped them."""
        self.log.flush()
        return (self.directory / "agent.err").read_text().replace('\\"', '"')

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.log.close()


class Service:
    """Writes a log, rotates it by renaming and by copytruncate, and keeps the expected counters."""

    def __init__(self, directory, seed):
        self.path = pathlib.Path(directory) / "app.log"
        self.random = random.Random(seed)
        self.file = open(self.path, "ab", buffering=0)  # noqa: SIM115 (closed by close())
        self.truth = collections.Counter()
        self.rotations = 0
        self.lines = 0

    def write(self, count=1):
        text = b""
        for _ in range(count):
            code = self.random.choice([200, 200, 200, 404, 500])
            ms = self.random.randrange(800)
            text += b'{"ts": %.3f, "code": %d, "ms": %d}\n' % (time.time(), code, ms)
            self.truth[("requests_total", (("code", str(code)),))] += 1
            for bound in (0.1, 0.5, float("inf")):
                if ms / 1000 <= bound:
                    self.truth[("request_duration_seconds_bucket", (("le", bound),))] += 1
            self.truth[("leeway_slo_events_total", (("slo", "availability"),))] += 1
            if code >= 500:
                self.truth[("leeway_slo_bad_events_total", (("slo", "availability"),))] += 1
            self.lines += 1
        # In two parts: readers see unfinished lines.
        cut = self.random.randrange(len(text))
        os.write(self.file.fileno(), text[:cut])
        os.write(self.file.fileno(), text[cut:])

    def rotate_by_renaming(self):
        self.rotations += 1
        self.path.rename(f"{self.path}.{self.rotations}")
        self.write(self.random.randrange(1, 20))  # still to the old file
        self.file.close()
        self.file = open(self.path, "ab", buffering=0)  # noqa: SIM115

    def rotate_by_copytruncate(self):
        self.rotations += 1
        shutil.copyfile(self.path, f"{self.path}.{self.rotations}")
        os.truncate(self.path, 0)

    def step(self):
        self.write(self.random.randrange(1, 30))
        chance = self.random.random()
        if chance < 0.01:
            self.rotate_by_renaming()
        elif chance < 0.02:
            self.rotate_by_copytruncate()

    def events(self):
        return self.truth[("leeway_slo_events_total", (("slo", "availability"),))]

    def close(self):
        self.file.close()


def events(samples):
    return samples.get(("leeway_slo_events_total", (("slo", "availability"),)), 0)


def counters(samples):
    """The samples that must never decrease."""
    return {key: value for key, value in samples.items() if key[0].endswith(("_total", "_bucket", "_count"))
            and not key[0].startswith(("process_", "leeway_scrape_", "leeway_checkpoint_"))}


class Scraper(threading.Thread):
    """Scrapes continuously, and remembers every counter that decreased."""

    def __init__(self, agent, pause=0.005):
        super().__init__(daemon=True)
        self.agent = agent
        self.pause = pause
        self.stopping = threading.Event()
        self.scrapes = 0
        self.last = {}  # the counters of the last scrape
        self.decreases = []

    def run(self):
        while not self.stopping.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                now = counters(self.agent.scrape())
                self.scrapes += 1
                self.decreases += [f"{key}: {value} -> {now.get(key)}" for key, value in self.last.items()
                                   if now.get(key, -1) < value]
                self.last = now
            time.sleep(self.pause)
