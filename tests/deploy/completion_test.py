"""The completion scripts in their shells: each offers exactly the commands and options of the binary."""

import shutil
import subprocess
import tempfile
import unittest

import command_line

BASH = """
source "$1"; shift
words=(leeway "$@")
COMP_WORDS=("${words[@]}"); COMP_CWORD=$((${#words[@]} - 1)); COMPREPLY=()
"$(complete -p leeway | sed 's/.* -F \\([^ ]*\\).*/\\1/')" leeway "${words[-1]}" "${words[-2]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
# The functions of zsh's completion system are replaced by those that print what they are given.
ZSH = """
compdef() { : }
_files() { print -l -- *(N) }
compadd() { print -l -- ${@:#--} }
_describe() { print -l -- ${${(P)2}%%:*} }
source "$1"; shift
words=(leeway "$@"); CURRENT=$#words
_leeway
"""
FISH = "source $argv[1]; complete -C (string join ' ' -- leeway $argv[2..])"


def completion(shell):
    return subprocess.run([command_line.LEEWAY, "completion", shell], capture_output=True, text=True, check=True).stdout


class CompletionTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def offered(self, shell, *words):
        """What the script offers for the last of the words."""
        self.assertTrue(shutil.which(shell), f"{shell} is not installed; deploy/install-packages.sh test installs it")
        path = f"{self.folder.name}/{shell}"
        with open(path, "w") as script:
            script.write(completion(shell))
        command = {"bash": ["bash", "--norc", "-c", BASH, "bash"], "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
                   "fish": ["fish", "--no-config", "-c", FISH]}[shell]
        done = subprocess.run([*command, path, *words], capture_output=True, text=True, cwd=self.folder.name, timeout=60)
        self.assertEqual((0, ""), (done.returncode, done.stderr), done.stdout)
        offered = {line.split("\t")[0] for line in done.stdout.split("\n")} - {""}
        return {word for word in offered if word.startswith(words[-1])}

    def test_commands(self):
        names = {names[0] for names in command_line.subcommands()}
        actions = {names[0] for names in command_line.subcommands("reference")}
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                self.assertLessEqual(names, self.offered(shell, ""))
                self.assertEqual({"replay", "reference"}, self.offered(shell, "re"))
                self.assertLessEqual(actions, self.offered(shell, "reference", ""))

    def test_options_are_exactly_those_of_each_command(self):
        for shell in ("bash", "zsh", "fish"):
            for name, *_ in command_line.subcommands():
                for action in [[], *([action] for action, *_ in command_line.subcommands(name))]:
                    with self.subTest(shell, command=[name, *action]):
                        self.assertEqual(command_line.flags(name, *action) | {"--help"},
                                         self.offered(shell, name, *action, "--"))

    def test_values(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                self.assertEqual({"text", "openmetrics", "summary", "backfill"}, self.offered(shell, "replay", "--format", ""))
                self.assertEqual({"debug"}, self.offered(shell, "run", "--config.file", "x", "--log.level", "d"))

    def test_aliases(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                self.assertEqual(self.offered(shell, "reference", "update", "--"),
                                 self.offered(shell, "baseline", "update", "--"))

    def test_syntax(self):
        for shell in ("bash", "zsh", "fish"):
            done = subprocess.run([shell, "-n"], input=completion(shell), capture_output=True, text=True, timeout=60)
            self.assertEqual((0, ""), (done.returncode, done.stderr))


if __name__ == "__main__":
    unittest.main()
