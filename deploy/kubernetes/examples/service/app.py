"""An example of a service that logs to a file: answers HTTP and writes a line of JSON for each request, into a log that it
rotates. app.py FILE [PORT [BYTES]]"""

import http.server
import json
import logging
import logging.handlers
import sys
import time

requests = logging.getLogger("requests")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802 (the library's name)
        start = time.monotonic()
        status = 200 if self.path in ("/", "/healthz", "/orders") else 404
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        requests.info(json.dumps({"timestamp": time.time(), "endpoint": self.path if status == 200 else "other",
                                  "status_code": status, "duration_ms": (time.monotonic() - start) * 1000}))

    def log_message(self, *_):
        pass


def main(file, port="8080", size="10000000"):
    # Rotate: an emptyDir that is larger than its sizeLimit evicts the Pod.
    requests.addHandler(logging.handlers.RotatingFileHandler(file, maxBytes=int(size), backupCount=3))
    requests.setLevel(logging.INFO)
    http.server.ThreadingHTTPServer(("", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
