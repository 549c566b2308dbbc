"""Shared by the tests of the manifests and of the charts: Kubernetes objects in YAML, what every container of the agent must
be like, Kubernetes' own schemas, and whether rendered files are those of the present sources."""

import fcntl
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
VERSION = "1.37"  # of Kubernetes
VALIDATE = ROOT / "build/tools/kubernetes-validate"
LAST_APPLIED = 262_144  # bytes of all annotations; a client-side apply keeps the object in one

# "=" is an ordinary value (an enum of matchers contains it).
yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def objects(path):
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


def of_kind(found, *kinds):
    return [one for one in found if one["kind"] in kinds]


def pod(workload):
    """The Pod of a Deployment, StatefulSet, DaemonSet, Job or CronJob."""
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"]["spec"] if workload["kind"] == "CronJob" else spec["template"]["spec"]


def agent(workload):
    """The container of the agent."""
    inside = pod(workload)
    found = [one for one in inside.get("initContainers", []) + inside["containers"] if one["name"] == "leeway"]
    assert len(found) == 1, f"{workload['kind']} {workload['metadata']['name']} has {len(found)} agents"
    return found[0]


def options(container):
    """--NAME=VALUE of its arguments."""
    return dict(one.split("=", 1) if "=" in one else (one, "") for one in container["args"] if one.startswith("--"))


def seconds(duration):
    assert duration.endswith("s"), duration
    return int(duration.removesuffix("s"))


def is_core(one):
    return "monitoring.coreos.com" not in one["apiVersion"] and "kustomize" not in one["apiVersion"]


def install_schemas():
    """Kubernetes' schemas, from a package that bundles them; once, although tests run side by side."""
    VALIDATE.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{VALIDATE}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not VALIDATE.exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                            "--root-user-action=ignore", "--upgrade", "--target", f"{VALIDATE}.new", "kubernetes-validate==1.37.0"],
                           check=True, timeout=600)
            os.rename(f"{VALIDATE}.new", VALIDATE)


CHECK = """
import json, sys, kubernetes_validate
for one in json.load(sys.stdin):
    try:
        kubernetes_validate.validate(one, sys.argv[1], strict=True)
    except kubernetes_validate.ValidationError as error:
        print(one["kind"], one["metadata"]["name"], error.message)
"""


def schema_errors(found):
    """What Kubernetes' schemas say about the objects, unknown keys included."""
    install_schemas()
    done = subprocess.run([sys.executable, "-c", CHECK, VERSION], input=json.dumps(found), capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PYTHONPATH": str(VALIDATE)})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def too_large(found):
    """Objects that a client-side apply would reject."""
    sizes = {f"{one['kind']} {one['metadata']['name']}": len(json.dumps(one)) for one in found}
    return {name: size for name, size in sizes.items() if size >= LAST_APPLIED}


def is_source(path):
    """Whether something is rendered from it: not what was rendered, nor what Helm fetches, nor a page."""
    golden = path.parent.name == "golden" and not path.name.endswith(".values.yaml")
    return not golden and path.suffix not in (".md", ".tgz", ".lock") and path.parent.name != "rendered"


def digest(folder):
    """Of the names and contents of all sources, to tell whether what was rendered from them is current."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and is_source(path)):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def tool(name):
    """A program that tests/lint.sh has built, or the system's; None, and said, if there is neither."""
    built = sorted((ROOT / "build/tools/bin").glob(f"{name}-v*"))
    found = built[-1] if built else next((pathlib.Path(folder) / name for folder in os.environ["PATH"].split(":")
                                          if (pathlib.Path(folder) / name).is_file()), None)
    if found is None:
        print(f"{name} is not installed: rendered files are compared by their sources only; tests/lint.sh builds it")
    return found


def check_configuration(text, directory):
    """What `leeway check` says about it, None if it is fine."""
    file = pathlib.Path(directory) / "leeway.toml"
    file.write_text(text)
    done = subprocess.run([LEEWAY, "check", "--config.file", file], capture_output=True, text=True, timeout=60)
    return None if done.returncode == 0 and "warning" not in done.stderr else done.stderr


def generated(configuration, directory, dashboards=True):
    """The PrometheusRule and, by name, the dashboards that the binary makes of a configuration."""
    for command in ("rules", "dashboards"):
        done = subprocess.run([LEEWAY, command, "--config.file", configuration, "--output-dir", directory, "--format",
                               "kubernetes"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    files = {path.name: path.read_text() for path in pathlib.Path(directory).iterdir()}
    return {name: text for name, text in files.items() if name == "prometheusrule.yaml" or name.startswith("configmap-")}
