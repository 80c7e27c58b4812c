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


def test_secret_in_a_config_map(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    text = "kind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {%s}"

    for data in ("DB_PASSWORD: hunter2", "key.pem: '-----BEGIN RSA PRIVATE KEY-----'", "id: AKIAIOSFODNN7EXAMPLE"):
        assert len(reasons("config_map_has_no_secret", made, text % data)) == 1
    # A file about passwords, and a key without a value.
    for data in ('password-policy.conf: "min = 12\\nmax = 99"', "DB_PASSWORD: ''", "greeting: Hello"):
        assert reasons("config_map_has_no_secret", made, text % data) == []


def test_keys_of_a_config_map(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    variable = "{name: A, valueFrom: {configMapKeyRef: {name: settings, key: %s}}}"
    volume = "volumes: [{name: v, configMap: {name: settings, items: [{key: %s, path: x}]}}]"
    settings = "---\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {level: info}"
    of_variable = workload().replace("{name: app}", f"{{name: app, env: [{variable}]}}") + settings
    of_volume = workload(spec=volume) + settings

    for text in (of_variable, of_volume):
        assert len(reasons("key_of_the_config_map_is_there", made, text % "levle")) == 1
        assert reasons("key_of_the_config_map_is_there", made, text % "level") == []
    optional = of_variable.replace("key: %s", "key: levle, optional: true")
    assert reasons("key_of_the_config_map_is_there", made, optional) == []


def test_two_default_classes(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    text = (
        "kind: StorageClass\nmetadata: {name: %s, annotations: {storageclass.kubernetes.io/is-default-class: '%s'}}\n"
    )

    assert reasons("default_class_is_one", made, text % ("a", "true") + "---\n" + text % ("b", "true")) == [
        "StorageClass a is the default too"
    ]
    assert reasons("default_class_is_one", made, text % ("a", "true") + "---\n" + text % ("b", "false")) == []


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ("schedule: '*/15 0-6,22 * * MON-FRI'", 0),
        ("schedule: '@daily', timeZone: Europe/Zurich", 0),
        ("schedule: '0 25 * * *'", 1),
        ("schedule: '0 4 * *'", 1),
        ("schedule: '*/0 4 * * *'", 1),
        ("schedule: '0 4 * * *', timeZone: Europe/Zürich", 1),
    ],
)
def test_schedules(tmp_path: Path, spec: str, number: int) -> None:
    text = f"kind: CronJob\nmetadata: {{name: a, namespace: shop}}\nspec: {{{spec}}}"

    assert len(reasons("schedule_is_one_of_cron", environment(tmp_path, MANAGED), text)) == number


def test_snapshots_without_their_controller(tmp_path: Path) -> None:
    text = "kind: VolumeSnapshotClass\nmetadata: {name: a}\ndriver: ebs.csi.aws.com"
    drivers = "add_ons: {snapshot-controller: {}, aws-ebs-csi-driver: {}}"

    assert reasons("snapshots_have_their_controller", environment(tmp_path, MANAGED), text) == [
        "the cluster has no snapshot-controller"
    ]
    assert reasons("snapshots_have_their_controller", environment(tmp_path, MANAGED, drivers), text) == []


def test_lustre_pods_in_another_zone_than_their_volume(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    term = "matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [eu-west-1a]}]"
    volume = LUSTRE.replace(
        "driver: fsx.csi.aws.com}",
        f"driver: fsx.csi.aws.com}}, nodeAffinity: {{required: {{nodeSelectorTerms: [{{{term}}}]}}}}",
        1,
    )
    check, zone = (
        "pods_are_in_the_zone_of_their_file_system",
        "nodeSelector: {topology.kubernetes.io/zone: eu-west-1%s}",
    )

    assert reasons(check, made, workload(spec=f"{MOUNT}, {zone % 'b'}") + volume) == [
        "its pods must be in eu-west-1b, and the volume lustre is in another zone"
    ]
    assert reasons(check, made, workload(spec=f"{MOUNT}, {zone % 'a'}") + volume) == []
    assert reasons(check, made, workload(spec=MOUNT) + volume) == []


def test_names_that_are_allowed(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    text = "kind: ClusterRole\nmetadata: {name: 'team:Reader', labels: {empty: '', version: v1.2_x}}"

    assert reasons("name_is_one_that_kubernetes_takes", made, text) == []
    assert reasons("name_is_one_that_kubernetes_takes", made, text.replace("ClusterRole", "ConfigMap")) == [
        "team:Reader is no name"
    ]


def test_variables_that_are_for_others(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    text = workload().replace("{name: app}", "{name: app, env: [{name: A, value: b}], args: ['%s']}")

    for allowed in ("$(A)", "$$(date)", "$HOME", "${B}"):
        assert reasons("variable_is_defined", made, text % allowed) == []
    assert reasons("variable_is_defined", made, text % "$(B)") == ["app has no variable B"]
    # Keys of an object that is not here may be variables.
    assert (
        reasons(
            "variable_is_defined", made, text.replace("env: [", "envFrom: [{secretRef: {name: x}}], env: [") % "$(B)"
        )
        == []
    )


def test_dns_is_a_namespace_or_an_address(tmp_path: Path) -> None:
    made = environment(tmp_path, MANAGED)
    ports = "ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]"
    spec = "{podSelector: {}, policyTypes: [Egress], egress: [{%s}]}"
    policy = f"---\nkind: NetworkPolicy\nmetadata: {{name: a, namespace: shop}}\nspec: {spec}"

    for rule in (
        ports,
        f"to: [{{ipBlock: {{cidr: 172.20.0.10/32}}}}], {ports}",
        f"to: [{{namespaceSelector: {{}}}}], {ports}",
        "",
    ):
        assert reasons("pods_reach_dns", made, workload() + policy % rule) == []
    for rule in (f"to: [{{podSelector: {{}}}}], {ports}", "ports: [{port: 443}]"):
        assert reasons("pods_reach_dns", made, workload() + policy % rule) == [
            "no network policy lets its pods reach DNS"
        ]


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
