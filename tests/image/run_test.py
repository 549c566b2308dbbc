"""The image, run as a careful operator runs it: who it runs as, that its counters equal the lines that were written, and
what it says when something is missing."""

import os
import pathlib
import re
import tempfile
import unittest

import containers
from containers import ROOT, Container, image, image_parquet, podman, run
from parquet_test import write_scores

CONFIG = """
[[source]]
name = "app"
type = "log"
path = "/var/log/app/{pattern}"
format = "json"

[[metric]]
name = "lines_total"
type = "counter"
help = "Lines."

[[metric]]
name = "numbers_total"
type = "counter"
help = "Sum of the numbers in them."
value = "n"
"""
PARQUET_CONFIG = """
[[source]]
name = "scores"
type = "file"
path = "/var/log/app/*.parquet"
format = "parquet"

[[metric]]
name = "scores_total"
type = "counter"
help = "Scores by decision."
labels = ["decision"]
"""


def setUpModule():
    containers.store = containers.Store()
    unittest.addModuleCleanup(containers.store.close)
    reason = containers.why_no_containers()
    if reason:
        print(f"NOT TESTED: this machine cannot run the image: {reason}", flush=True)


class ContainerTest(unittest.TestCase):
    """Starts containers, for the tests below."""

    def setUp(self):
        reason = containers.why_no_containers()
        if reason:
            self.skipTest(reason)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = pathlib.Path(folder.name)
        self.directory.chmod(0o755)
        self.logs = self.directory / "logs"
        self.logs.mkdir()
        self.configure(CONFIG.format(pattern="app.log*"))
        self.written = 0

    def configure(self, text):
        (self.directory / "leeway.toml").write_text(text)

    def start(self, *options, image_id=None, logs="ro", **more):
        return containers.start(self, image_id or image(), "--volume", f"{self.directory}/leeway.toml:/etc/leeway/leeway.toml:ro",
                         "--volume", f"{self.logs}:/var/log/app:{logs}", *options, **more)

    def mount(self, folder, target):
        run("mount", "--bind", folder, target)
        # Lazily because the container still has it.
        self.addCleanup(run, "umount", "--lazy", target)

    def write(self, lines, name="app.log"):
        numbers = range(self.written + 1, self.written + lines + 1)
        with open(self.logs / name, "a") as log:
            log.writelines(f'{{"n":{number}}}\n' for number in numbers)
        self.written += lines

    def check_counters(self, container):
        container.wait_for("lines_total", self.written)
        container.wait_for("numbers_total", self.written * (self.written + 1) // 2)


class RunTest(ContainerTest):
    """As an operator runs it: read-only, without capabilities, with 64 MB."""

    def test_its_own_command_listens_for_probes_without_any_privilege(self):
        container = self.start()
        container.wait_until_ready()
        pid = container.process
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        self.assertEqual([status[key] for key in ("Uid", "CapBnd", "NoNewPrivs", "Seccomp")],
                         ["\t".join(["65532"] * 4), "0" * 16, "1", "2"])
        sockets = [line.split()[1] for line in pathlib.Path(f"/proc/{pid}/net/tcp6").read_text().splitlines()]
        self.assertIn(f"{'0' * 32}:{9464:04X}", sockets)
        done = podman("stop", "--time", "10", container.id)
        self.assertEqual(container.state()["ExitCode"], 0, done.stderr)

    def test_counters_are_exact_under_load(self):
        container = self.start()
        container.wait_until_ready()
        for rotation in range(4):
            for _ in range(20):
                self.write(5000)
            (self.logs / "app.log").rename(self.logs / f"app.log.{rotation}")
        self.check_counters(container)
        self.assertFalse(container.state()["OOMKilled"])

    def test_counters_are_exact_after_kill(self):
        volume = ("--volume", "state:/var/lib/leeway")
        container = self.start(*volume)
        for _ in range(3):
            self.write(20_000)
            container.wait_until_ready()
            wanted = self.written - 10_000
            container.wait_until(lambda: (container.value("lines_total") or 0) > wanted, "lines to be counted")
            podman("kill", "--signal", "KILL", container.id)
            self.assertEqual(container.wait(), 137)
            self.write(5000)
            podman("rm", container.id)
            container = self.start(*volume)
        self.check_counters(container)

    def test_it_runs_as_any_user_of_group_0(self):
        self.write(10)
        container = self.start("--user", "1000660000:0")
        container.wait_until_ready()
        self.check_counters(container)

    def test_it_knows_time_zones(self):
        self.configure(CONFIG.format(pattern="app.log*").replace('format = "json"',
                                                                 'format = "json"\ntime_zone = "Europe/Berlin"') + """
[[metric]]
name = "seen_seconds"
type = "gauge"
help = "Time of the last line."
value = "double(timestamp(at))"
""")
        (self.logs / "app.log").write_text('{"n": 1, "at": "2025-07-01 12:00:00"}\n')
        container = self.start()
        container.wait_for("seen_seconds", 1_751_364_000)

    def test_logs_may_be_mounted_late(self):
        self.configure(CONFIG.format(pattern="*/app.log*"))
        self.mount(self.logs, self.logs)
        run("mount", "--make-shared", self.logs)
        mounted, elsewhere = self.logs / "mounted", self.directory / "elsewhere"
        container = self.start(logs="ro,rslave")
        container.wait_until_ready()
        for folder in (elsewhere, mounted, self.logs / "created"):
            folder.mkdir()
        self.mount(elsewhere, mounted)
        self.write(100, "mounted/app.log")
        self.write(100, "created/app.log")
        self.check_counters(container)

    def test_health(self):
        docker_format = containers.build("localhost/leeway:docker", "--tool", "podman", BUILDAH_FORMAT="docker")
        container = self.start(image_id=docker_format)
        container.wait_until_ready()
        self.assertEqual(podman("healthcheck", "run", container.id, check=False).returncode, 0)
        other = self.start("--health-cmd", '["/usr/bin/leeway", "probe", "http://127.0.0.1:9465/-/healthy"]')
        other.wait_until_ready()
        self.assertEqual(podman("healthcheck", "run", other.id, check=False).returncode, 1)

    def test_parquet_files_are_read_in_192_mb(self):
        write_scores(self.logs / "scores.parquet", 400_000)
        self.configure(PARQUET_CONFIG)
        container = self.start(image_id=image_parquet(), memory="192m")
        container.wait_for("scores_total", 120_000, decision="treat")
        self.assertFalse(container.state()["OOMKilled"])


class FirstErrorsTest(ContainerTest):
    """What users meet first, and what they are told."""

    def fails(self, exit_code, *words, options=(), **more):
        container = self.start(*options, **more)
        self.assertEqual(container.wait(), exit_code)
        for word in words:
            self.assertIn(word, container.log())

    def test_there_is_no_configuration(self):
        container = containers.start(self, image())
        self.assertEqual(container.wait(), 2)
        self.assertIn("cannot open '/etc/leeway/leeway.toml': No such file", container.log())

    def test_the_volume_of_the_state_belongs_to_another_user(self):
        state = self.directory / "state"
        state.mkdir(mode=0o755)
        self.fails(74, "'/var/lib/leeway' has mode 0755 and belongs to 0:0, the agent runs as 65532:65532",
                   options=["--volume", f"{state}:/var/lib/leeway"])

    def test_a_log_may_not_be_read(self):
        self.write(1)
        os.chown(self.logs / "app.log", 0, 4)
        (self.logs / "app.log").chmod(0o640)
        container = self.start()
        container.wait_for("leeway_source_unreadable_files", 1, source="app")
        self.assertIn("'/var/log/app/app.log' has mode 0640 and belongs to 0:4, the agent runs as 65532:65532",
                      container.log())
        self.check_counters(self.start("--group-add", "4"))

    def test_there_is_no_shell(self):
        done = podman("run", "--entrypoint", "sh", image(), check=False)
        self.assertEqual(done.returncode, 127, done.stderr)

    def test_parquet_files_need_the_other_image(self):
        self.configure(PARQUET_CONFIG)
        self.fails(2, "libleeway_parquet.so")


class ReadmeTest(ContainerTest):
    def test_the_three_commands(self):
        text = (ROOT / "deploy/image/README.md").read_text()
        script = re.search(r"^```\n(deploy/image/build.sh leeway:dev\n.*?)```", text, re.MULTILINE | re.DOTALL)[1]
        lines = (ROOT / "deploy/examples/access.log").read_text()
        (self.logs / "access.log").write_text(lines)
        for documented, here in (("docker ", "podman "), ("/var/log/nginx:/", f"{self.logs}:/"), ("$PWD", str(ROOT)),
                                 ("build.sh ", f"build.sh --tool podman --binary {containers.LEEWAY} "),
                                 ("-p 127.0.0.1:9464:9464 ", "")):  # there is no network
            self.assertIn(documented, script)
            script = script.replace(documented, here)
        done = run("bash", "-euc", f"cd {ROOT}\n{script}")
        self.assertIn("http_requests_total", done.stdout)
        container = Container(self, "leeway")
        container.wait_until_ready()
        samples = containers.exposition.parse_samples(container.request("/metrics")[1])
        counted = sum(value for (name, _), value in samples.items() if name == "http_requests_total")
        self.assertEqual(counted, len(lines.splitlines()))


if __name__ == "__main__":
    unittest.main()
