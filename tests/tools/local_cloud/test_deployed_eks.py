"""After a deployment, AWS's own APIs say of EKS what the environment's file says."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

import pytest

from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from tests.support.deployed_environment import (
    ENVIRONMENTS,
    DeployedEnvironment,
    Json,
    deployed_environment,
    hardened,
)
from tools.local_cloud.deployment import Deployment

pytestmark = pytest.mark.local_cloud
WITH_EKS = [name for name, each in ENVIRONMENTS.items() if each.eks]

AMI_TYPES = {
    ("al2023", "arm64", None): "AL2023_ARM_64_STANDARD",
    ("al2023", "x86_64", None): "AL2023_x86_64_STANDARD",
    ("al2023", "x86_64", "nvidia"): "AL2023_x86_64_NVIDIA",
    ("al2023", "x86_64", "neuron"): "AL2023_x86_64_NEURON",
    ("bottlerocket", "arm64", None): "BOTTLEROCKET_ARM_64",
    ("bottlerocket", "x86_64", None): "BOTTLEROCKET_x86_64",
    ("windows_2022_core", "x86_64", None): "WINDOWS_CORE_2022_x86_64",
}
POD_IDENTITIES = {
    "vpc-cni": "aws-node",
    "aws-ebs-csi-driver": "ebs-csi-controller-sa",
    "aws-efs-csi-driver": "efs-csi-controller-sa",
    "aws-fsx-csi-driver": "fsx-csi-controller-sa",
    "aws-mountpoint-s3-csi-driver": "s3-csi-driver-sa",
    "amazon-cloudwatch-observability": "cloudwatch-agent",
    "aws-network-flow-monitoring-agent": "aws-network-flow-monitor-agent-service-account",
    "aws-privateca-connector-for-kubernetes": "aws-privateca-issuer",
    "external-dns": "external-dns",
}


@pytest.fixture(params=WITH_EKS)
def eks(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment with an EKS cluster."""
    return deployed_environment(deployed_once, request.param)


def test_the_kubernetes_version_is_the_stated_one_of_cluster_and_nodes(eks: DeployedEnvironment) -> None:
    versions = [each["version"] for each in (eks.cluster, *eks.node_groups.values())]
    assert set(versions) == {eks.eks.kubernetes_version}


def test_the_control_plane_is_private_encrypted_logged_and_protected(eks: DeployedEnvironment) -> None:
    outpost = eks.eks.outpost
    subnets = set(outpost.subnet_ids) if outpost else eks.private_subnets
    assert set(eks.cluster["resourcesVpcConfig"]["subnetIds"]) == subnets
    encryption = eks.cluster["encryptionConfig"]
    # A local cluster has no envelope encryption.
    assert [each["resources"] for each in encryption] == ([] if outpost else [["secrets"]])
    assert {each["provider"]["keyArn"] for each in encryption} <= set(eks.keys)
    (logging,) = eks.cluster["logging"]["clusterLogging"]
    assert set(logging["types"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert logging["enabled"]
    assert f"/aws/eks/{eks.environment.name}/cluster" in eks.log_groups
    stated = eks.eks.deletion_protection
    assert eks.cluster["deletionProtection"] == (eks.environment.protected if stated is None else stated)


def test_the_kubernetes_api_is_reached_from_where_the_file_says(eks: DeployedEnvironment) -> None:
    found, stated = eks.cluster["resourcesVpcConfig"], eks.eks.endpoint
    assert found["endpointPrivateAccess"] == (stated.access != "public")
    assert found["endpointPublicAccess"] == (stated.access != "private")
    if stated.access != "private":
        assert found["publicAccessCidrs"] == [str(cidr) for cidr in stated.public_access_cidrs]
    group, *others = found["securityGroupIds"]
    assert others == list(eks.eks.control_plane_security_group_ids)
    remote = eks.eks.remote_networks
    admitted = {
        *stated.private_access_cidrs,
        *(remote.node_cidrs if remote else ()),
        *(remote.pod_cidrs if remote else ()),
    }
    assert eks.rules(group, egress=False) == sorted((str(cidr), 443) for cidr in admitted)


def test_only_the_stated_principals_use_kubernetes_and_only_as_stated(eks: DeployedEnvironment) -> None:
    client, cluster = eks.client("eks"), eks.environment.name
    assert eks.cluster["accessConfig"]["authenticationMode"] == ("CONFIG_MAP" if eks.eks.outpost else "API")
    found = {}
    names = {each.principal_arn: each.username for each in eks.eks.access_entries.values() if each.username}
    for principal in client.list_access_entries(clusterName=cluster)["accessEntries"]:
        if (
            client.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]["type"]
            != "STANDARD"
        ):
            continue
        given = client.list_associated_access_policies(clusterName=cluster, principalArn=principal)
        entry = client.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
        scopes = {
            each["policyArn"].rpartition("/")[2]: each["accessScope"] for each in given["associatedAccessPolicies"]
        }
        for scope in scopes.values():
            assert scope["type"] == ("namespace" if scope["namespaces"] else "cluster")
        policies = {name: tuple(scope["namespaces"]) for name, scope in scopes.items()}
        found[principal] = (policies, tuple(entry["kubernetesGroups"]))
        assert entry["username"] == names.get(principal, entry["username"])
    stated = {
        each.principal_arn: ({one.policy: one.namespaces for one in each.all_policies}, each.kubernetes_groups)
        for each in eks.eks.access_entries.values()
    }
    assert {name: given for name, given in found.items() if name in stated} == stated
    # Roles of capabilities and of pipelines have names that CloudFormation gave them.
    capabilities = (getattr(eks.eks.capabilities, name) for name in type(eks.eks.capabilities).model_fields)
    given_to = [each.access_policies for each in capabilities if each is not None and each.access_policies]
    made = [str(({one.policy: one.namespaces for one in each}, ())) for each in given_to]
    made += [str(({}, each.kubernetes_groups)) for each in eks.eks.delivery_roles.values()]
    assert sorted(str(given) for name, given in found.items() if name not in stated) == sorted(made)


def test_node_groups_are_what_the_file_says(eks: DeployedEnvironment) -> None:
    assert set(eks.node_groups) == set(eks.stated_groups)
    for name, settings in eks.stated_groups.items():
        group = eks.node_groups[name]
        key = (settings.operating_system, settings.architecture, settings.accelerator)
        assert group["amiType"] == AMI_TYPES[key]
        if settings.capacity_type == "capacity_block":
            launched = eks.launch_template(group["launchTemplate"]["id"])["InstanceType"]
            assert [launched] == list(settings.instance_types)
        else:
            assert group["instanceTypes"] == list(settings.instance_types)
        assert group["capacityType"] == settings.capacity_type.upper()
        sizes = {"minSize": settings.min_size, "desiredSize": settings.desired_size, "maxSize": settings.max_size}
        assert group["scalingConfig"] == sizes
        number, percent = settings.max_unavailable, settings.max_unavailable_percent
        most = {"maxUnavailable": number} if number else {"maxUnavailablePercentage": percent}
        strategy = {"updateStrategy": "MINIMAL"} if settings.update_strategy == "minimal" else {}
        assert group["updateConfig"] == most | strategy
        assert group["labels"] == settings.labels
        assert group["taints"] == [each.model_dump() for each in settings.taints]
        zones = settings.availability_zones or eks.environment.availability_zones
        of_zones = {each for each in eks.private_subnets if eks.zones[each] in zones}
        assert set(group["subnets"]) == set(settings.subnet_ids or of_zones)


def test_self_managed_nodes_are_what_the_file_says(eks: DeployedEnvironment) -> None:
    assert set(eks.self_managed_nodes) == set(eks.stated_self_managed)
    client, cluster = eks.client("eks"), eks.environment.name
    for name, settings in eks.stated_self_managed.items():
        group = eks.self_managed_nodes[name]
        template = eks.launch_template_of(name)
        assert hardened(template, settings.volume_type_of_location)
        assert eks.eks.kubernetes_version in template["ImageId"]
        assert (group["MinSize"], group["MaxSize"]) == (settings.min_size, settings.max_size)
        subnets = set(settings.subnet_ids or ()) or eks.private_subnets
        assert set(group["VPCZoneIdentifier"].split(",")) == subnets
        assert (f"kubernetes.io/cluster/{cluster}", "owned") in {(each["Key"], each["Value"]) for each in group["Tags"]}
        user_data = b64decode(template["UserData"]).decode()
        assert cluster in user_data
        commands = user_data.find("\n".join(settings.pre_bootstrap_commands))
        assert 0 <= commands < user_data.index(cluster)
        profile = template["IamInstanceProfile"]["Arn"].rpartition("/")[2]
        (role,) = eks.client("iam").get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
        if eks.eks.outpost is None:
            entry = client.describe_access_entry(clusterName=cluster, principalArn=role["Arn"])["accessEntry"]
            assert entry["type"] == ("EC2_WINDOWS" if settings.is_windows else "EC2_LINUX")
        else:
            # The ConfigMap of `make manifests` has it.
            (stack,) = eks.client("cloudformation").describe_stacks(StackName=f"{cluster}-eks-cluster")["Stacks"]
            outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
            assert role["Arn"] in outputs["NodeRoleArns"].split(",")


def test_nodes_start_encrypted_and_with_imdsv2(eks: DeployedEnvironment) -> None:
    templates = {name: eks.launch_template(each["launchTemplate"]["id"]) for name, each in eks.node_groups.items()}
    types = {name: each.volume_type_of_location for name, each in eks.stated_groups.items()}
    assert all(hardened(each, types[name]) for name, each in templates.items())
    # Bottlerocket has a volume of its own for the system, which comes first.
    sizes = {name: each["BlockDeviceMappings"][-1]["Ebs"]["VolumeSize"] for name, each in templates.items()}
    assert sizes == {name: each.volume_gib for name, each in eks.stated_groups.items()}


def test_fargate_runs_the_stated_pods_and_cluster_dns_where_there_are_no_nodes(eks: DeployedEnvironment) -> None:
    found = eks.remembered("AWS::EKS::FargateProfile")
    stated = [each.selectors for each in eks.stated_profiles.values()]
    selectors = [[(each.namespace, each.labels) for each in profile] for profile in stated]
    if not eks.has_daemon_sets:
        selectors.append([("kube-system", {})])
    assert sorted(_selectors(profile) for profile in found) == sorted(selectors)
    for profile in found:
        assert set(profile["Subnets"]) == eks.private_subnets
        assert eks.trusted(profile["PodExecutionRoleArn"]) == "eks-fargate-pods.amazonaws.com"


def test_add_ons_are_those_that_the_compute_can_use_in_the_stated_versions(eks: DeployedEnvironment) -> None:
    if eks.eks.outpost is not None:
        assert eks.add_ons == {}
        return
    built_in = {name for node in eks.eks.nodes.values() for name in node.built_in_add_ons}
    # Nodes of another kind than EKS Auto Mode, which has most of them inside.
    on_nodes = eks.has_daemon_sets and any(not node.built_in_add_ons for node in eks.eks.nodes.values())
    optional = {"metrics-server"} | ({"aws-ebs-csi-driver", "eks-node-monitoring-agent"} if on_nodes else set())
    needed = {"eks-pod-identity-agent", "kube-proxy", "vpc-cni"} if on_nodes else set()
    needed |= {"coredns"} if on_nodes or not built_in else set()
    pinned = PINNED_VERSIONS[eks.eks.kubernetes_version] if eks.eks.add_on_versions == "pinned" else {}
    listed = eks.eks.add_ons or {}
    stated = {name: each.version for name, each in listed.items() if each.version}
    names = needed | (optional if eks.eks.add_ons is None else set(listed))
    found = {name: each["addonVersion"] for name, each in eks.add_ons.items()}
    assert found == {name: stated.get(name, pinned.get(name, "")) for name in names}


def test_add_ons_that_call_aws_have_roles_by_pod_identity(eks: DeployedEnvironment) -> None:
    # AWS lists ARNs here; the local cloud lists what was asked for.
    found = {name: each["podIdentityAssociations"] for name, each in eks.add_ons.items()}
    accounts = {name: each["serviceAccount"] for name, given in found.items() for each in given}
    assert accounts == {name: account for name, account in POD_IDENTITIES.items() if name in eks.add_ons}
    roles = [each["roleArn"] for given in found.values() for each in given]
    assert [eks.trusted(each) for each in roles] == ["pods.eks.amazonaws.com"] * len(roles)


def test_pods_of_applications_have_roles_where_they_run(eks: DeployedEnvironment) -> None:
    client, cluster = eks.client("eks"), eks.environment.name
    nodes = eks.eks.nodes.values()
    by_agent = [each for each in eks.eks.pod_identities.values() if each.credentials_with(nodes) == "pod_identity"]
    found = client.list_pod_identity_associations(clusterName=cluster)["associations"]
    accounts = sorted((each["namespace"], each["serviceAccount"]) for each in found)
    add_ons = [(row.namespace, role.service_account) for row, role in eks.eks.add_on_roles(nodes)]
    stated = [(each.namespace, each.service_account) for each in by_agent]
    # AWS lists those of add-ons too.
    controllers = [("kube-system", "karpenter") for each in nodes if each.kind == "karpenter"]
    file_systems = eks.environment.storage.file_systems.values()
    controllers += [("kube-system", "efs-csi-node-sa") for each in file_systems if each.kind == "efs"]
    controllers += [("trident", "trident-controller") for each in file_systems if getattr(each, "trident", False)]
    add_ons += [("kube-system", "s3-csi-driver-sa") for each in file_systems if each.kind == "s3_bucket"]
    assert {*stated, *controllers} <= set(accounts) <= {*stated, *controllers, *add_ons}
    for each in eks.eks.pod_identities.values():
        if each.role_arn or each.target_role_arn:
            (given,) = [
                it for it in found if (it["namespace"], it["serviceAccount"]) == (each.namespace, each.service_account)
            ]
            one = client.describe_pod_identity_association(clusterName=cluster, associationId=given["associationId"])
            assert one["association"]["roleArn"] == (each.role_arn or one["association"]["roleArn"])
            assert one["association"].get("targetRoleArn") == each.target_role_arn
            assert one["association"].get("disableSessionTags", False) is not each.session_tags
    assert len(eks.remembered("AWS::IAM::OIDCProvider")) == (len(by_agent) < len(eks.eks.pod_identities))


def _selectors(profile: Json) -> list[tuple[str, dict[str, str]]]:
    """Namespace and labels of the pods of a Fargate profile."""
    return [
        (each["Namespace"], {label["Key"]: label["Value"] for label in each.get("Labels", [])})
        for each in profile["Selectors"]
    ]
