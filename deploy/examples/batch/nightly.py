#!/usr/bin/env python3
"""A nightly import that logs its steps: nightly.py RUN ROWS [BAD_ROWS]. Exit code 1 if over 5 % of the rows are bad."""

import hashlib
import logging
import sys

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger("nightly")


def step(run, name, rows):
    log.info("step=%s run=%s state=started", name, run)
    hashlib.pbkdf2_hmac("sha256", b"", b"", rows * 10)  # the work
    log.info("step=%s run=%s state=finished rows=%d", name, run, rows)


def main():
    run, rows, bad = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    log.info("run=%s state=started", run)
    step(run, "download", rows)
    if bad:
        log.warning("run=%s rejected=%d reason=bad_price", run, bad)
    if bad > rows / 20:
        log.error("run=%s state=finished status=failure rows=0", run)
        return 1
    step(run, "load", rows - bad)
    log.info("run=%s state=finished status=success rows=%d", run, rows - bad)
    return 0


if __name__ == "__main__":
    sys.exit(main())
