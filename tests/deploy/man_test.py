"""The manual page names each command and option of the binary, and no others, and is correct for man."""

import re
import subprocess
import unittest

import command_line

PAGE = command_line.ROOT / "deploy/man/leeway.1"


def sections_of_commands():
    """The text of each .SS of COMMANDS."""
    text = PAGE.read_text().partition(".SH COMMANDS\n")[2].partition("\n.SH ")[0].replace("\\-", "-")
    return {section.split()[0]: section for section in re.split(r"^\.SS ", text, flags=re.MULTILINE)[1:]}


def documented():
    """Options by command."""
    return {command: set(re.findall(r"^\.BI? (--[\w.-]+)", section, re.MULTILINE))
            for command, section in sections_of_commands().items()}


class ManualPageTest(unittest.TestCase):
    def test_names_exactly_the_commands_and_options(self):
        real, page = command_line.commands(), documented()
        self.assertEqual(sorted(real), sorted(page))
        for command, flags in real.items():
            self.assertEqual(sorted(flags), sorted(page[command]), command)

    def test_names_the_values_and_arguments_that_the_help_does(self):
        sections = sections_of_commands()
        for command, *_ in command_line.subcommands():
            printed = command_line.help_of(command)
            for option, values in re.findall(r"^  (\S+) \S*:\{([^}]+)\}", printed, re.MULTILINE):
                described = re.split(r"^\.BI? --", sections[command].partition(option)[2], flags=re.MULTILINE)[0]
                described = described if option.startswith("--") else sections[command]
                for value in values.split(","):
                    self.assertRegex(described, rf"(?<!\w){value}(?!\w)", f"{command} {option}")
            positionals = printed.partition("Positionals:\n")[2].partition("\n\n")[0]
            for name in set(re.findall(r"^  ([A-Z]+) ", positionals, re.MULTILINE)) - {"CONFIG"}:
                self.assertRegex(sections[command], rf"(?<!\w){name}(?!\w)", command)

    def test_names_aliases_and_actions(self):
        text = PAGE.read_text()
        for names in [*command_line.subcommands(), *command_line.subcommands("reference")]:
            for name in names:
                self.assertTrue(re.search(rf"^\.(BR?|SS) {name}\b", text, re.MULTILINE), name)

    def test_exit_codes_are_those_of_the_help(self):
        listed = re.findall(r"(?:[ :] )?(\d+) ", command_line.help_of().partition("Exit codes:")[2])
        section = PAGE.read_text().partition(".SH EXIT STATUS\n")[2].partition("\n.SH ")[0]
        self.assertTrue(listed)
        self.assertEqual(listed, re.findall(r"^\.B (\d+)$", section, re.MULTILINE))

    def test_man_has_no_warnings(self):
        done = subprocess.run(["man", "--warnings", "--encoding=UTF-8", "--local-file", PAGE], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("--config.file FILE", re.sub(".\b", "", done.stdout))

    def test_files_that_it_names_are_installed(self):
        """By deploy/CMakeLists.txt or the units."""
        units = "".join(path.read_text() for path in (command_line.ROOT / "deploy/systemd").glob("*.service"))
        page = PAGE.read_text().replace("\\-", "-")
        for path in ("/etc/leeway/leeway.toml", "/etc/default/leeway"):
            self.assertIn(path, page)
            self.assertIn(path, units)


if __name__ == "__main__":
    unittest.main()
