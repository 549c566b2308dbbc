"""Logs that are rotated and copied in ways that logrotate does not use, in real directories: by hand, with other names, behind
links, in an overlay file system. Every line is counted once, and nothing is named as lost or doubtful."""

import gzip
import os
import shutil
import signal
import subprocess
import time
import unittest

import overlay
import real_logs

BANNER = b'{"banner": "%s"}\n'


class RealDirectoryTest(real_logs.RealLogsTest):
    def test_a_log_that_is_copied_up_into_an_overlay(self):
        """With the first write, the file gets other storage: the same name and inode, another birth time."""
        with overlay.mounted() as (lower, merged):
            for name in ("running", "stopped"):
                (lower / name).mkdir()
                self.add_log(name, directory=merged / name)
                self.logs[name].append(30, lower / name / "app.log")
            running, stopped = self.logs.values()
            self.start()
            before = [overlay.identity(log.path) for log in self.logs.values()]
            self.while_running(lambda: running.append(30))
            self.while_stopped(lambda: stopped.append(30))
            after = [overlay.identity(log.path) for log in self.logs.values()]
            self.assertEqual([inode for inode, _ in before], [inode for inode, _ in after])
            for was, now in zip(before, after):
                self.assertNotEqual(was, now)
            self.stay_exact()
            running.append(10)
            stopped.append(10)
            self.stay_exact()
            self.agent.terminate()

    def test_a_link_that_is_switched_to_another_log(self):
        """A link to a log, and one to the directory of a release; the last lines of the old log come just before."""
        switched = {"log": ("link", "app.log"), "release": ("link/app.log", "")}
        releases = {}
        for name, (pattern, target) in switched.items():
            log = self.add_log(name, pattern)
            releases[name] = [self.directory / f"{name}-releases" / str(number) for number in range(4)]
            for release in releases[name]:
                release.mkdir(parents=True)
            log.append(20, releases[name][0] / "app.log")
            (log.directory / "link").symlink_to(releases[name][0] / target)

        def switch(number):
            for name, (_, target) in switched.items():
                log = self.logs[name]
                old, new = releases[name][number - 1:number + 1]
                log.append(3, old / "app.log")
                log.append(5, new / "app.log")
                link = log.directory / "new"
                link.symlink_to(new / target)
                link.rename(log.directory / "link")
        self.start()
        for number, change in enumerate((self.while_stopped, self.while_running, self.while_stopped), 1):
            change(lambda now=number: switch(now))
        for name, log in self.logs.items():
            log.append(7, releases[name][3] / "app.log")
        self.stay_exact()

    def test_a_log_that_is_copied_by_hand(self):
        for name, pattern in (("narrow", "app.log"), ("wide", "app.log*"), ("all", "*")):
            self.add_log(name, pattern).append(50)

        def copy(*arguments, suffix=".bak"):
            for log in self.logs.values():
                subprocess.run(["cp", *arguments, log.path, f"{log.path}{suffix}"], check=True)
                log.append(20)
        self.start()
        for change in (self.while_running, self.while_stopped, self.while_running):
            change(copy)  # the second and third overwrite it
        self.while_running(lambda: copy("--preserve=all", suffix=".bak2"))
        self.while_stopped(lambda: copy("--preserve=all", suffix=".bak3"))
        self.stay_exact(6)  # longer than the agent waits for a file that may be a copy

    def test_rotations_while_stopped_of_logs_that_begin_with_the_same_banner(self):
        sizes = {"short": 20, "long": 5000}

        def begin(name, lines):
            self.logs[name].path.write_bytes(BANNER % (b"x" * sizes[name]))
            self.logs[name].append(lines)

        def rotate_three_times():
            for name, log in self.logs.items():
                for number in range(3):
                    log.append(5)
                    log.path.rename(f"{log.path}.{3 - number}")  # the youngest is .1
                    begin(name, 5)
        for name in sizes:
            self.add_log(name)
            begin(name, 20)
        self.start()
        self.while_stopped(rotate_three_times)
        self.stay_exact()

    def test_three_live_logs_that_begin_with_the_same_line(self):
        log = self.add_log("workers", "worker.log*")
        paths = [log.directory / f"worker.log{suffix}" for suffix in ("", ".1", ".2")]

        def write():
            for path in paths:
                log.append(5, path)
        for path in paths:
            path.write_bytes(BANNER % (b"x" * 5000))
        write()
        self.start()
        for change in (self.while_running, self.while_stopped, self.while_running):
            change(write)
        self.stay_exact(6)

    def test_twenty_logs_of_a_directory_are_rotated_at_once(self):
        """The service writes to the old ones for a while, and opens all of them again at the end."""
        log = self.add_log("many", "*.log")
        paths = [log.directory / f"{number}.log" for number in range(20)]
        files = [open(path, "ab", buffering=0) for path in paths]  # noqa: SIM115

        def write():
            for file in files:
                file.write(log.lines(2))
        write()
        self.start()
        for path in paths:
            path.rename(f"{path}.1")
            time.sleep(0.03)
        write()
        self.wait_for_all()
        time.sleep(6.5)  # longer than the agent waits for a rotated file that has a successor
        write()
        for file in files:
            file.close()
        files = [open(path, "ab", buffering=0) for path in paths]  # noqa: SIM115
        write()
        for file in files:
            file.close()
        self.stay_exact()

    def test_files_that_are_written_after_they_were_over(self):
        """A rotated file that was silent for longer than its end is waited for, and a deleted one, also after a reload."""
        rotated, deleted = self.add_log("rotated"), self.add_log("deleted")
        files = {log: open(log.path, "ab", buffering=0) for log in (rotated, deleted)}  # noqa: SIM115
        for file in files.values():
            self.addCleanup(file.close)

        def write():
            for log, file in files.items():
                file.write(log.lines(5))
        write()
        self.start()
        rotated.path.rename(f"{rotated.path}.1")
        rotated.append(1)
        deleted.path.unlink()
        (deleted.directory / "other").touch()  # an empty directory may be a place to mount at
        self.while_running(write)
        self.agent.process.send_signal(signal.SIGHUP)
        time.sleep(7)
        self.while_running(write)
        self.agent.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        self.while_running(write)
        # A start finds no name that leads to the deleted one, so that more may have been written to it.
        self.stay_exact(named={("deleted", "file_missing"): 1})

    def test_what_is_written_before_the_first_line_from_the_end(self):
        """`start = "end"`, nothing was read in the first run, and lines come while the agent is down."""
        log = self.add_log("app", options='start = "end"')
        log.path.write_bytes(b'{"n": 1000000}\n')
        self.start()
        self.while_stopped(lambda: log.append(10))
        self.stay_exact()

    def test_copies_of_truncated_logs_with_any_name(self):
        names = {"dated": "app-20261128.log", "pm2": "app-out__2026-11-28.log", "number": "app.1.log", "old": "app.log.old"}
        for name in names:
            self.add_log(name, "*.log*").append(50)

        def copy():
            for name, log in self.logs.items():
                shutil.copyfile(log.path, log.directory / names[name])

        def truncate():
            for log in self.logs.values():
                os.truncate(log.path, 0)
                log.append(5)
        self.start()
        copy()
        for log in self.logs.values():
            log.append(1)
        self.wait_for_all()  # those lines are in no copy
        self.while_running(truncate)

        def rotate():
            copy()
            truncate()
        self.while_stopped(rotate)
        self.stay_exact(6)

    def test_what_becomes_of_a_rotated_log_while_stopped(self):
        def compress(log):
            with gzip.open(f"{log.path}.1.gz", "wb") as file:
                file.write(log.path.read_bytes())
            log.path.unlink()

        def move(log, name):
            target = log.directory / name
            target.parent.mkdir(exist_ok=True)
            log.path.rename(target)

        def copy_twice(log):
            for number in (2, 1):
                log.append(5)
                shutil.copyfile(log.path, f"{log.path}.{number}")
                os.truncate(log.path, 0)
                log.append(5)
        fates = {"compressed": compress, "archived": lambda log: move(log, "archive/app.log.1"),
                 "renamed": lambda log: move(log, "app.1.log"), "old": lambda log: move(log, "app.log.old"),
                 "copied_twice": copy_twice}
        for name in fates:
            self.add_log(name, "app.log").append(50)

        def rotate():
            for name, log in self.logs.items():
                log.append(10)
                fates[name](log)
                log.append(5)
        self.start()
        self.while_stopped(rotate)
        self.stay_exact(6)


if __name__ == "__main__":
    unittest.main()
