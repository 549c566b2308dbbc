"""An example of a batch job: scores rows and writes a line of JSON for each. job.py FILE [ROWS]"""

import json
import random
import sys
import time


def main(file, rows="1000"):
    with open(file, "a") as log:
        for row in range(int(rows)):
            score = random.random()
            log.write(json.dumps({"timestamp": time.time(), "row": row, "score": score, "failed": score < 0.01}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
