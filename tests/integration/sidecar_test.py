"""A life as a sidecar: probes, the last scrape, a ConfigMap that changes, a job that ends, and a service
manager."""

import os
import pathlib
import signal
import socket
import subprocess
import time
import unittest

import harness
from command import leeway
from sidecar import Sidecar


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


class VersionTest(unittest.TestCase):
    def test_is_the_same_as_flag_and_as_command(self):
        flag, command = leeway("--version"), leeway("version")
        self.assertEqual((0, ""), (flag.returncode, flag.stderr))
        self.assertEqual(flag.stdout, command.stdout)
        self.assertRegex(flag.stdout, r"^leeway \d+\.\d+\.\d+( \(revision .+\))?\n$")


if __name__ == "__main__":
    unittest.main()
