"""The EKS add-ons that can be installed: one row each. Versions are in `versions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from reference_constructs.eks.add_ons.pods import Pods
from reference_constructs.eks.nodes.node_options import Capability


@dataclass(frozen=True, kw_only=True)
class AddOn:
    """What an add-on needs in order to work.

    Attributes:
        name: Name of the add-on in EKS.
        installed: `always`: no pod runs without it, wherever it can run. `by_default`: installed unless the
            configuration lists other add-ons. `on_request`: only if it is listed; new rows start here, so that the
            default never grows.
        requires: What nodes must support for its pods to run.
        before_nodes: Nodes become ready only with it, so it comes before them; the others come after, because they
            are degraded, and so failed, with nowhere to run (terraform-aws-eks issue 3001).
        after: Add-ons of the same stage that are installed first, where they are installed.
        service_account: Kubernetes service account of its controller, which gets `policy` by EKS Pod Identity.
        policy: Name of the AWS managed policy for that service account.
        configuration: Configuration values by default.
        fargate_configuration: Configuration values by default where its pods run on Fargate.
        hybrid_configuration: Further configuration values by default where there are hybrid nodes.
        windows_configuration: Further configuration values by default where there are Windows nodes.
        pods: Its pods, from the manifests of the add-on.
    """

    name: str
    installed: Literal["always", "by_default", "on_request"] = "on_request"
    requires: frozenset[Capability] = frozenset()
    before_nodes: bool = False
    after: tuple[str, ...] = ()
    service_account: str | None = None
    policy: str | None = None
    configuration: Mapping[str, object] = field(default_factory=dict)
    fargate_configuration: Mapping[str, object] | None = None
    hybrid_configuration: Mapping[str, object] = field(default_factory=dict)
    windows_configuration: Mapping[str, object] = field(default_factory=dict)
    pods: tuple[Pods, ...] = ()


def _names(name: str) -> Mapping[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


_ON_NODES: Final = frozenset[Capability]({"daemon_sets"})
_CRITICAL_ADD_ONS: Final = {"key": "CriticalAddonsOnly", "operator": "Exists"}
_EBS_CSI_DRIVER: Final = {"app.kubernetes.io/component": "csi-driver", **_names("aws-ebs-csi-driver")}

_ROWS: Final = (
    AddOn(
        name="eks-pod-identity-agent",
        installed="always",
        requires=_ON_NODES,
        before_nodes=True,
        # Nodes with a taint need credentials too, and not every build of the agent tolerates all taints
        # (terraform-aws-eks issue 3621); `tolerations` is in its schema (containers-roadmap issue 2261).
        configuration={"tolerations": [{"operator": "Exists"}]},
        # A DaemonSet of its own, which reads the credentials that nodeadm writes to a file ("Configure add-ons for
        # hybrid nodes"; agent 1.3.3 or later).
        hybrid_configuration={"daemonsets": {"hybrid": {"create": True}}},
        pods=(Pods(labels=_names("eks-pod-identity-agent")),),
    ),
    AddOn(
        name="vpc-cni",
        installed="always",
        requires=_ON_NODES,
        before_nodes=True,
        # Its pods crash without the credentials that the agent gives them (terraform-aws-eks issue 3260).
        after=("eks-pod-identity-agent",),
        service_account="aws-node",
        policy="AmazonEKS_CNI_Policy",
        # Without it a NetworkPolicy is accepted and does nothing ("Limit Pod traffic with Kubernetes network
        # policies"). A string, because the schema of the add-on has no boolean here.
        configuration={"enableNetworkPolicy": "true"},
        # Without it no Windows pod gets an address ("Deploy Windows nodes on EKS clusters"). A string, as above.
        windows_configuration={"enableWindowsIpam": "true"},
        pods=(
            Pods(
                labels={
                    "k8s-app": "aws-node",
                    "app.kubernetes.io/name": "aws-node",
                    "app.kubernetes.io/instance": "aws-vpc-cni",
                }
            ),
        ),
    ),
    AddOn(
        name="kube-proxy",
        installed="always",
        requires=_ON_NODES,
        before_nodes=True,
        pods=(Pods(labels={"k8s-app": "kube-proxy"}),),
    ),
    AddOn(
        name="coredns",
        installed="always",
        # `Fargate` is the spelling of the AWS blog post "Amazon EKS add-ons: Advanced configuration"; the schema says
        # string and nothing more. One report wants `fargate`, because the value goes where a taint is matched
        # (terraform-aws-eks issue 2922); others found no toleration at all in recent builds. So the toleration is
        # stated here, and the spelling decides nothing.
        fargate_configuration={
            "computeType": "Fargate",
            "tolerations": [
                {
                    "key": "eks.amazonaws.com/compute-type",
                    "operator": "Equal",
                    "value": "fargate",
                    "effect": "NoSchedule",
                }
            ],
        },
        pods=(
            Pods(
                labels={"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"},
                replicas=2,
                replicas_key="replicaCount",
                tolerations=(
                    {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
                    _CRITICAL_ADD_ONS,
                ),
                tolerations_key="tolerations",
                node_selector_key="nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="aws-ebs-csi-driver",
        installed="by_default",
        requires=frozenset({"daemon_sets", "pod_identity"}),
        service_account="ebs-csi-controller-sa",
        policy="AmazonEBSCSIDriverPolicyV2",
        pods=(
            Pods(labels={"app": "ebs-csi-node", **_EBS_CSI_DRIVER}),
            Pods(
                labels={"app": "ebs-csi-controller", **_EBS_CSI_DRIVER},
                replicas=2,
                replicas_key="controller.replicaCount",
                tolerations=(_CRITICAL_ADD_ONS,),
                tolerations_key="controller.tolerations",
                node_selector_key="controller.nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="eks-node-monitoring-agent",
        installed="by_default",
        requires=_ON_NODES,
        pods=(Pods(labels=_names("eks-node-monitoring-agent")),),
    ),
    AddOn(
        name="metrics-server",
        installed="by_default",
        pods=(
            Pods(
                labels=_names("metrics-server"),
                replicas=2,
                replicas_key="replicas",
                tolerations_key="tolerations",
                node_selector_key="nodeSelector",
            ),
        ),
    ),
)

CATALOG: Final[Mapping[str, AddOn]] = MappingProxyType({row.name: row for row in _ROWS})
"""Every add-on by its name, in the order of installation within a stage."""
