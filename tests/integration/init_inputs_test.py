#!/usr/bin/env python3
"""What `leeway init` looks at: files, directories, rotated parts, the logs of workers and of containers, and what is no
log. LEEWAY_BIN names the binary."""

import datetime
import gzip
import json
import os
import random
import socket
import shlex
import subprocess
import time
import tomllib
import unittest
import uuid
import zoneinfo

import harness
import init_test
import replay

LINE = '{"ts": 1795840000, "level": "info"}\n'


class InputsTest(init_test.InitTest):
    """Several files, parts of logs, and what is no log."""

    def test_rotated_parts_are_one_source(self):
        folder = self.directory / "logs"
        folder.mkdir()
        for name in ("app.log", "app.log.1", "worker-2026-11-27.log", "worker-2026-11-28.log"):
            (folder / name).write_text(LINE * 30)
        (folder / "app.log.2.gz").write_bytes(gzip.compress((LINE * 30).encode()))
        (folder / "empty.log").write_text("")
        (folder / "cache.db").write_bytes(b"SQLite format 3\0" + bytes(100))
        paths = [source["path"] for source in self.init(folder)["source"]]
        self.assertEqual([str(folder / "app.log"), str(folder / "worker-*.log")], paths)
        self.assertIn("empty.log is empty", self.said)
        self.assertIn("cache.db is a database of SQLite", self.said)
        self.assertIn("app.log.1 is a part of", self.said)

    def test_the_path_of_a_compressed_part_is_that_of_the_log(self):
        part = self.directory / "app.log.1.gz"
        part.write_bytes(gzip.compress((LINE * 30).encode()))
        self.log.write_text(LINE)
        self.assertEqual(str(self.log), self.init(part)["source"][0]["path"])

    def test_the_commands_where_only_a_rotated_part_is_there(self):
        (self.directory / "server.log.2026-11-30-21").write_text(LINE * 30)
        done = subprocess.run([harness.LEEWAY, "init", self.directory / "server.log.2026-11-30-21", "--yes", "--output", self.config],
                              capture_output=True, text=True, timeout=60, check=True)
        self.assertIn("only what it was rotated to", done.stderr)
        self.assertEqual(str(self.directory / "server.log"), tomllib.loads(self.config.read_text())["source"][0]["path"])
        check, replay = [line.strip().replace("leeway", str(harness.LEEWAY), 1) for line in done.stderr.splitlines()
                         if line.startswith(("  leeway check", "  leeway replay"))]
        checked = subprocess.run([*shlex.split(check), "--strict"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(0, checked.returncode, checked.stdout + checked.stderr)
        page = subprocess.run(shlex.split(replay), capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn('log_records_total{level="info"} 30', page)

    def test_standard_input(self):
        done = subprocess.run([harness.LEEWAY, "init", "-", "--output", self.config], input=LINE * 30, capture_output=True, text=True, timeout=60, check=True)
        self.assertIn("< LOG", done.stderr)
        self.assertEqual("stdin", tomllib.loads(self.config.read_text())["source"][0]["type"])
        page = subprocess.run([harness.LEEWAY, "replay", self.config], input=LINE * 7, capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn('log_records_total{level="info"} 7', page)

    def test_utf_16(self):
        self.log.write_bytes((LINE * 30).encode("utf-16"))
        self.init()
        self.assertEqual({"info": 30}, self.counted("log_records_total", "level"))

    def test_a_table_with_another_delimiter(self):
        table = self.directory / "sales.csv"
        table.write_text("day;units\n" + "".join(f"d{i};{i}\n" for i in range(50)))
        self.assertEqual(";", self.init(table)["source"][0]["delimiter"])

    def test_a_table_that_grows_is_a_log(self):
        table = self.directory / "requests.csv"
        now = int(time.time()) // 60 * 60
        row = lambda i: f"{datetime.datetime.fromtimestamp(now - 900 + i, datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ},{500 if i % 100 == 0 else 200},{i % 90}\n"
        table.write_text("ts,status,duration_ms\n" + "".join(map(row, range(900))))
        os.utime(table, (now, now))
        source = self.init(table)["source"][0]
        self.assertEqual(("log", "csv", "ts"), (source["type"], source["format"], source["time"]))
        self.assertEqual({"200": 891, "500": 9}, self.counted("requests_total", "status"))
        os.utime(table, (now + 86_400 * 3, now + 86_400 * 3))
        self.assertEqual("file", self.init(table)["source"][0]["type"])
        self.assertIn("if they are appended, it is a log", self.said)

    def test_local_times_are_in_the_zone_in_which_the_file_was_changed(self):
        for zone in ("Asia/Kolkata", "America/New_York"):
            now = int(time.time()) - 60
            clock = lambda second: datetime.datetime.fromtimestamp(second, zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
            self.log.write_text("".join(f"{clock(now - 500 + i)} INFO app text {i}\n" for i in range(500)))
            os.utime(self.log, (now, now))
            self.assertEqual(zone, self.init()["source"][0]["time_zone"])
            samples = replay.counters(self.directory, self.config.read_text())
            last = next(value for (name, _), value in samples.items() if name == "leeway_source_last_record_timestamp_seconds")
            self.assertEqual(now - 1, last)

    def test_what_is_no_log_is_skipped_with_a_word(self):
        folder = self.directory / "logs"
        (folder / "old").mkdir(parents=True)
        (folder / "app.log").write_text(LINE * 30)
        (folder / "old/batch.log").write_text(LINE * 30)
        (folder / ".hidden").write_text(LINE)
        texts = {"app.pid": "17", "app.conf": "port = 80\n" * 9, "settings.yaml": "a:\n  b: 1\n", "run.sh": "exec app\n",
                 "notes": "one\ntwo\nthree\n", "lock": ""}
        for name, text in texts.items():
            (folder / name).write_text(text)
        noise = random.Random(1).randbytes(5000)
        binary = {"cache.bin": noise, "logo.png": b"\x89PNG\r\n\x1a\n" + noise, "model.pkl": b"\x80\x04\x95" + noise}
        for name, content in binary.items():
            (folder / name).write_bytes(content)
        os.mkfifo(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "app.sock"))
            config = self.init(folder)
        self.assertEqual(["app", "batch"], [source["name"] for source in config["source"]])
        for name in (*texts, *binary, "pipe", "app.sock"):
            self.assertRegex(self.said, rf"{name} is ", name)
        self.assertNotIn("hidden", self.said)

    def test_what_is_named_and_no_log_is_an_error_that_says_so(self):
        for content, word in ((random.Random(2).randbytes(9000), "is binary"), (b"\xff\xd8\xff\xe0" + bytes(99), "is a picture"),
                              (b"", "is empty")):
            self.log.write_bytes(content)
            done = self.leeway("init", self.log)
            self.assertEqual((2, ""), (done.returncode, done.stdout))
            self.assertRegex(done.stderr, word)
            self.assertEqual(1, len(done.stderr.splitlines()), done.stderr)
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        self.assertIn("is a pipe", self.leeway("init", pipe).stderr)

    def test_a_file_that_is_named_is_read_whatever_its_name(self):
        path = self.directory / "app.conf"
        path.write_text(LINE * 30)
        self.assertEqual(str(path), self.init(path)["source"][0]["path"])

    def test_one_log_for_each_worker_is_one_source(self):
        folder = self.directory / "logs"
        folder.mkdir()
        for worker in range(1, 6):
            (folder / f"worker-{worker}.log").write_text(LINE * 10 * worker)
        (folder / "scheduler.log").write_text(LINE * 30)
        config = self.init(folder)
        self.assertEqual([str(folder / "scheduler.log"), str(folder / "worker-[0-9]*.log")], [source["path"] for source in config["source"]])
        self.assertEqual({str(worker): 10 * worker for worker in range(1, 6)}, self.counted("worker_log_records_total", "worker"))

    def test_the_directory_of_pods_is_a_source_for_each_container(self):
        folder = self.directory / "pods"
        for pod, containers in (("shop_web-6d9c7f5b8-x2x7k", ("web", "proxy")), ("shop_web-6d9c7f5b8-bbbbb", ("web", "proxy")),
                                ("shop_orders-0", ("orders", "proxy"))):
            for container in containers:
                path = folder / f"{pod}_{uuid.UUID(int=random.Random(pod).getrandbits(128))}" / container
                path.mkdir(parents=True)
                (path / "0.log").write_text(f"2026-11-28T04:25:02.5Z stdout F {LINE}".replace("{", f'{{"pod": "{pod}", ') * 40)
        config = self.init(folder)
        self.assertEqual({"web": "shop_web-*/web/*.log", "web_proxy": "shop_web-*/proxy/*.log", "orders": "shop_orders-*/orders/*.log",
                          "orders_proxy": "shop_orders-*/proxy/*.log"},
                         {source["name"]: source["path"].removeprefix(f"{folder}/") for source in config["source"]})
        self.assertEqual({"info": 80}, self.counted("web_log_records_total", "level"))

    def test_the_directory_of_docker_is_a_source_with_a_label_for_the_container(self):
        folder = self.directory / "containers"
        names = [f"{random.Random(i).getrandbits(256):064x}" for i in range(3)]
        for i, name in enumerate(names):
            (folder / name).mkdir(parents=True)
            line = json.dumps({"log": LINE.replace("{", f'{{"n": {i}, '), "stream": "stdout", "time": "2026-11-28T04:25:02.5Z"}, separators=(",", ":"))
            (folder / name / f"{name}-json.log").write_text(f"{line}\n" * 20 * (i + 1))
            (folder / name / "config.v2.json").write_text('{"Name": "/shop"}')
            (folder / name / "hostname").write_text(name[:12])
        source = self.init(folder)["source"]
        self.assertEqual([("app", f"{folder}/*/*-json.log", "docker")], [(one["name"], one["path"], one["container"]) for one in source])
        self.assertEqual({name[:12]: 20 * (i + 1) for i, name in enumerate(names)}, self.counted("log_records_total", "container"))
        self.assertIn("--log-opt tag", self.said)


if __name__ == "__main__":
    unittest.main()
