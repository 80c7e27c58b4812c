"""The EKS add-ons that can be installed: one row each. Versions are in `versions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from reference_constructs.eks.add_ons.pods import NAMESPACE, Pods
from reference_constructs.eks.nodes.node_options import Capability


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What an add-on may do, where the policy that AWS manages allows more than it needs.

    Attributes:
        actions: IAM actions.
        resources: ARNs, with `{partition}`, `{region}`, and `{account}` for those of the cluster.
        conditions: Conditions of the statement.
        reason: Why no narrower resource can be named.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str


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
        needs: Add-ons without which it does not work, however they are installed.
        namespace: Kubernetes namespace of its pods.
        service_account: Kubernetes service account of its controller, which gets a role by EKS Pod Identity if there
            is anything that it may do.
        policies: Names of the AWS managed policies of that role.
        permissions: Further statements of that role.
        configuration: Configuration values by default.
        fargate_configuration: Configuration values by default where its pods run on Fargate.
        hybrid_configuration: Further configuration values by default where there are hybrid nodes.
        windows_configuration: Further configuration values by default where there are Windows nodes, for which the
            add-on is installed even though no pod of it runs there.
        pods: Its pods, from the manifests of the add-on.
    """

    name: str
    installed: Literal["always", "by_default", "on_request"] = "on_request"
    requires: frozenset[Capability] = frozenset()
    before_nodes: bool = False
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    namespace: str = NAMESPACE
    service_account: str | None = None
    policies: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    configuration: Mapping[str, object] = field(default_factory=dict)
    fargate_configuration: Mapping[str, object] | None = None
    hybrid_configuration: Mapping[str, object] = field(default_factory=dict)
    windows_configuration: Mapping[str, object] = field(default_factory=dict)
    pods: tuple[Pods, ...] = ()


def _names(name: str) -> Mapping[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name}


_ON_NODES: Final = frozenset[Capability]({"daemon_sets"})
_ON_NODES_WITH_ROLE: Final = frozenset[Capability]({"daemon_sets", "pod_identity"})
_CRITICAL_ADD_ONS: Final = {"key": "CriticalAddonsOnly", "operator": "Exists"}
_EBS_CSI_DRIVER: Final = {"app.kubernetes.io/component": "csi-driver", **_names("aws-ebs-csi-driver")}


def _deployment(name: str, *, part: str = "") -> Pods:
    """A Deployment with one pod, whose values are those of the usual chart: of the chart as a whole, or of a part."""
    prefix = f"{part}." if part else ""
    return Pods(
        labels={"app.kubernetes.io/name": name},
        replicas=1,
        replicas_key=f"{prefix}replicaCount",
        tolerations_key=f"{prefix}tolerations",
        node_selector_key=f"{prefix}nodeSelector",
    )


def _controller(app: str, driver: str, *, replicas_key: str) -> Pods:
    """The controller of a CSI driver."""
    return Pods(
        labels={"app": app, **_names(driver)},
        replicas=2,
        replicas_key=replicas_key,
        tolerations=(_CRITICAL_ADD_ONS,),
        tolerations_key="controller.tolerations",
        node_selector_key="controller.nodeSelector",
    )


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
        policies=("AmazonEKS_CNI_Policy",),
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
        name="snapshot-controller",
        pods=(
            Pods(
                labels={"app": "snapshot-controller"},
                replicas=2,
                replicas_key="replicaCount",
                tolerations=(_CRITICAL_ADD_ONS,),
                tolerations_key="tolerations",
                node_selector_key="nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="aws-ebs-csi-driver",
        installed="by_default",
        requires=_ON_NODES_WITH_ROLE,
        # Its snapshots need the custom resource definitions that the controller comes with ("Enable snapshot
        # functionality for CSI volumes"): the driver looks for them when it starts.
        after=("snapshot-controller",),
        service_account="ebs-csi-controller-sa",
        policies=("AmazonEBSCSIDriverPolicyV2",),
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
    AddOn(
        name="aws-efs-csi-driver",
        requires=_ON_NODES_WITH_ROLE,
        service_account="efs-csi-controller-sa",
        policies=("service-role/AmazonEFSCSIDriverPolicy",),
        pods=(
            Pods(labels={"app": "efs-csi-node", **_names("aws-efs-csi-driver")}),
            _controller("efs-csi-controller", "aws-efs-csi-driver", replicas_key="replicaCount"),
        ),
    ),
    AddOn(
        name="aws-fsx-csi-driver",
        requires=_ON_NODES_WITH_ROLE,
        service_account="fsx-csi-controller-sa",
        # AmazonFSxFullAccess, which the user guide attaches, also deletes every other file system, and more. These are
        # the actions of aws-fsx-csi-driver, docs/install.md, without those of data repositories in Amazon S3: whoever
        # links a bucket (`s3ImportPath`) states them in `statements`.
        permissions=(
            Permission(
                actions=("fsx:CreateFileSystem", "fsx:TagResource", "fsx:UpdateFileSystem"),
                resources=("arn:{partition}:fsx:{region}:{account}:file-system/*",),
                reason="The driver creates file systems, whose IDs are not known before.",
            ),
            Permission(
                actions=("fsx:DeleteFileSystem",),
                resources=("arn:{partition}:fsx:{region}:{account}:file-system/*",),
                # The tag that it gives to those that it creates: aws-fsx-csi-driver, pkg/cloud/cloud.go.
                conditions={"Null": {"aws:ResourceTag/CSIVolumeName": "false"}},
                reason="The driver deletes file systems that it created, and by their tag no others.",
            ),
            Permission(
                actions=("fsx:DescribeFileSystems",),
                resources=("*",),
                reason="The driver looks for the file systems of its volumes; the action only reads.",
            ),
            Permission(
                actions=("iam:CreateServiceLinkedRole",),
                resources=("arn:{partition}:iam::{account}:role/aws-service-role/fsx.amazonaws.com/*",),
                conditions={"StringEquals": {"iam:AWSServiceName": "fsx.amazonaws.com"}},
                reason="The first file system of an account makes the role that Amazon FSx has there, and no other.",
            ),
        ),
        pods=(
            Pods(labels={"app": "fsx-csi-node", **_names("aws-fsx-csi-driver")}),
            _controller("fsx-csi-controller", "aws-fsx-csi-driver", replicas_key="controller.replicaCount"),
        ),
    ),
    AddOn(
        name="aws-mountpoint-s3-csi-driver",
        requires=_ON_NODES,
        # It may do nothing until the file says which buckets: AmazonS3FullAccess "grants more permissions than are
        # needed" ("AWS add-ons"). With pod-level credentials, pods have roles of their own instead.
        service_account="s3-csi-driver-sa",
        pods=(
            Pods(labels={"app": "s3-csi-node", **_names("aws-mountpoint-s3-csi-driver")}),
            Pods(
                labels={"app": "s3-csi-controller", **_names("aws-mountpoint-s3-csi-driver")},
                replicas=1,
                tolerations=(_CRITICAL_ADD_ONS,),
                tolerations_key="controller.tolerations",
                node_selector_key="controller.nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="aws-secrets-store-csi-driver-provider",
        requires=_ON_NODES,
        # Pods read secrets with roles of their own (`eks.pod_identities`).
        namespace="aws-secrets-manager",
        pods=(
            Pods(labels=_names("secrets-store-csi-driver")),
            Pods(labels=_names("secrets-store-csi-driver-provider-aws")),
        ),
    ),
    AddOn(
        name="amazon-cloudwatch-observability",
        requires=_ON_NODES_WITH_ROLE,
        namespace="amazon-cloudwatch",
        service_account="cloudwatch-agent",
        policies=("CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess"),
        pods=(
            Pods(labels=_names("cloudwatch-agent")),
            Pods(labels=_names("fluent-bit")),
            Pods(
                labels=_names("amazon-cloudwatch-observability"),
                replicas=1,
                tolerations_key="tolerations",
                node_selector_key="nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="aws-network-flow-monitoring-agent",
        requires=_ON_NODES_WITH_ROLE,
        namespace="amazon-network-flow-monitor",
        service_account="aws-network-flow-monitor-agent-service-account",
        policies=("CloudWatchNetworkFlowMonitorAgentPublishPolicy",),
        pods=(Pods(labels=_names("aws-network-flow-monitor-agent")),),
    ),
    AddOn(
        name="kube-state-metrics",
        namespace="kube-state-metrics",
        pods=(_deployment("kube-state-metrics"),),
    ),
    AddOn(
        name="prometheus-node-exporter",
        requires=_ON_NODES,
        namespace="prometheus-node-exporter",
        pods=(Pods(labels=_names("prometheus-node-exporter")),),
    ),
    AddOn(
        name="cert-manager",
        namespace="cert-manager",
        pods=(
            _deployment("cert-manager"),
            _deployment("cainjector", part="cainjector"),
            _deployment("webhook", part="webhook"),
        ),
    ),
    AddOn(
        name="adot",
        # Its webhook has a certificate of cert-manager ("AWS add-ons", AWS Distro for OpenTelemetry). It needs a role
        # only for the collectors that its configuration creates, each with a service account of its own.
        after=("cert-manager",),
        needs=("cert-manager",),
        namespace="opentelemetry-operator-system",
        pods=(_deployment("opentelemetry-operator"),),
    ),
    AddOn(
        name="aws-privateca-connector-for-kubernetes",
        requires=frozenset({"pod_identity"}),
        after=("cert-manager",),
        needs=("cert-manager",),
        namespace="aws-privateca-issuer",
        service_account="aws-privateca-issuer",
        policies=("AWSPrivateCAConnectorForKubernetesPolicy",),
        pods=(
            Pods(
                labels=_names("aws-privateca-issuer"),
                replicas=2,
                replicas_key="replicaCount",
                tolerations=(_CRITICAL_ADD_ONS,),
                tolerations_key="tolerations",
                node_selector_key="nodeSelector",
            ),
        ),
    ),
    AddOn(
        name="external-dns",
        requires=frozenset({"pod_identity"}),
        namespace="external-dns",
        service_account="external-dns",
        # AmazonRoute53FullAccess, which the user guide names, also deletes zones and registers domains. The actions are
        # those of "Community add-ons" and of external-dns, docs/tutorials/aws.md. State `statements` to name the zones.
        permissions=(
            Permission(
                actions=(
                    "route53:ChangeResourceRecordSets",
                    "route53:ListResourceRecordSets",
                    "route53:ListTagsForResources",
                ),
                resources=("arn:{partition}:route53:::hostedzone/*",),
                reason="Which zones it writes to is decided by its domain filters and by the hosts of Kubernetes "
                "resources; records that it did not create have no ownership record and are left alone.",
            ),
            Permission(
                actions=("route53:ListHostedZones",),
                resources=("*",),
                reason="It looks for the zones of the hosts; the action only reads.",
            ),
        ),
        pods=(_deployment("external-dns"),),
    ),
)

CATALOG: Final[Mapping[str, AddOn]] = MappingProxyType({row.name: row for row in _ROWS})
"""Every add-on by its name, in the order of installation within a stage."""
