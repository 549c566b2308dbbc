"""Runs and measures processes for the benchmarks: CPU time, peak memory, and HTTP to a running agent."""

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time


class Usage:
    def __init__(self, cpu, rss, output):
        self.cpu_seconds = cpu
        self.peak_rss = rss  # bytes
        self.output = output


def run(command):
    """Runs `command` to its end; its standard output is part of the result.

    Runs it under GNU time: a child's peak as seen from here would contain this interpreter's, from before its exec.
    """
    with tempfile.NamedTemporaryFile("r") as peak, tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(["/usr/bin/time", "-f", "%M", "-o", peak.name, *command], stdout=output,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}")
        output.seek(0)
        return Usage(usage.ru_utime + usage.ru_stime, int(peak.read()) * 1024, output.read())


class Agent:
    """A running `leeway run`."""

    def __init__(self, process, port):
        self.process = process
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path):
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def scrape(self):
        status, page = self.get("/metrics")
        if status != 200:
            raise RuntimeError(f"/metrics answered {status}")
        return page

    def wait_ready(self, seconds=300):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the agent ended with exit code {self.process.returncode}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/-/ready")[0] == 200:
                    return
            self.connection.close()
            time.sleep(0.05)
        raise RuntimeError("the agent did not become ready")

    def peak_rss(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def cpu_seconds(self):
        """CPU time of all threads, to the nanosecond."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def agent(leeway, config, source, log, state):
    port = free_port()
    command = [leeway, "run", "--config.file", config, "--source.path", f"{source}={log}", "--state.dir", str(state),
               "--web.listen-address", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            running = Agent(process, port)
            running.wait_ready()
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
