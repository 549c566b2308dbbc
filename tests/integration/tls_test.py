"""Serving with --web.config.file: a table of clients, run by openssl against the real binary, wrong files, renewal under
load, and the real Prometheus, by TLS with certificates of both sides and passwords."""

import base64
import contextlib
import http.client
import itertools
import json
import os
import socket
import ssl
import subprocess
import threading
import unittest
import urllib.request

import harness
from tls import SOURCE, Tls

# Of "secret", at a cost that is quick.
SECRET = "$2y$06$abcdefghijklmnopqrstuuxLa0AkDDSrQ9VwNnETzOsObiucpMYgC"
TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
RSA = TLS.replace("server.", "rsa.")
VERIFY = "  client_ca_file: ca.crt\n  client_auth_type: {}\n"
MUTUAL = TLS + VERIFY.format("RequireAndVerifyClientCert")
USERS = f"basic_auth_users:\n  alice: {SECRET}\n  bob: {SECRET}\n"
GOOD, DENIED = "HTTP/1.1 200 OK", "HTTP/1.1 401 Unauthorized"


def client(name):
    return ["-cert", f"{name}.crt", "-key", f"{name}.key"]


def basic(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# For each web configuration: its clients, as arguments of `openssl s_client` and a header, and what the answer holds.
TABLE = [
    ("TLS", TLS, [
        ("any version", [], "", GOOD),
        ("TLS 1.3", ["-tls1_3"], "", GOOD),
        ("TLS 1.2", ["-tls1_2"], "", GOOD),
        ("TLS 1.1", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "", "alert protocol version"),
        ("TLS 1.0", ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"], "", "alert protocol version"),
        ("a cipher without forward secrecy", ["-tls1_2", "-cipher", "AES128-SHA"], "", "alert handshake failure"),
        ("HTTP/1.1 by ALPN", ["-alpn", "h2,http/1.1"], "", GOOD),
        ("HTTP/2 only", ["-alpn", "h2"], "", "alert no application protocol"),
        ("the server's name", ["-verify_hostname", "localhost"], "", GOOD),
        ("another name", ["-verify_hostname", "elsewhere"], "", "hostname mismatch"),
        ("another authority", ["-CAfile", "other.crt"], "", "unable to get local issuer certificate"),
        ("a certificate that nobody asked for", client("prometheus"), "", GOOD),
    ]),
    ("only TLS 1.3", TLS + "  min_version: TLS13\n", [
        ("TLS 1.3", [], "", GOOD),
        ("TLS 1.2", ["-tls1_2"], "", "alert protocol version"),
    ]),
    ("only TLS 1.2", TLS + "  max_version: TLS12\n", [
        ("any version", [], "", GOOD),
        ("TLS 1.3", ["-tls1_3"], "", "alert protocol version"),
    ]),
    ("old versions", RSA + "  min_version: TLS10\n", [
        ("TLS 1.0", ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"], "", GOOD),
        ("TLS 1.1", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "", GOOD),
        ("TLS 1.3", ["-tls1_3"], "", GOOD),
    ]),
    ("ciphers", RSA + "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n", [
        ("one of them", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "", GOOD),
        ("another", ["-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305"], "", "alert handshake failure"),
        ("TLS 1.3 has its own", ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "", GOOD),
    ]),
    ("curves", TLS + "  curve_preferences: [CurveP521]\n", [
        ("that one", ["-curves", "P-521"], "", GOOD),
        ("another", ["-curves", "P-384"], "", "alert handshake failure"),
    ]),
    ("an expired certificate", TLS.replace("server.", "expired."), [
        ("verifies", [], "", "certificate has expired"),
    ]),
    ("clients are verified", MUTUAL, [
        ("no certificate", [], "", "alert certificate required"),
        ("no certificate, TLS 1.2", ["-tls1_2"], "", "alert handshake failure"),
        ("a certificate", client("prometheus"), "", GOOD),
        ("a certificate, TLS 1.2", [*client("prometheus"), "-tls1_2"], "", GOOD),
        ("of another authority", client("stranger"), "", "alert unknown ca"),
        ("self-signed", client("other"), "", "alert unknown ca"),
        ("expired", client("expired"), "", "alert certificate expired"),
        ("of a server only", client("serveronly"), "", "alert unsupported certificate"),
    ]),
    ("clients with names", MUTUAL + "  client_allowed_sans: [prometheus.example, 10.9.8.7]\n", [
        ("the name", client("prometheus"), "", GOOD),
        ("the address", client("byaddress"), "", GOOD),
        ("another name", client("server"), "", "alert bad certificate"),
    ]),
    ("clients may have a certificate", TLS + VERIFY.format("VerifyClientCertIfGiven"), [
        ("no certificate", [], "", GOOD),
        ("a certificate", client("prometheus"), "", GOOD),
        ("of another authority", client("stranger"), "", "alert unknown ca"),
    ]),
    ("clients need any certificate", TLS + "  client_auth_type: RequireAnyClientCert\n", [
        ("no certificate", [], "", "alert certificate required"),
        ("of another authority", client("stranger"), "", GOOD),
    ]),
    ("clients are asked", TLS + "  client_auth_type: RequestClientCert\n", [
        ("no certificate", [], "", GOOD),
        ("of another authority", client("stranger"), "", GOOD),
    ]),
    ("passwords", TLS + USERS, [
        ("none", [], "", DENIED),
        ("right", [], basic("alice", "secret"), GOOD),
        ("right, again", [], basic("alice", "secret"), GOOD),
        ("wrong", [], basic("alice", "Secret"), DENIED),
        ("empty", [], basic("alice", ""), DENIED),
        ("more than the password", [], basic("alice", "secret "), DENIED),
        ("a user who is not there", [], basic("mallory", "secret"), DENIED),
        ("another scheme", [], "Authorization: Bearer secret", DENIED),
        ("no base64", [], "Authorization: Basic alice:secret", DENIED),
        ("two", [], basic("alice", "secret") + "\r\n" + basic("bob", "secret"), DENIED),
    ]),
    ("headers", TLS + "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=60\n", [
        ("are in the answer", [], "", "Strict-Transport-Security: max-age=60"),
    ]),
    ("a rate limit", TLS + "rate_limit: {interval: 1h, burst: 2}\n", [
        ("first", [], "", GOOD),
        ("second", [], "", GOOD),
        ("third", [], "", "HTTP/1.1 429 Too Many Requests"),
    ]),
]

# Web configurations that promtool, which reads them as exporters do, accepts or not. Debian's does not know rate_limit.
PROMTOOL_ACCEPTS = ["", TLS, MUTUAL, USERS, TLS + USERS,
                    TLS + VERIFY.format("VerifyClientCertIfGiven"), "http_server_config: {http2: false}\n",
                    TLS + "  min_version: TLS13\n  curve_preferences: [X25519]\n",
                    TLS + "  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"]
PROMTOOL_REFUSES = ["x", "tls_server_config:\n  cert_filse: a\n", TLS.replace("server.key", "missing"), "users: {}\n",
                    "tls_server_config:\n  cert_file: server.crt\n", TLS.replace("server.key", "ca.key"),
                    TLS + "  client_ca_file: ca.crt\n", TLS + "  min_version: TLS111\n", "basic_auth_users: {a: b}\n",
                    TLS + "  cipher_suites: [TLS_X]\n", TLS + "  curve_preferences: [CurveP257]\n",
                    TLS + "  client_auth_type: Require\n", "http_server_config: {headers: {X-Frame-Options: x}}\n",
                    "http_server_config: {headers: {Content-Type: x}}\n"]


class ServingTest(Tls):
    def test_table_of_clients(self):
        count = 0
        for what, web, clients in TABLE:
            agent = self.start(web)
            for name, arguments, header, expected in clients:
                with self.subTest(server=what, client=name):
                    self.assertIn(expected, self.client(agent.port, arguments, header))
                count += 1
            self.assertEqual(0, agent.terminate()[0])
            agent.close()
        print(f"{count} clients of {len(TABLE)} web configurations")

    def test_files_are_judged_as_by_promtool(self):
        for accepted, texts in ((True, PROMTOOL_ACCEPTS), (False, PROMTOOL_REFUSES)):
            for text in texts:
                with self.subTest(text=text, accepted=accepted):
                    self.web.write_text(text)
                    judged = subprocess.run(["promtool", "check", "web-config", str(self.web)], capture_output=True,
                                            text=True, timeout=30)
                    self.assertEqual(accepted, judged.returncode == 0, judged.stderr)
                    if accepted:
                        self.assertIn(f"{self.web}: fine; ", self.check(0).stdout)
                        agent = self.start(text)
                        self.assertEqual(0, agent.terminate()[0])
                        agent.close()
                    else:
                        self.refuses(text, "web.yml:")

    def refuses(self, text, *parts, **options):
        self.web.write_text(text)
        config = self.directory / "leeway.toml"
        config.write_text(SOURCE.format(directory=self.directory))
        done = subprocess.run([harness.LEEWAY, "run", "--config.file", str(config), "--web.listen-address",
                               f"127.0.0.1:{harness.free_port()}", "--web.config.file", str(self.web)],
                              capture_output=True, text=True, timeout=30, **options)
        self.assertEqual(2, done.returncode, done.stderr)
        checked = self.check(2, **options)
        for part in parts:
            self.assertIn(part, done.stderr)
            self.assertIn(part, checked.stderr)

    def check(self, code, **options):
        config = self.directory / "leeway.toml"
        config.write_text(SOURCE.format(directory=self.directory))
        done = subprocess.run([harness.LEEWAY, "check", "--config.file", str(config), "--web.config.file", str(self.web)],
                              capture_output=True, text=True, timeout=30, **options)
        self.assertEqual(code, done.returncode, done.stderr)
        return done

    def test_a_wrong_file_refuses_to_start(self):
        self.refuses(TLS.replace("key_file", "keyfile"), f"{self.web}:3:3: ", "did you mean 'key_file'?",
                     f"{self.web}:2:3: ", "'key_file' is missing")
        self.refuses(TLS.replace("server.key", "server.kee"), f"{self.web}:3:13: key_file: ", "No such file",
                     "relative to the web configuration")
        self.refuses(TLS.replace("server.key", "server.crt"), "it holds a certificate and no private key")
        self.refuses(TLS.replace("server.key", "renewed.key"), "does not belong to the certificate of 'cert_file'")
        self.refuses(TLS.replace("server.key", "."), "key_file: ")
        self.web.unlink()
        done = subprocess.run([harness.LEEWAY, "run", "--config.file", str(self.directory / "leeway.toml"),
                               "--web.config.file", str(self.web)], capture_output=True, text=True, timeout=30)
        self.assertEqual((2, True), (done.returncode, str(self.web) in done.stderr), done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody who may not read the key")
    def test_a_key_that_cannot_be_read(self):
        self.directory.chmod(0o755)
        (self.directory / "server.key").chmod(0o600)
        self.refuses(TLS, f"{self.web}:3:13: key_file: ", "Permission denied",
                     "expected a file that the user of this process may read", user=65534, group=65534, extra_groups=[])

    def test_http_to_the_port_of_https(self):
        agent = self.start(TLS)
        status, body, _ = agent.request("GET", "/metrics")
        self.assertEqual((400, "Client sent an HTTP request to an HTTPS server.\n"), (status, body))
        self.assertEqual(1, self.sample(agent.port, 'leeway_web_refused_total{reason="plain_http"}'))

    def test_handshakes_that_do_not_end_hold_nobody_up(self):
        agent = self.start(TLS)
        with contextlib.ExitStack() as stack:
            for begin in itertools.islice(itertools.cycle([b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00"]), 300):
                half = stack.enter_context(socket.create_connection(("127.0.0.1", agent.port), timeout=20))
                half.sendall(begin)
            self.assertEqual(200, self.scrape(agent.port)[0])

    def test_guesses_hold_nobody_up(self):
        """Hundreds of passwords, each of which takes some milliseconds, while somebody who is known scrapes."""
        agent = self.start(USERS)

        def status(password):
            header = basic("alice", password).split(": ")
            return agent.request("GET", "/metrics", dict([header]))[0]

        self.assertEqual(200, status("secret"))
        guessed = []
        threads = [threading.Thread(target=lambda n=n: guessed.extend(status(f"guess {n} {i}") for i in range(10)))
                   for n in range(30)]
        for thread in threads:
            thread.start()
        known = {status("secret") for _ in range(50)}
        for thread in threads:
            thread.join()
        self.assertEqual({200}, known)
        self.assertEqual(300, len(guessed))
        self.assertLessEqual(set(guessed), {401, 503})

    def test_renewal_under_load(self):
        """Neither a renewed certificate nor a wrong file costs a scrape."""
        agent = self.start(TLS)
        failures, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                try:
                    failures.extend([] if self.scrape(agent.port)[0] == 200 else ["status"])
                except (OSError, http.client.HTTPException) as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        self.addCleanup(lambda: [thread.join() for thread in threads])
        self.addCleanup(stop.set)
        first = self.serial(agent.port)
        successful, expiry = "leeway_web_config_last_reload_successful", \
            "leeway_web_certificate_not_after_timestamp_seconds"
        self.assertEqual(1, self.sample(agent.port, successful))
        expires = ssl.cert_time_to_seconds(
            subprocess.run(["openssl", "x509", "-in", self.pki / "server.crt", "-noout", "-enddate"], text=True,
                           capture_output=True, check=True).stdout.strip().removeprefix("notAfter="))
        self.assertEqual(expires, self.sample(agent.port, expiry))

        self.replace("server.crt", "renewed.crt")
        self.replace("server.key", "renewed.key")
        harness.wait_until(lambda: self.serial(agent.port) != first, "the renewed certificate")
        second = self.serial(agent.port)

        self.replace("server.key", "server.key")
        harness.wait_until(lambda: self.sample(agent.port, successful) == 0, "the wrong key to be refused")
        self.assertEqual(second, self.serial(agent.port))
        self.assertIn("does not belong to the certificate", agent.messages())
        self.replace("server.crt", "server.crt")
        harness.wait_until(lambda: self.sample(agent.port, successful) == 1, "the old pair to be read")
        self.assertEqual(first, self.serial(agent.port))
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual([], failures)

    def test_sockets_of_systemd(self):
        config = self.directory / "leeway.toml"
        config.write_text(SOURCE.format(directory=self.directory))
        port, local = harness.free_port(), self.directory / "leeway.sock"
        command = [harness.LEEWAY, "run", "--config.file", str(config), "--web.systemd-socket"]
        with open(self.directory / "agent.err", "w") as log:
            process = subprocess.Popen(["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "-l", str(local), *command],
                                       stdout=log, stderr=log)
        self.addCleanup(harness.stop_server, process)
        harness.wait_until(local.exists, "the sockets")
        for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, str(local))):
            with socket.socket(family) as asking:
                asking.settimeout(20)
                asking.connect(address)
                asking.sendall(b"GET /-/healthy HTTP/1.0\r\n\r\n")
                self.assertIn(b"200 OK", asking.recv(1000))
        for served in (f"http://127.0.0.1:{port}/metrics", f"http://unix:{local}"):
            harness.wait_until(lambda: f"serves {served}" in (self.directory / "agent.err").read_text(), served)

        alone = subprocess.run(command, capture_output=True, text=True, timeout=30)
        self.assertEqual(2, alone.returncode)
        self.assertIn("systemd has passed no socket", alone.stderr)
        both = subprocess.run([*command, "--web.listen-address", "127.0.0.1:0"], capture_output=True, text=True,
                              timeout=30)
        self.assertEqual(2, both.returncode)


PROMETHEUS = """
global:
  scrape_interval: 1s
scrape_configs:
"""
# What is different from a job that may scrape, and its error.
JOBS = {
    "right": ({}, ""),
    "no_certificate": ({"cert_file": None, "key_file": None}, "certificate required"),
    "of_a_stranger": ({"cert_file": "stranger.crt", "key_file": "stranger.key"}, "unknown certificate authority"),
    "expired": ({"cert_file": "expired.crt", "key_file": "expired.key"}, "expired certificate"),
    "another_authority": ({"ca_file": "other.crt"}, "certificate signed by unknown authority"),
    "another_name": ({"server_name": "elsewhere"}, "not elsewhere"),
    "wrong_password": ({"password": "other"}, "server returned HTTP status 401 Unauthorized"),
    "http": ({"scheme": "http"}, "server returned HTTP status 400 Bad Request"),
}


class PrometheusTest(Tls):
    def configuration(self, port):
        text = PROMETHEUS
        for name, (changes, _) in JOBS.items():
            job = {"ca_file": "ca.crt", "cert_file": "prometheus.crt", "key_file": "prometheus.key", "scheme": "https",
                   "password": "secret", **changes}
            tls = {key: str(self.directory / value) if key.endswith("_file") else value for key, value in job.items()
                   if value and (key.endswith("_file") or key == "server_name")}
            text += f"  - job_name: {name}\n    scheme: {job['scheme']}\n    tls_config: {json.dumps(tls)}\n" \
                    f"    basic_auth: {{username: alice, password: {job['password']}}}\n" \
                    f"    static_configs: [{{targets: [\"127.0.0.1:{port}\"]}}]\n"
        return text

    def test_prometheus_over_mutual_tls(self):
        agent = self.start(MUTUAL + "  client_allowed_sans: [prometheus.example]\n" + USERS)
        config = self.directory / "prometheus.yml"
        config.write_text(self.configuration(agent.port))
        port = harness.free_port()
        log = open(self.directory / "prometheus.err", "w")  # noqa: SIM115
        self.addCleanup(log.close)
        harness.start_server(self, ["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
                                    f"--storage.tsdb.path={self.directory}/tsdb"], port, stdout=log, stderr=log)

        def get(path):
            with contextlib.suppress(OSError), \
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=10) as response:
                return json.load(response)["data"]
            return {}

        def targets():
            found = {target["labels"]["job"]: target for target in get("targets").get("activeTargets", [])}
            return len(found) == len(JOBS) and all(found[job]["health"] != "unknown" for job in JOBS) and found

        found = harness.wait_until(targets, "a scrape of each job", 60)
        for job, (_, error) in JOBS.items():
            with self.subTest(job=job):
                self.assertEqual("up" if job == "right" else "down", found[job]["health"], found[job]["lastError"])
                self.assertIn(error, found[job]["lastError"])
        up = harness.wait_until(lambda: get("query?query=up").get("result"), "up")
        values = {series["metric"]["job"]: series["value"][1] for series in up}
        self.assertEqual({job: "1" if job == "right" else "0" for job in JOBS}, values)
        # Again by a new certificate: it connects anew.
        self.replace("server.crt", "renewed.crt")
        self.replace("server.key", "renewed.key")
        harness.wait_until(lambda: "was read again" in agent.messages(), "the renewed certificate to be read")
        for _ in range(2):
            before = targets()["right"]["lastScrape"]
            harness.wait_until(lambda: targets()["right"]["lastScrape"] != before, "another scrape")  # noqa: B023
        self.assertEqual(("up", ""), (targets()["right"]["health"], targets()["right"]["lastError"]))


if __name__ == "__main__":
    unittest.main()
