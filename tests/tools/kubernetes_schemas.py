"""kubernetes_schemas.py OUT CRDS: JSON schemas for kubeconform, of Kubernetes itself and of the CRDs in the folder CRDS.

Strict: an unknown key is an error. Names are as required by kubeconform's template
{{.ResourceKind}}{{.KindSuffix}}.json. Needs the package kubernetes-validate, which bundles Kubernetes' schemas.
"""

import json
import pathlib
import sys

import kubernetes_validate
import yaml

KUBERNETES = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema/v1.37.0-local-strict"
KINDS = ("_definitions", "configmap-v1", "namespace-v1", "service-v1", "serviceaccount-v1", "deployment-apps-v1",
         "statefulset-apps-v1", "daemonset-apps-v1", "job-batch-v1", "networkpolicy-networking-v1")

# "=" is an ordinary value (an enum of matchers contains it).
yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def relative(schema):
    """References become relative to the file, so that they are not fetched from a server."""
    if isinstance(schema, dict):
        return {key: value.rsplit("/api/", 1)[-1] if key == "$ref" and "/api/" in value else relative(value)
                for key, value in schema.items() if key != "$id"}
    return [relative(item) for item in schema] if isinstance(schema, list) else schema


def strict(schema):
    if isinstance(schema, dict):
        schema = {key: strict(value) for key, value in schema.items()}
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
            schema.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
        return schema
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


def main(out, crds):
    out.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        schema = relative(json.loads((KUBERNETES / f"{kind}.json").read_text()))
        (out / f"{kind}.json").write_text(json.dumps(schema))
    for path in sorted(crds.glob("*.yaml")):
        crd = yaml.safe_load(path.read_text())["spec"]
        for version in crd["versions"]:
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {
                "$ref": "_definitions.json#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
            name = f"{crd['names']['kind'].lower()}-{crd['group'].split('.')[0]}-{version['name']}.json"
            (out / name).write_text(json.dumps(schema))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
