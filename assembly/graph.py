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

    @cached_property
    def subnets(self) -> Subnets:
        """Subnets and where their routes lead."""
        return Subnets(self)
