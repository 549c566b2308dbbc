"""Servers of names and of mail."""

import contextlib
import random
import smtplib

from . import program
from .program import Program


def ask(port, names, count):
    chance = random.Random(1)
    for _ in range(count // 20):
        questions = []
        for _ in range(20):
            questions += [chance.choice(names).format(n=chance.randrange(50)), chance.choice(("A", "AAAA", "MX"))]
        program.call("dig", "@127.0.0.1", "-p", port, "+tries=1", "+timeout=1", "+short", *questions)


def bind(directory):
    port = program.free_port()
    (directory / "zone").write_text("$TTL 60\n@ SOA ns.example. a.example. 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\n* A 127.0.0.2\n")
    (directory / "named.conf").write_text(
        f'options {{ directory "{directory}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;\n'
        f' pid-file "{directory}/named.pid"; session-keyfile "{directory}/key"; querylog yes; dnssec-validation no; }};\n'
        f'controls {{ }};\nlogging {{ channel all {{ file "{directory}/named.log"; severity debug 1; print-time yes;\n'
        ' print-severity yes; print-category yes; }; category default { all; }; category queries { all; }; category query-errors { all; };'
        ' category security { all; }; };\nzone "example" { type master; file "zone"; };\n')
    with program.running(["named", "-f", "-c", directory / "named.conf"], directory, port):
        ask(port, ("www{n}.example", "example", "www.elsewhere.test", "mail{n}.example"), 500)
    return directory / "named.log"


def dnsmasq(directory):
    port = program.free_port()
    with program.running(["dnsmasq", "--no-daemon", "--port", port, "--listen-address=127.0.0.1", "--bind-interfaces",
                          "--no-resolv", "--no-hosts", "--log-queries=extra", f"--log-facility={directory}/dnsmasq.log",
                          "--pid-file", "--user=root", "--address=/example/127.0.0.2", "--conf-file=/dev/null"], directory, port):
        ask(port, ("www{n}.example", "mail.example", "www.elsewhere.test"), 500)
    return directory / "dnsmasq.log"


def exim(directory):
    port = program.free_port()
    (directory / "exim.conf").write_text(
        f"primary_hostname = mx.example\nspool_directory = {directory}/spool\nlog_file_path = {directory}/%slog\n"
        f"exim_user = root\nexim_group = root\ntimezone = {program.ZONE}\nlocal_interfaces = 127.0.0.1\n"
        f"daemon_smtp_ports = {port}\ndomainlist local = mx.example\nacl_smtp_rcpt = rcpt\n"
        "log_selector = +received_recipients +queue_time\nqueue_run_max = 1\n"
        "begin acl\nrcpt:\n deny message = relay not permitted\n  !domains = +local\n defer local_parts = later\n accept\n"
        "begin routers\nlocal:\n driver = accept\n local_parts = ann : bob\n transport = drop\n"
        "begin transports\ndrop:\n driver = appendfile\n file = /dev/null\n user = nobody\n")
    with program.running(["exim4", "-C", directory / "exim.conf", "-bdf", "-q1h"], directory, port):
        chance = random.Random(1)
        for _ in range(150):
            to = chance.choice(("ann@mx.example", "bob@mx.example", "later@mx.example", "x@elsewhere.test", "no@mx.example"))
            with contextlib.suppress(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", port, "client.example") as client:
                client.sendmail("shop@client.example", [to], "Subject: x\n\nhello")
        program.time.sleep(2)
    return directory / "mainlog"


PROGRAMS = [
    Program("bind", "bind9 bind9-dnsutils", ["named", "-v"], bind,
            format="template|regex", record=r"^\d\d-\w{3}-\d{4} ", number=(r"^\S+ \S+ [\w-]+: (\w+)", "level"),
            time=(r"^(\d\d-\S+ \S+) ", "%d-%b-%Y %H:%M:%S.%f"), words=program.LEVELS),
    Program("dnsmasq", "dnsmasq-base", ["dnsmasq", "--version"], dnsmasq,
            format="syslog", record=r"^\w{3} ", number=(r" query\[(\w+)\] ", "type"),
            time=(r"^(\w{3} +\d+ \S+) ", "%b %d %H:%M:%S"),
            edit=program.COUNTER + """when = 'message.matches(" query\\\\[")'
labels = { type = 'message.extract(" query\\\\[([A-Z]+)")' }
"""),
    Program("exim", "exim4-daemon-light", ["exim4", "-bV"], exim,
            format="template|regex", record=r"^\d{4}-", number=(r"^\S+ \S+ \S+ => ", None),
            time=(r"^(\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S"),
            edit=program.COUNTER + "when = 'message.contains(\" => \")'\n"),
]
