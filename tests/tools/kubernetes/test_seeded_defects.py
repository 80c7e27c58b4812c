"""Every check finds what it is for, and nothing in what ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from settings import load_environment
from tests.support.manifest_defects import DEFECTS, ManifestDefect
from tests.support.synthesis import EXAMPLES, ROOT, SHIPPED
from tools.kubernetes.checking import cluster_of
from tools.kubernetes.checks.check import CHECKS, Cluster, findings
from tools.kubernetes.findings import Finding
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import render
from tools.kubernetes.schemas import schema_findings

pytestmark = pytest.mark.filterwarnings("ignore::settings.EnvironmentWarning")
ALL = [name for name in (*SHIPPED, *EXAMPLES) if load_environment(name).eks is not None]
# In no environment that ships: tests below, and in test_checks.py.
ELSEWHERE = {
    "config_map_has_no_secret",
    "default_class_is_one",
    "key_of_the_config_map_is_there",
    "schedule_is_one_of_cron",
    "snapshots_have_their_controller",
    "claim_is_of_one_pod",
    "pods_are_in_the_zone_of_their_file_system",
    "role_binding_names_a_role",
    "role_of_a_fargate_pod_is_annotated",
    "selector_is_of_one_workload",
}


@pytest.fixture(scope="module")
def clusters() -> Mapping[str, Cluster]:
    """Given everything that is applied to any environment, by its name."""
    made = {}
    for name in ALL:
        environment = load_environment(name)
        made[name] = cluster_of(environment, render(environment, ExampleOutputs(environment)))
    return made


def test_every_environment_with_eks_has_an_overlay(clusters: Mapping[str, Cluster]) -> None:
    overlays = {path.name for path in (ROOT / "kubernetes" / "overlays").iterdir()}

    assert overlays == {each.environment.name for each in clusters.values()}


def test_nothing_that_ships_has_a_finding(clusters: Mapping[str, Cluster]) -> None:
    found = [str(each) for cluster in clusters.values() for each in findings(cluster)]
    found += [str(each) for each in schema_findings(list(clusters.values()))]

    assert found == []


def test_every_defect_is_named(clusters: Mapping[str, Cluster]) -> None:
    """All at once, since the schemas answer one question as fast as a hundred."""
    seeded = [(each, each.seed(clusters[each.environment])) for each in DEFECTS]
    by_schemas = [each for each in seeded if each[0].check == "schema_allows_it"]

    missed = [
        each.name for each, cluster in seeded if each.check in CHECKS and each.check not in _names(findings(cluster))
    ]
    for each, cluster in by_schemas:
        objects = [one for one in cluster.objects if one.kind == each.kind and one.name == each.object]
        found = schema_findings([Cluster(cluster.environment, objects)])
        missed += [] if "schema_allows_it" in _names(found) else [each.name]

    assert missed == []
    assert len(DEFECTS) >= 120


def test_every_check_has_a_defect() -> None:
    assert {each.check for each in DEFECTS} | ELSEWHERE >= set(CHECKS)
    assert not {each.check for each in DEFECTS} & ELSEWHERE


def test_an_api_that_the_next_version_removes_is_named(clusters: Mapping[str, Cluster]) -> None:
    cluster = clusters["sandbox"]
    environment = cluster.environment
    assert environment.eks is not None
    older = environment.model_copy(update={"eks": environment.eks.model_copy(update={"kubernetes_version": "1.31"})})
    defect = ManifestDefect(
        "removed", "NetworkPolicy", "dns", ("apiVersion",), "flowcontrol.apiserver.k8s.io/v1beta3", "", "sandbox"
    )
    (broken,) = [each for each in defect.seed(cluster).objects if each.api_version.startswith("flowcontrol")]
    broken = KubernetesObject({**broken.document, "kind": "FlowSchema"}, broken.sources)

    found = schema_findings([Cluster(older, [broken])])

    assert [(each.check, each.reason) for each in found if each.check == "api_is_in_the_next_version"] == [
        ("api_is_in_the_next_version", "Kubernetes 1.32 does not have flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema")
    ]


def _names(found: Sequence[Finding]) -> set[str]:
    return {each.check for each in found}
