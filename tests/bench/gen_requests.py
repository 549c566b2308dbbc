#!/usr/bin/env python3
"""Writes a service's request log for the benchmarks: JSON lines of about 405 bytes, one per millisecond of event time.

The same arguments give the same bytes. Usage: gen_requests.py LINES FILE
"""

import datetime
import random
import sys

START = datetime.datetime(2026, 1, 15, 10, 30)
ENDPOINTS = [("/score", 0.8), ("/batch", 0.1), ("/healthz", 0.05), ("/stats", 0.05)]
STATUSES = [(200, 0.97), (400, 0.02), (500, 0.01)]
LINE = (
    '{"timestamp": "%s%03dZ", "level": "%s", "service": "scoring-production", "version": "1.0.0", "component": "api",'
    ' "correlation_id": "%08x-%04x-41d4-a716-%012x", "event_type": "request_end", "message": "POST %s completed",'
    ' "endpoint": "%s", "method": "POST", "status_code": %d, "duration_ms": %s, "company_id": "customer-a-%03d",'
    ' "score": %.4f, "confidence": %.3f}\n')


def lines(count):
    rng = random.Random(7)
    endpoints = rng.choices([name for name, _ in ENDPOINTS], [weight for _, weight in ENDPOINTS], k=65521)
    statuses = rng.choices([code for code, _ in STATUSES], [weight for _, weight in STATUSES], k=65519)
    durations = [round(rng.lognormvariate(3.4, 0.6), 1) for _ in range(65497)]
    second, stamp = -1, ""
    for i in range(count):
        if i // 1000 != second:
            second = i // 1000
            stamp = (START + datetime.timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.")
        # Lists of different prime lengths: each combination occurs, at the cost of a few indices per line.
        endpoint, status = endpoints[i % 65521], statuses[i % 65519]
        noise = rng.getrandbits(96)
        yield LINE % (stamp, i % 1000, "error" if status == 500 else "info", noise >> 64, noise >> 48 & 0xFFFF,
                      noise & 0xFFFFFFFFFFFF, endpoint, endpoint, status, durations[i % 65497], (noise >> 32) % 300,
                      (noise & 0xFFFF) / 65536, (noise >> 16 & 0xFFFF) / 65536)


def main():
    with open(sys.argv[2], "w", buffering=1 << 20) as out:
        out.writelines(lines(int(sys.argv[1])))


if __name__ == "__main__":
    main()
