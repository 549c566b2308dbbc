#!/usr/bin/env python3
"""Verifies that the flags of cmake/flags.cmake reach every compile command and the linked release binary.

Usage: flags_test.py CI_BUILD RELEASE_BUILD
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVERYWHERE = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-fstack-protector-strong", "-std=c++20",
              "-D_GLIBCXX_ASSERTIONS"]
CI = ["-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
RELEASE = ["-D_FORTIFY_SOURCE=2", "-O3"]


def own_commands(build):
    commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    return [command for command in commands if ROOT in pathlib.Path(command["file"]).parents]


def missing_flags(build, flags):
    commands = own_commands(build)
    if not commands:
        return [f"{build}: no compile commands"]
    return [f"{command['file']}: {flag} is missing"
            for command in commands for flag in flags if flag not in command["command"].split()]


def missing_hardening(binary):
    def read(option):
        return subprocess.run(["readelf", "-W", option, binary], check=True, capture_output=True, text=True).stdout

    dynamic, symbols = read("-d"), read("--dyn-syms")
    present = {
        "position independent executable": "PIE" in dynamic,
        "immediate binding": "NOW" in dynamic,
        "read-only relocations": "GNU_RELRO" in read("-l"),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified functions": "_chk@" in symbols.replace("__stack_chk_fail@", ""),
    }
    return [f"{binary}: no {what}" for what, there in present.items() if not there]


def main():
    ci, release = sys.argv[1:]
    wrong = missing_flags(ci, EVERYWHERE + CI) + missing_flags(release, EVERYWHERE + RELEASE)
    wrong += missing_hardening(f"{release}/leeway")
    print("\n".join(wrong) or f"flags of {len(own_commands(ci))} + {len(own_commands(release))} compile commands: fine")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
