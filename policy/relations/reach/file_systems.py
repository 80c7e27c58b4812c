"""Clients reach their file systems, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from assembly import Graph, Resource
from assembly.security_groups import SecurityGroupRule
from policy.relations.relation import Misfit, relation

_NFS: Final = 2049
_LUSTRE: Final = ((988, 988), (1018, 1023))
# TCP ports by type of the file system: what clients connect to, and what manages it.
_PORTS: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "EFS": ((_NFS, _NFS),),
    "LUSTRE": _LUSTRE,
    # "File system access control with Amazon VPC", FSx for ONTAP User Guide: NFS, iSCSI, and the API.
    "ONTAP": ((111, 111), (443, 443), (635, 635), (_NFS, _NFS), (3260, 3260), (4045, 4046)),
}


@relation("Creating mount targets; Best practices for using Amazon EFS volumes with Amazon ECS")
def file_system_has_a_mount_target_in_each_zone_of_its_clients(graph: Graph) -> Iterator[Misfit]:
    """In a zone without a mount target its name has no address, so tasks do not start, and pods do not get ready."""
    for (client, file_system), subnets in {each[:2]: each[2] for each in _clients(graph)}.items():
        targets = [target for target in graph.of_type("AWS::EFS::MountTarget") if _mounts(graph, target, file_system)]
        covered = {_zone(graph, target.get("SubnetId")) for target in targets}
        missing = dict.fromkeys(_zone(graph, subnet) for subnet in subnets)
        for zone in (each for each in missing if each not in covered):
            yield Misfit(
                resource=file_system,
                finding=f"{client.logical_id} has a subnet in {zone}, where the file system has no mount target",
                fix="add a mount target in a subnet of that zone",
            )


@relation("Using VPC security groups, Amazon EFS User Guide")
def tasks_reach_their_file_system(graph: Graph) -> Iterator[Misfit]:
    """The mount times out, and no task starts."""
    for service, file_system in _mounting_services(graph):
        ours = list(map(str, service.list("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")))
        for target in graph.of_type("AWS::EFS::MountTarget"):
            groups = list(map(str, target.list("SecurityGroups")))
            rules = [rule for group in groups for rule in graph.security_groups.rules(group, "Ingress")]
            if not _mounts(graph, target, file_system):
                continue
            if not any(rule.admits(_NFS) and rule.reaches(graph, ours) for rule in rules):
                yield Misfit(
                    resource=service,
                    finding=f"no security group rule lets the tasks in to {target.logical_id} on port {_NFS}",
                    fix="open TCP port 2049 of the mount target to the security group of the tasks",
                )


@relation("Using VPC security groups, Amazon EFS User Guide; File system access control with Amazon VPC, Amazon FSx")
def file_system_admits_its_clients_only(graph: Graph) -> Iterator[Misfit]:
    """Whoever has an address of a rule reaches the file system, and a port that no client uses is one to attack."""
    for kind, group in _groups(graph):
        for rule in graph.security_groups.rules(group, "Ingress"):
            if rule.network is not None or not rule.peer:
                yield Misfit(
                    resource=rule.resource,
                    finding=f"{rule.peer or 'anybody'} reaches the file system by its address",
                    fix="admit the security groups of clients",
                )
            elif not _is_of(rule, _PORTS[kind]):
                yield Misfit(
                    resource=rule.resource,
                    finding=f"{rule.protocol} port {rule.port_range} is open, which clients of {kind} do not use",
                    fix=f"open TCP ports {', '.join(_range(each) for each in _PORTS[kind])} alone",
                )


@relation("File system access control with Amazon VPC, FSx for Lustre User Guide")
def lustre_and_its_clients_reach_each_other(graph: Graph) -> Iterator[Misfit]:
    """Servers of Lustre connect to their clients too; where they cannot, mounts hang or clients are evicted."""
    rules = graph.security_groups.rules
    for kind, group in _groups(graph):
        for rule in rules(group, "Ingress") if kind == "LUSTRE" else ():
            back = {
                "out of the file system": any(
                    each.peer == rule.peer and each.admits(rule.from_port) for each in rules(group, "Egress")
                ),
                "into its clients": any(
                    each.peer == group and each.admits(rule.from_port) for each in rules(rule.peer, "Ingress")
                ),
            }
            for side in (side for side, is_open in back.items() if not is_open):
                yield Misfit(
                    resource=rule.resource,
                    finding=f"port {rule.port_range} is open into the file system, and not {side}",
                    fix="open the ports of Lustre in both directions between the two security groups",
                )


@relation("File system access control with Amazon VPC, FSx for Lustre User Guide")
def lustre_has_all_its_ports(graph: Graph) -> Iterator[Misfit]:
    """Connections start on port 988 and go on on ports from 1018 to 1023: with only some of them, mounts hang."""
    for kind, group in _groups(graph):
        if kind != "LUSTRE":
            continue
        found = graph.security_groups.rules(group, "Ingress")
        for peer in dict.fromkeys(rule.peer for rule in found):
            open_to = [rule for rule in found if rule.peer == peer]
            for ports in _LUSTRE:
                if not any(rule.admits(ports[0]) and rule.admits(ports[1]) for rule in open_to):
                    yield Misfit(
                        resource=open_to[0].resource,
                        finding=f"TCP port {_range(ports)} is not open to {peer}",
                        fix="open it, or close the others",
                    )


def _clients(graph: Graph) -> Iterator[tuple[Resource, Resource, list[str]]]:
    """Services and node groups, each with a file system that its tasks or pods mount, and with its subnets."""
    for service, file_system in _mounting_services(graph):
        yield service, file_system, list(map(str, service.list("NetworkConfiguration.AwsvpcConfiguration.Subnets")))
    for target in graph.of_type("AWS::EFS::MountTarget"):
        mounted = graph.find(target.get("FileSystemId"))
        peers = {
            rule.peer
            for group in map(str, target.list("SecurityGroups"))
            for rule in graph.security_groups.rules(group, "Ingress")
        }
        for nodes in graph.of_type("AWS::EKS::Nodegroup"):
            cluster = graph.find(nodes.get("ClusterName"))
            if mounted is not None and cluster is not None and cluster.attribute("ClusterSecurityGroupId") in peers:
                yield nodes, mounted, list(map(str, nodes.list("Subnets")))


def _mounting_services(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """Services with each file system of the templates that their tasks mount."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        for volume in definition.list("Volumes") if definition is not None else ():
            file_system = graph.find(volume.get("EFSVolumeConfiguration", {}).get("FilesystemId"))
            if file_system is not None:
                yield service, file_system


def _mounts(graph: Graph, target: Resource, file_system: Resource) -> bool:
    return graph.find(target.get("FileSystemId")) == file_system


def _groups(graph: Graph) -> Iterator[tuple[str, str]]:
    """Security groups of file systems, each once, with the kind of the file system."""
    targets = graph.of_type("AWS::EFS::MountTarget")
    found = [("EFS", str(group)) for each in targets for group in each.list("SecurityGroups")]
    for each in graph.of_type("AWS::FSx::FileSystem"):
        kind = str(each.get("FileSystemType"))
        found += [(kind, str(group)) for group in each.list("SecurityGroupIds") if kind in _PORTS]
    yield from dict.fromkeys(found)


def _zone(graph: Graph, subnet: object) -> str:
    """The zone of a subnet, or the subnet where it was made elsewhere."""
    found = graph.find(subnet)
    return str(found.get("AvailabilityZone", subnet)) if found is not None else str(subnet)


def _is_of(rule: SecurityGroupRule, ports: tuple[tuple[int, int], ...]) -> bool:
    return rule.protocol == "tcp" and any(low <= rule.from_port and rule.to_port <= high for low, high in ports)


def _range(ports: tuple[int, int]) -> str:
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
