"""An agent with a web configuration, beside certificates of all kinds. Used by the tests of TLS."""

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

import certificates
import harness

SOURCE = """
[[source]]
name = "app"
type = "log"
path = "{directory}/app.log*"
format = "json"

[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
"""


class Tls(unittest.TestCase):
    """An agent with a web configuration, beside certificates of all kinds."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.pki = pathlib.Path(directory.name)
        local = "DNS:localhost,IP:127.0.0.1"
        certificates.make_authority(cls.pki, "ca")
        certificates.make_authority(cls.pki, "other")
        for name, names, options in [
                ("server", local, {}), ("rsa", local, {"key": "rsa:2048"}), ("expired", local, {"days": -1}),
                ("renewed", local, {}), ("prometheus", "DNS:prometheus.example", {}), ("byaddress", "IP:10.9.8.7", {}),
                ("stranger", "DNS:prometheus.example", {"authority": "other"}),
                ("serveronly", "DNS:prometheus.example", {"usage": "serverAuth"})]:
            certificates.make_certificate(cls.pki, name, names, **options)

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        for file in self.pki.iterdir():
            shutil.copy(file, self.directory)
        self.web = self.directory / "web.yml"

    def start(self, web):
        self.web.write_text(web)
        (self.directory / "agent.err").write_text("")
        agent = harness.Agent(self.directory, SOURCE, ["--web.config.file", str(self.web)])
        self.addCleanup(agent.close)
        agent.start()
        # Not by a connection, which would be counted.
        harness.wait_until(lambda: "serves http" in agent.messages() or agent.process.poll() is not None, "the agent")
        if agent.process.poll() is not None:
            raise AssertionError(agent.messages())
        return agent

    def client(self, port, arguments, header="", path="/-/healthy"):
        """What openssl says and receives."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *([header] if header else []), "", ""]
        authority = [] if "-CAfile" in arguments else ["-CAfile", "ca.crt"]
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-quiet", "-ign_eof",
             "-no-CApath", "-verify_return_error", *authority, *arguments],
            input="\r\n".join(lines), cwd=self.directory, capture_output=True, text=True, timeout=30)
        return done.stdout + done.stderr

    def context(self, name=None):
        context = ssl.create_default_context(cafile=self.directory / "ca.crt")
        if name:
            context.load_cert_chain(self.pki / f"{name}.crt", self.pki / f"{name}.key")
        return context

    def scrape(self, port, headers=None, context=None):
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context or self.context())
        with contextlib.closing(connection):
            connection.request("GET", "/metrics", headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()

    def sample(self, port, name, **options):
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.scrape(port, **options)[1], re.MULTILINE)
        return None if found is None else float(found[1])

    def replace(self, name, source):
        """As a renewal does: never half a file."""
        shutil.copy(self.pki / source, self.directory / f"{name}.new")
        os.replace(self.directory / f"{name}.new", self.directory / name)

    def serial(self, port):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, \
                self.context().wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.getpeercert()["serialNumber"]
