"""Exactly-once counting with the real binary: `kill -9` at 200 random moments while a service writes and rotates its
log. In the end every counter and bucket has the expected value, and no scrape ever saw one decrease."""

import random
import tempfile
import threading
import time
import unittest

import harness

KILLS = 200
SEED = 20


class Writer(threading.Thread):
    def __init__(self, service):
        super().__init__(daemon=True)
        self.service = service
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            self.service.step()
            time.sleep(0.002)


class KillTest(unittest.TestCase):
    def test_every_counter_equals_the_truth_after_200_kills(self):
        with tempfile.TemporaryDirectory() as directory:
            service = harness.Service(directory, SEED)
            agent = harness.Agent(directory)
            self.addCleanup(agent.close)
            self.addCleanup(service.close)
            writer, scraper = Writer(service), harness.Scraper(agent)
            writer.start()
            scraper.start()
            moments = random.Random(SEED)
            for _ in range(KILLS):
                agent.start()
                time.sleep(moments.uniform(0.01, 0.25))
                self.assertIsNone(agent.process.poll(), agent.messages())
                agent.kill()
            agent.start()
            writer.stopping.set()
            writer.join()
            harness.wait_until(agent.ready, "the agent to become ready")
            harness.wait_until(lambda: harness.events(agent.scrape()) >= service.events(), "all lines to be counted")
            scraper.stopping.set()
            scraper.join()
            samples = agent.scrape()
            self.assertEqual(dict(service.truth), {key: samples.get(key) for key in service.truth})
            self.assertEqual([], scraper.decreases)
            self.assertGreater(scraper.scrapes, KILLS)
            self.assertGreater(service.rotations, 10)
            print(f"{KILLS} kills, {service.lines} lines, {service.rotations} rotations, {scraper.scrapes} scrapes")


if __name__ == "__main__":
    unittest.main()
