"""An assembly with what only several resources together say."""

from __future__ import annotations

from functools import cached_property

from assembly.assembly import Assembly
from assembly.load_balancing import LoadBalancing
from assembly.policies import RolePolicies
from assembly.security_groups import SecurityGroups
from assembly.subnets import Subnets


class Graph(Assembly):
    """The templates of one environment, and what ties their resources."""

    @cached_property
    def security_groups(self) -> SecurityGroups:
        """Rules of security groups, wherever they are written."""
        return SecurityGroups(self)

    @cached_property
    def load_balancing(self) -> LoadBalancing:
        """Load balancers and their targets."""
        return LoadBalancing(self)

    @cached_property
    def role_policies(self) -> RolePolicies:
        """What each role may do."""
        return RolePolicies(self)

    def endpoint_services(self, vpc: object = None) -> set[str]:
        """Services that VPC endpoints lead to, such as `ecr.api`, in the Region of their stack.

        Args:
            vpc: Resolved id of a VPC; None for those of all.
        """
        return {
            str(each.get("ServiceName")).rpartition(f"{self.region(each.stack)}.")[2]
            for each in self.of_type("AWS::EC2::VPCEndpoint")
            if vpc in (None, each.get("VpcId"))
        }

    @cached_property
    def subnets(self) -> Subnets:
        """Subnets and where their routes lead."""
        return Subnets(self)
