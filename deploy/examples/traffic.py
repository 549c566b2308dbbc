#!/usr/bin/env python3
"""Sends the same 240 requests to any of the services of these examples: what their sample logs are made with.

Usage: traffic.py URL [SECONDS]    (the requests are spread over this time, 0 by default)
"""

import json
import random
import sys
import time
import urllib.error
import urllib.request

REQUESTS = 240
OUTAGE = range(160, 180)  # payments fail in this part


def requests():
    """Method, path and body of each request."""
    chance = random.Random(18)
    for number in range(REQUESTS):
        draw = chance.random()
        if number == 200:
            yield "GET", "/items/0", None  # which the services do not expect
        elif draw < 0.03:
            yield "GET", chance.choice(("/wp-login.php", "/.env", "/admin/")), None
        elif draw < 0.15:
            yield "GET", "/health", None
        elif draw < 0.7:
            yield "GET", f"/items/{chance.randrange(1, 1000)}", None
        else:
            yield "POST", "/orders", {"item": chance.randrange(1000), "card": "broken" if number in OUTAGE else "good"}


def main():
    url, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0
    for method, path, body in requests():
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            urllib.request.urlopen(request, timeout=10).read()
        except urllib.error.HTTPError:
            pass  # The service logs it.
        time.sleep(seconds / REQUESTS)


if __name__ == "__main__":
    main()
