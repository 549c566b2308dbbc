"""The demo of deploy/compose: what the compose file promises, that Grafana finds what is provisioned, and the same stack as
processes, run for real. tests/tools/compose loads the file as docker compose does. Uses LEEWAY_BIN, Prometheus and
Alertmanager."""

import contextlib
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unittest
import urllib.error
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/compose"
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(FOLDER)]
import dashboard_lint  # noqa: E402
import demo  # noqa: E402

COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, **options)


def option(service, name):
    """The value of --NAME=VALUE in a service's command."""
    values = [word.split("=", 1)[1] for word in SERVICES[service]["command"] if word.startswith(f"--{name}=")]
    return values[-1] if values else None


def mounts(service):
    for volume in SERVICES[service].get("volumes", []):
        source, target, *mode = volume.split(":")
        yield source, target, mode == ["ro"]


def relative(path):
    return path.startswith(".")


def files(folder):
    return {path.relative_to(folder): path.read_text() for path in pathlib.Path(folder).rglob("*") if path.is_file()}


class ComposeFileTest(unittest.TestCase):
    def test_images_have_the_tag_of_a_release(self):
        for name, service in SERVICES.items():
            if name != "leeway":
                self.assertRegex(service["image"], r"^[\w./-]+:v?\d+\.\d+\.\d+", name)

    def test_the_agent_is_built_by_the_first_up(self):
        build = SERVICES["leeway"]["build"]
        self.assertEqual(ROOT, (FOLDER / build["context"]).resolve())
        self.assertEqual("deploy/image/Containerfile", build["dockerfile"])
        self.assertNotIn("pull_policy", SERVICES["leeway"])

    def test_ports_are_those_of_the_loopback_and_of_the_processes(self):
        published = {name: service["ports"] for name, service in SERVICES.items()}
        self.assertEqual({name: [f"127.0.0.1:{port}:{port}"] for name, port in {**demo.PORTS, "grafana": 3000}.items()},
                         published)

    def test_mounted_files_exist_and_cannot_be_written(self):
        for name in SERVICES:
            for source, target, read_only in mounts(name):
                if relative(source):
                    self.assertTrue((FOLDER / source).exists(), source)
                    self.assertTrue(read_only, f"{name}: {target}")

    def test_the_agent_is_hardened(self):
        for name in ("leeway", "shop", "receiver"):
            service = SERVICES[name]
            self.assertEqual((True, ["ALL"], ["no-new-privileges:true"]),
                             (service["read_only"], service["cap_drop"], service["security_opt"]))
            self.assertTrue(service["mem_limit"] and service["pids_limit"])
        self.assertIn(("log", "/var/log/shop", True), mounts("leeway"))
        self.assertIn(("log", "/var/log/shop", False), mounts("shop"))

    def test_the_agent_starts_before_the_shop_and_ends_before_prometheus(self):
        self.assertEqual({"leeway": {"condition": "service_healthy"}}, SERVICES["shop"]["depends_on"])
        self.assertEqual(["CMD", "/usr/bin/leeway", "probe"], SERVICES["leeway"]["healthcheck"]["test"])
        after = ["leeway", "prometheus", "alertmanager", "receiver"]
        for name, needed in zip(after, after[1:]):
            self.assertEqual([needed], SERVICES[name]["depends_on"])
        grace = int(SERVICES["leeway"]["stop_grace_period"].removesuffix("s"))
        self.assertGreater(grace, int(option("leeway", "shutdown.linger").removesuffix("s")))

    def test_prometheus_keeps_what_the_rules_look_back_on(self):
        rules = tomllib.loads((FOLDER / "leeway.toml").read_text())["rules"]
        self.assertEqual(rules["retention"], option("prometheus", "storage.tsdb.retention.time"))
        config = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())
        self.assertEqual((rules["scrape_interval"], rules["evaluation_interval"]),
                         (config["global"]["scrape_interval"], config["global"]["evaluation_interval"]))

    def test_the_agent_knows_its_options(self):
        self.assertEqual(0, run(demo.LEEWAY, "probe", "--help").returncode)
        known = run(demo.LEEWAY, "run", "--help").stdout
        for word in SERVICES["leeway"]["command"][1:]:
            self.assertIn(word.split("=")[0], known)

    def test_the_files_of_the_servers_are_valid(self):
        for command in (("promtool", "check", "config", "--syntax-only", "prometheus/prometheus.yml"),
                        ("promtool", "check", "rules", "--lint=all", "--lint-fatal", "rendered/rules.yml"),
                        ("amtool", "check-config", "rendered/alertmanager.yml")):
            done = run(*command, cwd=FOLDER)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)


class RenderedTest(unittest.TestCase):
    maxDiff = None

    def test_the_committed_files_are_what_render_py_writes(self):
        with tempfile.TemporaryDirectory() as directory:
            done = run(FOLDER / "render.py", directory, env={**os.environ, "LEEWAY_BIN": demo.LEEWAY})
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertEqual(files(directory), files(FOLDER / "rendered"), "run deploy/compose/render.py")

    def test_without_the_binary_it_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as directory:
            done = run(FOLDER / "render.py", directory, env={**os.environ, "LEEWAY_BIN": "/nowhere/leeway"})
        self.assertEqual(1, done.returncode)
        self.assertIn("build it first or set LEEWAY_BIN", done.stderr)


class ProvisioningTest(unittest.TestCase):
    def setUp(self):
        folder = FOLDER / "grafana/provisioning"
        self.sources = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"]
        self.provider, = yaml.safe_load((folder / "dashboards/leeway.yaml").read_text())["providers"]
        self.dashboards = [json.loads(path.read_text()) for path in (FOLDER / "rendered/dashboards").glob("*.json")]
        self.targets = {target: source for source, target, _ in mounts("grafana")}

    def test_the_data_source_is_the_prometheus_of_the_stack(self):
        source, = self.sources
        self.assertEqual(("prometheus", "prometheus", True), (source["uid"], source["type"], source["isDefault"]))
        self.assertEqual(f"http://prometheus:{demo.PORTS['prometheus']}", source["url"])
        interval = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())["global"]["scrape_interval"]
        self.assertEqual(interval, source["jsonData"]["timeInterval"])

    def test_the_provider_reads_the_folder_that_is_mounted(self):
        self.assertEqual("./rendered/dashboards", self.targets[self.provider["options"]["path"]])
        self.assertEqual("./grafana/provisioning", self.targets["/etc/grafana/provisioning"])
        self.assertEqual(("file", False), (self.provider["type"], self.provider["allowUiUpdates"]))

    def test_the_dashboards_take_the_data_source_from_a_variable(self):
        self.assertEqual(3, len(self.dashboards))
        self.assertEqual(3, len({dashboard["uid"] for dashboard in self.dashboards}))
        for dashboard in self.dashboards:
            variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
            named = set(re.findall(r'"datasource": \{[^}]*"uid": "([^"]*)"', json.dumps(dashboard)))
            for uid in named - {"-- Grafana --", "-- Mixed --"}:
                variable = variables[re.fullmatch(r"\$\{(\w+)\}", uid)[1]]
                self.assertEqual(("datasource", "prometheus"), (variable["type"], variable["query"]))
            self.assertTrue(named)
        self.assertEqual([], dashboard_lint.lint_directory(FOLDER / "rendered/dashboards"))

    def test_the_links_of_the_alerts_lead_to_panels(self):
        panels = {dashboard["uid"]: set(re.findall(r'"id": (\d+)', json.dumps(dashboard))) for dashboard in self.dashboards}
        links = re.findall(r"http://localhost:(\d+)/d/([\w-]+)\S*?viewPanel=(?:panel-)?(\d+)",
                           (FOLDER / "rendered/rules.yml").read_text())
        self.assertTrue(links)
        for port, uid, panel in links:
            self.assertEqual("3000", port)
            self.assertIn(panel, panels[uid])


class Demo:
    """demo.py as a process: what it has printed, and the URLs of its table."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([sys.executable, FOLDER / "demo.py", *arguments], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env={**os.environ, "LEEWAY_BIN": demo.LEEWAY})
        self.lines, self.queue = [], queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.queue.put(line.rstrip())
        self.queue.put(None)

    def wait_for(self, text, seconds):
        """The first line from now on that contains it."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.queue.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"no line with '{text}':\n" + "\n".join(self.lines))
            self.lines.append(line)
            if text in line:
                return line

    def rest(self):
        """What it prints until it ends."""
        start = len(self.lines)
        with contextlib.suppress(AssertionError):
            self.wait_for("\0", 60)
        return self.lines[start:]

    def urls(self):
        return dict(re.findall(r"^(\w+) +(http://\S+)", "\n".join(self.lines), re.MULTILINE))

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
        self.process.stdout.close()


def get(url):
    with OPENER.open(url, timeout=10) as response:
        return response.read().decode()


class ProcessesTest(unittest.TestCase):
    maxDiff = None

    def test_an_incident_pages_and_resolves_and_every_request_is_counted(self):
        stack = Demo("--incident", "--free-ports")
        self.addCleanup(stack.close)
        stack.wait_for("Ctrl-C", 60)
        urls = stack.urls()
        self.assertEqual(set(demo.PORTS), set(urls))
        for url in urls.values():
            self.assertTrue(get(url))
        self.assertEqual("[]", get(urls["receiver"] + "pages"))
        stack.wait_for("an incident", 30)
        stack.wait_for("shop: firing HighErrorRate: Demo shop: The shop answers requests with errors: ", 30)
        stack.wait_for("shop: resolved HighErrorRate", 60)

        pages = json.loads(get(urls["receiver"] + "pages"))
        names = {page["name"] for page in pages}
        # The slower tiers have lower limits: what notifies before the page fires is not inhibited by it.
        slower = {"ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow"}
        self.assertEqual({"HighErrorRate", "HighLatency", "ErrorBudgetBurnPageFast"}, names - slower)
        for page in pages:
            self.assertNotRegex(page["summary"] + page["description"], r"\$value|\{\{|%!|NaN|Inf")
        self.assertIn("<h2>resolved: HighErrorRate</h2>", get(urls["receiver"]))
        self.assertGreater(json.loads(get(urls["shop"]))["rotations"], 0)

        stack.process.send_signal(signal.SIGINT)
        said = stack.rest()
        self.assertEqual(0, stack.process.wait(timeout=10), "\n".join(said))
        self.assertEqual([f"stopped {name}, exit code 0" for name in reversed(demo.PORTS)],
                         [line for line in said if line.startswith("stopped")])
        served, counted = [json.loads(line[line.index("{"):]) for line in said if "{" in line]
        self.assertEqual(served, counted)
        self.assertGreater(served["503"], 50)
        for url in urls.values():
            with self.assertRaises(OSError):
                get(url)

    def test_a_busy_port_is_named(self):
        with socket.socket() as listener:
            with contextlib.suppress(OSError):  # of another program, which is as good
                listener.bind(("127.0.0.1", demo.PORTS["receiver"]))
                listener.listen()
            done = run(sys.executable, FOLDER / "demo.py")
        self.assertEqual(1, done.returncode)
        self.assertIn("another program listens on port", done.stderr)
        self.assertIn("8081 (receiver)", done.stderr)
        self.assertIn("--free-ports", done.stderr)

    def test_a_missing_binary_is_named(self):
        done = run(sys.executable, FOLDER / "demo.py", "--free-ports", env={**os.environ, "LEEWAY_BIN": "/nowhere/leeway"})
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertRegex(done.stderr, "^demo: /nowhere/leeway is not there: build it")

    def test_a_process_that_ends_is_named_with_what_it_said(self):
        with tempfile.TemporaryDirectory() as directory:
            stack = demo.Stack(directory, demo.choose_ports(free=True))
            with self.assertRaisesRegex(demo.Failure, "(?s)leeway ended with exit code 3:.*no such option"):
                stack.run("leeway", [sys.executable, "-c", "import sys; print('no such option'); sys.exit(3)"], "/")


class ShopTest(unittest.TestCase):
    def test_bad_requests_are_answered_with_what_was_expected(self):
        with tempfile.TemporaryDirectory() as directory:
            stack = demo.Stack(directory, demo.choose_ports(free=True))
            self.addCleanup(stack.stop_all)
            stack.run("shop", [sys.executable, FOLDER / "shop.py", f"--port={stack.ports['shop']}",
                               f"--log={directory}/shop.log"], "/-/healthy")
            for path, status, message in (("/incident?seconds=0", 400, "from 1 to 3600"), ("/elsewhere", 404, "/incident")):
                with self.assertRaises(urllib.error.HTTPError) as caught:
                    demo.request(stack.url("shop", path), b"")
                self.assertEqual(status, caught.exception.code)
                self.assertIn(message, caught.exception.read().decode())
            stack.run("receiver", [sys.executable, FOLDER / "receiver.py", f"--port={stack.ports['receiver']}"], "/pages")
            with self.assertRaises(urllib.error.HTTPError) as caught:
                demo.request(stack.url("receiver", "/shop"), b'{"alerts": [{}]}')
            self.assertEqual(400, caught.exception.code)

    def test_a_log_that_cannot_be_written_is_named(self):
        done = run(sys.executable, FOLDER / "shop.py", "--log", "/nowhere/shop.log")
        self.assertEqual(1, done.returncode)
        self.assertIn("/nowhere/shop.log cannot be written (No such file or directory)", done.stderr)


if __name__ == "__main__":
    unittest.main()
