"""The real Prometheus and Alertmanager as processes on free loopback ports, and a receiver of their notifications."""

import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import harness

# Requests to the loopback never go through a proxy.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def generate(command, config, directory, *arguments):
    """Runs `leeway rules` or `leeway dashboards`; returns the folder with the output."""
    done = subprocess.run([harness.LEEWAY, command, "--config.file", str(config), "--output-dir", str(directory),
                           *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return pathlib.Path(directory)


class Server:
    """A process that answers HTTP; its messages go to NAME.err in the directory."""

    def __init__(self, name, directory, command, ready):
        self.name = name
        self.errors = pathlib.Path(directory) / f"{name}.err"
        self.log = open(self.errors, "w")  # noqa: SIM115 (closed by close())
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        harness.wait_until(lambda: self.answers(ready), f"{name} to become ready", 60)

    def answers(self, path):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.messages()}")
        with contextlib.suppress(OSError):
            self.request(path)
            return True
        return False

    def request(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data,
                                         {"Content-Type": "application/json"})
        with OPENER.open(request, timeout=10) as response:
            return response.read().decode()

    def messages(self):
        self.log.flush()
        return self.errors.read_text()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()


class Prometheus(Server):
    def __init__(self, directory, targets, rule_files=(), alertmanager=None, paths=None):
        """`targets`: address by job, None for its own; `paths`: of the page by job. Scrapes every second."""
        self.port = harness.free_port()
        config = {"global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                  "rule_files": [str(path) for path in rule_files],
                  "scrape_configs": [{"job_name": job, "metrics_path": (paths or {}).get(job, "/metrics"), "static_configs": [
                      {"targets": [target or f"127.0.0.1:{self.port}"]}]}
                                     for job, target in targets.items()]}
        if alertmanager is not None:
            config["alerting"] = {"alertmanagers": [{"static_configs": [
                {"targets": [f"127.0.0.1:{alertmanager.port}"]}]}]}
        path = pathlib.Path(directory) / "prometheus.yml"
        path.write_text(json.dumps(config))  # JSON is YAML
        super().__init__("prometheus", directory, [
            os.environ.get("LEEWAY_PROMETHEUS", "prometheus"), f"--config.file={path}", f"--storage.tsdb.path={directory}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.port}"], "/-/ready")

    def query(self, expression, **arguments):
        """The result of an instant query, or of a range query if start, end and step are given."""
        kind = "query_range" if "step" in arguments else "query"
        url = f"/api/v1/{kind}?" + urllib.parse.urlencode({"query": expression, **arguments})
        try:
            return json.loads(self.request(url))["data"]["result"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expression}\n{error.read().decode()}") from error

    def alerts(self):
        """Names and states of the alerts that are pending or firing."""
        return {(alert["labels"]["alertname"], alert["state"])
                for alert in json.loads(self.request("/api/v1/alerts"))["data"]["alerts"]}


class Receiver:
    """Receives notifications as a webhook: the last part of the path is the receiver."""

    def __init__(self):
        self.lock = threading.Lock()
        self.taken = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.lock:
                    receiver.taken.append((urllib.parse.unquote(self.path.strip("/")), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def notifications(self):
        """(receiver, status, sorted names of the alerts) of each notification so far."""
        with self.lock:
            return [(name, body["status"], tuple(sorted(alert["labels"]["alertname"] for alert in body["alerts"])))
                    for name, body in self.taken]

    def bodies(self):
        with self.lock:
            return [body for _, body in self.taken]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def impatient(configuration, receiver=None):
    """The generated alertmanager.yml with a short wait and, if given, the receiver's address."""
    for key, long, short in (("group_wait", "30s", "1s"), ("group_interval", "5m", "2s")):
        if f"{key}: {long}" not in configuration:
            raise AssertionError(f"no {key} of {long} in:\n{configuration}")
        configuration = configuration.replace(f"{key}: {long}", f"{key}: {short}")
    if receiver is not None:
        configuration = re.sub(r"http://set-the-receiver\.invalid/", f"http://127.0.0.1:{receiver.port}/",
                               configuration)
    return configuration


class Alertmanager(Server):
    def __init__(self, directory, configuration):
        self.port = harness.free_port()
        path = pathlib.Path(directory) / "alertmanager.yml"
        path.write_text(configuration)
        super().__init__("alertmanager", directory, [
            "prometheus-alertmanager", f"--config.file={path}", f"--storage.path={directory}/alertmanager",
            f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], "/-/ready")

    def post(self, *alerts):
        """Fires alerts, each a dictionary of its labels."""
        self.request("/api/v2/alerts", [{"labels": labels} for labels in alerts])

    def inhibited(self):
        """Labels of the alerts that another one inhibits."""
        return [alert["labels"] for alert in json.loads(self.request("/api/v2/alerts"))
                if alert["status"]["inhibitedBy"]]

    def metric(self, name):
        """The sum over its series."""
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.request("/metrics").splitlines()
                   if re.match(rf"{name}[{{ ]", line))
