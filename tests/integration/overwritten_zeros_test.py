"""Logs on a real file system whose lines overwrite zeros: they are preallocated, or mapped and extended by regions. Every line is
counted once; what stays zero is named when the log is over."""

import itertools
import mmap
import os
import subprocess
import time
import unittest

import harness
import real_logs

REGION = 64 * 1024
ALLOCATED = 1 << 20


class OverwrittenZerosTest(real_logs.RealLogsTest):
    def test_a_log_that_is_preallocated(self):
        """Its lines overwrite zeros. Those that are left when the log was rotated and is over are named."""
        allocations = {
            "fallocate": lambda log, file: os.posix_fallocate(file, 0, ALLOCATED),
            "keep_size": lambda log, file: subprocess.run(["fallocate", "--keep-size", "--length", str(ALLOCATED), log.path],
                                                          check=True),
            "zeros": lambda log, file: os.pwrite(file, bytes(ALLOCATED), 0),
            "ftruncate": lambda log, file: os.ftruncate(file, ALLOCATED),
        }
        files = {}
        for name, allocate in allocations.items():
            log = self.add_log(name)
            files[name] = os.open(log.path, os.O_RDWR | os.O_CREAT, 0o644)
            self.addCleanup(os.close, files[name])
            allocate(log, files[name])

        def write():
            for name, log in self.logs.items():
                os.write(files[name], log.lines(100))
        self.start()
        for _ in range(2):
            self.while_running(write)
            self.while_running(write)
            self.while_stopped(write)
        self.stay_exact()
        zeros = {name: ALLOCATED - os.lseek(file, 0, os.SEEK_CUR) for name, file in files.items()}
        del zeros["keep_size"]
        for log in self.logs.values():
            log.path.rename(f"{log.path}.1")
            log.append(10)
        named = {(name, "nul"): size for name, size in zeros.items()}
        harness.wait_until(lambda: self.named() == named, f"{named}", 15)
        self.stay_exact(named=named)

    def test_an_unfinished_line_before_zeros_is_waited_for(self):
        """As written through a buffer, which ends within a line."""
        files = {}
        for size, count in itertools.product((16, 4096, 32768), (10, 50)):
            log = self.add_log(f"kb_{size}_{count}_lines")
            files[log] = os.open(log.path, os.O_RDWR | os.O_CREAT, 0o644)
            self.addCleanup(os.close, files[log])
            os.ftruncate(files[log], size * 1024)
            os.write(files[log], log.lines(count))
        self.start()
        lines = {log: log.lines(3) for log in files}
        for log, file in files.items():
            os.write(file, lines[log][:-15])
        time.sleep(1.5)  # it is read
        for log, file in files.items():
            os.write(file, lines[log][-15:])
        self.stay_exact()

    def open_mapped(self, flushes):
        file = MappedFile(self.logs["app"].path, flushes)
        self.addCleanup(file.close)
        return file

    def test_a_mapped_log_is_extended_by_regions_and_cut_at_close(self):
        log = self.add_log("app")
        file = self.open_mapped(flushes=True)  # log4j2's default
        file.write(log.lines(100))
        before = log.path.stat().st_mtime_ns
        time.sleep(0.02)
        file.write(log.lines(1))
        if log.path.stat().st_mtime_ns == before:
            self.skipTest("this file system (tmpfs?) does not change the time of a file at msync()")
        self.start()
        for _ in range(3):
            self.while_running(lambda: file.write(log.lines(1)))
        self.while_running(lambda: file.write(log.lines(4000)))  # more than one region
        self.while_stopped(lambda: file.write(log.lines(50)))
        self.assertGreater(log.path.stat().st_size, file.end)
        file.close()
        self.assertEqual(log.path.stat().st_size, file.end)
        self.stay_exact()
        again = self.open_mapped(flushes=True)  # the service starts again, behind what is there
        self.while_running(lambda: again.write(log.lines(5)))

        def end():
            again.write(log.lines(5))
            again.close()
        self.while_stopped(end)
        self.stay_exact()

    def test_lines_of_a_mapped_log_that_is_not_flushed_are_counted_while_it_is_open(self):
        self.write_unflushed()
        self.wait_for_all(seconds=5)

    def test_lines_of_a_mapped_log_that_is_not_flushed_are_counted_when_it_is_closed(self):
        self.write_unflushed().close()
        self.stay_exact()

    def write_unflushed(self):
        """A log whose last line was written, after the others were counted, to a page that is not on the disk yet."""
        log = self.add_log("app")
        file = self.open_mapped(flushes=False)
        file.write(log.lines(100))
        self.start()
        file.write(log.lines(1))
        return file


class MappedFile:
    """As log4j2's MemoryMappedFileAppender: maps regions, for each of which it extends the file; cuts the file at close."""

    def __init__(self, path, flushes):
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.flushes = flushes
        self.end = os.fstat(self.file).st_size
        self.map_at_end()

    def map_at_end(self):
        self.start = self.end // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        os.ftruncate(self.file, self.start + REGION)
        self.map = mmap.mmap(self.file, REGION, offset=self.start)

    def write(self, text):
        while text:
            at = self.end - self.start
            part, text = text[:REGION - at], text[REGION - at:]
            self.map[at:at + len(part)] = part
            self.end += len(part)
            if self.flushes:
                self.map.flush()
            if text:
                self.map.close()
                self.map_at_end()

    def close(self):
        if not self.map.closed:
            self.map.close()
            os.ftruncate(self.file, self.end)
            os.close(self.file)


if __name__ == "__main__":
    unittest.main()
