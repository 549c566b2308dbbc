"""Brokers of messages, stores of keys, and what coordinates them."""

import random

from . import program
from .program import Program


def etcd(directory):
    port, peer = program.free_port(), program.free_port()
    client = ["etcdctl", f"--endpoints=127.0.0.1:{port}"]
    command = ["etcd", "--data-dir", directory / "data", "--logger=zap", "--log-outputs=stderr",
               "--listen-client-urls", f"http://127.0.0.1:{port}", "--advertise-client-urls", f"http://127.0.0.1:{port}",
               "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
               "--initial-cluster", f"default=http://127.0.0.1:{peer}", "--snapshot-count", "20"]
    for turn in range(12):
        with program.running(command, directory, port):
            for key in range(2):
                program.call(*client, "put", f"/service/{turn}/{key}", "x" * 1000)
            program.call(*client, "get", "--prefix", "/service")
            program.call(*client, "compaction", "20")
            program.request(port, "/nothing")
    return directory / "output.log"


def nats(directory):
    port = program.free_port()
    chance = random.Random(1)
    log = directory / "nats.log"
    with program.running(["nats-server", "-a", "127.0.0.1", "-p", port, "-DV", "-l", log], directory, port):
        for turn in range(100):
            with program.socket.create_connection(("127.0.0.1", port), 5) as client:
                client.settimeout(5)
                client.recv(4096)
                if turn % 10 == 9:
                    client.sendall(b"GET / HTTP/1.1\r\n\r\n")
                else:
                    client.sendall(b'CONNECT {"verbose":false}\r\nSUB orders.* 1\r\nPUB orders.%d 5\r\nhello\r\nPING\r\n' %
                                   chance.randrange(9))
                program.time.sleep(0.02)
                client.recv(4096)
    return log


def mosquitto(directory):
    port = program.free_port()
    (directory / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nlog_type all\nlog_dest file {directory}/mosquitto.log\n"
        f"acl_file {directory}/acl\nuser root\n")
    (directory / "acl").write_text("topic readwrite plant/#\n")
    (directory / "acl").chmod(0o600)
    with program.running(["mosquitto", "-c", directory / "mosquitto.conf"], directory, port):
        at = ["-h", "127.0.0.1", "-p", port]
        with program.running(["mosquitto_sub", *at, "-t", "plant/#"], directory):
            for turn in range(60):
                program.call("mosquitto_pub", *at, "-q", turn % 3, "-t", f"plant/line{turn % 5}/temperature", "-m", "21.5")
                program.call("mosquitto_pub", *at, "-t", "secret/door", "-m", "open")
            with program.socket.create_connection(("127.0.0.1", port), 5) as scanner:
                scanner.sendall(b"GET / HTTP/1.1\r\n\r\n")
                program.time.sleep(0.2)
    return directory / "mosquitto.log"


def zookeeper(directory):
    port = program.free_port()
    (directory / "zoo.cfg").write_text(f"dataDir={directory}/data\nclientPort={port}\nclientPortAddress=127.0.0.1\ntickTime=200\n"
                                       "admin.enableServer=false\n4lw.commands.whitelist=ruok,stat\n")
    (directory / "log4j.properties").write_text(
        "log4j.rootLogger=INFO, CONSOLE\nlog4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender\n"
        "log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout\n"
        "log4j.appender.CONSOLE.layout.ConversionPattern=%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n\n")
    jars = ":".join(f"/usr/share/java/{jar}.jar" for jar in (
        "zookeeper", "zookeeper-jute", "log4j-1.2", "slf4j-api", "slf4j-log4j12", "metrics-core", "netty-all",
        "snappy-java", "jline2", "commons-cli", "commons-io", "jackson-core", "jackson-databind", "jackson-annotations"))
    for _ in range(3):
        with program.running(["java", "-Xmx128m", "-cp", f"{directory}:{jars}", "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                              directory / "zoo.cfg"], directory, port):
            for turn in range(60):
                with program.socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.sendall((b"ruok", b"GET / HTTP/1.1\r\n\r\n", b"stat")[turn % 3])
                    client.settimeout(0.2)
                    with program.contextlib.suppress(OSError):
                        client.recv(100)
    return directory / "output.log"


def rabbitmq(directory):
    port, node = program.free_port(), program.free_port()
    settings = {"RABBITMQ_NODE_PORT": str(port), "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": str(node),
                "RABBITMQ_NODENAME": f"unseen{port}@localhost", "RABBITMQ_MNESIA_BASE": str(directory / "data"),
                "RABBITMQ_LOG_BASE": str(directory / "logs"), "HOME": str(directory),
                "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq"), "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins")}
    (directory / "rabbitmq.conf").write_text(f"log.file = {directory}/rabbit.log\nlog.file.level = debug\n")
    (directory / "plugins").write_text("[].\n")
    for _ in range(2):
        with program.running(["/usr/lib/rabbitmq/bin/rabbitmq-server"], directory, port, **settings):
            for turn in range(60):
                with program.socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.sendall(b"AMQP\0\0\x09\x01" if turn % 2 else b"GET / HTTP/1.1\r\n\r\n")
                    client.settimeout(0.02)
                    with program.contextlib.suppress(OSError):
                        client.recv(1000)
    return directory / "rabbit.log"


PROGRAMS = [
    Program("etcd", "etcd-server", ["etcd", "--version"], etcd,
            format="json", record=r"^\{", number=(r'"level":"(\w+)"', "level"),
            time=(r'"ts":"([^"]+)"', "%Y-%m-%dT%H:%M:%S.%f%z"), words=program.LEVELS),
    Program("nats-server", "nats-server", ["nats-server", "--version"], nats,
            format="template|regex", record=r"^\[\d+\] ", number=(r"^\S+ \S+ \S+ \[(\w+)\]", "level"),
            time=(r"^\[\d+\] (\S+ \S+) ", "%Y/%m/%d %H:%M:%S.%f"),
            words=program.LEVELS),
    Program("mosquitto", "mosquitto", ["mosquitto", "-h"], mosquitto,
            format="template|regex", record=r"^\d+: ", number=(r"New client connected", None), time=(r"^(\d+): ", ""),
            edit=program.COUNTER + "when = 'message.contains(\"New client connected\")'\n"),
    Program("zookeeper", "zookeeper", ["dpkg-query", "-W", "zookeeper"], zookeeper,
            format="template", record=r"^\d{4}-", number=(r" - (\w+) +\[", "level"),
            time=(r"^(\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S,%f"),
            words=program.LEVELS),
    Program("rabbitmq", "rabbitmq-server", ["dpkg-query", "-W", "rabbitmq-server"], rabbitmq,
            format="template|regex", record=r"^\d{4}-", number=(r"^\S+ \S+ \[(\w+)\]", "level"),
            time=(r"^(\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S.%f%z"), words=program.LEVELS),
]
