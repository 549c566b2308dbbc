#!/usr/bin/env python3
"""A sample service for the demo: it serves requests, sends itself some, and writes a line of JSON for each to its log,
which it rotates by renaming. On request it has an incident: errors and slow answers.

  GET  /, /search, /checkout     a request, which is logged and counted
  POST /incident?seconds=60      half of the requests fail and all are slow, for that long
  DELETE /incident               ends it
  GET  /stats                    what it has served so far, as JSON: the truth to compare Leeway's counters with
  GET  /-/healthy                200

SIGTERM ends it after it has printed the same counts a last time.
"""

import argparse
import collections
import datetime
import http.server
import json
import pathlib
import random
import signal
import sys
import threading
import time
import urllib.parse

ROUTES = ("/", "/search", "/checkout")
GENERATIONS = 3  # rotated files to keep: shop.log.1 is the newest


class Log:
    """A file of JSON lines; a full one is renamed."""

    def __init__(self, path, limit):
        self.path = pathlib.Path(path)
        self.limit = limit
        self.rotations = 0
        self.file = self.open()

    def open(self):
        try:
            return open(self.path, "ab", buffering=0)  # noqa: SIM115
        except OSError as error:
            sys.exit(f"shop: the log {self.path} cannot be written ({error.strerror}); --log names another file")

    def write(self, record):
        if self.file.tell() > self.limit:
            self.rotate()
        self.file.write(json.dumps(record).encode() + b"\n")

    def rotate(self):
        self.file.close()
        for number in range(GENERATIONS - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.rename(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.rename(self.path.with_name(f"{self.path.name}.1"))
        self.rotations += 1
        self.file = self.open()


class Shop:
    def __init__(self, log):
        self.log = log
        self.lock = threading.Lock()
        self.served = collections.Counter()  # by status
        self.random = random.Random(1)
        self.incident_ends = 0.0

    def serve(self, route):
        """A request: how it is answered depends on chance and on whether there is an incident."""
        with self.lock:
            incident = time.monotonic() < self.incident_ends
            failed = self.random.random() < (0.5 if incident else 0.001)
            seconds = self.random.lognormvariate(-3.5, 0.5) + (0.6 if incident else 0)
            status = 503 if failed else 200
            self.log.write({"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"),
                            "level": "error" if failed else "info", "event": "request", "route": route,
                            "status": status, "duration_ms": round(seconds * 1000, 3)})
            self.served[status] += 1
        return status

    def incident(self, seconds):
        with self.lock:
            self.incident_ends = time.monotonic() + seconds
            self.log.write({"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"),
                            "level": "warning", "event": "incident", "seconds": seconds})

    def stats(self):
        with self.lock:
            return {"requests": sum(self.served.values()), "by_status": dict(self.served),
                    "rotations": self.log.rotations, "incident": time.monotonic() < self.incident_ends}

    def send_itself_requests(self, rate, stopping):
        due = time.monotonic()
        while not stopping.is_set():
            self.serve(self.random.choice(ROUTES))
            due = max(due + 1 / rate, time.monotonic() - 1)
            stopping.wait(max(0, due - time.monotonic()))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        path = urllib.parse.urlsplit(self.path).path
        if path == "/stats":
            self.answer(200, self.server.shop.stats())
        elif path == "/-/healthy":
            self.answer(200, {"healthy": True})
        elif path in ROUTES:
            status = self.server.shop.serve(path)
            self.answer(status, {"route": path, "status": status})
        else:
            self.answer(404, {"error": f"no such page; there are {', '.join(ROUTES)}, /stats, /-/healthy and POST /incident"})

    def do_POST(self):  # noqa: N802
        url = urllib.parse.urlsplit(self.path)
        seconds = urllib.parse.parse_qs(url.query).get("seconds", ["60"])[-1]
        if url.path != "/incident":
            self.answer(404, {"error": "only /incident takes POST"})
        elif not seconds.isdecimal() or not 0 < int(seconds) <= 3600:
            self.answer(400, {"error": f"seconds={seconds}: expected a whole number from 1 to 3600"})
        else:
            self.server.shop.incident(int(seconds))
            self.answer(202, {"incident": f"{seconds} seconds"})

    def do_DELETE(self):  # noqa: N802
        if urllib.parse.urlsplit(self.path).path != "/incident":
            self.answer(404, {"error": "only /incident takes DELETE"})
            return
        self.server.shop.incident(0)
        self.answer(200, {"incident": "over"})

    def answer(self, status, body):
        text = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description="A sample service with incidents on request.")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--log", default="/var/log/shop/shop.log")
    parser.add_argument("--rotate-bytes", type=int, default=1 << 20, help="rename the log when it is larger")
    parser.add_argument("--rate", type=float, default=20, help="requests per second that it sends itself")
    options = parser.parse_args()
    shop = Shop(Log(options.log, options.rotate_bytes))
    try:
        server = http.server.ThreadingHTTPServer((options.address, options.port), Handler)
    except OSError as error:
        sys.exit(f"shop: cannot listen on {options.address}:{options.port} ({error.strerror}); --port names another")
    server.shop = shop
    stopping = threading.Event()
    traffic = threading.Thread(target=shop.send_itself_requests, args=(options.rate, stopping))
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    traffic.start()
    traffic.join()
    server.shutdown()
    server.server_close()
    print(json.dumps(shop.stats()), flush=True)


if __name__ == "__main__":
    main()
