"""The DaemonSet's configuration, with the real binary (LEEWAY_BIN), on a tree like the kubelet's: counters by namespace, Pod,
container and stream equal what was written, across the runtime's cuts, rotation, compression and `kill -9`; and with the
privileges of the DaemonSet, no more."""

import collections
import gzip
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kubernetes_objects as k8s  # noqa: E402

sys.path.insert(0, str(k8s.ROOT / "tests/integration"))
import harness  # noqa: E402

CONFIGURATION = k8s.ROOT / "deploy/kubernetes/daemonset/leeway.toml"
SEED = 9
RECORDS = "container_log_records_total"
ERRORS = "container_log_errors_total"
NO_CAPABILITIES = ["setpriv", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]


class Container:
    """A container's log, as the kubelet and the runtime write it, and how many records it has."""

    def __init__(self, pods, namespace, pod, name, chance, truth):
        self.folder = pods / f"{namespace}_{pod}_{chance.getrandbits(64):016x}" / name
        self.folder.mkdir(parents=True)
        self.labels = (("container", name), ("namespace", namespace), ("pod", pod))
        self.chance, self.truth = chance, truth
        self.restarts = self.rotations = 0
        self.file = self.open()

    def open(self):
        path = self.folder / f"{self.restarts}.log"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        return os.fdopen(descriptor, "ab", buffering=0)

    def record(self):
        """A record's text, and whether it is an error."""
        number, pad = self.chance.randrange(10**9), "x" * self.chance.randrange(200)
        return self.chance.choice([
            (f'{{"level": "info", "text": "{pad}", "n": {number}}}', False),
            (f'{{"text": "{pad}", "level": "ERROR", "n": {number}}}', True),
            (f'{{"level": 50, "severity": "critical", "n": {number}}}', False),
            (f"{pad} request {number} done", False),
            (f"2026-01-01 00:00:00 ERROR {pad} {number}", True),
            (f"ts={number} level=error msg={pad}", True),
            (f'E0101 00:00:00.000000 1 main.go:{number}] "failed" err="{pad}"', True)])

    def line(self, stream, tag, text):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e9):09d}Z"
        self.file.write(f"{stamp} {stream} {tag} {text}\n".encode())

    def write(self, rotate=False):
        """A record, in parts if the runtime cuts it, perhaps with a rotation after the first one."""
        stream = self.chance.choice(["stdout", "stdout", "stderr"])
        text, error = self.record()
        while len(text) > 40 and self.chance.random() < 0.5:
            cut = self.chance.randrange(1, len(text))
            self.line(stream, "P", text[:cut])
            text = text[cut:]
            if rotate:
                self.rotate(late=False)
                rotate = False
        self.line(stream, "F", text)
        self.truth[(RECORDS, (*self.labels, ("stream", stream)))] += 1
        if error:
            self.truth[(ERRORS, self.labels)] += 1

    def rotate(self, late=True):
        """As the kubelet: it compresses what was rotated before, renames the log, and the runtime opens a new one."""
        if self.file.tell() == 0:
            return
        self.rotations += 1
        for path in self.folder.glob("*.log.*[0-9]"):
            packed = path.with_name(path.name + ".tmp")
            packed.write_bytes(gzip.compress(path.read_bytes()))
            packed.rename(path.with_name(path.name + ".gz"))
            path.unlink()
        os.rename(self.folder / f"{self.restarts}.log", self.folder / f"{self.restarts}.log.20260101-{self.rotations:06d}")
        if late:
            self.line("stderr", "F", "still to the old file")
            self.truth[(RECORDS, (*self.labels, ("stream", "stderr")))] += 1
        self.file.close()
        self.file = self.open()

    def restart(self):
        self.file.close()
        self.restarts += 1
        self.file = self.open()


def kubelet_tree(directory):
    """/var/log/pods on another disk, by a symbolic link, and the links of /var/log/containers."""
    disk, log = directory / "disk/pods", directory / "var/log"
    for folder in (disk, log / "containers"):
        folder.mkdir(parents=True)
    (log / "pods").symlink_to(disk)
    return log / "pods"


def link_from_containers(pods):
    for path in pods.glob("*/*/*.log"):
        namespace, pod, _ = path.parts[-3].split("_")
        link = pods.parent / "containers" / f"{pod}_{namespace}_{path.parts[-2]}-{path.stem}.log"
        if not link.is_symlink():
            link.symlink_to(path)


def configuration(pods):
    text = CONFIGURATION.read_text().replace("/var/log/pods", str(pods))
    # The agent's test formats its text.
    return text.replace("{", "{{").replace("}", "}}") + '\n[agent]\nstate_dir = "{directory}/state"\n'


class UserAgent(harness.Agent):
    """The agent as another user, without capabilities."""

    def __init__(self, user, *arguments):
        super().__init__(*arguments)
        self.user = user

    def start(self):
        command = [*NO_CAPABILITIES, f"--reuid={self.user[0]}", f"--regid={self.user[1]}", harness.LEEWAY, "run", "--config.file",
                   str(self.config), "--web.listen-address", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)


def counted(samples):
    return {key: value for key, value in samples.items() if key[0] in (RECORDS, ERRORS) and value}


class NodeLogsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.pods = kubelet_tree(self.directory)
        self.truth = collections.Counter()
        self.chance = random.Random(SEED)

    def container(self, namespace, pod, name):
        one = Container(self.pods, namespace, pod, name, self.chance, self.truth)
        self.addCleanup(lambda: one.file.close())
        return one

    def start(self, agent):
        self.addCleanup(agent.close)
        agent.start_and_wait()
        return agent

    def expect_truth(self, agent):
        try:
            harness.wait_until(lambda: counted(agent.scrape()) == dict(self.truth), "all records to be counted", 20)
        except AssertionError:
            self.assertEqual(dict(self.truth), counted(agent.scrape()), agent.messages())

    def test_counters_by_container_equal_what_was_written(self):
        containers = [self.container(namespace, pod, name) for namespace, pod, name in [
            ("shop", "web-7c9d-x2x4q", "app"), ("shop", "web-7c9d-x2x4q", "proxy"), ("shop", "web-7c9d-9k2lm", "app"),
            ("kube-system", "etcd-node-1", "etcd"), ("batch", "nightly-29384-abcde", "run")]]
        self.container("leeway", "leeway-t5xkz", "leeway").line("stderr", "F", "the agent's own log is not read")
        link_from_containers(self.pods)
        agent = self.start(harness.Agent(self.directory, configuration(self.pods)))
        kills = 0
        for step in range(120):
            one = self.chance.choice(containers)
            down = step % 6 == 3
            if down:
                agent.kill()
                kills += 1
            for _ in range(self.chance.randrange(4, 12)):
                one.write()
            # Each second rotation divides a record; the kubelet looks at a log every 10 s, and the agent sees it in between.
            one.write(rotate=True) if step % 2 else one.rotate()
            if step % 10 == 4:
                one.restart()
            one.write()
            if down:
                agent.start_and_wait_for_port()
            self.expect_truth(agent)
        self.expect_truth(agent)
        rotations = sum(one.rotations for one in containers)
        self.assertGreater(rotations, 80)
        gaps = {key: value for key, value in agent.scrape().items() if key[0] == "leeway_source_gaps_total" and value}
        self.assertEqual({}, gaps)
        code, _ = agent.terminate()
        self.assertEqual(0, code, agent.messages())
        print(f"{sum(self.truth.values())} counts in {len(self.truth)} series, {rotations} rotations, {kills} kills")

    def test_pods_that_come_and_go(self):
        agent = self.start(harness.Agent(self.directory, configuration(self.pods)))
        for number in range(5):
            one = self.container("batch", f"job-{number}", "run")
            for _ in range(20):
                one.write()
            self.expect_truth(agent)
            for path in one.folder.iterdir():
                path.unlink()
            one.folder.rmdir()
            one.folder.parent.rmdir()
        self.expect_truth(agent)

    @unittest.skipUnless(os.geteuid() == 0, "needs root: other users cannot be tried")
    def test_the_privileges_of_the_daemonset_are_enough_and_those_of_the_sidecar_are_not(self):
        security = k8s.agent(k8s.of_kind(k8s.objects(k8s.ROOT / "deploy/kubernetes/rendered/daemonset.yaml"), "DaemonSet")[0])[
            "securityContext"]
        one = self.container("shop", "web", "app")
        for _ in range(50):
            one.write()
        self.directory.chmod(0o755)
        self.assertEqual(0o640, (one.folder / "0.log").stat().st_mode & 0o777)
        node = self.start(UserAgent((security["runAsUser"], security["runAsGroup"]), self.directory, configuration(self.pods)))
        self.expect_truth(node)
        status = pathlib.Path(f"/proc/{node.process.pid}/status").read_text()
        self.assertRegex(status, r"(?m)^CapEff:\s*0+$")
        node.close()

        other = self.directory / "other"
        other.mkdir()
        os.chown(other, 65532, 65532)
        agent = UserAgent((65532, 65532), other, configuration(self.pods))
        agent.log.close()
        agent.log = open(other / "agent.err", "a")  # noqa: SIM115 (closed by close())
        self.start(agent)
        self.assertEqual({}, counted(agent.scrape()))
        self.assertEqual(1, agent.scrape()[("leeway_source_unreadable_files", (("source", "containers"),))])


if __name__ == "__main__":
    unittest.main()
