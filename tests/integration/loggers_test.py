#!/usr/bin/env python3
"""Logs that real programs and logging libraries write, against what they were asked to write. LEEWAY_BIN names the binary; the
programs are those of Debian. One that is not installed fails the test."""

import collections
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import unittest

import harness
import replay

# Writes lines with a library, and prints how often each level was used: the expected counts.
PYTHON_HEAD = '''
import collections, random, sys
chance = random.Random(7)
levels = collections.Counter()
TEXTS = ("request done", "\\nbegins with a newline", "a | b - c", "{json: 'like'}", "umlaut \\u00fc", "tab\\tinside", 'quote " and \\\\ backslash', "k=v")

def write(log):  # log(level, text, exception)
    for _ in range(300):
        level = chance.choice(("debug", "info", "info", "warning", "error"))
        levels[level.upper()] += 1
        failed = level == "error" and chance.random() < 0.5
        try:
            if failed:
                {}["key"]
        except KeyError:
            log(level, "it failed", True)
        else:
            log(level, chance.choice(TEXTS), False)
    for level, count in levels.items():
        print(level, count)
'''
LOGURU = PYTHON_HEAD + '''
from loguru import logger
logger.remove()
logger.add(sys.argv[1], colorize=True, level="DEBUG", backtrace=True, diagnose=True)
write(lambda level, text, failed: logger.opt(exception=failed).log(level.upper(), text))
'''
PLAIN_LOGGING = PYTHON_HEAD + '''
import logging
logging.basicConfig(filename=sys.argv[1], level=logging.DEBUG)
write(lambda level, text, failed: logging.getLogger("shop.cart").log(getattr(logging, level.upper()), text, exc_info=failed))
'''
STRUCTLOG = PYTHON_HEAD + '''
import structlog
structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"),
                                structlog.processors.format_exc_info, structlog.processors.RENDERER],
                    logger_factory=structlog.WriteLoggerFactory(file=open(sys.argv[1], "w")))
log = structlog.get_logger()
write(lambda level, text, failed: getattr(log, level)(text, user="ann", exc_info=failed))
'''
WINSTON = '''
const winston = require("winston");
const log = winston.createLogger({level: "debug", format: winston.format.combine(winston.format.timestamp(), winston.format.FORMAT),
    transports: [new winston.transports.File({filename: process.argv[2]})]});
const counts = {};
for (let i = 0; i < 300; ++i) {
  const level = ["debug", "info", "warn", "error"][i * 7 % 4];
  counts[level.toUpperCase()] = (counts[level.toUpperCase()] || 0) + 1;
  log.log(level, ["done", "two\\nlines", "a: b", "say \\"x\\""][i % 4], {ms: i});
}
log.on("finish", () => Object.entries(counts).forEach(([level, count]) => console.log(level, count)));
log.end();
'''
BUNYAN = """
const log = require("bunyan").createLogger({name: "shop", streams: [{level: "trace", path: process.argv[2]}]});
const counts = {};
for (let i = 0; i < 300; ++i) {
  const level = ["trace", "debug", "info", "warn", "error", "fatal"][i * 5 % 6];
  counts[level] = (counts[level] || 0) + 1;
  const fields = level === "error" ? {err: new Error("it failed")} : {ms: i};
  log[level](fields, ["done", "two\\nlines", "say \\"x\\""][i % 3]);
}
Object.entries(counts).forEach(([level, count]) => console.log(level, count));
"""
CONFIG = """
[[source]]
name = "app"
type = "log"
path = "{log}"
{source}
[[metric]]
name = "lines_total"
type = "counter"
help = "Records by level."
source = "app"
{metric}
"""
LOGURU_PATTERN = '''format = "template"
pattern = "{time} | {level} | {name}:{function}:{line} - {message}"
multiline = "time"'''


class LogTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        self.log = self.directory / "app.log"

    def counted(self, source, level="upper(level)"):
        samples = replay.counters(self.directory, CONFIG.format(log=self.log, source=source, metric=f'labels = {{ level = "{level}" }}'))
        self.assertEqual({}, replay.rejected(samples))
        return {dict(labels)["level"]: int(value) for (name, labels), value in samples.items() if name == "lines_total"}


class LoggersTest(LogTest):
    """Libraries."""

    def written(self, command, script, suffix):
        """Runs the script; level -> number of records that it wrote."""
        path = self.directory / f"script.{suffix}"
        path.write_text(script)
        done = subprocess.run([*command, path, self.log], capture_output=True, text=True, timeout=60, check=True,
                              env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        return {level: int(count) for level, count in (line.split() for line in done.stdout.splitlines())}

    def test_loguru_with_colours_and_traces(self):
        written = self.written(["/usr/bin/python3"], LOGURU, "py")
        self.assertEqual(written, self.counted(LOGURU_PATTERN, "trim(level)"))

    def test_python_logging_as_it_is_by_default(self):
        written = self.written(["/usr/bin/python3"], PLAIN_LOGGING, "py")
        self.assertEqual(written, self.counted('format = "template"\npattern = "{level:word}:{name}:{message}"\n'
                                               "multiline = { start = '^[A-Z]+:[a-z.]+:' }"))

    def test_structlog_as_json(self):
        written = self.written(["/usr/bin/python3"], STRUCTLOG.replace("RENDERER", "JSONRenderer()"), "py")
        self.assertEqual(written, self.counted('format = "json"\ntime = "timestamp"'))

    def test_structlog_as_logfmt(self):
        written = self.written(["/usr/bin/python3"], STRUCTLOG.replace("RENDERER", "LogfmtRenderer()"), "py")
        self.assertEqual(written, self.counted('format = "logfmt"\ntime = "timestamp"\n'  # it writes newlines as they are
                                               "multiline = { start = '^[a-z]+=' }"))

    def test_bunyan_whose_levels_are_numbers(self):
        written = self.written(["node"], BUNYAN, "js")
        written["warning"] = written.pop("warn")
        self.assertEqual(written, self.counted('format = "json"\ntime = "time"', "level(level, 'pino')"))

    def test_winston_as_json(self):
        written = self.written(["node"], WINSTON.replace("FORMAT", "json()"), "js")
        self.assertEqual(written, self.counted('format = "json"\ntime = "timestamp"'))

    def test_winston_as_text(self):
        written = self.written(["node"], WINSTON.replace("FORMAT", "printf(r => `${r.timestamp} ${r.level}: ${r.message}`)"), "js")
        self.assertEqual(written, self.counted('format = "template"\npattern = "{time} {level:word}: {message}"\n'
                                               'multiline = "time"'))


class ServersTest(LogTest):
    """Servers which log what their clients do."""

    def start(self, command, port, **options):
        return harness.start_server(self, command, port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def test_redis(self):
        port = harness.free_port()
        process = self.start(["redis-server", "--port", port, "--bind", "127.0.0.1", "--loglevel", "verbose", "--logfile", self.log,
                              "--dir", self.directory, "--save", "", "--daemonize", "no"], port)
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"PING\r\n")
                self.assertEqual(b"+PONG\r\n", client.recv(100))
        harness.stop_server(process)
        counted = self.counted('format = ["template", { format = "template", pattern = "{pid:int}:signal-handler ({_}) {message}" }]\n'
                               'pattern = "{pid:int}:{role:word} {time} {mark:word} {message}"',
                               "message.startsWith('Accepted ') ? 'accepted' : 'other'")
        self.assertEqual(51, counted["accepted"])  # and the one by which it was seen to answer

    def test_postgresql(self):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        user = pwd.getpwnam("postgres")
        data = self.directory / "data"
        for path in (self.directory, ):
            os.chown(path, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "cwd": self.directory} if os.geteuid() == 0 else {}
        subprocess.run([programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"], check=True,
                       stdout=subprocess.DEVNULL, **as_user)
        port = harness.free_port()
        process = self.start([programs / "postgres", "-D", data, "-p", port, "-k", self.directory, "-c", "listen_addresses=127.0.0.1",
                              "-c", "logging_collector=on", "-c", f"log_directory={self.directory}", "-c", "log_filename=app.log",
                              "-c", "log_line_prefix=%m [%p] %q%u@%d ", "-c", "fsync=off"], port, **as_user)
        connect = [shutil.which("psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q"]
        harness.wait_until(lambda: subprocess.run([*connect, "-c", "select 1"], capture_output=True).returncode == 0, "postgres")
        script = "".join("select 1,\n  1 / 0,\n  'text: ERROR: none';\n" if i % 3 else "select * from missing;\n" for i in range(60))
        subprocess.run(connect, input=script, text=True, capture_output=True, check=True)
        harness.stop_server(process)
        counted = self.counted('format = "template"\npattern = "{time} [{pid:int}] {?{user:word}@{database:word} ?}{level:word}: {message}"\n'
                               'multiline = "time"', "level")
        self.assertEqual(60, counted["ERROR"])
        self.assertEqual(60, counted["STATEMENT"])


JOURNAL_METRIC = """when = "json(MESSAGE).n >= 0"
labels = { level = "json(MESSAGE).level", priority = "PRIORITY" }"""
JOURNAL_ENTRY = """__REALTIME_TIMESTAMP={micros}
__MONOTONIC_TIMESTAMP={number}
_BOOT_ID=0123456789abcdef0123456789abcdef
PRIORITY={priority}
_SYSTEMD_UNIT=shop.service
MESSAGE={message}

"""


class JournalTest(LogTest):
    """What journalctl writes of a journal that systemd's own tool made."""

    def test_json_export_with_json_in_its_messages(self):
        written = collections.Counter()
        entries = []
        for number in range(200):
            level = ("info", "warn", "error")[number * 7 % 3]
            priority = str(number % 8)
            written[level, priority] += 1
            entries.append(JOURNAL_ENTRY.format(micros=1795840000000000 + number * 250000, number=number + 1, priority=priority,
                                                message=json.dumps({"level": level, "text": 'a "quoted" word', "n": number})))
        journal = self.directory / "shop.journal"
        subprocess.run(["/lib/systemd/systemd-journal-remote", f"--output={journal}", "-"], input="".join(entries), text=True,
                       capture_output=True, check=True)
        with open(self.log, "wb") as log:
            subprocess.run(["journalctl", f"--file={journal}", "-o", "json", "--no-pager"], stdout=log, check=True)
        source = 'format = "json"\ntime = "__REALTIME_TIMESTAMP"\ntime_format = "unix_us"'
        samples = replay.counters(self.directory, CONFIG.format(log=self.log, source=source, metric=JOURNAL_METRIC))
        self.assertEqual({}, replay.rejected(samples))
        self.assertEqual(written, {(dict(labels)["level"], dict(labels)["priority"]): int(value)
                                   for (name, labels), value in samples.items() if name == "lines_total"})


if __name__ == "__main__":
    unittest.main()
