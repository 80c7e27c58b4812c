"""Whoever delivers the application may do just that: by a pipeline, and by Argo CD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from settings import load_environment
from tools.kubernetes.__main__ import main
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import Rendering, render
from tools.kubernetes.writing import is_of_administrators

EXAMPLE = "examples/eks-workloads.yaml"


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    """Given what the example with everything applies."""
    environment = load_environment(EXAMPLE)
    return render(environment, ExampleOutputs(environment))


def one(rendering: Rendering, kind: str, name: str) -> Mapping[str, Any]:
    (found,) = [each for each in rendering.objects if (each.kind, each.name) == (kind, name)]
    return found.document


def of_application(objects: Sequence[KubernetesObject]) -> set[tuple[str, str]]:
    """API group and plural of each kind that a delivery to `hello` applies."""
    wanted = [each for each in objects if each.namespace == "hello" and not is_of_administrators(each)]
    groups = [(each.api_version.rpartition("/")[0], each.kind.lower()) for each in wanted]
    return {(group, f"{kind[:-1]}ies" if kind.endswith("y") else _plural(kind)) for group, kind in groups}


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def test_role_of_the_pipeline_is_what_the_application_has(rendering: Rendering) -> None:
    rules = one(rendering, "Role", "hello-delivery")["rules"]
    allowed = {(group, name) for rule in rules for group in rule["apiGroups"] for name in rule["resources"]}

    assert allowed == of_application(rendering.objects)
    assert {verb for rule in rules for verb in rule["verbs"]} == {
        *("get", "list", "watch", "create", "patch", "update", "delete"),
    }


def test_group_of_the_pipeline_is_that_of_its_role(rendering: Rendering) -> None:
    environment = load_environment(EXAMPLE)
    assert environment.eks is not None
    role = environment.eks.delivery_roles["hello"]
    subjects = one(rendering, "RoleBinding", "hello-delivery")["subjects"]

    assert [each["name"] for each in subjects] == list(role.kubernetes_groups)


def test_argo_cd_delivers_to_one_namespace_of_this_cluster(rendering: Rendering) -> None:
    project, application = one(rendering, "AppProject", "hello"), one(rendering, "Application", "hello")
    cluster = one(rendering, "Secret", "in-cluster")["stringData"]
    environment = load_environment(EXAMPLE)
    assert environment.eks is not None
    assert environment.eks.capabilities.argocd is not None
    (policy,) = environment.eks.capabilities.argocd.access_policies

    assert cluster["server"] == "arn:aws:eks:eu-west-1:111122223333:cluster/eks-workloads"
    assert application["spec"]["destination"] in project["spec"]["destinations"]
    assert application["spec"]["destination"]["name"] == cluster["name"]
    assert application["spec"]["source"]["repoURL"] in project["spec"]["sourceRepos"]
    assert [each["namespace"] for each in project["spec"]["destinations"]] == list(policy.namespaces)
    assert project["spec"]["clusterResourceWhitelist"] == []


def test_argo_cd_finds_what_is_written(rendering: Rendering, tmp_path: Path) -> None:
    folder = tmp_path / "eks-workloads"

    assert main(["render", "--environment", EXAMPLE, "--folder", str(folder)]) == 0

    path = one(rendering, "Application", "hello")["spec"]["source"]["path"]
    written = list(YAML(typ="safe").load_all((tmp_path / path / "objects.yaml").read_text()))
    assert {each["kind"] for each in written} >= {"Deployment", "Service", "Ingress", "NetworkPolicy"}
    assert not {each["kind"] for each in written} & {"Namespace", "ResourceQuota", "LimitRange", "Role"}
    assert {each["metadata"]["namespace"] for each in written} == {"hello"}


def test_values_of_the_load_balancer_controller(rendering: Rendering) -> None:
    (file,) = [each for each in rendering.files if each.path == "helm/aws-load-balancer-controller.yaml"]
    (values,) = file.documents

    assert values["vpcId"] == "vpc-0123456789abcdef0"
    assert values["region"] == "eu-west-1"
    assert values["clusterName"] == "eks-workloads"
    assert values["serviceAccount"] == {"create": True, "name": "aws-load-balancer-controller"}
    assert values["image"]["repository"].startswith("111122223333.dkr.ecr.eu-west-1.amazonaws.com/eks-workloads/cache/")
