"""Logs that are edited, or replaced by a longer version, in real directories: lines that were counted are not counted again, or
that they may have been is named, as collectors/tail/ROTATION.md says."""

import os
import shutil
import subprocess
import time
import unittest

import harness
import real_logs


class EditedLogTest(real_logs.RealLogsTest):
    def test_a_log_that_is_edited_by_sed(self):
        """It writes another file and moves it into the place of the log. Whether the last line is gone or was changed cannot
        be told once there is a next one: that is counted, and the edit is named."""
        for name, pattern in (("narrow", "app.log"), ("wide", "app.log*"), ("all", "*")):
            self.add_log(name, pattern).append(50)

        def run_sed(script):
            for log in self.logs.values():
                inode = log.path.stat().st_ino
                subprocess.run(["sed", "-i", script, log.path], check=True)
                self.assertNotEqual(inode, log.path.stat().st_ino)

        def append():
            for log in self.logs.values():
                log.append(1)

        def edit(script):
            run_sed(script)
            append()

        def versions_seen():
            return self.agent.messages().count("was written anew")
        self.start()
        for change in (self.while_running, self.while_stopped, self.while_running):
            change(lambda: edit("s/secret/xxxxxx/"))
        self.while_running(append)  # the log does not say the same again within a minute
        seen = versions_seen()
        run_sed("$d")  # the last line, which was counted
        harness.wait_until(lambda: versions_seen() == seen + len(self.logs), "the shorter logs to be seen")
        self.while_running(append)
        self.assertEqual({}, self.named())
        self.while_stopped(lambda: edit("$d"))
        self.stay_exact(named={(name, "rewritten"): 1 for name in self.logs})

    def test_a_log_whose_last_line_is_cut_off(self):
        """In place, and a line appended: counted once, but each edit is named."""
        for name, pattern in (("narrow", "app.log"), ("wide", "app.log*")):
            self.add_log(name, pattern).append(50)

        def edit():
            for log in self.logs.values():
                last = log.path.read_bytes().splitlines(keepends=True)[-1]
                os.truncate(log.path, log.path.stat().st_size - len(last))
                log.append(1)
        self.start()
        for change in (self.while_stopped, self.while_running, self.while_stopped):
            change(edit)
        self.stay_exact(named={(name, "rewritten"): 3 for name in self.logs})

    def test_a_log_that_is_replaced_by_a_longer_version(self):
        """As rsync does it: a hidden file beside it gets the content of the source, and is moved into its place."""
        def source(log):
            return log.directory.with_suffix(".source")

        def replace():
            for log in self.logs.values():
                log.append(10, source(log))
                temporary = log.directory / ".app.log.Xy12Zw"
                with open(source(log), "rb") as original, open(temporary, "wb", buffering=0) as file:
                    while block := original.read(700):  # it may be seen when it is half written
                        file.write(block)
                shutil.copystat(source(log), temporary)
                temporary.rename(log.path)
        for name, pattern in (("narrow", "app.log"), ("wide", "app.log*"), ("all", "*")):
            self.add_log(name, pattern)
        for log in self.logs.values():
            log.append(50, source(log))
            shutil.copyfile(source(log), log.path)
        self.start()
        for change in (self.while_running, self.while_running, self.while_stopped):
            change(replace)
        self.stay_exact()

    def test_that_edited_lines_were_counted_twice_is_named(self):
        """An edited line cannot be told from a new one: it is counted, and those behind it again."""
        edits = {"last": "$s/line/LINE/", "near_end": "45s/line/LINE/", "early": "20s/line/LINE/"}
        for way in ("moved", "in_place"):
            for place in edits:
                self.add_log(f"{place}_{way}").append(50)
        self.start()
        for name, log in self.logs.items():
            place, way = name.split("_", 1) if not name.startswith("near") else ("near_end", name.removeprefix("near_end_"))
            edited = subprocess.run(["sed", edits[place], log.path], capture_output=True, check=True).stdout
            if way == "moved":
                temporary = log.directory / "sedA1b2C3"
                temporary.write_bytes(edited)
                temporary.rename(log.path)
            else:
                with open(log.path, "r+b") as file:
                    file.write(edited)
            log.append(1)
        time.sleep(6)  # all waits of the tail are shorter
        doubtful = {name for name, (counted, written) in self.wrong().items() if counted != written}
        named = {name for name, _ in self.named()}
        self.assertEqual(set(), doubtful - named, f"{self.wrong()}\n{self.agent.messages()}")


if __name__ == "__main__":
    unittest.main()
