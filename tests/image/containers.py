"""Images and containers for the tests of the image: podman and buildah with storage of their own, without a daemon,
systemd or a network, so that nothing else on the machine changes. Needs root."""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = pathlib.Path(os.environ.get("LEEWAY_BIN", ROOT / "build/release/leeway")).resolve()
sys.path.insert(0, str(ROOT / "tests/integration"))
from harness import exposition, wait_until  # noqa: E402

EPOCH = 1_700_000_000
SOURCE_URL = "https://example.org/leeway.git"
STORAGE = """
[storage]
driver = "{driver}"
graphroot = "{directory}/graph"
runroot = "{directory}/run"
"""
# runc and cgroupfs work with cgroups of both versions; machines without systemd limit the number of files further. The
# default network would change the machine's; tmp_dir and locks are else common to all users of podman.
ENGINE = """
[engine]
tmp_dir = "{directory}/tmp"
lock_type = "file"
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"

[containers]
netns = "none"
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
"""
HARDENED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--pids-limit", "16")
GET = ("import sys, urllib.request as r\n"
       "try: a = r.urlopen(sys.argv[1], timeout=10)\n"
       "except r.HTTPError as e: a = e\n"
       "print(a.status); sys.stdout.write(a.read().decode())")


@functools.cache
def why_no_containers():
    """Why this machine cannot run containers, or nothing."""
    if os.geteuid() != 0:
        return "only root can build and run it without a daemon"
    for attempt in (["unshare", "--mount", "--pid", "--net", "--fork", "true"], ["podman", "info"]):
        done = subprocess.run(attempt, capture_output=True, text=True, env=store.environment())
        if done.returncode != 0:
            return f"{' '.join(attempt)}: {done.stderr.strip()}"
    with open("/proc/cgroups") as table:
        enabled = {line.split()[0] for line in table if not line.startswith("#") and line.split()[3] == "1"}
    missing = {"memory", "pids"} - enabled
    return f"no cgroups for {', '.join(sorted(missing))}" if missing else None


class Store:
    """The images, containers and volumes of one run of the tests."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="leeway-image-"))
        (self.directory / "containers.conf").write_text(ENGINE.format(directory=self.directory))
        # The second copies each image for each container, but works everywhere.
        for driver in ("overlay", "vfs"):
            (self.directory / "storage.conf").write_text(STORAGE.format(directory=self.directory, driver=driver))
            if subprocess.run(["podman", "info"], capture_output=True, env=self.environment()).returncode == 0:
                break

    def environment(self, **more):
        """Of podman and buildah. BUILDAH_ISOLATION: so that building needs no runtime."""
        return {**os.environ, "CONTAINERS_STORAGE_CONF": f"{self.directory}/storage.conf", "BUILDAH_ISOLATION": "chroot",
                "CONTAINERS_CONF": f"{self.directory}/containers.conf", "SOURCE_DATE_EPOCH": str(EPOCH), **more}

    def close(self):
        image.cache_clear()
        image_parquet.cache_clear()
        podman("rm", "--force", "--all", "--volumes", check=False)
        podman("image", "unmount", "--force", "--all", check=False)
        for mount in ("overlay", "vfs"):
            subprocess.run(["umount", "--lazy", self.directory / "graph" / mount], capture_output=True)
        # Another process that was started meanwhile may have inherited a mount, which keeps an empty directory.
        shutil.rmtree(self.directory, ignore_errors=True)


store = None


def run(*command, check=True, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, env=store.environment(**more))
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def podman(*arguments, check=True):
    return run("podman", *arguments, check=check)


def build(image, *options, **more):
    """The id of the image that build.sh makes of the binary, which it names."""
    done = run(ROOT / "deploy/image/build.sh", "--binary", LEEWAY, *options, image, **more)
    return done.stdout.split()[-1]


def inspect(image):
    return json.loads(podman("image", "inspect", image).stdout)[0]


def start(test, image_id, *options, memory="64m"):
    """A container that runs the image's own command, hardened."""
    return Container(test, podman("run", "--detach", *HARDENED, "--memory", memory, *options, image_id).stdout.strip())


class Container:
    """One that is there until the end of the test."""

    def __init__(self, test, container_id):
        self.id = container_id
        test.addCleanup(podman, "rm", "--force", "--volumes", self.id, check=False)

    @functools.cached_property
    def process(self):
        """Its first process, as the machine sees it."""
        return self.state()["Pid"]

    def state(self):
        return json.loads(podman("container", "inspect", self.id).stdout)[0]["State"]

    def log(self):
        done = podman("logs", self.id)
        return done.stdout + done.stderr

    def wait(self):
        """Its exit code."""
        return int(podman("wait", self.id).stdout)

    def request(self, path):
        """Status and text of an answer, through the port that the image names, from inside its network; 0 for none."""
        done = subprocess.run(["nsenter", "--target", str(self.process), "--net", sys.executable, "-c", GET,
                               f"http://127.0.0.1:9464{path}"], capture_output=True, text=True, timeout=60)
        status, _, text = done.stdout.partition("\n")
        return int(status or 0), text

    def value(self, name, **labels):
        return exposition.parse_samples(self.request("/metrics")[1]).get((name, tuple(sorted(labels.items()))))

    def wait_until(self, condition, what):
        try:
            wait_until(condition, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; the container is {self.state()['Status']}:\n{self.log()}") from None

    def wait_until_ready(self):
        self.wait_until(lambda: self.request("/-/ready")[0] == 200, "the agent to become ready")

    def wait_for(self, name, value, **labels):
        self.wait_until(lambda: self.value(name, **labels) == value, f"{name} to be {value}")


@functools.cache
def image():
    """The id of the image, built once for a file of tests."""
    return build("localhost/leeway:test", "--tool", "buildah", SOURCE_URL=SOURCE_URL)


@functools.cache
def image_parquet():
    return build("localhost/leeway:test", "--tool", "buildah", "--parquet", SOURCE_URL=SOURCE_URL)
