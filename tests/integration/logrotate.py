"""Debian's logrotate: the ways in which the tests have it rotate a log, and rotating it now."""

import pathlib
import subprocess

ROTATIONS = {
    "rename": "nocreate",
    "create": "create 0644",
    "copytruncate": "copytruncate",
    "dateext": "dateext\n dateformat -%Y%m%d-%s\n create 0644",
    "extension": "dateext\n dateformat -%Y%m%d-%s\n extension .log\n copytruncate",
    "olddir": "olddir old\n createolddir 0755\n create 0644",
    "olddir copied": "olddir old\n createolddir 0755\n copytruncate",
    "compress": "compress\n create 0644",
    "compress copied": "compress\n copytruncate",
    "delaycompress": "compress\n delaycompress\n create 0644",
    "sharedscripts": "sharedscripts\n nocreate\n postrotate\n  touch {directory}/rotated\n endscript",
}


def configure(log, options):
    """Writes the configuration for one log, in its directory; returns its path."""
    log = pathlib.Path(log)
    configuration = log.parent / "logrotate.conf"
    configuration.write_text(f"{log} {{\n rotate 20\n {options.format(directory=log.parent)}\n}}\n")
    return configuration


def force(configuration):
    """Whether it rotated; it does not where the name of the second is taken."""
    state = configuration.with_name("state")
    return subprocess.run(["logrotate", "--force", "--state", str(state), str(configuration)], capture_output=True).returncode == 0
