"""Databases, and what engineers of data keep in them."""

import random

from . import program
from .program import Program

SLOW = """
CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(99), price DOUBLE);
INSERT INTO orders (what, price) VALUES ('a\\nb', 1), ('# Time: no', 2);
"""


def mariadb(directory):
    port = program.free_port()
    data = directory / "data"
    program.call("mariadb-install-db", "--user=root", f"--datadir={data}", "--auth-root-authentication-method=normal")
    client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", port, "-u", "root", "--force"]
    with program.running(["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--port={port}",
                          "--bind-address=127.0.0.1", f"--socket={directory}/m.sock", "--slow-query-log=1", "--long-query-time=0",
                          f"--slow-query-log-file={directory}/slow.log", f"--log-error={directory}/error.log"], directory, port):
        program.call(*client, input=SLOW)
        chance = random.Random(1)
        for turn in range(60):
            program.call(*client, "shop", input=f"SELECT * FROM orders\n  WHERE id = {chance.randrange(99)};\n"
                         f"INSERT INTO orders (what, price) VALUES ('x{turn}', {turn});\n"
                         f"SELECT SLEEP(0.0{chance.randrange(1, 9)});\nSELECT * FROM missing;\n")
    return directory / "slow.log"


def clickhouse(directory):
    port, http = program.free_port(), program.free_port()
    (directory / "config.xml").write_text(
        f"<yandex><logger><level>trace</level><log>{directory}/clickhouse.log</log></logger><http_port>{http}</http_port>"
        f"<tcp_port>{port}</tcp_port><listen_host>127.0.0.1</listen_host><path>{directory}/data/</path>"
        f"<tmp_path>{directory}/tmp/</tmp_path><users_config>users.xml</users_config><default_profile>default</default_profile>"
        "<default_database>default</default_database><mark_cache_size>5368709120</mark_cache_size></yandex>")
    (directory / "users.xml").write_text(
        "<yandex><profiles><default/></profiles><users><default><password></password><networks><ip>::/0</ip></networks>"
        "<profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>")
    with program.running(["clickhouse-server", f"--config-file={directory}/config.xml"], directory, http):
        program.request(http, "/", "POST", b"CREATE TABLE events (day Date, id UInt64) ENGINE = MergeTree(day, id, 8192)")
        for turn in range(60):
            program.request(http, "/", "POST", b"INSERT INTO events VALUES ('2026-11-%02d', %d)" % (turn % 28 + 1, turn))
            program.request(http, "/", "POST", b"SELECT count()\nFROM events\nWHERE id > %d" % turn)
            program.request(http, "/", "POST", (b"SELECT sleep(0.05)", b"SELECT * FROM missing", b"SELEC 1")[turn % 3])
    return directory / "clickhouse.log"


def influxdb(directory):
    port, rpc = program.free_port(), program.free_port()
    (directory / "influxdb.conf").write_text(
        f'bind-address = "127.0.0.1:{rpc}"\nreporting-disabled = true\n[meta]\ndir = "{directory}/meta"\n'
        f'[data]\ndir = "{directory}/data"\nwal-dir = "{directory}/wal"\nquery-log-enabled = true\n'
        f'[http]\nbind-address = "127.0.0.1:{port}"\nlog-enabled = true\n'
        '[monitor]\nstore-enabled = false\n')
    with program.running(["influxd", "-config", directory / "influxdb.conf"], directory, port):
        program.request(port, "/query?q=CREATE%20DATABASE%20plant", "POST")
        for turn in range(120):
            program.request(port, "/write?db=plant", "POST", b"temperature,line=%d value=%d" % (turn % 5, turn))
            program.request(port, "/query?db=plant&q=SELECT%20mean(value)%20FROM%20temperature")
            program.request(port, ("/query?db=plant&q=SELEC", "/write?db=missing", "/ping", "/nothing")[turn % 4],
                            "POST" if turn % 4 == 1 else "GET", b"x y")
    return directory / "output.log"


PROGRAMS = [
    Program("mariadb", "mariadb-server", ["mariadbd", "--version"], mariadb,
            format="template|regex", record=r"^# User@Host", number=(r"^# User@Host", None),
            time=(r"^SET timestamp=(\d+);", "")),
    Program("clickhouse", "clickhouse-server", ["clickhouse-client", "--version"], clickhouse,
            format="template|regex", record=r"^\d{4}\.\d\d\.",
            number=(r"^\S+ \S+ \[ \d+ \] (?:\{[^}]*\} )?<(\w+)>", "level"),
            time=(r"^(\d{4}\.\S+ \S+) ", "%Y.%m.%d %H:%M:%S.%f"),
            words=program.LEVELS),
    Program("influxdb", "influxdb", ["influxd", "version"], influxdb,
            format="logfmt|.*access.*|regex.*|.*template.*", record=r"^\[httpd\]|^ts=|^\d{4}-",
            number=(r'^\[httpd\] .*" (\d{3}) ', "status"), time=program.ACCESS_TIME),
]
