"""AWS WAF: which web ACL stands before a load balancer or distribution."""

from __future__ import annotations

from assembly import Graph, Resource
from tools.page.names import name_of


def web_acls(graph: Graph) -> dict[Resource, str]:
    """Load balancer or distribution -> its web ACL in words.

    What one blocks depends on requests, so it shuts nobody out here.
    """
    found = {}
    for each in graph.of_type("AWS::WAFv2::WebACLAssociation"):
        balancer, acl = graph.find(each.get("ResourceArn")), graph.find(each.get("WebACLArn"))
        if balancer:
            found[balancer] = _said(acl) if acl else _elsewhere(each.get("WebACLArn"))
    for each in graph.of_type("AWS::CloudFront::Distribution"):
        if identifier := each.get("DistributionConfig.WebACLId"):
            acl = graph.find(identifier)
            found[each] = _said(acl) if acl else _elsewhere(identifier)
    return found


def _elsewhere(identifier: object) -> str:
    """By its name, which an ARN ends with before the ID."""
    parts = str(identifier).split("/")
    return f"{parts[-2] if len(parts) > 2 else identifier}, made elsewhere"


def _said(acl: Resource) -> str:
    number = len(acl.list("Rules"))
    default = next(iter(acl.get("DefaultAction", {})), "Allow").lower()
    return f"{name_of(acl)}, {number} {'rule' if number == 1 else 'rules'}, else {default}"
