"""AWS WAF: which web ACL stands before a load balancer."""

from __future__ import annotations

from assembly import Graph, Resource
from tools.page.names import name_of


def web_acls(graph: Graph) -> dict[Resource, str]:
    """Load balancer -> its web ACL in words; what one blocks depends on requests, so it shuts nobody out here."""
    found = {}
    for each in graph.of_type("AWS::WAFv2::WebACLAssociation"):
        balancer, acl = graph.find(each.get("ResourceArn")), graph.find(each.get("WebACLArn"))
        if balancer:
            found[balancer] = _said(acl) if acl else f"{each.get('WebACLArn')}, made elsewhere"
    return found


def _said(acl: Resource) -> str:
    number = len(acl.list("Rules"))
    default = next(iter(acl.get("DefaultAction", {})), "Allow").lower()
    return f"{name_of(acl)}, {number} {'rule' if number == 1 else 'rules'}, else {default}"
