"""Records that a container's runtime divided, with the real binary: parts of lines and traces of two streams alternate, the
log is rotated between any two lines, and the agent is killed at random moments. Each record is counted exactly once."""

import collections
import json
import os
import pathlib
import random
import tempfile
import threading
import time
import unittest

import harness
import replay

KILLS = 35
SEED = 28
SOURCE = """
[[source]]
name = "{name}"
type = "log"
path = "{path}"
container = "{container}"
format = "json"
{more}

[[metric]]
name = "{name}_records_total"
type = "counter"
help = "Records."
source = "{name}"
labels = ["container.stream"]

[[metric]]
name = "{name}_numbers_total"
type = "counter"
help = "Sum of the numbers of the records."
source = "{name}"
value = "n"
"""
# (container, how it is rotated, the pattern)
KINDS = [("cri", "rename", ""), ("cri", "rename", "*"), ("cri", "copy", "*"), ("cri", "copy", ""),
         ("docker", "shift", ""), ("docker", "shift", "*"), ("docker", "copy", "*")]


class Container:
    """What a runtime writes for a container: every record in one to four parts, those of its two streams by turns."""

    def __init__(self, directory, name, kind, traces, seed):
        self.container, self.rotation, pattern = kind
        self.log = pathlib.Path(directory) / name / "0.log"
        self.log.parent.mkdir()
        self.pattern = pattern
        self.name = name
        self.traces = traces
        self.random = random.Random(seed)
        self.left = {"stdout": collections.deque(), "stderr": collections.deque()}  # (text, whether it is cut)
        self.records = collections.Counter()
        self.numbers = self.bytes = self.rotations = self.divided = 0
        self.file = open(self.log, "ab", buffering=0)  # noqa: SIM115 (closed by close())

    def configuration(self, pattern):
        return SOURCE.format(name=self.name, path=f"{self.log}{pattern}", container=self.container,
                             more='multiline = { preset = "traces", wait = "5s" }' if self.traces else "")

    def begin_record(self, parts):
        number = sum(self.records.values())
        text = json.dumps({"n": number, "text": "x" * self.random.choice([0, 20, 2000])})
        lines = [text] + ["\tat com.example.A.b(A.java:%d)" % self.random.randrange(99)
                          for _ in range(self.random.randrange(4) if self.traces else 0)]
        for line in lines:
            cuts = sorted(self.random.randrange(1, len(line)) for _ in range(self.random.choice([0, 0, 1, 3])))
            ends = [*dict.fromkeys(cuts), len(line)]
            parts.extend((line[begin:end], end < len(line)) for begin, end in zip([0, *ends], ends))
        self.numbers += number

    def write(self, stream):
        parts = self.left[stream]
        if not parts:
            self.begin_record(parts)
            self.records[stream] += 1
        text, cut = parts.popleft()
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e9):09d}Z"
        if self.container == "cri":
            line = f"{stamp} {stream} {'P' if cut else 'F'} {text}\n"
        else:
            line = json.dumps({"log": text + ("" if cut else "\n"), "stream": stream, "time": stamp}, separators=(",", ":")) + "\n"
        os.write(self.file.fileno(), line.encode())
        self.bytes += len(line)

    def rotate(self):
        self.rotations += 1
        self.divided += any(self.left.values())
        if self.rotation == "copy":
            pathlib.Path(f"{self.log}-{20261128 + self.rotations}").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)
            return
        if self.rotation == "shift":
            for number in range(self.rotations - 1, 0, -1):
                os.rename(f"{self.log}.{number}", f"{self.log}.{number + 1}")
            self.log.rename(f"{self.log}.1")
        else:
            self.log.rename(f"{self.log}.20261128-{self.rotations:06d}")
        self.file.close()
        self.file = open(self.log, "ab", buffering=0)  # noqa: SIM115

    def step(self):
        for _ in range(self.random.randrange(1, 6)):
            self.write(self.random.choice(["stdout", "stdout", "stderr"]))
            if self.random.random() < 0.004:
                self.rotate()

    def end(self):
        for stream, parts in self.left.items():
            while parts:
                self.write(stream)
        self.file.close()

    def truth(self):
        return {"records": dict(self.records), "numbers": self.numbers, "bytes": self.bytes, "rejects": 0}

    def counted(self, samples):
        found = {"records": {}, "numbers": 0, "bytes": 0, "rejects": 0}
        for (metric, labels), value in samples.items():
            labels = dict(labels)
            if metric == f"{self.name}_records_total":
                found["records"][labels["stream"]] = value
            elif metric == f"{self.name}_numbers_total":
                found["numbers"] = value
            elif labels.get("source") == self.name and metric == "leeway_source_read_bytes_total":
                found["bytes"] = value
            elif labels.get("source") == self.name and metric == "leeway_source_rejected_lines_total":
                found["rejects"] += value
        return found


class DividedRecordsTest(unittest.TestCase):
    def test_each_record_is_counted_once_wherever_it_is_divided(self):
        with tempfile.TemporaryDirectory() as directory:
            containers = [Container(directory, f"c{index}", kind, index % 3 == 0, SEED + index)
                          for index, kind in enumerate(KINDS)]
            config = f'[agent]\nstate_dir = "{directory}/state"\n' + "".join(one.configuration(one.pattern) for one in containers)
            agent = harness.Agent(directory, config.replace("{", "{{").replace("}", "}}"))
            self.addCleanup(agent.close)
            stopping = threading.Event()

            def write():
                while not stopping.is_set():
                    for one in containers:
                        one.step()
                    time.sleep(0.002)

            writer = threading.Thread(target=write, daemon=True)
            scraper = harness.Scraper(agent, pause=0.02)
            agent.start_and_wait()
            writer.start()
            scraper.start()
            moments = random.Random(SEED)
            for _ in range(KILLS):
                time.sleep(moments.uniform(0.02, 0.3))
                self.assertIsNone(agent.process.poll(), agent.messages())
                agent.kill()
                time.sleep(moments.choice([0, 0, 0.2]))
                agent.start()
            stopping.set()
            writer.join()
            for one in containers:
                one.end()
            harness.wait_until(agent.ready, "the agent to become ready")
            try:
                harness.wait_until(lambda: not self.wrong(agent, containers), "all records to be counted", 20)
            except AssertionError:
                self.fail(f"{self.wrong(agent, containers)}\n{agent.messages()}")
            scraper.stopping.set()
            scraper.join()
            self.assertEqual([], scraper.decreases)
            agent.kill()
            config = f'[agent]\nstate_dir = "{directory}/state"\n' + "".join(one.configuration("*") for one in containers)
            samples = replay.counters(directory, config)
            for one in containers:  # all files at once
                self.assertEqual(one.truth(), one.counted(samples), one.name)
            self.assertGreater(min(one.divided for one in containers), 5)
            print(f"{KILLS} kills, {sum(sum(one.records.values()) for one in containers)} records, "
                  f"{sum(one.rotations for one in containers)} rotations, {sum(one.divided for one in containers)} within a record")

    def wrong(self, agent, containers):
        """kind -> (counted, written) where they differ."""
        samples = agent.scrape()
        return {(*kind, one.name): (one.counted(samples), one.truth()) for kind, one in zip(KINDS, containers)
                if one.counted(samples) != one.truth()}


if __name__ == "__main__":
    unittest.main()
