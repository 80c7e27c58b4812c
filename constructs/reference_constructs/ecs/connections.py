"""What ties the services of a cluster, and belongs to none of them: their namespace, and who is who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from reference_constructs.ecs.service_connect_options import NamespaceOptions, ReachableSecurityGroupOptions
from reference_constructs.security.acknowledgements import acknowledge_relation

NO_CALLERS: Final[Mapping[str, str]] = {}


class ServiceConnections(Construct):
    """A namespace, and a security group without a rule for each service, or other task, that services admit.

    A service that admits another one names its group, and the other's tasks have it. Were it the security group of the
    service itself, two services that call each other could not be in two stacks, and one that goes would have to be
    taken out of all others first.

    Attributes:
        namespace: Where services have their names, new or not; None without one.
        groups: The security groups, by name of the service or task.
    """

    namespace: servicediscovery.INamespace | None
    groups: dict[str, ec2.SecurityGroup]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        namespace: NamespaceOptions | None = None,
        callers: Mapping[str, str] = NO_CALLERS,
        reachable: Mapping[str, ReachableSecurityGroupOptions] | None = None,
    ) -> None:
        """Define them.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Where the services are.
            namespace: Name and kind of the namespace.
            callers: What services admit, by name, and what each of them is, such as `service` or `queue worker`.
            reachable: Security groups that exist, which admit some of them.

        Raises:
            ValueError: If the namespace has neither a name nor an ARN.
        """
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.namespace = None if namespace is None else self._define_namespace(namespace)
        self._callers = callers
        self.groups = {name: self._define_group(name, kind) for name, kind in callers.items()}
        for name, options in (reachable or {}).items():
            self._open(name, options)

    def _define_namespace(self, options: NamespaceOptions) -> servicediscovery.INamespace:
        if options.namespace_arn is not None:
            return existing_namespace(self, options.namespace_arn, kind=options.kind)
        if options.name is None:
            raise ValueError("a namespace needs a name or a namespace_arn")
        if options.kind == "http":
            return servicediscovery.HttpNamespace(self, "Namespace", name=options.name)
        return servicediscovery.PrivateDnsNamespace(self, "Namespace", name=options.name, vpc=self._vpc)

    def _define_group(self, name: str, kind: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            f"Caller-{name}",
            vpc=self._vpc,
            description=f"Tasks of the {kind} {name}: admits nobody, others admit it",
            allow_all_outbound=False,
        )

    def _open(self, name: str, options: ReachableSecurityGroupOptions) -> None:
        """A rule of a group that is not ours: L1, because the L2 gives an imported group one with other IDs."""
        for caller in options.reachable_from:
            rule = ec2.CfnSecurityGroupIngress(
                self,
                f"Rule-{name}-{caller}",
                group_id=options.security_group_id,
                ip_protocol="tcp",
                from_port=options.port,
                to_port=options.port,
                source_security_group_id=self.groups[caller].security_group_id,
                description=f"{self._callers[caller].capitalize()} {caller}",
            )
            acknowledge_relation(
                rule,
                "security_groups_of_others_stay_as_they_are",
                reason="The file asks for this rule, and says who may reach what (reachable_security_groups). It goes "
                "with the entry, and leaves the other rules of the group as they are.",
            )


def existing_namespace(
    scope: Construct, arn: str, *, kind: Literal["http", "private_dns"]
) -> servicediscovery.INamespace:
    """A namespace that exists, as something that the stack does not change.

    Args:
        scope: Parent.
        arn: Of the namespace.
        kind: What it is.
    """
    identifier = arn.rpartition("/")[2]
    # Nothing reads its name, which only its owner knows for sure.
    attributes = {"namespace_arn": arn, "namespace_id": identifier, "namespace_name": identifier}
    if kind == "http":
        return servicediscovery.HttpNamespace.from_http_namespace_attributes(scope, "Namespace", **attributes)
    return servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(scope, "Namespace", **attributes)
