"""Checks of what no environment that ships has, each with its nearest neighbor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settings import Environment, load_environment
from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, eks
from tools.kubernetes.checking import SUBJECTS
from tools.kubernetes.checks.check import CHECKS, Cluster
from tools.kubernetes.objects import KubernetesObject, Pods, quantity

assert SUBJECTS


def environment(folder: Path, *lines: str) -> Environment:
    path = folder / "blue.yaml"
    path.write_text(eks(*lines, head=HEAD))
    return load_environment(str(path))


def objects(text: str) -> list[KubernetesObject]:
    return [KubernetesObject(each) for each in YAML(typ="safe").load_all(text)]


def reasons(check: str, made: Environment, text: str) -> list[str]:
    return [each.reason for each in CHECKS[check](Cluster(made, objects(text)))]


def workload(kind: str = "Deployment", name: str = "a", label: str = "a", spec: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: {label}}}}}
  template:
    metadata: {{labels: {{app: {label}}}}}
    spec: {{containers: [{{name: app}}], {spec}}}
"""


FARGATE = "nodes: {jobs: {kind: fargate, selectors: [{namespace: shop}]}}"
MANAGED = "nodes: {main: {kind: managed}}"
LUSTRE = """
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: lustre}
spec: {csi: {driver: fsx.csi.aws.com}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {volumeName: lustre, accessModes: [ReadWriteMany]}
"""
MOUNT = "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"
BINDING = """
kind: RoleBinding
metadata: {name: delivery, namespace: shop}
roleRef: {kind: Role, name: delivery}
---
kind: Role
metadata: {name: %s, namespace: shop}
"""


def test_two_workloads_with_the_same_label(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    both = f"{workload(name='a')}---{workload(name='b', label='%s')}"

    assert reasons("selector_is_of_one_workload", made, both % ("a", "a")) == [
        "the selector also selects the pods of Deployment shop/b",
        "the selector also selects the pods of Deployment shop/a",
    ]
    assert reasons("selector_is_of_one_workload", made, both % ("b", "b")) == []


def test_claim_of_several_pods(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    text = workload(spec=MOUNT).replace("spec:\n", "spec:\n  replicas: %s\n", 1) + LUSTRE.replace("Many", "Once")

    assert reasons("claim_is_of_one_pod", made, text % 2) == ["several pods share a claim that one node can mount"]
    assert reasons("claim_is_of_one_pod", made, text % 1) == []


def test_lustre_pods_are_in_its_zone(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    check = "pods_are_in_the_zone_of_their_file_system"
    zone = "nodeSelector: {topology.kubernetes.io/zone: eu-west-1a}"

    assert reasons(check, made, workload(spec=MOUNT) + LUSTRE) == [
        "the file system is in one zone, and its pods in any"
    ]
    assert reasons(check, made, workload(spec=f"{MOUNT}, {zone}") + LUSTRE) == []


def test_lustre_does_not_mount_on_fargate(tmp_path: Path) -> None:
    made = environment(tmp_path, FARGATE, PRIVATE_ACCESS)

    (reason,) = reasons("nodes_can_do_what_pods_need", made, workload(spec=MOUNT) + LUSTRE)

    assert "and eks.nodes.jobs cannot: AWS Fargate: " in reason
    on_nodes = environment(tmp_path, MANAGED)
    assert reasons("nodes_can_do_what_pods_need", on_nodes, workload(spec=MOUNT) + LUSTRE) == []


def test_role_binding_without_a_role(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)

    assert reasons("role_binding_names_a_role", made, BINDING % "other") == ["there is no Role delivery"]
    assert reasons("role_binding_names_a_role", made, BINDING % "delivery") == []


def test_role_of_a_fargate_pod(tmp_path: Path) -> None:
    made = environment(
        tmp_path,
        FARGATE,
        PRIVATE_ACCESS,
        "pod_identities: {app: {namespace: shop, service_account: app}}",
    )
    account = "---\nkind: ServiceAccount\nmetadata: {name: app, namespace: shop%s}"
    text = workload(spec="serviceAccountName: app") + account
    role = ", annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/app'}"

    assert reasons("role_of_a_fargate_pod_is_annotated", made, text % "") == ["it does not name the role of its pods"]
    assert reasons("role_of_a_fargate_pod_is_annotated", made, text % role) == []


@pytest.mark.parametrize(
    ("value", "number"),
    [("250m", 0.25), ("1", 1.0), (2, 2.0), ("64Mi", 64 * 2**20), ("1.5Gi", 1.5 * 2**30), ("2G", 2e9), ("much", 0.0)],
)
def test_quantities(value: object, number: float) -> None:
    assert quantity(value) == number


def test_a_pod_asks_for_what_runs_together_or_for_its_largest_init_container() -> None:
    def container(cpu: str, **more: object) -> dict[str, Any]:
        return {"name": "x", "resources": {"requests": {"cpu": cpu}}, **more}

    def asked(init: list[dict[str, Any]], others: list[dict[str, Any]]) -> float:
        document = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"initContainers": init, "containers": others}}
        pods = KubernetesObject(document).pods
        assert isinstance(pods, Pods)
        return round(pods.request("cpu"), 3)

    assert asked([container("2")], [container("1")]) == 2
    assert asked([container("500m", restartPolicy="Always")], [container("1")]) == 1.5
    assert asked([container("500m", restartPolicy="Always"), container("1")], [container("100m")]) == 1.5
