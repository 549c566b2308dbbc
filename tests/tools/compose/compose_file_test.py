"""deploy/compose/compose.yaml as docker compose loads it, with its library compose-go: the schema of compose files, and
that each volume and service that is named is defined. Used by tests/run.sh."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import go_tool  # noqa: E402

COMPOSE = go_tool.ROOT / "deploy/compose/compose.yaml"


class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = go_tool.build(pathlib.Path(__file__).parent, "composecheck")

    def check(self, path):
        return subprocess.run([self.program, path], capture_output=True, text=True, timeout=60)

    def test_it_is_valid(self):
        done = self.check(COMPOSE)
        self.assertEqual((0, "6 services\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_mistakes_would_be_found(self):
        text = COMPOSE.read_text()
        for right, wrong, message in (("mem_limit:", "mem_limits:", "'mem_limits' not allowed"),
                                      ("- log:/var", "- logs:/var", "undefined volume logs"),
                                      ("[alertmanager]", "[alertmanger]", "undefined service \"alertmanger\""),
                                      ("127.0.0.1:3000:3000", "127.0.0.1:3000:port", "Invalid containerPort")):
            with self.subTest(wrong=wrong), tempfile.TemporaryDirectory() as directory:
                self.assertIn(right, text)
                path = pathlib.Path(directory) / "compose.yaml"
                path.write_text(text.replace(right, wrong))
                done = self.check(path)
                self.assertEqual(1, done.returncode, done.stdout)
                self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
