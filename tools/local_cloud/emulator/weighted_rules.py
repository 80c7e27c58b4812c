"""Listener rules that forward to several target groups by weight, of which ministack remembers the first only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

Action = dict[str, Any]


def keep_weights() -> None:
    """Take weights from templates and from `ModifyRule`, and give them back in `DescribeRules`."""
    parse, render, of_template = alb._parse_actions, alb._action_xml, provisioners._elbv2_listener_actions

    def parsed(params: Mapping[str, Any], prefix: str = "DefaultActions") -> list[Action]:
        actions: list[Action] = parse(params, prefix)
        for index, action in enumerate(actions, start=1):
            start = f"{prefix}.member.{index}.ForwardConfig.TargetGroups.member."
            groups: list[dict[str, Any]] = []
            while arn := alb._p(params, f"{start}{len(groups) + 1}.TargetGroupArn"):
                weight = alb._p(params, f"{start}{len(groups) + 1}.Weight", "1")
                groups.append({"TargetGroupArn": arn, "Weight": int(weight)})
            _keep(action, groups)
        return actions

    def made(properties: Mapping[str, Any], balancer: str, prop: str = "DefaultActions") -> list[Action]:
        actions: list[Action] = of_template(properties, balancer, prop)
        for action, stated in zip(actions, properties.get(prop) or [], strict=False):
            groups = (stated.get("ForwardConfig") or {}).get("TargetGroups", [])
            _keep(action, [{**each, "Weight": int(each.get("Weight", 1))} for each in groups])
        return actions

    def rendered(action: Action) -> str:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        # Elastic Load Balancing shows the target group of its own only where there is one ("Action").
        shown = {key: value for key, value in action.items() if key != "TargetGroupArn" or not groups}
        text: str = render(shown)
        members = "".join(
            f"<member><TargetGroupArn>{each['TargetGroupArn']}</TargetGroupArn><Weight>{each['Weight']}</Weight></member>"
            for each in groups
        )
        config = f"<ForwardConfig><TargetGroups>{members}</TargetGroups></ForwardConfig>" if groups else ""
        end = "</member>"
        return f"{text.removesuffix(end)}{config}{end}" if text.endswith(end) else text + config

    alb._parse_actions, alb._action_xml, provisioners._elbv2_listener_actions = parsed, rendered, made


def _keep(action: Action, groups: list[dict[str, Any]]) -> None:
    if groups:
        # ministack's own load balancer forwards to one: that which gets the most.
        action["TargetGroupArn"] = max(groups, key=lambda each: int(each["Weight"]))["TargetGroupArn"]
        action["ForwardConfig"] = {"TargetGroups": groups}
