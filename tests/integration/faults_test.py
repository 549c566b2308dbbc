"""An agent whose calls fail for a moment, and one whose state directory is taken away, with real files."""

import errno
import os
import pathlib
import shutil
import subprocess
import unittest

import harness
import real_logs

FAILURES = ("leeway_checkpoint_failures_total", ())


class FaultsTest(real_logs.RealLogsTest):
    def add_logs(self):
        for name, pattern in (("narrow", "app.log"), ("wide", "app.log*")):
            self.add_log(name, pattern, self.directory / "logs" / name).append(20)

    def test_one_call_of_a_start_after_a_rotation_fails(self):
        """Each of the first calls in turn, with each error: what could not be examined is no reason to conclude anything."""
        self.add_logs()
        library = self.directory / "faulty_calls.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, pathlib.Path(__file__).parent / "faulty_calls.c", "-ldl"],
                       check=True)
        self.start()
        for error in (errno.EMFILE, errno.EIO, errno.EACCES):
            for call in range(1, 13):
                self.agent.terminate()
                for log in self.logs.values():
                    log.append(3)
                    log.path.rename(f"{log.path}.{error}-{call}")
                    log.append(2)
                faults = {"LD_PRELOAD": str(library), "FAULT_BELOW": f"{self.directory}/logs", "FAULT_AT": str(call),
                          "FAULT_ERROR": str(error), "FAULT_DONE": f"{self.directory}/failed-{error}-{call}"}
                os.environ.update(faults)
                try:
                    self.agent.start_and_wait_for_port()
                finally:
                    for name in faults:
                        del os.environ[name]
                self.wait_for_all()
                self.assertTrue(os.path.exists(faults["FAULT_DONE"]))
        self.stay_exact()

    def test_the_state_directory_is_removed_while_running(self):
        """Saving into nothing is a failure, told, and it goes on in a new directory: a kill and a rotation change nothing."""
        self.add_logs()
        self.start()
        shutil.rmtree(self.directory / "state")
        for log in self.logs.values():
            log.append(5)
        self.wait_for_all()
        harness.wait_until(lambda: self.agent.scrape()[FAILURES] > 0, "a failure to be counted")
        self.assertIn("state", self.agent.messages())
        harness.wait_until(lambda: (self.directory / "state").is_dir(), "a new state directory")
        self.wait_for_all()
        self.agent.kill()
        for log in self.logs.values():
            log.path.rename(f"{log.path}.1")
            log.append(4)
        self.agent.start_and_wait()
        self.stay_exact()

    def test_a_second_agent_does_not_start_where_the_lock_was_removed(self):
        self.add_logs()
        self.start()
        (self.directory / "state/lock").unlink()
        for log in self.logs.values():
            log.append(1)
        harness.wait_until((self.directory / "state/lock").exists, "the lock to be there again")
        second = subprocess.run([harness.LEEWAY, "run", "--config.file", self.agent.config, "--web.listen-address",
                                 f"127.0.0.1:{harness.free_port()}"], capture_output=True, text=True, timeout=30)
        self.assertEqual(74, second.returncode, second.stderr)
        self.stay_exact()


if __name__ == "__main__":
    unittest.main()
