#!/usr/bin/env python3
"""The stack of compose.yaml without containers and without Grafana: the shop, Leeway, Prometheus, Alertmanager and the
receiver of pages as processes, with the same files. Ctrl-C ends all of them, the shop first, and compares what Prometheus
has with what the shop served: exit code 1 if they differ.

Usage: demo.py [--incident] [--free-ports]
LEEWAY_BIN names the binary, default build/release/leeway; Prometheus and Alertmanager are those of the system.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
LEEWAY = os.environ.get("LEEWAY_BIN", str(HERE.parents[1] / "build/release/leeway"))
PORTS = {"receiver": 8081, "alertmanager": 9093, "prometheus": 9090, "leeway": 9464, "shop": 8080}
SHOWN = {"shop": ("/stats", "requests served; POST /incident starts an incident"),
         "leeway": ("/", "metrics and status"),
         "prometheus": ("/", "queries, rules, alerts"),
         "alertmanager": ("/api/v2/alerts", "alerts; Debian's has no web page"),
         "receiver": ("/", "the pages that were sent")}
QUIET = 10  # seconds of normal traffic before --incident
INCIDENT = 15  # seconds
# Requests to these servers never go through a proxy.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failure(Exception):
    pass


def request(url, data=None):
    with OPENER.open(urllib.request.Request(url, data), timeout=5) as response:
        return response.read().decode()


def busy(port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def choose_ports(free):
    if not free:
        taken = [f"{port} ({name})" for name, port in PORTS.items() if busy(port)]
        if taken:
            raise Failure(f"another program listens on port {', '.join(taken)}: end it, or use --free-ports. Debian's "
                          "packages start services: systemctl stop prometheus prometheus-alertmanager")
        return dict(PORTS)
    # Below the ports that the kernel gives to connections.
    ports = (port for port in random.sample(range(30_000, 32_700), 1000) if not busy(port))
    return {name: next(ports) for name in PORTS}


def find(program, cure):
    found = shutil.which(program)
    if found is None:
        raise Failure(f"{program} is not there: {cure}")
    return found


class Stack:
    def __init__(self, directory, ports):
        self.directory = pathlib.Path(directory)
        self.ports = ports
        self.running = {}  # in the order of their start

    def url(self, name, path="/"):
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def localize(self, source):
        """A file of the containers, with the addresses and paths of the processes."""
        text = (HERE / source).read_text()
        for name, port in PORTS.items():
            text = text.replace(f"{name}:{port}", f"127.0.0.1:{self.ports[name]}")
        text = text.replace("localhost:9090", f"127.0.0.1:{self.ports['prometheus']}")
        text = text.replace("/etc/prometheus/rules.yml", str(HERE / "rendered/rules.yml"))
        target = self.directory / pathlib.Path(source).name
        target.write_text(text)
        return target

    def start(self):
        apt = "apt-get install prometheus prometheus-alertmanager"
        prometheus, alertmanager = find("prometheus", apt), find("prometheus-alertmanager", apt)
        leeway = find(LEEWAY, "build it (cmake --preset release && cmake --build --preset release), or set LEEWAY_BIN")
        log = self.directory / "shop.log"
        self.run("receiver", [sys.executable, HERE / "receiver.py", f"--port={self.ports['receiver']}"], "/pages",
                 shown=True)
        self.run("alertmanager", [
            alertmanager, f"--config.file={self.localize('rendered/alertmanager.yml')}",
            f"--storage.path={self.directory}/alertmanager", f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
            "--cluster.listen-address="], "/-/ready")
        self.run("prometheus", [
            prometheus, f"--config.file={self.localize('prometheus/prometheus.yml')}",
            f"--storage.tsdb.path={self.directory}/prometheus", "--storage.tsdb.retention.time=33d",
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"], "/-/ready")
        self.run("leeway", [
            leeway, "run", f"--config.file={HERE}/leeway.toml", f"--source.path=shop={log}*",
            f"--state.dir={self.directory}/state", f"--web.listen-address=127.0.0.1:{self.ports['leeway']}",
            "--shutdown.linger=20s"], "/-/healthy")
        self.run("shop", [sys.executable, HERE / "shop.py", f"--port={self.ports['shop']}", f"--log={log}",
                          "--rotate-bytes=65536"], "/-/healthy")

    def run(self, name, command, ready, shown=False):
        """Starts it, outside the terminal's group of processes so that Ctrl-C does not end all at once, and waits."""
        with open(self.directory / f"{name}.out", "w") as output:
            self.running[name] = subprocess.Popen(list(map(str, command)), stdout=None if shown else output,
                                                  stderr=output, start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError):
                request(self.url(name, ready))
                return
            time.sleep(0.05)
        raise Failure(f"{name} does not answer on port {self.ports[name]} after 30 s:\n{self.output(name)}")

    def check(self):
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Failure(f"{name} ended with exit code {process.returncode}:\n{self.output(name)}")

    def output(self, name):
        lines = (self.directory / f"{name}.out").read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-10:])

    def stop(self, name):
        process = self.running.pop(name)
        process.terminate()
        try:
            code = process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            code = f"{process.wait()}, it did not end within 30 s"
        print(f"stopped {name}, exit code {code}", flush=True)

    def stop_all(self):
        for name in list(reversed(self.running)):
            self.stop(name)

    def counted(self):
        """Requests by status, as Prometheus has them. A range, because the last scrape found the agent gone."""
        query = urllib.parse.urlencode({"query": "sum by (status) (max_over_time(shop_requests_total[1d]))"})
        result = json.loads(request(self.url("prometheus", f"/api/v1/query?{query}")))["data"]["result"]
        return {series["metric"]["status"]: int(float(series["value"][1])) for series in result}

    def finish(self):
        """Ends the shop, then Leeway, which waits for a last scrape. Whether Prometheus has the truth."""
        self.stop("shop")
        served = json.loads((self.directory / "shop.out").read_text().splitlines()[-1])["by_status"]
        self.stop("leeway")
        counted = {status: count for status, count in self.counted().items() if count > 0}
        print(f"the shop served   {json.dumps(served, sort_keys=True)}\n"
              f"Prometheus counts {json.dumps(counted, sort_keys=True)}", flush=True)
        return served == counted


def print_table(stack):
    print(f"{'':14}{'URL':38}what it shows")
    for name, (path, what) in SHOWN.items():
        print(f"{name:14}{stack.url(name, path):38}{what}")
    print(f"\nan incident: curl -X POST {stack.url('shop', '/incident')}\nCtrl-C ends everything.", flush=True)


def watch(stack, incident):
    """Until it is interrupted or a process ends by itself. Starts the incident in time."""
    start = time.monotonic()
    while True:
        stack.check()
        if incident and time.monotonic() - start > QUIET:
            request(stack.url("shop", f"/incident?seconds={INCIDENT}"), b"")
            print(f"an incident of {INCIDENT} s begins", flush=True)
            incident = False
        time.sleep(0.2)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description="The demo's stack as plain processes.")
    parser.add_argument("--incident", action="store_true", help=f"start an incident of {INCIDENT} s after {QUIET} s")
    parser.add_argument("--free-ports", action="store_true", help="use free ports instead of the usual ones")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    same = True
    with tempfile.TemporaryDirectory(prefix="leeway-demo-") as directory:
        try:
            stack = Stack(directory, choose_ports(options.free_ports))
            try:
                stack.start()
                print_table(stack)
                watch(stack, options.incident)
            except KeyboardInterrupt:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if "shop" in stack.running:
                    same = stack.finish()
            finally:
                stack.stop_all()
        except Failure as failure:
            sys.exit(f"demo: {failure}")
    if not same:
        sys.exit("demo: the counts differ; please report this with the output above")


if __name__ == "__main__":
    main()
