"""A bare Debian with systemd, in a folder of the build: commands run in it, and systemd as its first process, in a
container without a network. Used by package_test.py; needs root, debootstrap, podman and runc.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/deploy"))
import exposition  # noqa: E402

RELEASE = "bookworm"
# The container has the rights of root, which PrivateUsers= needs, so these must not change the machine it runs on.
MASKED = ("systemd-sysctl.service", "systemd-modules-load.service", "systemd-udevd.service",
          "systemd-udev-trigger.service", "systemd-timesyncd.service")
# With storage of its own. runc because crun fails where both versions of cgroups are mounted; the limits because those of
# a container may otherwise be above those of its parent.
STORAGE = ROOT / "build/package/podman"
PODMAN = ("podman", "--root", STORAGE / "graph", "--runroot", STORAGE / "run", "--tmpdir", STORAGE / "tmp",
          "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc")
RUN = ("run", "--network", "none", "--privileged", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")


def run(*command, check=True, seconds=300, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=seconds, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done


def mirror():
    """Where apt of this machine gets the release from."""
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                  "Created-By: Packages").stdout
    for line in targets.splitlines():
        uri, codename, component = line.split()
        if (codename, component) == (RELEASE, "main"):
            return uri
    raise AssertionError(f"apt has no source of {RELEASE} main:\n{targets}")


def cannot_run():
    """Why this machine cannot have such a root, or nothing."""
    if os.geteuid() != 0:
        return "this needs root"
    done = run("unshare", "--mount", "true", check=False)
    return f"no right to mount: {done.stdout.strip()}" if done.returncode else ""


class Machine:
    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        self.id = None
        self.pid = None  # of its systemd

    def create(self):
        """A new one; what debootstrap made is kept as FOLDER.tar for the next time."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        archive = self.root.with_suffix(".tar")
        if archive.exists():
            run("tar", "-xf", archive, "-C", self.root)
            return
        run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", RELEASE, self.root, mirror(),
            seconds=900)
        run("tar", "-cf", f"{archive}.new", "-C", self.root, ".")
        os.rename(f"{archive}.new", archive)

    def cannot_boot(self):
        """Why this machine cannot run containers, or nothing."""
        done = run(*PODMAN, *RUN, "--rm", "--rootfs", self.root, "/bin/true", check=False)
        return done.stdout.strip() if done.returncode else ""

    def boot(self):
        units = self.root / "etc/systemd/system"
        for unit in MASKED:
            (units / unit).unlink(missing_ok=True)
            (units / unit).symlink_to("/dev/null")
        self.id = run(*PODMAN, *RUN, "--detach", "--systemd=always", "--rootfs", self.root, "/sbin/init").stdout.split()[-1]
        self.pid = run(*PODMAN, "inspect", "--format", "{{.State.Pid}}", self.id).stdout.strip()
        self.wait(lambda: self.do("systemctl is-system-running", check=False).stdout.strip() in ("running", "degraded"),
                  "systemd to start")

    def stop(self):
        if self.id:
            run(*PODMAN, "rm", "--force", "--time", "10", self.id)
            self.id = None

    def do(self, script, check=True):
        """Runs a script of bash: in the container if it has started, otherwise by chroot."""
        # Not `podman exec`, which takes half a second.
        prefix = (("nsenter", "--target", self.pid, "--mount", "--pid", "--uts", "--ipc", "--net") if self.id else
                  ("unshare", "--mount", "chroot", self.root))
        return run(*prefix, "bash", "-c", script, check=check,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})

    def show(self, unit, prop):
        return self.do(f"systemctl show --value -p {prop} {unit}").stdout.strip()

    def write(self, path, text):
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False) as new:
            new.write(text)
        os.chmod(new.name, 0o644)
        os.rename(new.name, target)

    def get(self, path, port=9464):
        """The body of the answer; empty if nothing answers."""
        script = (f"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3")
        return self.do(script, check=False).stdout.partition("\n\n")[2]

    def samples(self, port=9464):
        return exposition.parse_samples(self.get("/metrics", port))

    def wait(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            result = condition()
            if result:
                return result
            time.sleep(0.1)
        state = self.do("systemctl status --no-pager --full 'leeway*'; journalctl -n 30 --no-pager", check=False).stdout
        raise AssertionError(f"timed out: {what}\n{state}")
