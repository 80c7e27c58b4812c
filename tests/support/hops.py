"""One request and one volume, hop by hop, as templates and manifests have them: docs/kubernetes.md says the same.

Nothing here knows a port, a group, or a role: each is found from the hop before it. What is not found is an
AssertionError that says what was looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, TypeVar

from tools.kubernetes.objects import KubernetesObject

Templates = Mapping[str, Mapping[str, Any]]
T = TypeVar("T")
_CLUSTER_GROUP = "cluster security group"
_EXAMPLE = "example-"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """From one to the next."""

    source: str
    target: str
    port: str
    groups: str
    """Security group that admits it, and by what."""

    identity: str
    """Service account and role."""

    rule: str
    """What else allows it: NetworkPolicy, actions of the role, policy of the resource."""

    def row(self) -> str:
        """In the table."""
        return f"| {self.source} → {self.target} | {self.port} | {self.groups} | {self.identity} | {self.rule} |"


def rows(hops: Sequence[Hop]) -> list[str]:
    """The table of some hops, without its head."""
    return [hop.row() for hop in hops]


def diagram(hops: Sequence[Hop]) -> list[str]:
    """The same as lines of a Mermaid flowchart."""
    names = list(dict.fromkeys(name for hop in hops for name in (hop.source, hop.target)))
    nodes = [f'    n{index}["{name.replace("`", "")}"]' for index, name in enumerate(names)]
    arrows = [
        f"    n{names.index(hop.source)} -->{f'|{hop.port}|' if hop.port else ''} n{names.index(hop.target)}"
        for hop in hops
    ]
    return ["flowchart LR", *nodes, *arrows]


def request_hops(templates: Templates, objects: Sequence[KubernetesObject]) -> list[Hop]:
    """From a client to the pod of the sample application, and from there to AWS."""
    network, cluster = _stack(templates, "-network"), _stack(templates, "-eks-cluster")
    ingress = _one(objects, "Ingress", "hello")
    backend = ingress.spec["rules"][0]["http"]["paths"][0]["backend"]["service"]
    service = _one(objects, "Service", backend["name"])
    port = only((one for one in service.spec["ports"] if one["name"] == backend["port"]["name"]), "port of the Service")
    pods = only(
        (one.pods for one in objects if one.pods and service.spec["selector"].items() <= one.pods.labels.items()),
        f"workload that {service} selects",
    )
    listens = only(
        (
            each["containerPort"]
            for container in pods.containers
            for each in container.content.get("ports", ())
            if port["targetPort"] in (each["name"], each["containerPort"])
        ),
        f"container port {port['targetPort']}",
    )
    policies = [
        each
        for each in objects
        if each.kind == "NetworkPolicy"
        and each.namespace == pods.namespace
        and (each.spec["podSelector"].get("matchLabels") or {}).items() <= pods.labels.items()
    ]
    vpc = only(_of(network, "AWS::EC2::VPC").values(), "VPC")["CidrBlock"]
    scheme = ingress.annotations["alb.ingress.kubernetes.io/scheme"]
    is_encrypted = "alb.ingress.kubernetes.io/certificate-arn" in ingress.annotations
    opens = _identity(cluster, "kube-system", "aws-load-balancer-controller", "ec2:CreateSecurityGroup")
    admits = _identity(cluster, "kube-system", "aws-load-balancer-controller", "ec2:AuthorizeSecurityGroupIngress")
    pod, balancer = f"`{pods.owner}`", f"{scheme} load balancer"
    nodes = _groups_of_nodes(cluster)
    application = f"`{pods.namespace}/{pods.service_account}`"
    credentials, to_credentials = _egress(policies, "169.254.170.23/32")
    apis, to_apis = _egress(policies, "0.0.0.0/0")
    resolver, to_resolver = _egress(policies, _dns(objects))
    agent = "eks-pod-identity-agent"
    only((one for one in _of(cluster, "AWS::EKS::Addon").values() if one["AddonName"] == agent), agent)
    return [
        Hop(
            source="client",
            target=balancer,
            port="TCP 443" if is_encrypted else "TCP 80",
            groups="of the load balancer, made by the controller",
            identity=opens[0],
            rule=f"`{ingress}`; {opens[1]}",
        ),
        Hop(
            source=balancer,
            target=pod,
            port=f"TCP {listens}",
            groups=f"{nodes}, opened by the controller",
            identity=admits[0],
            rule=f"`{service}` {port['port']} to `{port['targetPort']}`; "
            f"{_ingress(policies, vpc, listens)} from {vpc}; {admits[1]}",
        ),
        Hop(
            source=pod,
            target="DNS of the cluster",
            port=f"UDP {resolver}",
            groups=nodes,
            identity="none",
            rule=to_resolver,
        ),
        Hop(
            source=pod,
            target=f"`{agent}` of the node",
            port=f"TCP {credentials}",
            groups="none: inside the node",
            identity=application,
            rule=to_credentials,
        ),
        *(
            Hop(
                source=pod,
                target=f"{name} by {_way(network, endpoint)[0]}",
                port=f"TCP {_way(network, endpoint)[2] or apis}",
                groups=_way(network, endpoint)[1] or nodes,
                identity=_identity(cluster, pods.namespace, pods.service_account, action)[0],
                rule=f"{to_apis}; {_identity(cluster, pods.namespace, pods.service_account, action)[1]}",
            )
            for name, endpoint, action in (
                ("Systems Manager", "ssm", "ssm:GetParameter"),
                ("CloudWatch Logs", "logs", "logs:PutLogEvents"),
            )
        ),
    ]


def volume_hops(
    templates: Templates, objects: Sequence[KubernetesObject], manifests: Sequence[KubernetesObject]
) -> list[Hop]:
    """From the pods of the sample with a shared directory to their file system."""
    network, cluster, storage = (_stack(templates, suffix) for suffix in ("-network", "-eks-cluster", "-storage"))
    pods = only((one.pods for one in objects if one.pods and one.name == "shared"), "workload shared")
    volume = only((one for one in pods.volumes if "persistentVolumeClaim" in one), "claim of the pods")
    claim = _one(objects, "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
    storage_class = _one(manifests, "StorageClass", claim.spec["storageClassName"])
    mount = only(
        (m for one in pods.containers for m in one.content["volumeMounts"] if m["name"] == volume["name"]), "mount"
    )
    parameters = storage_class.document["parameters"]
    assert "fileSystemId" in parameters, f"{storage_class} is of no file system"
    output = parameters["fileSystemId"].removeprefix(_EXAMPLE)
    file_system = _imported(storage, cluster["Outputs"][output]["Value"])["Ref"]
    targets = [
        each for each in _of(storage, "AWS::EFS::MountTarget").values() if each["FileSystemId"] == {"Ref": file_system}
    ]
    group = only({json.dumps(each["SecurityGroups"]) for each in targets}, "security groups of the mount targets")
    group = only(json.loads(group), "security group of the mount targets")["Fn::GetAtt"][0]
    name, rule = only(
        (
            (key, each)
            for key, each in _of(cluster, "AWS::EC2::SecurityGroupIngress").items()
            if "Fn::ImportValue" in each["GroupId"] and _imported(storage, each["GroupId"])["Fn::GetAtt"][0] == group
        ),
        f"rule of {group}",
    )
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][1] == "ClusterSecurityGroupId", rule
    driver = storage_class.document["provisioner"]
    assert driver == "efs.csi.aws.com"
    nodes = _groups_of_nodes(cluster)
    policy = _of(storage, "AWS::EFS::FileSystem")[file_system]["FileSystemPolicy"]["Statement"]
    encryption = only((one["Sid"] for one in policy if one["Effect"] == "Deny" and "Bool" in one["Condition"]), "TLS")
    makes = _identity(cluster, "kube-system", "efs-csi-controller-sa", "AmazonEFSCSIDriverPolicy")
    mounts = _identity(cluster, "kube-system", "efs-csi-node-sa", "elasticfilesystem:ClientMount")
    writes = _identity(cluster, "kube-system", "efs-csi-node-sa", "elasticfilesystem:ClientWrite")
    options = ", ".join(storage_class.document["mountOptions"])
    pod, node = f"`{pods.owner}`", f"driver `{driver}` on the node"
    api, target = f"Amazon EFS API by {_way(network, 'elasticfilesystem')[0]}", f"mount targets in {len(targets)} zones"
    return [
        Hop(
            source=pod,
            target="controller of the driver",
            port="",
            groups="none: by the API server",
            identity="none: the scheduler waits for the volume",
            rule=f"`{claim}` of `{storage_class}`",
        ),
        Hop(
            source="controller of the driver",
            target=api,
            port="TCP 443",
            groups=nodes,
            identity=makes[0],
            rule=f"{makes[1]}: an access point below `{parameters['basePath']}`",
        ),
        Hop(
            source=pod,
            target=node,
            port="",
            groups="none: inside the node",
            identity="none: the kubelet mounts",
            rule=f"`{mount['mountPath']}` of {claim.spec['accessModes'][0]}",
        ),
        Hop(
            source=node,
            target=target,
            port=f"TCP {_range(rule)}",
            groups=f"{nodes} to `{group}`, rule `{name}`",
            identity=mounts[0],
            rule=f"{mounts[1]}, {writes[1]}; option `{options}`",
        ),
        Hop(
            source=target,
            target=f"`{file_system}`",
            port="",
            groups="none: inside Amazon EFS",
            identity="that of the driver; files are of the user of the access point",
            rule=f"`{encryption}` of the policy of the file system",
        ),
    ]


def only(found: Iterable[T], what: str) -> T:
    """The one that there is.

    Raises:
        AssertionError: If there is none, or more than one.
    """
    listed = list(found)
    assert len(listed) == 1, f"{len(listed)} of {what}: {listed}"
    return listed[0]


def _stack(templates: Templates, suffix: str) -> Mapping[str, Any]:
    return only((each for name, each in templates.items() if name.endswith(suffix)), f"stack {suffix}")


def _of(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {key: each["Properties"] for key, each in template["Resources"].items() if each["Type"] == kind}


def _one(objects: Sequence[KubernetesObject], kind: str, name: str) -> KubernetesObject:
    return only((each for each in objects if (each.kind, each.name) == (kind, name)), f"{kind} {name}")


def _imported(template: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    exports = {each["Export"]["Name"]: each["Value"] for each in template["Outputs"].values() if "Export" in each}
    assert value["Fn::ImportValue"] in exports, value
    found: dict[str, Any] = exports[value["Fn::ImportValue"]]
    return found


def _groups_of_nodes(cluster: Mapping[str, Any]) -> str:
    """Managed nodes whose launch template has no group are in that of the cluster ("Customize managed nodes")."""
    groups = [
        group
        for each in _of(cluster, "AWS::EC2::LaunchTemplate").values()
        for group in each["LaunchTemplateData"].get("SecurityGroupIds", ())
    ]
    return ", ".join(f"`{json.dumps(each)}`" for each in groups) or _CLUSTER_GROUP


def _identity(cluster: Mapping[str, Any], namespace: str, account: str, permission: str) -> tuple[str, str]:
    """Service account with its role, and the action or managed policy that the role has."""
    associations = [
        *(
            (each["Namespace"], each["ServiceAccount"], each["RoleArn"])
            for each in _of(cluster, "AWS::EKS::PodIdentityAssociation").values()
        ),
        *(
            ("kube-system", each["ServiceAccount"], each["RoleArn"])
            for add_on in _of(cluster, "AWS::EKS::Addon").values()
            for each in add_on.get("PodIdentityAssociations", ())
        ),
    ]
    arn = only((each[2] for each in associations if each[:2] == (namespace, account)), f"role of {namespace}/{account}")
    role = arn["Fn::GetAtt"][0]
    roles, policies = _of(cluster, "AWS::IAM::Role"), _of(cluster, "AWS::IAM::ManagedPolicy")
    assert role in roles, role
    allowed: set[str] = set()
    for each in roles[role].get("ManagedPolicyArns", ()):
        if "Ref" in each:
            for statement in policies[each["Ref"]]["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                allowed |= {actions} if isinstance(actions, str) else set(actions)
        else:
            allowed.add(each["Fn::Join"][1][-1].rpartition("/")[2])
    assert permission in allowed, f"{role} has no {permission}"
    return f"`{namespace}/{account}`, role `{role}`", f"`{permission}`"


def _egress(policies: Sequence[KubernetesObject], destination: str) -> tuple[int, str]:
    """Port, and policy, by which pods reach an address."""
    port, policy = only(
        (
            (rule["ports"][0]["port"], each.name)
            for each in policies
            for rule in each.spec.get("egress", ())
            if any((peer.get("ipBlock") or {}).get("cidr") == destination for peer in rule["to"])
        ),
        f"NetworkPolicy to {destination}",
    )
    return port, f"NetworkPolicy `{policy}`"


def _ingress(policies: Sequence[KubernetesObject], source: str, port: int) -> str:
    name = only(
        (
            each.name
            for each in policies
            for rule in each.spec.get("ingress", ())
            if any((peer.get("ipBlock") or {}).get("cidr") == source for peer in rule["from"])
            and any(one["port"] == port for one in rule["ports"])
        ),
        f"NetworkPolicy from {source} to {port}",
    )
    return f"NetworkPolicy `{name}`"


def _dns(objects: Sequence[KubernetesObject]) -> str:
    policy = only((each for each in objects if (each.name, each.namespace) == ("dns", "hello")), "NetworkPolicy dns")
    return str(only((one["ipBlock"]["cidr"] for one in policy.spec["egress"][0]["to"] if "ipBlock" in one), "DNS"))


def _way(network: Mapping[str, Any], service: str) -> tuple[str, str, str]:
    """How a service is reached; group and port of its interface endpoint."""
    for each in _of(network, "AWS::EC2::VPCEndpoint").values():
        if str(each["ServiceName"]).endswith(f".{service}"):
            group = only(each["SecurityGroupIds"], "group of the endpoint")["Fn::GetAtt"][0]
            rule = only(_of(network, "AWS::EC2::SecurityGroup")[group]["SecurityGroupIngress"], f"rule of {group}")
            vpc = only(_of(network, "AWS::EC2::VPC").values(), "VPC")["CidrBlock"]
            assert ip_network(vpc).subnet_of(ip_network(rule["CidrIp"])), rule  # type: ignore[arg-type]
            return "an interface endpoint", f"`{group}` from {rule['CidrIp']}", _range(rule)
    assert _of(network, "AWS::EC2::NatGateway"), f"no way to {service}"
    return "a NAT gateway", "", ""


def _range(rule: Mapping[str, Any]) -> str:
    first, last = rule["FromPort"], rule["ToPort"]
    return str(first) if first == last else f"{first}-{last}"
