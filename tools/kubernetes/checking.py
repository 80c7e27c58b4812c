"""Everything that is checked of an environment."""

from __future__ import annotations

from collections.abc import Sequence

from settings import Environment
from tools.kubernetes.checks import (
    access,
    api_server,
    containers,
    dependencies,
    load_balancers,
    network,
    pod_security,
    quotas,
    references,
    reliability,
    scheduling,
    storage,
    windows,
)
from tools.kubernetes.checks.check import Cluster, findings
from tools.kubernetes.findings import Finding
from tools.kubernetes.rendering import Rendering
from tools.kubernetes.schemas import schema_findings

# A further subject is a module and a name here: a module that is imported adds its checks.
SUBJECTS = (
    *(access, api_server, containers, dependencies, load_balancers, network, pod_security, references, reliability),
    *(quotas, scheduling, storage, windows),
)


def cluster_of(environment: Environment, rendering: Rendering) -> Cluster:
    """What is to be in the cluster of an environment.

    Args:
        environment: The checked environment.
        rendering: What was rendered for it.
    """
    return Cluster(environment, rendering.objects, rendering.manifests)


def check_all(clusters: Sequence[Cluster]) -> list[Finding]:
    """What is wrong with any of some clusters.

    Args:
        clusters: What is to be in each.
    """
    by_schemas = schema_findings(clusters)
    is_sound = not any(each.check == "schema_allows_it" for each in by_schemas)
    found = {each for cluster in clusters for each in findings(cluster, is_sound=is_sound)}
    return sorted(found | set(by_schemas))
