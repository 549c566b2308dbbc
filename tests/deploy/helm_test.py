"""The charts of deploy/charts: what they render, recorded in golden/, is current, valid in Kubernetes' own schemas and
hardened; their packs are those of the repository; the real binary (LEEWAY_BIN) takes the configurations in it. With Helm, if
it is installed, they are rendered again and wrong values are refused; tests/lint.sh builds Helm and runs this."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kubernetes_objects as k8s  # noqa: E402

FOLDER = k8s.ROOT / "deploy/charts"
GOLDEN = FOLDER / "golden"
CASES = {path.name.removesuffix(".values.yaml"): path for path in sorted(GOLDEN.glob("*.values.yaml"))}
RENDERED = {name: k8s.objects(GOLDEN / f"{name}.yaml") for name in CASES}
PACKS = {path.stem: path for path in [*(k8s.ROOT / "deploy/packs").glob("*.toml")]}
PACKS["node-logs"] = k8s.ROOT / "deploy/kubernetes/daemonset/leeway.toml"
KUBERNETES = ["--kube-version", "1.37"]  # a Helm that is built from source takes itself for one of 1.20
AGAIN = "deploy/render.sh"


def one(name, kind):
    return k8s.of_kind(RENDERED[name], kind)[0]


def values(chart):
    return yaml.safe_load((FOLDER / chart / "values.yaml").read_text())


class GoldenTest(unittest.TestCase):
    def test_they_are_those_of_the_sources(self):
        self.assertEqual((GOLDEN / "SOURCES").read_text().strip(), k8s.digest(FOLDER), AGAIN)
        self.assertEqual(sorted(CASES), sorted(path.stem for path in GOLDEN.glob("*.yaml") if path not in CASES.values()))

    def test_objects_are_valid(self):
        found = [each for rendered in RENDERED.values() for each in rendered]
        self.assertGreater(len(found), 15)
        self.assertEqual([], k8s.schema_errors(list(filter(k8s.is_core, found))))

    def test_a_client_side_apply_takes_them(self):
        for name, found in RENDERED.items():
            self.assertEqual({}, k8s.too_large(found), name)

    def test_leeway_check_takes_the_configurations(self):
        checked = 0
        with tempfile.TemporaryDirectory() as directory:
            for name, found in RENDERED.items():
                for config in k8s.of_kind(found, "ConfigMap"):
                    if "leeway.toml" in config["data"]:
                        self.assertIsNone(k8s.check_configuration(config["data"]["leeway.toml"], directory), name)
                        checked += 1
            self.assertIn("namme", k8s.check_configuration("[rules]\nnamme = 1\n", directory))
        self.assertEqual(4, checked)

    def test_each_agent_is_hardened(self):
        for name in ("example-service-default", "leeway-node-logs"):
            workload = k8s.of_kind(RENDERED[name], "Deployment", "DaemonSet")[0]
            context = k8s.agent(workload)["securityContext"]
            self.assertEqual((False, True, {"drop": ["ALL"]}),
                             (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"], context["capabilities"]))
            self.assertEqual({"type": "RuntimeDefault"}, k8s.pod(workload)["securityContext"]["seccompProfile"])
            self.assertFalse(k8s.pod(workload)["automountServiceAccountToken"])

    def test_the_agents_are_those_of_the_manifests(self):
        """But for the names of volumes and images, and what Helm's users can set."""
        manifests = k8s.ROOT / "deploy/kubernetes/rendered"
        for name, workload in {"example-service-default": "deployment", "leeway-node-logs": "daemonset"}.items():
            ours, theirs = (k8s.agent(k8s.of_kind(found, "Deployment", "DaemonSet")[0])
                            for found in (RENDERED[name], k8s.objects(manifests / f"{workload}.yaml")))
            del ours["imagePullPolicy"]
            self.assertEqual(theirs, ours, name)

    def test_a_scrape_comes_before_a_sidecar_ends(self):
        linger = k8s.seconds(values("leeway-sidecar")["shutdownLinger"])
        self.assertLess(k8s.seconds(values("leeway")["podMonitor"]["interval"]), linger)
        self.assertGreaterEqual(30, linger + 10)

    def test_alerts_about_the_agent_are_about_the_job_that_the_monitor_gives(self):
        for name in ("leeway-node-logs", "leeway-pack"):
            relabelings = one(name, "PodMonitor")["spec"]["podMetricsEndpoints"][0]["relabelings"]
            job = next(each["replacement"] for each in relabelings if each["targetLabel"] == "job")
            self.assertIn(f'up{{job="{job}"}}', yaml.safe_dump(one(name, "PrometheusRule")), name)

    def test_a_changed_configuration_gives_new_pods_unless_the_agent_watches_it(self):
        def annotations(name):
            workload = k8s.of_kind(RENDERED[name], "Deployment", "DaemonSet")[0]
            return workload["spec"]["template"]["metadata"].get("annotations", {})
        self.assertIn("checksum/config", annotations("leeway-node-logs"))
        self.assertIn("checksum/leeway-config", annotations("example-service-default"))
        self.assertEqual({"example.org/owner": "platform"}, annotations("leeway-existing"))
        self.assertEqual({}, annotations("example-service-shared"))
        for name in ("leeway-existing", "example-service-shared"):
            self.assertIn("--config.watch", k8s.agent(k8s.of_kind(RENDERED[name], "Deployment", "DaemonSet")[0])["args"])

    def test_users_labels_come_first_and_large_numbers_stay_numbers(self):
        self.assertEqual("yes", next(each for each in RENDERED["leeway-inline"] if "orders.json" in each.get("data", {}))
                         ["metadata"]["labels"]["grafana_dashboard"])
        self.assertEqual("kube-prometheus-stack", one("leeway-node-logs", "PrometheusRule")["metadata"]["labels"]["release"])
        context = k8s.agent(one("example-service-shared", "Deployment"))["securityContext"]
        self.assertEqual((1000660000, 65532, True),
                         (context["runAsUser"], context["runAsGroup"], context["readOnlyRootFilesystem"]))

    def test_templates_of_grafana_and_prometheus_are_not_helms(self):
        board = next(each["data"]["orders.json"] for each in RENDERED["leeway-inline"] if "orders.json" in each.get("data", {}))
        self.assertEqual("{{instance}}", json.loads(board)["panels"][0]["title"])
        self.assertIn("{{ $labels.instance }}", yaml.safe_dump(one("leeway-inline", "PrometheusRule")))


class ChartTest(unittest.TestCase):
    def test_packs_are_those_of_the_repository(self):
        """Copies, because Helm warns about symbolic links each time."""
        self.assertEqual(sorted(PACKS), sorted(path.name for path in (FOLDER / "leeway/packs").iterdir()))
        for name, configuration in PACKS.items():
            folder = FOLDER / "leeway/packs" / name
            self.assertEqual(configuration.read_text(), (folder / "leeway.toml").read_text(), AGAIN)
            with tempfile.TemporaryDirectory() as directory:
                for command in ("rules", "dashboards"):
                    subprocess.run([k8s.LEEWAY, command, "--config.file", configuration, "--output-dir", directory],
                                   check=True, capture_output=True, timeout=60)
                made = pathlib.Path(directory)
                self.assertEqual((made / "rules.yml").read_text(), (folder / "rules.yml").read_text(), AGAIN)
                self.assertEqual({path.name: json.loads(path.read_text()) for path in made.glob("*.json")},
                                 {path.name: json.loads(path.read_text()) for path in (folder / "dashboards").iterdir()}, AGAIN)
        self.assertFalse([path for path in FOLDER.rglob("*") if path.is_symlink()])

    def test_no_object_depends_on_what_the_cluster_has(self):
        """Offline, .Capabilities.APIVersions lacks the operator's kinds, and the object would be dropped silently."""
        for path in FOLDER.rglob("templates/*"):
            self.assertNotIn("APIVersions", path.read_text(), path)
            self.assertNotRegex(path.read_text(), r"\btpl\b", path)

    def test_every_value_is_in_the_schema_and_nothing_else_is(self):
        def compare(schema, found, where):
            self.assertIs(False, schema["additionalProperties"], where)
            self.assertEqual(set(found), set(schema["properties"]) - {"global"}, where)
            for key, value in found.items():
                if "properties" in schema["properties"][key]:
                    compare(schema["properties"][key], value, f"{where}.{key}")
        for chart in ("leeway", "leeway-sidecar"):
            compare(json.loads((FOLDER / chart / "values.schema.json").read_text()), values(chart), chart)

    def test_versions_agree(self):
        charts = [yaml.safe_load(path.read_text()) for path in FOLDER.glob("*/Chart.yaml")]
        self.assertEqual(1, len({(chart["version"], chart["appVersion"], chart["kubeVersion"]) for chart in charts}), charts)
        version = subprocess.run([k8s.LEEWAY, "version"], capture_output=True, text=True, timeout=60).stdout
        self.assertIn(charts[0]["appVersion"], version)
        self.assertIn(f'"version" "{charts[0]["appVersion"]}"', (FOLDER / "leeway-sidecar/templates/_sidecar.tpl").read_text())


HELM = k8s.tool("helm")


@unittest.skipUnless(HELM, "Helm is not installed")
class HelmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.charts = {name: FOLDER / name for name in ("leeway", "leeway-sidecar")}
        for name in ("leeway-sidecar", "example-service"):
            shutil.copytree(FOLDER / name, pathlib.Path(cls.scratch.name) / name)
        cls.charts["example-service"] = pathlib.Path(cls.scratch.name) / "example-service"
        done = cls.helm("dependency", "build", cls.charts["example-service"])
        assert done.returncode == 0, done.stderr

    @staticmethod
    def helm(*arguments):
        return subprocess.run([HELM, *map(str, arguments)], capture_output=True, text=True, timeout=120)

    def template(self, chart, *arguments, release="leeway", kubernetes=KUBERNETES):
        return self.helm("template", release, self.charts[chart], "--namespace", "demo", *kubernetes, *arguments)

    def refused(self, done, word):
        self.assertEqual(1, done.returncode, done.stdout[:500])
        self.assertIn(word, done.stderr)

    def test_it_renders_what_is_recorded(self):
        for name, path in CASES.items():
            chart, release = ("leeway", "leeway") if name.startswith("leeway-") else ("example-service", "orders")
            done = self.template(chart, "--values", path, release=release)
            self.assertEqual((GOLDEN / f"{name}.yaml").read_text(), done.stdout, done.stderr + AGAIN)
            self.assertEqual("", done.stderr)

    def test_lint(self):
        for name, chart in self.charts.items():
            done = self.helm("lint", "--strict", *KUBERNETES, chart)
            self.assertEqual(0, done.returncode, f"{name}: {done.stdout}{done.stderr}")

    def test_lint_with_the_values_of_each_case(self):
        for name, path in CASES.items():
            chart = self.charts["leeway" if name.startswith("leeway-") else "example-service"]
            done = self.helm("lint", "--strict", *KUBERNETES, chart, "--values", path)
            self.assertEqual(0, done.returncode, f"{name}: {done.stdout}{done.stderr}")

    def test_misspelt_values_are_refused(self):
        self.refused(self.template("leeway", "--set", "confg=x"), "confg")
        self.refused(self.template("leeway", "--set", "daemonset.enabled=true,daemonset.toleration=x"), "toleration")
        self.refused(self.template("leeway", "--set", "podMonitor.enabled=yes"), "enabled")
        self.refused(self.template("example-service", "--set", "leeway-sidecar.confg=x"), "confg")
        self.refused(self.template("example-service", "--set", "leeway-sidecar.image.pullpolicy=Never"), "pullpolicy")
        self.assertEqual(0, self.template("leeway", "--set", "pack=echo-ridge,global.any=x").returncode)

    def test_values_that_contradict_each_other_are_refused(self):
        self.refused(self.template("leeway"), "there is nothing to read")
        self.refused(self.template("leeway", "--set", "pack=echo-ridge,config=x"), "only one of")
        self.refused(self.template("leeway", "--set", "pack=echo"), "there is no pack \"echo\"")
        self.refused(self.template("leeway", "--set", "config=x,prometheusRule.enabled=true"), "leeway rules")
        self.refused(self.template("leeway", "--set", "config=x,dashboards.enabled=true"), "leeway dashboards")
        self.refused(self.template("leeway", "--set", "config=x,podMonitor.enabled=true,prometheusRule.enabled=true,"
                                   "prometheusRule.rules=y"), "podMonitor.job is not set")
        self.refused(self.template("leeway", "--set", "config=x,networkPolicy.enabled=true"), "the whole Pod")
        self.refused(self.template("leeway", "--set", "daemonset.enabled=true,networkPolicy.enabled=true"), "networkPolicy.from")
        self.refused(self.template("example-service", "--set", "leeway-sidecar.existingConfigMap=x"), "exclude each other")
        self.refused(self.template("example-service", "--set", "leeway-sidecar.config="), "is required")

    def test_a_cluster_without_native_sidecars_is_refused(self):
        """Helm does not enforce a library's kubeVersion, so the library does."""
        path = self.charts["example-service"] / "Chart.yaml"
        text = path.read_text()
        try:
            path.write_text(text.replace('kubeVersion: ">=1.29.0-0"\n', ""))
            self.refused(self.template("example-service", kubernetes=["--kube-version", "1.28.9"]), "native sidecars need")
            self.assertEqual(0, self.template("example-service", kubernetes=["--kube-version", "1.29.0-eks-1"]).returncode)
        finally:
            path.write_text(text)

    def test_every_pack_gives_its_own_rules_and_dashboards(self):
        for name in PACKS:
            done = self.template("leeway", "--set", f"pack={name},prometheusRule.enabled=true,dashboards.enabled=true")
            self.assertEqual(0, done.returncode, done.stderr)
            found = [each for each in yaml.safe_load_all(done.stdout) if each]
            self.assertEqual({}, k8s.too_large(found))
            folder = FOLDER / "leeway/packs" / name
            self.assertEqual(yaml.safe_load((folder / "rules.yml").read_text()), k8s.of_kind(found, "PrometheusRule")[0]["spec"])
            data = {key: text for each in k8s.of_kind(found, "ConfigMap") for key, text in each["data"].items()}
            self.assertEqual((folder / "leeway.toml").read_text().rstrip("\n"), data.pop("leeway.toml").rstrip("\n"))
            self.assertEqual({path.name: json.loads(path.read_text()) for path in (folder / "dashboards").iterdir()},
                             {key: json.loads(text) for key, text in data.items()})

    def test_a_package_holds_what_the_folder_holds(self):
        with tempfile.TemporaryDirectory() as directory:
            done = self.helm("package", self.charts["leeway"], "--destination", directory)
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            packed = self.helm("template", "leeway", next(pathlib.Path(directory).glob("*.tgz")), "--namespace", "demo",
                               *KUBERNETES, "--values", CASES["leeway-node-logs"])
            self.assertEqual((GOLDEN / "leeway-node-logs.yaml").read_text(), packed.stdout, packed.stderr)


if __name__ == "__main__":
    unittest.main()
