"""An overlay file system for a test, in a mount namespace of a process of its own: it ends with the process."""

import contextlib
import os
import pathlib
import re
import subprocess
import unittest

MOUNT = """set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/lower /mnt/upper /mnt/work /mnt/merged
mount -t overlay overlay -o {options}lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/merged
echo mounted
read -r end
"""


@contextlib.contextmanager
def mounted():
    """(lower, merged) directories of a mounted overlay. Skips the test where none can be mounted."""
    root = os.geteuid() == 0
    # Others may mount it in a user namespace, where the attributes that it keeps at files have other names.
    namespaces = ["--mount"] if root else ["--map-root-user", "--mount"]
    script = MOUNT.format(options="" if root else "userxattr,")
    try:
        process = subprocess.Popen(["unshare", *namespaces, "sh", "-c", script], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError as error:
        raise unittest.SkipTest(f"no overlay can be mounted here: {error}") from error
    try:
        if process.stdout.readline() != "mounted\n":
            raise unittest.SkipTest(f"no overlay can be mounted here: {process.communicate()[1].strip()}")
        top = pathlib.Path(f"/proc/{process.pid}/root/mnt")
        yield top / "lower", top / "merged"
    finally:
        process.kill()
        process.communicate()


def identity(path):
    """(inode, birth time): two files with the same inode and different times of birth are different files to most."""
    done = subprocess.run(["stat", "--format=%i %W %w", path], capture_output=True, text=True, check=True)
    inode, _, born = re.fullmatch(r"(\d+) (\S+) (.*)\n", done.stdout).groups()
    return int(inode), born
