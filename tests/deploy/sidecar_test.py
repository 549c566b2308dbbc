"""The examples of deploy/kubernetes as processes: the service and the job with the sidecar's own arguments, in directories as
the kubelet makes them for fsGroup and, as root, as the users of the manifests. Uses the real binary (LEEWAY_BIN)."""

import contextlib
import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exposition  # noqa: E402
import kubernetes_objects as k8s  # noqa: E402

sys.path.insert(0, str(k8s.ROOT / "tests/integration"))
import harness  # noqa: E402

EXAMPLES = k8s.ROOT / "deploy/kubernetes/examples"
RENDERED = k8s.ROOT / "deploy/kubernetes/rendered"
PYTHON = "/usr/bin/python3"  # one that other users can run
ROOT = os.geteuid() == 0


class PodTest(unittest.TestCase):
    def start_pod(self, name, kind):
        """Its directories and its agent, as the manifest says."""
        if not ROOT:
            print(f"{name}: not root, so the users and groups of the manifest are not tried")
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.directory.chmod(0o755)
        workload = k8s.of_kind(k8s.objects(RENDERED / f"{name}.yaml"), kind)[0]
        self.pod, self.container = k8s.pod(workload), k8s.agent(workload)
        self.group = self.pod["securityContext"]["fsGroup"]
        for volume in ("logs", "state", "config"):
            (self.directory / volume).mkdir()
            if ROOT:
                os.chown(self.directory / volume, 0, self.group)
            (self.directory / volume).chmod(0o2777)  # what an emptyDir is with fsGroup
        config = k8s.of_kind(k8s.objects(RENDERED / f"{name}.yaml"), "ConfigMap")
        text = next(one["data"]["leeway.toml"] for one in config if "leeway.toml" in one["data"])
        (self.directory / "config/leeway.toml").write_text(text.replace("/var/log/app", f"{self.directory}/logs"))
        self.port = harness.free_port()

    def user(self, security):
        uid, gid = (security.get(key, self.pod["securityContext"].get(key)) for key in ("runAsUser", "runAsGroup"))
        return ["setpriv", f"--reuid={uid}", f"--regid={gid}", f"--groups={self.group}", "--bounding-set=-all", "--inh-caps=-all",
                "--no-new-privs"] if ROOT else []

    def start_agent(self):
        arguments = [one.replace("/etc/leeway", f"{self.directory}/config").replace("/var/lib/leeway", f"{self.directory}/state")
                     .replace("=:9464", f"=127.0.0.1:{self.port}") for one in self.container["args"]]
        with open(self.directory / "agent.err", "a") as log:
            self.agent = subprocess.Popen([*self.user(self.container["securityContext"]), k8s.LEEWAY, *arguments], umask=0o077,
                                          stderr=log)
        self.addCleanup(self.agent.wait)
        self.addCleanup(self.agent.kill)
        # The startupProbe.
        path = self.container["startupProbe"]["httpGet"]["path"]
        harness.wait_until(lambda: self.get(path) is not None or self.agent.poll() is not None, "the agent to start")
        self.assertIsNone(self.agent.poll(), (self.directory / "agent.err").read_text())

    def get(self, path):
        with contextlib.suppress(OSError, http.client.HTTPException):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()
        return None

    def counter(self, name):
        """All its series, or None if the agent does not answer."""
        page = self.get("/metrics")
        return None if page is None else sum(value for key, value in exposition.parse_samples(page).items() if key[0] == name)

    def program(self, path, *arguments):
        container = self.pod["containers"][0]
        return subprocess.Popen([*self.user(container["securityContext"]), PYTHON, path, *map(str, arguments)], umask=0o027)

    def test_a_service_that_rotates_its_log_while_the_agent_is_killed(self):
        self.start_pod("deployment", "Deployment")
        self.start_agent()
        port = harness.free_port()
        service = self.program(EXAMPLES / "service/app.py", self.directory / "logs/orders.log", port, 4000)
        self.addCleanup(harness.stop_server, service)
        harness.wait_until(lambda: harness.answers(port), "the service to answer")
        answered = 0
        for number in range(300):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", ["/orders", "/", "/none", "/healthz"][number % 4])
            connection.getresponse().read()
            connection.close()
            answered += number % 4 != 3
            if number % 60 == 59:
                self.agent.kill()
                self.agent.wait()
                self.start_agent()
        harness.wait_until(lambda: self.counter("http_requests_total") == answered, f"{answered} requests to be counted")
        self.assertGreater(len(list((self.directory / "logs").iterdir())), 3, "the log was rotated")
        self.assertEqual(0o640, (self.directory / "logs/orders.log").stat().st_mode & 0o777)

    def test_a_job_ends_with_nothing_unread(self):
        rows = 20_000
        self.start_pod("job", "Job")
        self.start_agent()
        job = self.program(EXAMPLES / "job/job.py", self.directory / "logs/scoring.log", rows)
        self.assertEqual(0, job.wait(timeout=60))
        # The kubelet ends sidecars at once when the last container has ended.
        self.agent.terminate()
        start, last = time.monotonic(), None
        while self.agent.poll() is None:
            # Prometheus scrapes at some moment later; here as long as the agent answers.
            last = self.counter("scoring_rows_total") or last
            self.assertLess(time.monotonic() - start, 30, "the Pod's grace period")
        self.assertEqual((0, rows), (self.agent.returncode, last))
        linger = k8s.seconds(k8s.options(self.container)["--shutdown.linger"])
        self.assertLess(time.monotonic() - start, linger, "it waits no longer than until a scrape saw the end")

    def test_a_second_agent_does_not_share_the_state(self):
        self.start_pod("deployment", "Deployment")
        self.start_agent()
        arguments = ["run", f"--config.file={self.directory}/config/leeway.toml", f"--state.dir={self.directory}/state",
                     f"--web.listen-address=127.0.0.1:{harness.free_port()}"]
        other = subprocess.run([*self.user(self.container["securityContext"]), k8s.LEEWAY, *arguments], capture_output=True,
                               text=True, timeout=30)
        self.assertEqual(74, other.returncode, other.stderr)


if __name__ == "__main__":
    unittest.main()
