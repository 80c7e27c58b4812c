"""A load balancer and a listener of it as `aws elbv2 describe-...` shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.network_block.vpc import Item, UnusableAnswerError


@dataclass(frozen=True)
class LoadBalancer:
    """An Application Load Balancer, with what belongs to it of the answers.

    Attributes:
        item: What describe-load-balancers says of it.
        answers: The items of all answers.
    """

    item: Item
    answers: Mapping[str, Sequence[Item]]

    @classmethod
    def choose(cls, answers: Mapping[str, Sequence[Item]], vpc_id: str | None, name: str | None) -> LoadBalancer:
        """The Application Load Balancer of that name, or the only one of the VPC.

        Raises:
            UnusableAnswerError: If there is none, or more than one to choose from.
        """
        known = {
            str(each["LoadBalancerName"]): each
            for each in answers["LoadBalancers"]
            if each.get("Type") == "application" and vpc_id in (None, each.get("VpcId"))
        }
        if name is None and len(known) == 1:
            (name,) = known
        if name not in known:
            raise UnusableAnswerError(f"choose one Application Load Balancer of: {', '.join(known) or 'none'}")
        return cls(known[str(name)], answers)

    def listeners(self) -> list[Item]:
        """Its listeners, those for HTTPS first.

        Raises:
            UnusableAnswerError: If there is none among the answers.
        """
        arn = self.item["LoadBalancerArn"]
        found = [each for each in self.answers["Listeners"] if each["LoadBalancerArn"] == arn]
        if not found:
            raise UnusableAnswerError(
                f"there is no answer of: aws elbv2 describe-listeners --load-balancer-arn {arn} --output json"
            )
        return sorted(found, key=lambda each: (each["Protocol"] != "HTTPS", int(each["Port"])))

    def listener(self, port: int | None) -> Item:
        """The listener of that port, or the first one.

        Raises:
            UnusableAnswerError: If there is none of that port.
        """
        found = self.listeners()
        chosen = [each for each in found if port in (None, int(each["Port"]))]
        if not chosen:
            raise UnusableAnswerError(f"choose the listener of one port of: {_listed(each['Port'] for each in found)}")
        return chosen[0]

    def priorities(self, listener: Item) -> list[int]:
        """Priorities of the rules of a listener, but for its default rule.

        Raises:
            UnusableAnswerError: If there is no rule at all among the answers: each listener has a default rule.
        """
        arn = str(listener["ListenerArn"])
        prefix = f"{arn.replace(':listener/', ':listener-rule/')}/"
        rules = [each for each in self.answers["Rules"] if str(each["RuleArn"]).startswith(prefix)]
        if not rules:
            raise UnusableAnswerError(
                f"there is no answer of: aws elbv2 describe-rules --listener-arn {arn} --output json"
            )
        return sorted(int(each["Priority"]) for each in rules if not each.get("IsDefault"))


def block(balancer: LoadBalancer, port: int | None) -> Iterator[str]:
    """The lines of the file.

    Args:
        balancer: That services add their rules to.
        port: Port of the listener; None for the first one.

    Raises:
        UnusableAnswerError: If something is missing among the answers.
    """
    listener = balancer.listener(port)
    others = [f"{each['Protocol']} {each['Port']}" for each in balancer.listeners() if each != listener]
    group, *groups = balancer.item.get("SecurityGroups") or [""]
    if not group:
        raise UnusableAnswerError(f"{balancer.item['LoadBalancerName']} has no security group")
    taken = balancer.priorities(listener)
    yield "ecs:"
    yield "  load_balancer:"
    yield f"    existing:   # {balancer.item.get('Scheme')}, {listener['Protocol']} {listener['Port']}{_or(others)}"
    yield f"      listener_arn: {listener['ListenerArn']}"
    yield f"      security_group_id: {group}{_or(groups, '   # ')}"
    yield "      # target_security_group_id: the group of the targets, if its outbound rules name one"
    yield f"      taken_priorities: [{_listed(taken)}]{'   # without those of your own services' if taken else ''}"


def _or(others: Sequence[str], before: str = "; ") -> str:
    return f"{before}or {_listed(others)}" if others else ""


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))
