"""A life as a sidecar: probes, the last scrape, a ConfigMap that changes, a job that ends, a service manager, and files
that the agent may not read."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import harness

NOBODY = 65534


def leeway(*arguments, **options):
    return subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


class Sidecar(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def agent(self, *arguments, config=harness.CONFIG):
        agent = harness.Agent(self.directory, config, arguments)
        self.addCleanup(agent.close)
        return agent

    def service(self, seed=1):
        service = harness.Service(self.directory, seed)
        self.addCleanup(service.close)
        return service

    def wait_for_message(self, agent, text):
        harness.wait_until(lambda: text in agent.messages(), f"the message '{text}' in\n{agent.messages()}")


class ProbeTest(Sidecar):
    def test_tells_a_healthy_agent_from_none(self):
        agent = self.agent()
        address = f"http://127.0.0.1:{agent.port}"
        done = leeway("probe", address)
        self.assertEqual(1, done.returncode)
        self.assertEqual(f"{address}: Connection refused\n", done.stderr)
        agent.start_and_wait()
        for url in (address, address + "/-/ready", f"http://localhost:{agent.port}/metrics"):
            done = leeway("probe", url)
            self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr), url)
        done = leeway("probe", address + "/none")
        self.assertEqual((1, f"{address}/none: 404 not found\n"), (done.returncode, done.stderr))

    def web_agent(self, more):
        """An agent with TLS and a certificate that nobody has signed."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.directory / "key.pem", "-out", self.directory / "cert.pem", "-subj", "/CN=leeway",
                        "-days", "2"], check=True, capture_output=True)
        web = self.directory / "web.yml"
        web.write_text("tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n" + more)
        agent = self.agent("--web.config.file", web)
        agent.start()
        harness.wait_until(lambda: harness.answers(agent.port), f"the agent to answer\n{agent.messages()}")
        return agent

    def test_asks_by_tls_what_wants_a_password_or_a_certificate(self):
        user = "basic_auth_users:\n  someone: $2y$10$WhYJ1rVZ5JXDbWp5R0aY4uoP0cTn6rbMHC5M2r3c9S8nsmyw3L7yu\n"
        client = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: cert.pem\n"
        for more in ("", user, client):
            with self.subTest(more=more):
                agent = self.web_agent(more)
                done = leeway("probe", f"https://localhost:{agent.port}")
                self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertEqual(1, leeway("probe", f"http://localhost:{agent.port}").returncode)
                agent.kill()
                self.assertEqual(1, leeway("probe", f"https://localhost:{agent.port}").returncode)

    def test_refuses_what_is_no_url(self):
        for url in ("localhost", "http://localhost:65536", "http://localhost:85408", "http://localhost:0",
                    "http://user:secret@localhost:9464", "ftp://localhost"):
            done = leeway("probe", url)
            self.assertEqual(2, done.returncode, url)
            self.assertIn(f"malformed URL '{url}'; expected http://HOST:PORT", done.stderr)

    def test_says_that_a_server_does_not_speak_tls(self):
        agent = self.agent()
        agent.start_and_wait()
        self.assertEqual(0, leeway("probe", f"HTTP://localhost:{agent.port}").returncode)
        done = leeway("probe", f"https://localhost:{agent.port}")
        self.assertEqual((1, f"https://localhost:{agent.port}: the server does not speak TLS; expected http://\n"),
                         (done.returncode, done.stderr))

    def test_does_not_wait_for_a_hanging_agent(self):
        agent = self.agent()
        agent.start_and_wait()
        agent.process.send_signal(signal.SIGSTOP)
        try:
            done = leeway("probe", f"http://127.0.0.1:{agent.port}")
        finally:
            agent.process.send_signal(signal.SIGCONT)
        self.assertEqual(1, done.returncode)
        self.assertIn("timed out", done.stderr)


class LingerTest(Sidecar):
    """Another program's count of lines is the expected value of the last scrape."""

    def test_the_last_scrape_after_the_signal_has_every_line(self):
        agent = self.agent("--shutdown.linger", "60s")
        service = self.service()
        agent.start_and_wait()
        service.write(500)
        agent.process.send_signal(signal.SIGTERM)
        self.wait_for_message(agent, "waiting at most 1m")
        service.write(300)  # the service ends after the signal, as its own shutdown may take a while
        self.assertEqual(800, harness.events(agent.scrape()))
        self.assertEqual(0, agent.process.wait(timeout=10))
        self.assertIn("the last values were scraped", agent.messages())

    def test_probes_are_no_scrapes(self):
        agent = self.agent("--shutdown.linger", "60s")
        agent.start_and_wait()
        agent.process.send_signal(signal.SIGTERM)
        self.wait_for_message(agent, "waiting at most 1m")
        for path in ("/-/healthy", "/-/ready", "/api/v1/status", "/"):
            self.assertEqual(200, agent.request("GET", path)[0])
        agent.request("HEAD", "/metrics")
        self.assertIsNone(agent.process.poll())
        agent.scrape()
        self.assertEqual(0, agent.process.wait(timeout=10))

    def test_says_that_nobody_has_scraped(self):
        agent = self.agent("--shutdown.linger", "300ms")
        agent.start_and_wait()
        agent.process.send_signal(signal.SIGTERM)
        self.assertEqual(0, agent.process.wait(timeout=10))
        self.assertIn("nobody has scraped the last values within 300ms", agent.messages())

    def test_a_second_signal_ends_it(self):
        agent = self.agent("--shutdown.linger", "1h")
        agent.start_and_wait()
        agent.process.send_signal(signal.SIGTERM)
        self.wait_for_message(agent, "waiting at most 1h")
        agent.process.send_signal(signal.SIGTERM)
        self.assertEqual(0, agent.process.wait(timeout=10))

    def test_refuses_what_is_no_duration(self):
        for flag in ("--shutdown.linger", "--until-idle"):
            agent = self.agent(flag, "soon")
            agent.start()
            self.assertEqual(2, agent.process.wait(timeout=10))
            self.assertIn(f"{flag} 'soon': expected a duration such as 20s", agent.messages())

    def test_refuses_what_would_be_off_by_mistake(self):
        for arguments in (["--until-idle", ""], ["--until-idle", "0s"], ["--web.config.file", ""]):
            done = leeway("run", "--config.file", self.agent().config, *arguments)
            self.assertEqual(2, done.returncode, arguments)
            self.assertIn(arguments[0], done.stderr)


class FiniteServiceTest(Sidecar):
    def test_a_job_is_read_to_its_end_and_scraped(self):
        service = self.service()
        service.write(5000)
        agent = self.agent("--until-idle", "1s", "--shutdown.linger", "60s")
        agent.start_and_wait()
        self.wait_for_message(agent, "nothing was read for 1s: stopping")
        self.wait_for_message(agent, "waiting at most 1m")
        self.assertEqual(5000, harness.events(agent.scrape()))
        self.assertEqual(0, agent.process.wait(timeout=10))

    def test_goes_on_as_long_as_something_is_written(self):
        service = self.service()
        agent = self.agent("--until-idle", "1500ms")
        agent.start_and_wait()
        for _ in range(8):
            service.write(1)
            time.sleep(0.5)
            self.assertIsNone(agent.process.poll(), agent.messages())
        self.assertEqual(0, agent.process.wait(timeout=20))

    def test_without_state_an_unfinished_last_line_counts_as_in_a_replay(self):
        (self.directory / "app.log").write_text('{"code": 200, "ms": 1}\n{"code": 200, "ms": 1}')
        agent = self.agent("--until-idle", "1s", "--shutdown.linger", "60s",
                           config=harness.CONFIG.replace("[agent]\nstate_dir", "[agent]\n#"))
        agent.start_and_wait()
        self.wait_for_message(agent, "waiting at most 1m")
        self.assertEqual(2, harness.events(agent.scrape()))
        self.assertEqual(0, agent.process.wait(timeout=10))

    def test_does_not_call_it_well_if_there_was_nothing(self):
        agent = self.agent("--until-idle", "300ms")
        agent.start()
        self.assertEqual(1, agent.process.wait(timeout=20))
        self.assertIn("no record was read; expected files that match", agent.messages())

    def test_what_an_earlier_run_has_read_does_not_count_for_this_one(self):
        self.service().write(10)
        for expected in (0, 1):
            agent = self.agent("--until-idle", "300ms")
            agent.start()
            self.assertEqual(expected, agent.process.wait(timeout=20), agent.messages())

    def test_replay_replaces_a_file_that_others_may_read(self):
        service = self.service()
        service.write(40)
        output = self.directory / "leeway.prom"
        output.write_text("old\n")
        config = self.agent().config
        done = leeway("replay", "--config.file", config, "--output", output, umask=0o022)
        self.assertEqual((0, ""), (done.returncode, done.stdout), done.stderr)
        self.assertEqual(40, harness.events(harness.exposition.parse_samples(output.read_text())))
        self.assertEqual(0o644, output.stat().st_mode & 0o777)
        self.assertEqual([output], list(self.directory.glob("*.prom*")))

    def test_replay_replaces_what_a_link_leads_to_and_nothing_but_files(self):
        self.service().write(40)
        config = self.agent().config
        target, link, fifo = (self.directory / name for name in ("real.prom", "link.prom", "fifo"))
        target.write_text("old\n")
        link.symlink_to(target.name)
        self.assertEqual(0, leeway("replay", "--config.file", config, "--output", link).returncode)
        self.assertTrue(link.is_symlink())
        self.assertIn("requests_total", target.read_text())
        os.mkfifo(fifo)
        for other in (fifo, self.directory, "/dev/null"):
            done = leeway("replay", "--config.file", config, "--output", other)
            self.assertEqual(74, done.returncode)
            self.assertIn(f"{other}: is not a regular file; expected one that can be replaced\n", done.stderr)
        self.assertTrue(fifo.is_fifo() and pathlib.Path("/dev/null").is_char_device())

    def test_what_cannot_be_printed_is_an_error(self):
        self.service().write(1)
        config = self.agent().config
        for command in (["check", "--config.file", config], ["completion", "bash"], ["formats"], ["schema"], ["version"],
                        ["--version"],
                        ["--help"], ["replay", "--config.file", config]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([harness.LEEWAY, *map(str, command)], stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(74, done.returncode, command)

    def test_replay_keeps_the_file_if_an_input_cannot_be_read(self):
        output = self.directory / "leeway.prom"
        output.write_text("old\n")
        done = leeway("replay", "--config.file", self.agent().config, "--output", output)
        self.assertEqual(74, done.returncode)
        self.assertEqual("old\n", output.read_text())


class ConfigWatchTest(Sidecar):
    """A directory as the kubelet mounts a ConfigMap: every file is a link through `..data`, which is switched."""

    def mount(self, number, text):
        version = self.directory / "mounted" / f"..{number}"
        version.mkdir(parents=True)
        (version / "leeway.toml").write_text(text)
        fresh = self.directory / "mounted" / "..data_tmp"
        fresh.symlink_to(version.name)
        fresh.rename(self.directory / "mounted" / "..data")
        link = self.directory / "mounted" / "leeway.toml"
        if not link.is_symlink():
            link.symlink_to("..data/leeway.toml")
        return link

    def test_a_config_map_is_taken_over_and_a_broken_one_is_not(self):
        text = harness.CONFIG.format(directory=self.directory)
        agent = self.agent("--config.watch")
        agent.config = self.mount(1, text)
        service = self.service()
        service.write(10)
        agent.start_and_wait()
        self.mount(2, text.replace("requests_total", "seen_total"))
        self.wait_for_message(agent, "configuration reloaded")
        samples = agent.scrape()
        self.assertIn(("seen_total", (("code", "200"),)), samples)
        self.assertEqual(10, harness.events(samples))

        self.mount(3, text.replace('type = "counter"', 'type = "conter"'))
        self.wait_for_message(agent, "reload failed, the old configuration stays in use")
        self.assertIn("expected", agent.messages())
        service.write(5)
        samples = agent.scrape()
        self.assertEqual(15, harness.events(samples))
        self.assertEqual(0, samples[("leeway_config_last_reload_successful", ())])
        self.assertEqual(1, agent.messages().count("reload failed"))

        self.mount(4, text)
        harness.wait_until(lambda: agent.scrape()[("leeway_config_last_reload_successful", ())] == 1, "a good reload")
        self.assertEqual(15, harness.events(agent.scrape()))

    def test_included_files_are_watched_and_other_files_are_not(self):
        (self.directory / "part.toml").write_text('[[metric]]\nname = "a_total"\ntype = "counter"\n')
        agent = self.agent("--config.watch", config='include = ["part.toml"]\n' + harness.CONFIG)
        self.service().write(3)
        agent.start_and_wait()
        (self.directory / "other.toml").write_text("a = 1\n")
        agent.config.write_text(agent.config.read_text())  # the same text again
        (self.directory / "part.toml").write_text('[[metric]]\nname = "b_total"\ntype = "counter"\n')
        self.wait_for_message(agent, "configuration reloaded")
        self.assertIn(("b_total", ()), agent.scrape())
        self.assertEqual(1, agent.messages().count("the configuration has changed"))


class ServiceManagerTest(Sidecar):
    def test_is_told_how_the_agent_is(self):
        path = self.directory / "notify"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(path))
        manager.settimeout(20)
        agent = self.agent()
        os.environ.update(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="600000")
        try:
            agent.start()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        self.assertEqual(b"READY=1", manager.recv(1000))
        self.assertTrue(agent.answers())
        alive = [manager.recv(1000) for _ in range(3)]
        for state in alive:
            self.assertRegex(state, rb"^WATCHDOG=1\nSTATUS=0 records read, 0 B not yet read$")
        agent.process.send_signal(signal.SIGSTOP)  # a writer that hangs says nothing
        manager.settimeout(1)
        with self.assertRaises(TimeoutError):
            while manager.recv(1000):
                pass
        agent.process.send_signal(signal.SIGCONT)
        agent.process.send_signal(signal.SIGTERM)
        while manager.recv(1000) != b"STOPPING=1":
            pass
        self.assertEqual(0, agent.process.wait(timeout=10))


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


class VersionTest(unittest.TestCase):
    def test_is_the_same_as_flag_and_as_command(self):
        flag, command = leeway("--version"), leeway("version")
        self.assertEqual((0, ""), (flag.returncode, flag.stderr))
        self.assertEqual(flag.stdout, command.stdout)
        self.assertRegex(flag.stdout, r"^leeway \d+\.\d+\.\d+( \(revision .+\))?\n$")


if __name__ == "__main__":
    unittest.main()
