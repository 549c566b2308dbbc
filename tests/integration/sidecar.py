"""An agent and a service in a folder of the test. Used by the tests of a life as a sidecar."""

import pathlib
import tempfile
import unittest

import harness


class Sidecar(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def agent(self, *arguments, config=harness.CONFIG):
        agent = harness.Agent(self.directory, config, arguments)
        self.addCleanup(agent.close)
        return agent

    def service(self, seed=1):
        service = harness.Service(self.directory, seed)
        self.addCleanup(service.close)
        return service

    def wait_for_message(self, agent, text):
        harness.wait_until(lambda: text in agent.messages(), f"the message '{text}' in\n{agent.messages()}")
