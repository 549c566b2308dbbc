"""Files, directories and volumes that the agent may not read or write."""

import os
import pathlib
import subprocess
import unittest

import harness
from sidecar import Sidecar

NOBODY = 65534


@unittest.skipIf(os.geteuid() != 0, "needs root, to run the agent as another user")
class DeniedTest(Sidecar):
    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        (self.directory / "state").mkdir()
        os.chown(self.directory / "state", NOBODY, NOBODY)

    def start_as_nobody(self, agent, groups=()):
        command = [harness.LEEWAY, "run", "--config.file", str(agent.config), "--web.listen-address",
                   f"127.0.0.1:{agent.port}", *agent.arguments]
        agent.process = subprocess.Popen(command, stdout=agent.log, stderr=agent.log, user=NOBODY, group=NOBODY,
                                         extra_groups=list(groups))

    def unreadable(self, agent):
        return agent.scrape().get(("leeway_source_unreadable_files", (("source", "app"),)), 0)

    def test_a_file_says_whose_it_is_and_what_to_change_until_it_can_be_read(self):
        service = self.service()
        service.write(7)
        os.chown(service.path, 12345, 54321)
        service.path.chmod(0o640)
        agent = self.agent()
        self.start_as_nobody(agent)
        self.wait_for_message(agent, f"source 'app': '{service.path}' is not read: cannot open '{service.path}': "
                              f"Permission denied; '{service.path}' has mode 0640 and belongs to 12345:54321, the agent "
                              "runs as 65534:65534; allow it (chmod, umask of the writer) for one of its groups, or give "
                              "the agent group 54321 (SupplementaryGroups= of systemd, fsGroup of Kubernetes)")
        self.assertEqual(1, self.unreadable(agent))
        self.assertEqual(1, agent.messages().count("is not read"))
        service.path.chmod(0o644)
        harness.wait_until(lambda: harness.events(agent.scrape()) == 7, "the lines to be read")
        self.assertEqual(0, self.unreadable(agent))

    def test_the_group_that_it_names_is_the_remedy(self):
        service = self.service()
        service.write(7)
        os.chown(service.path, 12345, 54321)
        service.path.chmod(0o640)
        agent = self.agent()
        self.start_as_nobody(agent, groups=[54321])
        harness.wait_until(lambda: agent.ready() and harness.events(agent.scrape()) == 7, "the lines to be read")

    def test_a_directory_on_the_way_is_named_and_counted(self):
        closed = self.directory / "closed"
        closed.mkdir()
        for pattern in ("app.log", "*.log"):
            with self.subTest(pattern=pattern):
                closed.chmod(0o700)
                agent = self.agent(config=harness.CONFIG.replace("{directory}/app.log*", f"{closed}/{pattern}"))
                self.start_as_nobody(agent)
                self.wait_for_message(agent, f"'{closed}' has mode 0700 and belongs to 0:0, the agent runs as 65534:65534")
                harness.wait_until(agent.answers, "the agent to answer")
                self.assertEqual(1, self.unreadable(agent))
                closed.chmod(0o755)
                harness.wait_until(lambda agent=agent: self.unreadable(agent) == 0, "the directory to be read")
                agent.kill()

    def test_a_state_directory_that_belongs_to_another_ends_the_start(self):
        os.chown(self.directory / "state", 0, 0)
        (self.directory / "state").chmod(0o700)
        agent = self.agent()
        self.start_as_nobody(agent)
        self.assertEqual(74, agent.process.wait(timeout=10))
        self.assertIn(f"'{self.directory}/state' has mode 0700 and belongs to 0:0, the agent runs as 65534:65534",
                      agent.messages())


@unittest.skipIf(os.geteuid() != 0, "needs root, to mount")
class VolumeTest(Sidecar):
    """State on a volume as containers have it, in a mount namespace of the agent's own."""

    def start_with_volume(self, agent, options, prepare="true"):
        state = self.directory / "state"
        state.mkdir(exist_ok=True)
        script = f'mount -t tmpfs -o {options} tmpfs {state} && {prepare} && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, "sh", harness.LEEWAY, "run", "--config.file", agent.config,
                   "--web.listen-address", f"127.0.0.1:{agent.port}"]
        agent.process = subprocess.Popen(list(map(str, command)), stdout=agent.log, stderr=agent.log)

    def test_a_read_only_volume_ends_the_start(self):
        agent = self.agent()
        self.start_with_volume(agent, "ro")
        self.assertEqual(74, agent.process.wait(timeout=10))
        self.assertIn("Read-only file system; mount a writable volume there", agent.messages())

    def test_with_a_full_volume_nothing_is_shown_that_is_not_saved(self):
        agent = self.agent()
        service = self.service()
        service.write(9)
        self.start_with_volume(agent, "size=1m", f"head -c 1048576 /dev/zero > {self.directory}/state/full")
        harness.wait_until(agent.answers, "the agent to answer")
        samples = agent.scrape()
        self.assertEqual(0, harness.events(samples))
        self.assertLess(0, samples[("leeway_checkpoint_failures_total", ())])
        self.assertIn("No space left on device", agent.messages())
        pathlib.Path(f"/proc/{agent.process.pid}/root{self.directory}/state/full").unlink()
        harness.wait_until(lambda: harness.events(agent.scrape()) == 9, "the lines to be counted")
        self.assertEqual(0, agent.terminate()[0])

    def test_a_second_agent_on_the_same_volume_is_refused(self):
        first = self.agent()
        first.start_and_wait()
        second = harness.Agent(self.directory)
        self.addCleanup(second.close)
        second.start()
        self.assertEqual(74, second.process.wait(timeout=10))
        self.assertIn("another process", second.messages())


if __name__ == "__main__":
    unittest.main()
