"""The manifests of deploy/kubernetes as Kustomize renders them: current, valid in Kubernetes' own schemas, hardened, and such
that the traps of sidecars are avoided. Uses the real binary (LEEWAY_BIN); with Kustomize, if it is installed, they are
rendered again. kubeconform, with the operator's schemas, and kube-score run in tests/lint.sh."""

import copy
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kubernetes_objects as k8s  # noqa: E402

FOLDER = k8s.ROOT / "deploy/kubernetes"
RENDERED = {path.stem: k8s.objects(path) for path in sorted((FOLDER / "rendered").glob("*.yaml"))}
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
SIDECARS = {name: one for name, found in RENDERED.items() for one in k8s.of_kind(found, *WORKLOADS)
            if one["kind"] != "DaemonSet"}
NODE = k8s.of_kind(RENDERED["daemonset"], "DaemonSet")[0]
PATCHES = [FOLDER / "component" / name for name in ("sidecar.yaml", "cronjob.yaml")]
CONFIGURATIONS = sorted(FOLDER.rglob("leeway.toml"))
AGAIN = "deploy/render.sh"


def source_of(name):
    return FOLDER / "daemonset" if name == "daemonset" else FOLDER / "examples" / name


class RenderedTest(unittest.TestCase):
    def test_they_are_those_of_the_sources(self):
        self.assertEqual({"daemonset", "deployment", "job", "statefulset"}, set(RENDERED))
        self.assertEqual((FOLDER / "rendered/SOURCES").read_text().strip(),
                         k8s.digest(FOLDER), AGAIN)

    def test_alerts_and_dashboards_are_those_of_their_configuration(self):
        for folder in FOLDER.rglob("generated"):
            with tempfile.TemporaryDirectory() as directory:
                expected = k8s.generated(folder.parent / "leeway.toml", directory)
                found = {path.name: path.read_text() for path in folder.iterdir() if path.name != "kustomization.yaml"}
                self.assertEqual(expected, found, AGAIN)
                listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
                self.assertEqual(sorted(expected), listed)


KUSTOMIZE = k8s.tool("kustomize")


@unittest.skipUnless(KUSTOMIZE, "Kustomize is not installed")
class KustomizeTest(unittest.TestCase):
    def build(self, folder):
        done = subprocess.run([KUSTOMIZE, "build", folder], capture_output=True, text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_it_renders_what_is_recorded(self):
        for name in RENDERED:
            self.assertEqual((FOLDER / f"rendered/{name}.yaml").read_text(), self.build(source_of(name)), AGAIN)

    def test_only_annotated_workloads_get_a_sidecar_and_a_cronjob_is_one(self):
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            shutil.copytree(FOLDER / "component", folder / "component")
            template = {"metadata": {"labels": {"app": "x"}},
                        "spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}],
                                 "volumes": [{"name": "logs", "emptyDir": {}}]}}
            cronjob = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "x", "annotations": {"leeway": "inject"}},
                       "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}}
            other = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "y"}, "spec": {"template": template}}
            (folder / "jobs.yaml").write_text(yaml.safe_dump_all([cronjob, other]))
            (folder / "kustomization.yaml").write_text("resources: [jobs.yaml]\ncomponents: [component]\n")
            found = list(yaml.safe_load_all(self.build(folder)))
            self.assertEqual([], k8s.schema_errors(found))
            self.assertEqual(k8s.agent(SIDECARS["job"]) | {"image": "leeway"}, k8s.agent(k8s.of_kind(found, "CronJob")[0]))
            self.assertEqual(other, k8s.of_kind(found, "Job")[0])

    def test_the_network_policy_can_be_switched_on(self):
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory) / "daemonset"
            shutil.copytree(FOLDER / "daemonset", folder)
            file = folder / "kustomization.yaml"
            file.write_text(file.read_text() + "components: [network-policy]\n")
            found = list(yaml.safe_load_all(self.build(folder)))
            policy = k8s.of_kind(found, "NetworkPolicy")[0]
            self.assertEqual("leeway", policy["metadata"]["namespace"])
            labels = k8s.of_kind(found, "DaemonSet")[0]["spec"]["template"]["metadata"]["labels"]
            self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), labels.items())


class SchemaTest(unittest.TestCase):
    def test_objects_are_valid(self):
        found = [one for rendered in RENDERED.values() for one in rendered]
        found += k8s.objects(FOLDER / "daemonset/network-policy/networkpolicy.yaml")
        self.assertEqual([], k8s.schema_errors(list(filter(k8s.is_core, found))))

    def test_a_misspelt_key_is_found(self):
        for name, workload in SIDECARS.items():
            wrong = copy.deepcopy(workload)
            container = k8s.agent(wrong)
            container["restartPolicyy"] = container.pop("restartPolicy")
            self.assertIn("restartPolicyy", "".join(k8s.schema_errors([wrong])), name)

    def test_a_client_side_apply_takes_them(self):
        for name, found in RENDERED.items():
            self.assertEqual({}, k8s.too_large(found), name)


class SidecarTest(unittest.TestCase):
    """What is injected."""

    def test_it_is_a_native_sidecar_that_starts_first_and_holds_up_nothing(self):
        for name, workload in SIDECARS.items():
            with self.subTest(name):
                first = k8s.pod(workload)["initContainers"][0]
                self.assertEqual(("leeway", "Always"), (first["name"], first["restartPolicy"]))
                self.assertNotIn("readinessProbe", first)
                for probe in ("startupProbe", "livenessProbe"):
                    self.assertEqual({"path": "/-/healthy", "port": "leeway-metrics"}, first[probe]["httpGet"])
                self.assertEqual({"failureThreshold": 30, "periodSeconds": 1}.items() & first["startupProbe"].items(),
                                 {"failureThreshold": 30, "periodSeconds": 1}.items())

    def test_it_is_restricted_whatever_the_pod_is(self):
        for name, workload in SIDECARS.items():
            self.assertEqual({
                "runAsUser": 65532, "runAsGroup": 65532, "runAsNonRoot": True, "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"}}, k8s.agent(workload)["securityContext"], name)
            self.assertFalse(k8s.pod(workload)["automountServiceAccountToken"])

    def test_its_limits_are_not_those_of_the_pod(self):
        for workload in SIDECARS.values():
            resources = k8s.agent(workload)["resources"]
            # The kubelet adds up the limits of ephemeral storage and evicts a Pod whose logs exceed the only one.
            self.assertEqual({"limits": {"cpu": "500m", "memory": "64Mi"}, "requests": {"cpu": "10m", "memory": "24Mi"}},
                             resources)

    def test_the_component_leaves_to_the_pod_what_is_the_pods(self):
        for patch in PATCHES:
            inside = k8s.pod(k8s.objects(patch)[0])
            self.assertEqual({"initContainers", "volumes"}, set(inside), patch.name)
            self.assertNotIn("logs", [one["name"] for one in inside["volumes"]])

    def test_a_cronjob_gets_the_same(self):
        sidecar, cronjob = (k8s.objects(patch)[0] for patch in PATCHES)
        self.assertEqual(sidecar["spec"]["template"], cronjob["spec"]["jobTemplate"]["spec"]["template"])

    def test_logs_and_configuration_are_read_only_and_no_single_file_is_mounted(self):
        for workload in [*SIDECARS.values(), NODE]:
            mounts = {one["mountPath"]: one for one in k8s.agent(workload)["volumeMounts"]}
            writable = [path for path, mount in mounts.items() if not mount.get("readOnly")]
            self.assertEqual(["/var/lib/leeway"], writable)
            # A file that is mounted by subPath never changes.
            self.assertFalse([mount for mount in mounts.values() if "subPath" in mount])

    def test_a_scrape_comes_before_it_ends_and_it_ends_before_it_is_killed(self):
        for name, workload in SIDECARS.items():
            linger = k8s.seconds(k8s.options(k8s.agent(workload))["--shutdown.linger"])
            monitor = k8s.of_kind(RENDERED[name], "PodMonitor")[0]
            for endpoint in monitor["spec"]["podMetricsEndpoints"]:
                self.assertLess(k8s.seconds(endpoint["interval"]), linger)
            self.assertGreaterEqual(k8s.pod(workload).get("terminationGracePeriodSeconds", 30), linger + 10, name)

    def test_no_two_replicas_share_a_state(self):
        for name, workload in SIDECARS.items():
            claims = workload["spec"].get("volumeClaimTemplates", [])
            for claim in claims:
                self.assertEqual(["ReadWriteOncePod"], claim["spec"]["accessModes"], name)
            # A claim that is named in a Pod would be the same for all replicas.
            self.assertFalse([one for one in k8s.pod(workload)["volumes"] if "persistentVolumeClaim" in one])
            self.assertIn(len(claims), (0, 2), "logs on a volume that outlives the Pod need a state that does, too")

    def test_a_broken_configuration_cannot_reach_pods_that_run(self):
        for name, workload in SIDECARS.items():
            volume = next(one for one in k8s.pod(workload)["volumes"] if one["name"] == "leeway-config")
            # Named by its content: each version of the workload keeps its own.
            self.assertRegex(volume["configMap"]["name"], "^leeway-[a-z0-9]{10}$", name)
            self.assertIn(volume["configMap"]["name"],
                          [one["metadata"]["name"] for one in k8s.of_kind(RENDERED[name], "ConfigMap")])


class NodeTest(unittest.TestCase):
    """The DaemonSet."""

    def test_it_has_the_least_privilege_that_reads_the_logs_of_a_node(self):
        container, inside = k8s.agent(NODE), k8s.pod(NODE)
        self.assertEqual({"runAsUser": 0, "runAsGroup": 0, "allowPrivilegeEscalation": False,
                          "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, container["securityContext"])
        self.assertEqual({"seccompProfile": {"type": "RuntimeDefault"}}, inside["securityContext"])
        self.assertFalse(inside["automountServiceAccountToken"])
        self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & set(inside))
        self.assertEqual({"/var/log/pods": "Directory", "/var/lib/leeway": "DirectoryOrCreate"},
                         {one["hostPath"]["path"]: one["hostPath"]["type"] for one in inside["volumes"] if "hostPath" in one})
        self.assertFalse([one for one in RENDERED["daemonset"] if "Role" in one["kind"]])

    def test_never_two_agents_on_a_node(self):
        self.assertEqual({"maxUnavailable": 1, "maxSurge": 0}, NODE["spec"]["updateStrategy"]["rollingUpdate"])

    def test_its_namespace_admits_it(self):
        labels = k8s.of_kind(RENDERED["daemonset"], "Namespace")[0]["metadata"]["labels"]
        self.assertEqual("privileged", labels["pod-security.kubernetes.io/enforce"])

    def test_labels_of_the_series_are_those_of_the_container_that_wrote(self):
        endpoint = k8s.of_kind(RENDERED["daemonset"], "PodMonitor")[0]["spec"]["podMetricsEndpoints"][0]
        self.assertTrue(endpoint["honorLabels"])
        rules = yaml.safe_dump(k8s.of_kind(RENDERED["daemonset"], "PrometheusRule")[0])
        self.assertIn("sum without (instance, node, pod) (", rules)


class BothTest(unittest.TestCase):
    def test_prometheus_finds_each_agent_and_only_agents(self):
        for name, found in RENDERED.items():
            monitor = k8s.of_kind(found, "PodMonitor")[0]
            workload = k8s.of_kind(found, *WORKLOADS)[0]
            labels = workload["spec"]["template"]["metadata"]["labels"]
            self.assertLessEqual(monitor["spec"]["selector"]["matchLabels"].items(), labels.items(), name)
            self.assertEqual("app.kubernetes.io/name", monitor["spec"]["jobLabel"])
            port = monitor["spec"]["podMetricsEndpoints"][0]["port"]
            named = [port["name"] for one in k8s.pod(workload).get("initContainers", []) + k8s.pod(workload)["containers"]
                     for port in one.get("ports", [])]
            self.assertEqual(1, named.count(port))
            self.assertNotIn("metrics", named, "an application has that, or another monitor expects it")
            # LeewayDown is about the job that the PodMonitor gives.
            for rules in k8s.of_kind(found, "PrometheusRule"):
                self.assertIn(f'up{{job="{labels["app.kubernetes.io/name"]}"}}', yaml.safe_dump(rules), name)

    def test_the_binary_knows_their_options(self):
        known = subprocess.run([k8s.LEEWAY, "run", "--help"], capture_output=True, text=True, timeout=60).stdout
        for workload in [*SIDECARS.values(), NODE]:
            container = k8s.agent(workload)
            self.assertEqual("run", container["args"][0])
            self.assertEqual(set(), {name for name in k8s.options(container) if not re.search(rf"^ *(-\w,)?{name} ", known, re.M)})
            self.assertTrue(k8s.options(container)["--web.listen-address"].startswith(":"), "the default is loopback")

    def test_leeway_check_takes_their_configurations(self):
        self.assertEqual(3, len(CONFIGURATIONS))
        with tempfile.TemporaryDirectory() as directory:
            for path in CONFIGURATIONS:
                self.assertIsNone(k8s.check_configuration(path.read_text(), directory), path)

    def test_the_image_is_one_that_can_be_set(self):
        for name in RENDERED:
            images = yaml.safe_load((source_of(name) / "kustomization.yaml").read_text())["images"]
            self.assertEqual([("leeway", "leeway")], [(one["name"], one["newName"]) for one in images])
            self.assertEqual(f"leeway:{images[0]['newTag']}", k8s.agent(k8s.of_kind(RENDERED[name], *WORKLOADS)[0])["image"])


if __name__ == "__main__":
    unittest.main()
