#!/usr/bin/env python3
"""Access logs that the real servers write, against what their client saw. LEEWAY_BIN names the binary; servers are those of
Debian. A server that is not installed fails the test."""

import collections
import http.client
import pathlib
import random
import socket
import tempfile
import unittest

import harness
import replay

REQUESTS = 400
PATHS = ("/", "/items/42", "/items/9f1c2d3e-0001-4abc-8def-001122334455", "/search?q=a%20b&x=%22", "/%E2%82%AC", "/missing", "/fail",
         "/a//b/../c", "/x?path=/etc/passwd")
AGENTS = ("curl/8.0", 'say "hello"', "back\\slash", "tab\tinside", "", "Mozilla/5.0 (X11; Linux x86_64) €".encode().decode("latin-1"))
APPLICATION = '''
def app(environ, start):  # WSGI
    path = environ["PATH_INFO"]
    status = "404 Not Found" if path == "/missing" else "503 Service Unavailable" if path == "/fail" else "200 OK"
    body = b"x" * (len(path) * 7)
    start(status, [("Content-Length", str(len(body)))])
    return [body]


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/fail":
        raise RuntimeError("the application failed")
    await send({"type": "http.response.start", "status": 404 if path == "/missing" else 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * (len(path) * 7)})
'''
NGINX = """
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ }}
http {{
  access_log {directory}/access.log;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "it works\\n"; }}
    location /missing {{ return 404; }}
    location /fail {{ return 503; }}
  }}
}}
"""
APACHE = """
ServerRoot {directory}
ServerName localhost
PidFile {directory}/apache.pid
Mutex pthread
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
DocumentRoot {directory}/www
Redirect 503 /fail
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog {directory}/access.log combined
ErrorLog {directory}/error.log
"""
HAPROXY = """
defaults
  mode http
  log stdout format raw local0
  option httplog
  option dontlognull
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend web
  bind 127.0.0.1:{port}
  http-request return status 404 if {{ path /missing }}
  http-request return status 503 if {{ path /fail }}
  http-request return status 200 content-type text/plain string "it works"
"""
CONFIG = """
[[source]]
name = "web"
type = "log"
path = "{directory}/{log}"
{format}
[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
source = "web"
when = "has(status)"
labels = {{ status = "status", method = "default(method, '')" }}
[[metric]]
name = "bytes_total"
type = "counter"
help = "Bytes."
source = "web"
when = "status == 200 && has(bytes)"
value = "bytes"
"""


class Client:
    """Sends requests and counts the answers by status and method."""

    def __init__(self, port, seed):
        self.port = port
        self.random = random.Random(seed)
        self.answers = collections.Counter()
        self.bytes = 0

    def send(self, count):
        for _ in range(count):
            method = self.random.choice(("GET", "GET", "GET", "HEAD", "POST"))
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request(method, self.random.choice(PATHS), headers={
                    "User-Agent": self.random.choice(AGENTS), "Referer": self.random.choice(("", 'http://a/?"', "http://b/c"))})
                response = connection.getresponse()
                body = response.read()
            finally:
                connection.close()
            self.answers[str(response.status), method] += 1
            self.bytes += len(body) if response.status == 200 else 0

    def send_no_http(self):
        """As scanners do; each is answered with 400."""
        for text in (b"\x16\x03\x01\x02\x00\r\n\r\n", b'GET /a b "c HTTP/1.1\r\n\r\n', b"hello\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
                connection.sendall(text)
                while connection.recv(1000):
                    pass
            self.answers["400", None] += 1


class WebServersTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)
        (self.directory / "www").mkdir()
        (self.directory / "service.py").write_text(APPLICATION)
        self.port = harness.free_port()

    def start(self, command, output=None):
        log = open(self.directory / (output or "output"), "wb")  # noqa: SIM115
        self.addCleanup(log.close)
        return harness.start_server(self, command, self.port, stdout=log, stderr=log, cwd=self.directory)

    def counted(self, log, format_lines):
        return replay.counters(self.directory, CONFIG.format(directory=self.directory, log=log, format=format_lines))

    def expect(self, client, samples, bytes_are_bodies):
        requests = collections.Counter()
        for (name, labels), value in samples.items():
            if name == "requests_total":
                status, method = dict(labels)["status"], dict(labels).get("method")
                requests[status, None if status == "400" else method] += int(value)
        self.assertEqual(client.answers, requests)
        if bytes_are_bodies:
            self.assertEqual(client.bytes, samples["bytes_total", ()])

    def test_nginx(self):
        (self.directory / "nginx.conf").write_text(NGINX.format(directory=self.directory, port=self.port))
        process = self.start(["/usr/sbin/nginx", "-p", self.directory, "-c", self.directory / "nginx.conf"])
        client = Client(self.port, 1)
        client.send(REQUESTS)
        client.send_no_http()
        harness.stop_server(process)
        samples = self.counted("access.log", 'format = "nginx"')
        self.expect(client, samples, bytes_are_bodies=True)
        self.assertEqual({}, replay.rejected(samples))

    def test_apache(self):
        (self.directory / "apache.conf").write_text(APACHE.format(directory=self.directory, port=self.port))
        (self.directory / "www/index.html").write_text("it works\n")
        process = self.start(["/usr/sbin/apache2", "-f", self.directory / "apache.conf", "-D", "FOREGROUND"])
        client = Client(self.port, 2)
        client.send(REQUESTS)
        harness.stop_server(process)
        samples = self.counted("access.log", 'format = "combined"')
        self.expect(client, samples, bytes_are_bodies=False)  # %O counts the headers too
        self.assertEqual({}, replay.rejected(samples))

    def test_haproxy(self):
        (self.directory / "haproxy.cfg").write_text(HAPROXY.format(port=self.port))
        process = self.start(["/usr/sbin/haproxy", "-f", self.directory / "haproxy.cfg", "-db"], "access.log")
        client = Client(self.port, 5)
        client.send(REQUESTS)
        log = self.directory / "access.log"  # the last line may be lost if it is stopped at once
        harness.wait_until(lambda: log.read_bytes().count(b"HTTP/1.1") == REQUESTS, "the last line")
        harness.stop_server(process)
        samples = self.counted("access.log", 'format = ["haproxy", "template"]\npattern = "{message}"')
        self.expect(client, samples, bytes_are_bodies=False)
        self.assertEqual({}, replay.rejected(samples))

    def test_gunicorn(self):
        process = self.start(["/usr/bin/gunicorn", "--access-logfile", self.directory / "access.log", "--bind",
                              f"127.0.0.1:{self.port}", "service:app"])
        client = Client(self.port, 3)
        client.send(REQUESTS)
        harness.stop_server(process)
        samples = self.counted("access.log", 'format = "gunicorn"')
        self.expect(client, samples, bytes_are_bodies=False)
        self.assertEqual({}, replay.rejected(samples))

    def test_uvicorn_with_its_messages_and_traces_between_the_requests(self):
        process = self.start(["/usr/bin/python3", "-m", "uvicorn", "--port", str(self.port), "service:asgi"], "uvicorn.log")
        client = Client(self.port, 4)
        client.send(REQUESTS)
        harness.stop_server(process)
        samples = self.counted("uvicorn.log", 'format = ["uvicorn", "template"]\npattern = "{level:word}: {message}"\n'
                                              'multiline = "traces"')
        self.expect(client, samples, bytes_are_bodies=False)
        self.assertEqual({}, replay.rejected(samples))


if __name__ == "__main__":
    unittest.main()
