#!/usr/bin/env python3
"""Receives Alertmanager's notifications for the demo, instead of a pager: prints each alert, and shows them.

  POST /NAME    a notification for the receiver NAME of alertmanager.yml
  GET  /        the alerts, newest first, as a page that reloads itself
  GET  /pages   the same as JSON
"""

import argparse
import datetime
import html
import http.server
import json
import signal
import sys
import threading

LIMIT = 200  # alerts to keep

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Pages</title><style>body{{font-family:sans-serif;max-width:60em;margin:2em auto}}article{{border-left:.4em solid #888;
padding:.2em 1em;margin:1em 0}}.firing{{border-color:#c00}}.resolved{{border-color:#090}}small{{color:#555}}</style>
<h1>Pages received</h1>{alerts}</html>
"""
ALERT = """<article class="{status}"><h2>{status}: {name}</h2><small>{time}, receiver {receiver}, {labels}</small>
<p><b>{summary}</b><br>{description}</p>{links}</article>
"""


def read(receiver, notification):
    """The alerts of a notification, as the page shows them."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    for alert in notification["alerts"]:
        notes = alert.get("annotations", {})
        yield {"time": now, "receiver": receiver, "status": alert["status"], "name": alert["labels"]["alertname"],
               "labels": {key: value for key, value in alert["labels"].items() if key != "alertname"},
               "summary": notes.get("summary", ""), "description": notes.get("description", ""),
               "links": {key: value for key, value in notes.items() if key.endswith("_url")}}


def as_html(alert):
    texts = {key: html.escape(str(value)) for key, value in alert.items()}
    texts["labels"] = html.escape(", ".join(f"{key}={value}" for key, value in sorted(alert["labels"].items())))
    texts["links"] = " ".join(f'<a href="{html.escape(url)}">{html.escape(key.removesuffix("_url"))}</a>'
                              for key, url in alert["links"].items())
    return ALERT.format(**texts)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            alerts = list(read(self.path.strip("/"), body))
        except (ValueError, KeyError, TypeError) as error:
            print(f"receiver: not a notification of Alertmanager: {error!r}", file=sys.stderr, flush=True)
            self.answer(400, "text/plain", f"expected a notification of Alertmanager: {error!r}\n")
            return
        with self.server.lock:
            self.server.alerts = (self.server.alerts + alerts)[-LIMIT:]
        for alert in alerts:
            print(f"{alert['time']} {alert['receiver']}: {alert['status']} {alert['name']}: {alert['summary']} "
                  f"{alert['description']}", flush=True)
        self.answer(200, "text/plain", "")

    def do_GET(self):  # noqa: N802
        with self.server.lock:
            alerts = list(self.server.alerts)
        if self.path == "/pages":
            self.answer(200, "application/json", json.dumps(alerts))
        elif self.path == "/":
            shown = "".join(map(as_html, reversed(alerts))) or "<p>None yet.</p>"
            self.answer(200, "text/html; charset=utf-8", PAGE.format(alerts=shown))
        else:
            self.answer(404, "text/plain", "there are / and /pages\n")

    def answer(self, status, content_type, text):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description="Shows Alertmanager's notifications.")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    options = parser.parse_args()
    try:
        server = http.server.ThreadingHTTPServer((options.address, options.port), Handler)
    except OSError as error:
        sys.exit(f"receiver: cannot listen on {options.address}:{options.port} ({error.strerror}); --port names another")
    server.alerts, server.lock = [], threading.Lock()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop.wait()
    server.shutdown()


if __name__ == "__main__":
    main()
