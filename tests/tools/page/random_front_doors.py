"""Amazon CloudFront before a random load balancer, and VPC Lattice before a random task, with an oracle for both."""

from __future__ import annotations

import random
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from tests.tools.page.random_networks import RandomNetwork, addresses_of

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")


@dataclass(frozen=True)
class FrontDoors:
    """What `generate` draws for a network."""

    network: RandomNetwork
    balancer: str
    """Name of a load balancer; empty where there is none."""

    origin_policy: str
    viewer_policy: str
    http: int
    https: int
    task: str
    port: int

    @classmethod
    def generate(cls, seed: int) -> FrontDoors:
        """With network ACLs and a Network Load Balancer in every second network."""
        network = (RandomNetwork.generate_rich if seed % 2 else RandomNetwork.generate)(seed)
        draw = random.Random(seed * 7 + 3)  # noqa: S311 - not a secret
        balancers = [each for each in network.things if each.is_balancer]
        balancer = draw.choice(balancers) if balancers else None
        ports = [80, 443, *(balancer.listeners if balancer else ())]
        return cls(
            network,
            balancer.name if balancer else "",
            draw.choice(("http-only", "https-only", "match-viewer")),
            draw.choice(("allow-all", "redirect-to-https", "https-only")),
            draw.choice(ports),
            draw.choice(ports),
            draw.choice([each.name for each in network.things if each.kind == "task"]),
            draw.choice((80, 443, 8080)),
        )

    def template(self) -> dict[str, Any]:
        """That of the network, with both."""
        template = self.network.template()
        behavior = {"TargetOriginId": "o", "ViewerProtocolPolicy": self.viewer_policy}
        origin = {"Id": "o", "DomainName": "o.example", "VpcOriginConfig": {"VpcOriginId": {"Ref": "Origin"}}}
        endpoint = {
            "Arn": {"Ref": self.balancer},
            "OriginProtocolPolicy": self.origin_policy,
            "HTTPPort": self.http,
            "HTTPSPort": self.https,
        }
        service, targets = ({"Fn::GetAtt": [name, "Id"]} for name in ("Service", "LatticeTargets"))
        action = {"Forward": {"TargetGroups": [{"TargetGroupIdentifier": targets}]}}
        more = {
            "Origin": ("CloudFront::VpcOrigin", {"VpcOriginEndpointConfig": endpoint}),
            "Distribution": (
                "CloudFront::Distribution",
                {"DistributionConfig": {"Enabled": True, "DefaultCacheBehavior": behavior, "Origins": [origin]}},
            ),
            "Service": ("VpcLattice::Service", {}),
            "Listener": ("VpcLattice::Listener", {"ServiceIdentifier": service, "DefaultAction": action}),
            "LatticeTargets": ("VpcLattice::TargetGroup", {"Config": {"Port": self.port}}),
        }
        if not self.balancer:
            del more["Origin"], more["Distribution"]
        for name, (kind, properties) in more.items():
            template["Resources"][name] = {"Type": f"AWS::{kind}", "Properties": properties}
        configuration = {"TargetGroupArn": targets, "PortName": "http"}
        template["Resources"][self.task]["Properties"]["VpcLatticeConfigurations"] = [configuration]
        return template

    # The oracle.

    def requests(self) -> set[tuple[int, int]]:
        """(port of the viewer, port of the origin)."""
        by = {"http-only": (self.http, self.http), "https-only": (self.https, self.https)}
        of_http, of_https = by.get(self.origin_policy, (self.http, self.https))
        return {(443, of_https), *([(80, of_http)] if self.viewer_policy == "allow-all" else [])}

    def to_balancer(self, *, is_certain: bool) -> set[int]:
        """Ports of the load balancer that Amazon CloudFront connects to."""
        target = next((each for each in self.network.things if each.name == self.balancer), None)
        return {
            port
            for _, port in self.requests()
            if target
            and port in target.listeners
            and target.protocol(port) == "tcp"
            and self._is_let_in(self.balancer, port, is_near=True, is_certain=is_certain)
        }

    def through_balancer(self) -> set[tuple[int, str, int]]:
        """(listener of the load balancer, task, its port)."""
        reached, found = self.to_balancer(is_certain=False), set()
        balancer = next((each for each in self.network.things if each.name == self.balancer), None)
        for listener, (name, port) in balancer.listeners.items() if balancer else ():
            if listener not in reached:
                continue
            if balancer and balancer.keeps_clients(listener):
                # The task sees Amazon CloudFront.
                is_let = self.network.lets_out(self.balancer, name, "tcp", port) and (
                    self.network.lets_group(self.balancer, name, "tcp", port)
                    or self._is_let_in(name, port, is_near=True, is_certain=False)
                )
            else:
                is_let = (self.balancer, name, "tcp", port) in self.network.inside()
            if is_let:
                found.add((listener, name, port))
        return found

    def to_task(self, *, is_certain: bool) -> set[int]:
        """Ports of the task that VPC Lattice connects to."""
        return {self.port} if self._is_let_in(self.task, self.port, is_near=False, is_certain=is_certain) else set()

    def _is_let_in(self, name: str, port: int, *, is_near: bool, is_certain: bool) -> bool:
        (target,) = (each for each in self.network.things if each.name == name)
        has_acl = any(each in self.network.acls or (each != 3 and self.network.default_acl) for each in target.subnets)
        if is_certain and has_acl:
            return False
        if not target.groups:
            return True
        near = [each for number in target.subnets for each in self.network.parts(number) if ":" not in each]
        asked = [each for each in addresses_of("0.0.0.0/0") if not _is_private(each)] + (near if is_near else [])
        rules = [rule for number in target.groups for rule in self.network.groups[number]]
        for rule in rules:
            if rule.direction != "Ingress" or not rule.is_about("tcp", port):
                continue
            if rule.peer == "0.0.0.0/0":
                return True
            if not is_certain and (rule.peer == "pl-aws" or any(rule.names(each) for each in asked)):
                return True
        return False


def _is_private(address: str) -> bool:
    return any(ip_address(address) in ip_network(each) for each in _PRIVATE)
