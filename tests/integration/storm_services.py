"""The services of storm.py: each writes numbered lines to a log of its own, in a thread, while another thread rotates the
log, and knows what must be counted."""

import collections
import contextlib
import gzip
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading
import time

import logrotate

BANNER = json.dumps({"banner": "x" * 5000}).encode() + b"\n"


class Ledger:
    """Lines and the sum of their numbers, by the round in which they were written."""

    def __init__(self):
        self.round = 0
        self.line = 0
        self.written = collections.defaultdict(lambda: (0, 0))
        self.blocks = collections.Counter()  # lines by hundreds of their numbers, modulo 10,000
        # Lines that nobody could know of, and that may be counted: those between a copy and the truncation, and those of a
        # file that came and went while the agent did not look.
        self.at_risk = collections.Counter()

    def next_line(self, pad):
        self.line += 1
        lines, numbers = self.written[self.round]
        self.written[self.round] = (lines + 1, numbers + self.line)
        block = self.line // 100 % 100
        self.blocks[block] += 1
        return b'{"n": %d, "r": "%d", "b": %d, "pad": "%s"}\n' % (self.line, self.round, block, b"x" * pad)


class Service:
    """Writes until stopped. `counted()`: how many of its lines the last scrape had."""

    def __init__(self, directory, pattern, seed, report, counted):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.log = self.directory / "app.log"
        self.pattern = str(self.directory / pattern)
        self.random = random.Random(f"{seed} writer")
        self.chances = random.Random(f"{seed} rotator")
        self.report = report
        self.counted = counted
        self.ledger = Ledger()
        self.banner = self.chances.random() < 0.3
        self.append = self.chances.random() < 0.8  # some write where they were, behind the zeros that truncation leaves
        self.keeps = 0.0  # seconds that it goes on writing to a file that was rotated
        self.reopen_at = None
        self.lock = threading.RLock()
        self.running = threading.Event()
        self.stopping = threading.Event()
        self.file = None
        self.doomed_from = None  # its file is deleted, and nobody could know the lines from this one on
        self.first = 0  # lines written before the current file was there, or was empty
        self.copied_until = 0  # lines written before a copy of the current file was made by hand
        self.rotations = collections.Counter()
        self.threads = [threading.Thread(target=self.repeat, args=(work,), daemon=True) for work in (self.write, self.rotate)]

    def start(self):
        self.running.set()
        for thread in self.threads:
            thread.start()

    def repeat(self, work):
        while not self.stopping.is_set():
            self.running.wait()
            self.stopping.wait(work())

    def open(self):
        with self.lock:
            if self.file is not None:
                os.close(self.file)
            if self.doomed_from is not None:
                self.risk(self.ledger.line - self.doomed_from)
                self.doomed_from = None
            new = not self.log.exists()
            self.file = os.open(self.log, os.O_WRONLY | os.O_CREAT | (os.O_APPEND if self.append else 0), 0o644)
            if not self.append:
                os.lseek(self.file, 0, os.SEEK_END)
            self.reopen_at = None
            self.first = self.ledger.line
            if new and self.banner:
                os.write(self.file, BANNER)

    def is_known(self):
        """Whether the agent has certainly a position in the current file."""
        return self.counted() > self.first

    def moved(self):
        """Whether its file no longer has the name of the log."""
        with contextlib.suppress(FileNotFoundError):
            return os.fstat(self.file).st_ino != os.stat(self.log).st_ino
        return True

    def write(self):
        """Writes a few lines, some in two parts; returns the seconds until the next ones."""
        with self.lock:
            if self.reopen_at is None and self.moved():
                self.reopen_at = time.monotonic() + self.keeps
            if self.reopen_at is not None and time.monotonic() >= self.reopen_at:
                self.open()
            self.write_lines(self.random.choice((1, 1, 2, 5, 30)))
        return self.random.choice((0.001, 0.01, 0.05, 0.2)) if self.random.random() < 0.995 else self.random.uniform(1, 8)

    def write_lines(self, count):
        with self.lock:
            text = b"".join(self.ledger.next_line(self.random.choice((0, 20, 300))) for _ in range(count))
            cut = self.random.randrange(len(text)) if self.random.random() < 0.1 else 0
            if cut:
                os.write(self.file, text[:cut])
                time.sleep(self.random.choice((0, 0.005, 0.05)))
            os.write(self.file, text[cut:])

    def rotate(self):
        """Rotates in one of its ways; returns the seconds until the next time."""
        names, weights = zip(*self.ways().items())
        name = self.chances.choices(names, weights)[0]
        with self.lock if self.exclusive(name) else contextlib.nullcontext():
            before = self.ledger.line
            done = getattr(self, name)()
            after = self.ledger.line
        if done:
            self.rotations[name] += 1
            self.report(f"{self.directory.name}: {name} between lines {before} and {after}")
        return self.chances.choice((0.2, 1, 3, 6))

    def ways(self):
        """Chances by name of the method."""
        raise NotImplementedError

    def exclusive(self, _):
        """Whether the service must not write meanwhile."""
        return True

    def settle(self):
        """Stops the threads between two actions; what is written last is in the log."""
        self.running.clear()
        with self.lock:
            if self.moved():
                self.open()
            self.write_lines(1)

    def risk(self, lines):
        self.ledger.at_risk[self.ledger.round] += lines

    def close(self):
        self.stopping.set()
        self.running.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join()
        if self.file is not None:
            os.close(self.file)


class LogrotateService(Service):
    """Its log is rotated by Debian's logrotate; sometimes it is deleted, copied or moved by hand."""

    def __init__(self, directory, rotation, pattern, seed, report, counted):
        super().__init__(directory, pattern, seed, report, counted)
        self.options = logrotate.ROTATIONS[rotation]
        self.copied = "copytruncate" in self.options
        # What is written to a file while it is compressed is lost.
        self.compressed = "compress\n" in self.options and "delaycompress" not in self.options
        self.configuration = logrotate.configure(self.log, self.options)
        self.append = self.append or not self.copied
        if not self.copied and not self.compressed:
            self.keeps = self.chances.choice((0.0, 0.5, 3.0, 8.0))
        self.copies = 0

    def ways(self):
        ways = {"by_logrotate": 80, "copied_by_hand": 4}
        if not self.copied:
            ways.update(deleted=6, moved_below=6)
        return ways

    def exclusive(self, name):
        return name != "by_logrotate" or self.compressed or (self.copied and self.chances.random() < 0.5)

    def by_logrotate(self):
        with self.lock:
            if self.moved():
                self.open()
            first = self.ledger.line
        done = logrotate.force(self.configuration)
        if done and self.copied:
            with self.lock:
                self.risk(self.ledger.line - first)
                self.first = self.ledger.line
        elif done and self.compressed:
            self.open()
        return done

    def deleted(self):
        if self.moved():
            return False
        if not self.is_known():
            self.doomed_from = self.first
        elif self.first < self.copied_until and self.counted() <= self.copied_until:
            self.doomed_from = self.copied_until  # the copy may be all that there was
        self.log.unlink()
        self.reopen_at = time.monotonic() + self.chances.choice((0.0, 0.5, 2.0))
        return True

    def copied_by_hand(self):
        if self.moved() or self.ledger.line - self.first < 2:  # a single line is not enough to know a copy by
            return False
        self.copies += 1
        self.copied_until = self.ledger.line
        shutil.copyfile(self.log, self.directory / self.chances.choice(("app.log.bak", "app.log.old", f"app.log.copy{self.copies % 3}")))
        return True

    def moved_below(self):
        if self.moved():
            return False
        (self.directory / "archive").mkdir(exist_ok=True)
        self.log.rename(self.directory / "archive" / f"app.log.{time.time_ns()}")
        if self.compressed:
            self.open()
        return True


class SlowlyCompressed(Service):
    """Its log is renamed, and the file before is compressed slowly: it can be seen half compressed."""

    def ways(self):
        return {"renamed": 1}

    def exclusive(self, _):
        return False

    def renamed(self):
        with self.lock:
            if self.moved():
                self.open()
            rotated = self.directory / f"app.log.{time.time_ns()}"
            self.log.rename(rotated)
            self.write_lines(3)
            self.open()
        time.sleep(self.chances.choice((0, 0.5, 2)))
        suffix = self.chances.choice((".gz", ".zst"))
        content = rotated.read_bytes()
        packed = gzip.compress(content) if suffix == ".gz" else subprocess.run(
            ["zstd", "-q", "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout
        half = self.chances.randrange(len(packed))
        with open(f"{rotated}{suffix}", "wb", buffering=0) as file:
            file.write(packed[:half])
            time.sleep(self.chances.choice((0, 0.5, 2)))
            file.write(packed[half:])
        rotated.unlink()
        for old in sorted(self.directory.glob("app.log.*"))[:-10]:
            old.unlink()
        return True


class Pod(Service):
    """As kubelet and containerd do it: links in one directory to logs in another, where they are rotated and later compressed; a
    container that starts again gets another file."""

    def __init__(self, directory, seed, report, counted):
        super().__init__(directory, "containers/*.log", seed, report, counted)
        self.log = self.directory / "pods/0.log"
        self.link = self.directory / "containers/app.log"
        self.starts = 0
        for path in (self.log, self.link):
            path.parent.mkdir()
        self.link.symlink_to(self.log)

    def ways(self):
        return {"rotated": 8, "restarted": 1}

    def rotated(self):
        for old in self.log.parent.glob("?.log.*[0-9]"):
            packed = pathlib.Path(f"{old}.gz")
            temporary = pathlib.Path(f"{old}.tmp")
            temporary.write_bytes(gzip.compress(old.read_bytes()))
            temporary.rename(packed)
            old.unlink()
        for old in sorted(self.log.parent.glob("*.gz"), key=os.path.getmtime)[:-10]:
            old.unlink()
        self.log.rename(f"{self.log}.{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns()}")
        self.open()
        return True

    def restarted(self):
        if not self.is_known():
            return False
        self.starts += 1
        self.log = self.log.with_name(f"{self.starts % 10}.log")
        self.log.unlink(missing_ok=True)
        self.open()
        new = self.link.with_name("new")
        new.symlink_to(self.log)
        new.rename(self.link)
        return True
