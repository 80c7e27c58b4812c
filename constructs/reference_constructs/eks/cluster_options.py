"""Options of an EKS cluster: control plane, nodes, and add-ons."""

from __future__ import annotations

from collections.abc import Collection

from reference_constructs.eks.add_ons.add_on_options import AddOnsOptions
from reference_constructs.eks.add_ons.catalog import AddOn
from reference_constructs.eks.capability_options import CapabilitiesOptions
from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.delivery_role_options import DeliveryRolesOptions
from reference_constructs.eks.identity_provider_options import IdentityProviderOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.node_options import NodeNeed, NodeOptions
from reference_constructs.eks.pod_identity_options import PodIdentitiesOptions
from reference_constructs.value_types import ResourceName


class EksClusterOptions(DeliveryRolesOptions, PodIdentitiesOptions, AddOnsOptions, ControlPlaneOptions):
    """EKS cluster with its nodes and add-ons."""

    needs: tuple[NodeNeed, ...] = ()
    """What workloads need of the cluster, by the names in `docs/node-capabilities.md`. Some of its nodes must be able
    to do it. It changes no template."""

    nodes: dict[ResourceName, AnyNodeOptions] = {}
    """Compute that runs the pods, by name: managed node groups, Fargate profiles, EKS Auto Mode, Karpenter, or several
    of them. Without any, no add-on is installed: whoever adds nodes by other means installs those that they need."""

    fargate_pod_logs: bool = False
    """Whether the logs of pods on AWS Fargate go to a CloudWatch log group of the stack, which is encrypted and has the
    retention period `log_retention_days`. `make manifests` writes the ConfigMap that configures the log router of
    Fargate; pods that start after it is applied are logged."""

    identity_provider: IdentityProviderOptions | None = None
    """OIDC identity provider for people without IAM credentials. With `null`, only IAM principals with access entries
    can use the Kubernetes API."""

    capabilities: CapabilitiesOptions = CapabilitiesOptions()
    """EKS capabilities: ACK, Argo CD, and kro, which AWS runs outside of the cluster."""

    def installed_add_ons(self, nodes: Collection[NodeOptions]) -> list[AddOn]:
        """The add-ons to install in a cluster with these nodes; none in a local cluster, which comes with its own."""
        return [] if self.outpost is not None else super().installed_add_ons(nodes)
