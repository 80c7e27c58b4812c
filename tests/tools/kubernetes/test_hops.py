"""The diagrams and tables of "From client to file system" are what templates and manifests say, until these change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from settings import load_environment
from tests.support.hops import Hop, diagram, request_hops, rows, volume_hops
from tests.support.synthesis import ROOT, synthesize
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import render

pytestmark = pytest.mark.filterwarnings("ignore::settings.EnvironmentWarning")
EXAMPLES = {"request": "examples/eks-workloads.yaml", "volume": "examples/eks-storage.yaml"}
DERIVED: Mapping[str, Callable[[Given], list[Hop]]] = {
    "request": lambda given: request_hops(given.templates, given.objects),
    "volume": lambda given: volume_hops(given.templates, given.objects, given.manifests),
}


@dataclass(frozen=True)
class Given:
    """What an example becomes, to be broken by a test."""

    templates: dict[str, dict[str, Any]]
    objects: list[KubernetesObject]
    manifests: list[KubernetesObject]

    def resource(self, logical_id: str) -> dict[str, Any]:
        """Properties of a resource whose logical ID begins like this."""
        (found,) = [
            resource["Properties"]
            for template in self.templates.values()
            for key, resource in template["Resources"].items()
            if re.fullmatch(rf"{logical_id}[0-9A-F]{{8}}", key)
        ]
        properties: dict[str, Any] = found
        return properties

    def document(self, kind: str, name: str) -> Any:  # noqa: ANN401 - of any kind
        """An object of the overlay or the manifests."""
        (found,) = [
            each.document for each in (*self.objects, *self.manifests) if (each.kind, each.name) == (kind, name)
        ]
        return found


@pytest.fixture(scope="module")
def examples() -> Mapping[str, Given]:
    """Given both examples, synthesized and rendered."""
    made = {}
    for name, file in EXAMPLES.items():
        environment = load_environment(file)
        rendering = render(environment, ExampleOutputs(environment))
        templates = {stack: dict(template) for stack, template in synthesize(file).templates.items()}
        made[name] = Given(templates, rendering.objects, rendering.manifests)
    return made


def documented(name: str) -> tuple[list[str], list[str]]:
    """Lines of the diagram, and rows of the table, below the heading of this name."""
    text = (ROOT / "docs" / "kubernetes.md").read_text()
    section = re.split(r"\n##+ ", text.partition(f"\n### One {name}\n")[2])[0]
    (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", section, re.DOTALL)
    table = [line for line in section.splitlines() if line.startswith("|")]
    return drawn.splitlines(), table[2:]


@pytest.mark.parametrize("name", EXAMPLES)
def test_document_is_what_templates_and_manifests_say(name: str, examples: Mapping[str, Given]) -> None:
    hops = DERIVED[name](examples[name])

    assert documented(name) == (diagram(hops), rows(hops))


def _rename_role(given: Given) -> None:
    cluster = given.templates["eks-storage-eks-cluster"]["Resources"]
    (key,) = [key for key in cluster if key.startswith("EksStorageAccessEfsDriverRole")]
    cluster["Renamed"] = cluster.pop(key)


BROKEN: Mapping[str, tuple[str, Callable[[Given], object]]] = {
    "port of the security group of the file system": (
        "volume",
        lambda given: given.resource("EksStorageAccessToshared2049").update(FromPort=2050, ToPort=2050),
    ),
    "rule admits another group": (
        "volume",
        lambda given: given.resource("EksStorageAccessToshared2049").update(
            SourceSecurityGroupId={"Fn::GetAtt": ["EksControlPlaneSecurityGroup614B8EEB", "GroupId"]}
        ),
    ),
    "name of the driver's role": ("volume", _rename_role),
    "driver may not mount": (
        "volume",
        lambda given: given.resource("EksStorageAccessEfsDriverPolicy")["PolicyDocument"]["Statement"][0].update(
            Action=["elasticfilesystem:ClientWrite"]
        ),
    ),
    "file system without TLS": (
        "volume",
        lambda given: given.resource("FileSystemssharedFileSystem")["FileSystemPolicy"].update(Statement=[]),
    ),
    "class of another file system": (
        "volume",
        lambda given: given.document("StorageClass", "efs-shared")["parameters"].update(
            fileSystemId="example-StorageTrainingFileSystemId"
        ),
    ),
    "claim of another class": (
        "volume",
        lambda given: given.document("PersistentVolumeClaim", "shared")["spec"].update(storageClassName="gp3"),
    ),
    "nodes in a group of their own": (
        "volume",
        lambda given: given.resource("EksNodeGroupsmainLaunchTemplate")["LaunchTemplateData"].update(
            SecurityGroupIds=["sg-1"]
        ),
    ),
    "port of the Service": (
        "request",
        lambda given: given.document("Service", "hello")["spec"]["ports"][0].update(port=8000),
    ),
    "target of the Service": (
        "request",
        lambda given: given.document("Service", "hello")["spec"]["ports"][0].update(targetPort="health"),
    ),
    "port of the container": (
        "request",
        lambda given: given.document("Deployment", "hello")["spec"]["template"]["spec"]["containers"][0]["ports"][
            0
        ].update(containerPort=9090),
    ),
    "policy of the load balancer": (
        "request",
        lambda given: given.document("NetworkPolicy", "hello-from-load-balancer")["spec"].update(ingress=[]),
    ),
    "account of the pods": (
        "request",
        lambda given: given.document("Deployment", "hello")["spec"]["template"]["spec"].update(serviceAccountName="x"),
    ),
    "controller may open no port": (
        "request",
        lambda given: given.resource("EksPodIdentitiesloadbalancerspolicy")["PolicyDocument"].update(Statement=[]),
    ),
    "port of the endpoints": (
        "request",
        lambda given: given.resource("NetworkEndpointSecurityGroup")["SecurityGroupIngress"][0].update(ToPort=444),
    ),
    "certificate": (
        "request",
        lambda given: given.document("Ingress", "hello")["metadata"]["annotations"].update(
            {"alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1"}
        ),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_change_is_seen(what: str, examples: Mapping[str, Given]) -> None:
    name, change = BROKEN[what]
    given = examples[name]
    broken = Given(
        deepcopy(given.templates),
        *(
            [KubernetesObject(deepcopy(dict(each.document))) for each in group]
            for group in (given.objects, given.manifests)
        ),
    )
    change(broken)

    with pytest.raises(AssertionError):
        assert documented(name)[1] == rows(DERIVED[name](broken))
