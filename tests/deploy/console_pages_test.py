"""Pages with transcripts: their files are written, their commands are run, and each prints what the page says. The binary is
LEEWAY_BIN."""

import pathlib
import tempfile
import unittest

import pages

MARK = "== end of the output"


class ConsolePagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ports = {"9464": str(pages.free_port()), "9465": str(pages.free_port())}

    def run_block(self, block):
        commands = pages.transcript(block)
        script = "set +e\n" + "".join(f"{command}\necho '{MARK}'\n" for command, _ in commands)
        script = script.replace(" --state.dir state-", " --web.listen-address 127.0.0.1:9464 --state.dir state-")  # the default
        for documented, here in self.ports.items():
            script = script.replace(documented, here)
        printed = pages.shell(script, self.folder).split(MARK + "\n")
        self.assertEqual(len(commands) + 1, len(printed), printed)
        for (command, expected), output in zip(commands, printed):
            self.assertTrue(pages.fits(expected, output.splitlines()),
                            f"{block.heading}: {command}\nexpected:\n" + "\n".join(expected) + "\nprinted:\n" + output)

    def run_page(self, page):
        """In the page's order, in one folder: files stay until they are written again. Returns the number of transcripts."""
        ran = 0
        for block in pages.blocks(page):
            if block.file:
                (self.folder / block.file).write_text(block.text)
            else:
                self.assertEqual("console", block.language, block.text)
                with self.subTest(block.heading):
                    self.run_block(block)
                ran += 1
        return ran

    def test_why_a_metric_is_empty(self):
        self.assertGreater(self.run_page("deploy/EMPTY_METRICS.md"), 10)

    def test_cases(self):
        self.assertEqual(1, self.run_page("agent/cli/CASES.md"))


if __name__ == "__main__":
    unittest.main()
