"""What the drivers of unseen_programs.py have in common: a program under test, and how it is run on loopback."""

import collections
import contextlib
import dataclasses
import datetime
import http.client
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time
import typing
import zoneinfo

ZONE = "Asia/Kolkata"  # where the programs run: a zone that is read as another one is seen at once

ACCESS_TIME = (r'\[([^\]]+)\] "', "%d/%b/%Y:%H:%M:%S %z")

LEVELS = {"trc": "trace", "d": "debug", "dbg": "debug", "i": "info", "inf": "info", "information": "info",
          "notice": "info", "w": "warning", "wrn": "warning", "warn": "warning", "e": "error", "err": "error", "ftl": "fatal",
          "c": "fatal", "critical": "fatal"}
COUNTER = """
[[metric]]
name = "asked_total"
type = "counter"
source = "app"
help = "What was asked."
"""


@dataclasses.dataclass
class Program:
    """A program that writes a log, and what is true of the log, by regular expressions."""

    name: str
    package: str  # of Debian, or "pip: NAME"
    version: list  # a command
    make: typing.Callable  # make(directory): runs the program, returns its log
    format: str  # the format to be found, a regular expression
    record: str  # lines that begin a record
    number: tuple  # the first number that a person wants: a regular expression with a group, and the label to find it by
    time: tuple  # how lines tell the time: a regular expression with a group, and its format for strptime, "" for an epoch; or ()
    words: dict = dataclasses.field(default_factory=dict)  # what the group matched, in lower case -> the label's value
    edit: str = ""  # what a person adds to the configuration for the number, if it is not there

    def time_of(self, line):
        """Seconds since 1970, or None."""
        match = re.search(self.time[0], line) if self.time else None
        if not match:
            return None
        if not self.time[1]:
            return float(match[1])
        if "y" in self.time[1].lower():
            time = datetime.datetime.strptime(match[1], self.time[1])
        else:
            # The latest year in which it is not in the future, but for the zone.
            tomorrow = datetime.datetime.now() + datetime.timedelta(days=1)
            years = (datetime.datetime.strptime(f"{tomorrow.year - i} {match[1]}", "%Y " + self.time[1]) for i in (0, 1))
            time = next(time for time in years if time < tomorrow)
        return (time if time.tzinfo else time.replace(tzinfo=zoneinfo.ZoneInfo(ZONE))).timestamp()

    def times(self, lines):
        return [time for time in map(self.time_of, lines) if time is not None]

    def records(self, lines):
        return sum(bool(re.search(self.record, line)) for line in lines)

    def name_of(self, value):
        return self.words.get(value.lower(), value.lower()) if self.words else value

    def truth(self, lines):
        """How often the first number's expression matches, by its group as the label names it."""
        pattern, label = self.number
        matches = [match for match in (re.search(pattern, line) for line in lines) if match]
        return dict(collections.Counter(self.name_of(match[1]) if label else "" for match in matches))

    def is_counted(self, samples, lines):
        """Whether a counter, summed over its other labels, is the truth. `samples`: (name, labels) -> value."""
        label = self.number[1]
        sums = collections.defaultdict(collections.Counter)
        for (name, labels), value in samples.items():
            value_of_label = dict(labels).get(label, "")
            if value and not name.startswith("leeway_") and (label is None or value_of_label):
                sums[name][value_of_label] += int(value)
        return self.truth(lines) in [dict(found) for found in sums.values()]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False


def environment(**more):
    return {**os.environ, "TZ": ZONE, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **more}


@contextlib.contextmanager
def running(command, directory, port=None, output="output.log", seconds=240, **more):
    """The process, once it listens; what it prints is appended to a file. Its whole session ends with the block."""
    with open(pathlib.Path(directory) / output, "ab") as log:
        process = subprocess.Popen(list(map(str, command)), cwd=directory, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                   env=environment(**more), start_new_session=True)
    try:
        deadline = time.monotonic() + seconds
        while port and not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not listen: see {directory}/{output}")
            time.sleep(0.05)
        yield process
    finally:
        stop(process)


def stop(process):
    """Asks the process to end, then ends what is left of its session."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def call(*command, **options):
    """Runs to the end, whatever the exit code; returns what was printed."""
    return subprocess.run(list(map(str, command)), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=180, errors="replace", **options).stdout


def request(port, path, method="GET", body=None, headers=None):
    """The status; 0 if the server closed the connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


AGENTS = ("curl/8.0", 'say "hello"', "Mozilla/5.0 (X11; Linux x86_64) Chrome/120", "")
PATHS = ("/", "/items/{n}", "/items/{n}", "/search?q=a%20b&n={n}", "/missing/{n}", "/fail", "/slow", "/users/{n}/orders")


def browse(port, count, paths=PATHS, seed=1):
    """Requests as a browser, a script and a scanner make them."""
    chance = random.Random(seed)
    for _ in range(count):
        path = chance.choice(paths).format(n=chance.randrange(1000))
        method = chance.choice(("GET", "GET", "GET", "POST", "HEAD"))
        request(port, path, method, b"x=1" if method == "POST" else None, {"User-Agent": chance.choice(AGENTS)})
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as scanner:
        scanner.sendall(b"\x16\x03\x01\x02\x00\r\n\r\n")
        scanner.settimeout(2)
        scanner.recv(100)


APPLICATION = '''
import time
def app(environ, start):
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(0.05)
    if path == "/fail" and environ["REQUEST_METHOD"] == "POST":
        raise RuntimeError("the application failed\\nin two lines")
    status = "404 Not Found" if path.startswith("/missing") else "503 Service Unavailable" if path == "/fail" else "200 OK"
    body = b"x" * (len(path) * 7)
    start(status, [("Content-Length", str(len(body)))])
    return [body]
'''


@contextlib.contextmanager
def origin(directory):
    """The port of a small server that answers, is slow, and fails: what stands behind a proxy."""
    port = free_port()
    (pathlib.Path(directory) / "application.py").write_text(APPLICATION)
    script = ("from wsgiref.simple_server import make_server; import application; "
              f"make_server('127.0.0.1', {port}, application.app).serve_forever()")
    with running(["/usr/bin/python3", "-c", script], directory, port, "origin.txt"):
        yield port
