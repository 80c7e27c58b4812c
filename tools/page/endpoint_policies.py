"""What the policy of a VPC endpoint lets through."""

from __future__ import annotations

from assembly import Graph, Resource
from assembly.policies import statements
from tools.page.statements import statement_in_words


def policy_in_words(graph: Graph, endpoint: Resource) -> str:
    """Its statements in words; without a policy an endpoint lets everything through."""
    document = endpoint.get("PolicyDocument")
    if document is None:
        return "endpoint policy: none, so every call passes"
    return f"endpoint policy: {'; '.join(statement_in_words(graph, each) for each in statements(document))}"
