"""A rendering as text: for reading, for `kubectl apply`, and for a branch that Argo CD follows."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Final

from ruamel.yaml import YAML

from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.rendering import Rendering

# What the team of an application may not change: kubernetes/delivery/role has no permission for these.
_OF_ADMINISTRATORS: Final = frozenset(
    {"Namespace", "ResourceQuota", "LimitRange", "Role", "RoleBinding", "AppProject", "Application"}
)
# Of the clusters that Argo CD knows.
_REGISTERED: Final = "argocd.argoproj.io/secret-type"


def is_of_administrators(each: KubernetesObject) -> bool:
    """Whether an object is applied by administrators of the cluster, and not by the delivery of an application.

    Args:
        each: The object.
    """
    return each.is_of_cluster or each.kind in _OF_ADMINISTRATORS or _REGISTERED in each.labels


def text_of(objects: Sequence[KubernetesObject]) -> str:
    """Objects as YAML documents.

    Args:
        objects: The objects.
    """
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.width = 120
    stream = StringIO()
    for each in objects:
        stream.write("---\n")
        yaml.dump(dict(each.document), stream)
    return stream.getvalue()


def printed(rendering: Rendering, *, is_example: bool, name: str) -> str:
    """Everything that would be applied, in its order.

    Args:
        rendering: What was rendered.
        is_example: Whether outputs are examples.
        name: Name of the environment.
    """
    parts = []
    if is_example:
        parts.append(
            "# Outputs of stacks are examples here. OUTPUTS=file, or kubernetes-apply, take those of a deployment.\n"
        )
    for file in rendering.files:
        path = f"build/manifests/{name}/{file.path}"
        how = "Installed before, by Helm" if file.chart else "Applied before, by hand, as docs/manifests.md says"
        parts.append(f"---\n# {how}: {path}\n{file.text()}")
    for title, wanted in (("administrators", True), ("the delivery of the application", False)):
        objects = [each for each in rendering.objects if is_of_administrators(each) is wanted]
        parts.append(f"---\n# Applied by {title}: {len(objects)} objects\n{text_of(objects)}")
    return "".join(parts)
