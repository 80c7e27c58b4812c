"""AWS Load Balancer Controller: values of its Helm chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from manifests.manifest import Chart, Manifest, ManifestFile, Values
from settings import Environment

CHART: Final = "aws-load-balancer-controller"
REPOSITORY: Final = "https://aws.github.io/eks-charts"
VERSION: Final = "3.5.0"
IMAGE: Final = "public.ecr.aws/eks/aws-load-balancer-controller"
_CACHED_IMAGE: Final = "ecr-public/eks/aws-load-balancer-controller"
# "Install AWS Load Balancer Controller with Helm": where it runs, and as whom.
_NAMESPACE: Final = "kube-system"
_SERVICE_ACCOUNT: Final = "aws-load-balancer-controller"
_CHART: Final = Chart(release=CHART, reference=CHART, version=VERSION, namespace=_NAMESPACE, repository=REPOSITORY)


def load_balancer_controller_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """The values of the chart, where the file has a role for its service account."""
    eks = environment.eks
    for name, identity in eks.pod_identities.items() if eks else ():
        if (identity.namespace, identity.service_account) == (_NAMESPACE, _SERVICE_ACCOUNT):
            yield ManifestFile(
                path=f"helm/{CHART}.yaml",
                chart=_CHART,
                about=[
                    f"Values of the Helm chart of the AWS Load Balancer Controller {VERSION}, whose role is",
                    f"eks.pod_identities.{name}. It brings the IngressClass alb:",
                    *_CHART.command(),
                ],
                documents=[_chart_values(environment, values)],
            )


def _chart_values(environment: Environment, values: Values) -> Manifest:
    chart: Manifest = {
        "clusterName": environment.name,
        # The hop limit keeps it from the metadata service, where it would look for both (issue 3695).
        "region": environment.region,
        "vpcId": values["VpcId"],
        "serviceAccount": {"create": True, "name": _SERVICE_ACCOUNT},
        "defaultTargetType": "ip",
        # Each is a service that it would call, with permissions that its role does not have.
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": "256Mi"},
        },
        "defaultTags": environment.resource_tags,
    }
    if "ecr-public" in environment.registry.pull_through_cache:
        chart["image"] = {"repository": f"{values['ImageCache']}/{_CACHED_IMAGE}", "tag": f"v{VERSION}"}
    return chart
