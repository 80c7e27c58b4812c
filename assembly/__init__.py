"""The templates of one environment as one graph: what refers to what, across stacks, with every value resolved.

It judges nothing. `policy/relations/` asks it what fits what; it knows templates alone, whoever wrote them.
"""

from assembly.graph import Graph
from assembly.resource import Resource

__all__ = ["Graph", "Resource"]
