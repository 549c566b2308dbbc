#!/usr/bin/env python3
"""Gives the manifests and charts to a real kube-apiserver, with etcd, on loopback: each object is created by a server-side dry
run with strict validation, Pod Security judges the Pods, and Helm installs, changes and removes the charts for real. No Pod
runs. Too slow for each run of the tests, because it builds kube-apiserver (some 8 minutes) the first time, into build/tools.

Usage: tests/tools/apiserver/dry_run.py    (needs Go 1.26, apt-get, a network the first time; Helm as tests/lint.sh builds it)
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/deploy"))
import kubernetes_objects as k8s  # noqa: E402

TOOLS = ROOT / "build/tools"
VERSION = "v1.36.3"
APISERVER = TOOLS / f"bin/kube-apiserver-{VERSION}"
ETCD = TOOLS / "etcd/usr/bin/etcd"
OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
TOKEN = "admin-of-a-server-that-lives-for-a-minute"
PLURALS = {"NetworkPolicy": "networkpolicies"}
CLUSTER = ("Namespace", "CustomResourceDefinition")
NAMESPACES = {"orders": "restricted", "scoring": "restricted", "demo": "restricted", "monitoring": "restricted"}


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def install():
    """Not into the system: Debian's package of etcd would start a service."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    if not ETCD.exists():
        with tempfile.TemporaryDirectory() as scratch:
            os.chmod(scratch, 0o755)
            run("apt-get", "download", "-qq", "etcd-server", cwd=scratch)
            run("dpkg", "-x", *pathlib.Path(scratch).glob("*.deb"), TOOLS / "etcd")
    if not APISERVER.exists():
        run("go", "build", "-p", "2", "-ldflags", f"-X k8s.io/component-base/version.gitVersion={VERSION}", "-o", APISERVER,
            "k8s.io/kubernetes/cmd/kube-apiserver", cwd=pathlib.Path(__file__).parent)
    module = json.loads(run("go", "mod", "download", "-json", OPERATOR, cwd=TOOLS))["Dir"]
    return pathlib.Path(module) / "example/prometheus-operator-crd"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """kube-apiserver and its etcd in a directory."""

    def __init__(self, directory):
        self.directory, self.processes = directory, []
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.context = ssl._create_unverified_context()  # its certificate is its own

    def start(self, name, *command):
        log = open(self.directory / f"{name}.log", "w")  # noqa: SIM115 (of the process)
        self.processes.append(subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, cwd=self.directory))

    def __enter__(self):
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.start("etcd", ETCD, "--data-dir", self.directory / "etcd", "--listen-client-urls", client, "--advertise-client-urls",
                   client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster",
                   f"default={peer}")
        run("openssl", "genrsa", "-out", self.directory / "key.pem", "2048")
        (self.directory / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
        key = self.directory / "key.pem"
        self.start("apiserver", APISERVER, "--etcd-servers", client, "--bind-address", "127.0.0.1", "--secure-port", self.port,
                   "--cert-dir", self.directory / "certificates", "--token-auth-file", self.directory / "tokens.csv",
                   "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key,
                   "--service-account-signing-key-file", key, "--service-cluster-ip-range", "10.0.0.0/24",
                   "--disable-admission-plugins", "ServiceAccount")  # no controller makes the accounts
        deadline = time.monotonic() + 120
        while self.request("GET", "/readyz")[0] != 200:
            assert time.monotonic() < deadline and self.processes[-1].poll() is None, \
                (self.directory / "apiserver.log").read_text()[-3000:]
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()

    def request(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=body and json.dumps(body).encode(), headers={
            "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def create(self, one, dry=True, namespace=None):
        """The answer of the server: the status, and its message."""
        plural = PLURALS.get(one["kind"], one["kind"].lower() + "s")
        path = ("/apis/" if "/" in one["apiVersion"] else "/api/") + one["apiVersion"]
        if one["kind"] not in CLUSTER:
            path += f"/namespaces/{namespace or one['metadata'].get('namespace', 'demo')}"
        status, text = self.request("POST", f"{path}/{plural}?fieldValidation=Strict{'&dryRun=All' if dry else ''}", one)
        return status, "" if status == 201 else json.loads(text)["message"]

    def kubeconfig(self):
        path = self.directory / "kubeconfig"
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "it",
            "clusters": [{"name": "it", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "users": [{"name": "it", "user": {"token": TOKEN}}]}))
        return path


class Report:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, right, text):
        self.passed, self.failed = self.passed + bool(right), self.failed + (not right)
        print(f"{'ok    ' if right else 'FAILED'} {text}", flush=True)


def pod_of(workload):
    """A Pod as the workload's controller would create it."""
    template = workload["spec"]["template"]
    claims = [one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])]
    spec = {**template["spec"], "volumes": [one for one in template["spec"].get("volumes", []) if one["name"] not in claims]
            + [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-x-0"}} for name in claims]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "labels": template["metadata"]["labels"]}, "spec": spec}


def try_objects(server, report):
    files = [*(ROOT / "deploy/kubernetes/rendered").glob("*.yaml"), *(ROOT / "deploy/charts/golden").glob("*.yaml")]
    for path in sorted(path for path in files if not path.name.endswith(".values.yaml")):
        for one in [one for one in k8s.objects(path) if one["kind"] != "Namespace"]:
            status, message = server.create(one)
            report.check(status == 201, f"{path.stem}: {one['kind']} {one['metadata']['name']} {message}")
            if one["kind"] in ("Deployment", "StatefulSet", "Job"):
                status, message = server.create(pod_of(one), namespace="orders")
                report.check(status == 201, f"{path.stem}: its Pod is restricted {message}")
            if one["kind"] == "DaemonSet":
                status, message = server.create(pod_of(one), namespace="leeway")
                report.check(status == 201, f"{path.stem}: its Pod is admitted where it should {message}")
                status, message = server.create(pod_of(one), namespace="orders")
                report.check(status == 403 and "hostPath" in message, f"{path.stem}: its Pod is not admitted elsewhere")


def try_misspelt(server, report):
    job = k8s.of_kind(k8s.objects(ROOT / "deploy/kubernetes/rendered/job.yaml"), "Job")[0]
    container = k8s.agent(job)
    container["restartPolicyy"] = container.pop("restartPolicy")
    status, message = server.create(job)
    report.check(status == 400 and 'unknown field "spec.template.spec.initContainers[0].restartPolicyy"' in message,
                 f"a misspelt key is refused: {message}")


def try_helm(server, report):
    helm = [k8s.tool("helm"), "--kubeconfig", server.kubeconfig(), "--namespace", "leeway"]
    chart = ROOT / "deploy/charts/leeway"
    everything = "podMonitor.enabled=true,prometheusRule.enabled=true,dashboards.enabled=true"
    for pack in sorted(path.name for path in (chart / "packs").iterdir()):
        run(*helm, "install", pack, chart, "--set", f"pack={pack},{everything}")
        status, text = server.request("GET", f"/api/v1/namespaces/leeway/secrets/sh.helm.release.v1.{pack}.v1")
        size = len(base64.b64decode(json.loads(text)["data"]["release"])) if status == 200 else 0
        report.check(0 < size < 1_000_000, f"helm install of the pack {pack}: release of {size} bytes")
        run(*helm, "upgrade", pack, chart, "--set", f"pack={pack},{everything},configWatch=true")
        run(*helm, "uninstall", pack)
    run(*helm, "install", "nodes", chart, "--set", f"daemonset.enabled=true,{everything}")
    run(*helm, "upgrade", "nodes", chart, "--set", f"daemonset.enabled=true,image.tag=0.2.0,{everything}")
    status, text = server.request("GET", "/apis/apps/v1/namespaces/leeway/daemonsets/nodes-leeway")
    report.check(status == 200 and json.loads(text)["metadata"]["generation"] == 2, "helm install and upgrade of the DaemonSet")
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("leeway-sidecar", "example-service"):
            shutil.copytree(ROOT / "deploy/charts" / name, pathlib.Path(scratch) / name)
        run(helm[0], "dependency", "build", pathlib.Path(scratch) / "example-service")
        run(*helm[:3], "--namespace", "orders", "install", "orders", pathlib.Path(scratch) / "example-service")
        status, text = server.request("GET", "/apis/apps/v1/namespaces/orders/deployments/orders")
        restart = json.loads(text)["spec"]["template"]["spec"]["initContainers"][0].get("restartPolicy")
        report.check(restart == "Always", "helm install of a service: the server keeps the native sidecar")


def main():
    crds = install()
    report = Report()
    with tempfile.TemporaryDirectory() as directory, Server(pathlib.Path(directory)) as server:
        print(json.loads(server.request("GET", "/version")[1])["gitVersion"])
        for name in ("podmonitors", "prometheusrules"):
            crd = k8s.objects(crds / f"monitoring.coreos.com_{name}.yaml")[0]
            assert server.create(crd, dry=False)[0] == 201
            while server.request("GET", f"/apis/monitoring.coreos.com/v1/{name}")[0] != 200:
                time.sleep(0.1)
        for name, level in NAMESPACES.items():
            metadata = {"name": name, "labels": {"pod-security.kubernetes.io/enforce": level}}
            assert server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, dry=False)[0] == 201
        namespace = k8s.of_kind(k8s.objects(ROOT / "deploy/kubernetes/rendered/daemonset.yaml"), "Namespace")[0]
        status, message = server.create(namespace)
        report.check(status == 201, f"daemonset: Namespace leeway {message}")
        assert server.create(namespace, dry=False)[0] == 201
        try_objects(server, report)
        try_misspelt(server, report)
        try_helm(server, report)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed or report.passed < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
