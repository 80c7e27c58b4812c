"""Views that compute: the graph of stacks, the table of who reaches whom, ways to more, controls, and volumes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tools.page.controls import controls, judgements
from tools.page.escalation import escalations
from tools.page.identity import identities
from tools.page.property_differences import property_differences
from tools.page.sources import Sources
from tools.page.views.matrix import matrix
from tools.page.views.policy import policy
from tools.page.views.stacks import stacks
from tools.page.views.storage import storage
from tools.page.views.workloads import workloads


def _many(number: int, families: int) -> Graph:
    """The sandbox with services of several families."""
    graph = snapshot_graph("sandbox")
    templates: dict[str, Any] = json.loads(json.dumps(graph.templates))
    one = next(name for name in templates if name.endswith("hello-fargate"))
    for each in range(number):
        name = f"sandbox-{'abcdefgh'[each % families]}-service-{each:02}"
        templates[name] = {key: value for key, value in templates[one].items() if key != "Outputs"}
    return Graph(templates, places=dict.fromkeys(templates, ("", "eu-west-1")))


def _boxes(html: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<rect x="(\d+)" y="([\d.]+)" width="(\d+)" height="(\d+)" rx="7"', html)
    return [(float(x), float(y), float(w), float(h)) for x, y, w, h in found]


@pytest.mark.parametrize("number", [0, 10, 60])
def test_the_graph_of_stacks_stays_small_and_no_box_lies_on_another(number: int) -> None:
    html = stacks(Sources(name="many", graph=_many(number, 6)))
    boxes = _boxes(html)
    assert 4 < len(boxes) < 18
    for i, (x, y, width, height) in enumerate(boxes):
        for x2, y2, *_ in boxes[:i]:
            assert abs(x - x2) >= width or abs(y - y2) >= height + 10


def test_no_line_runs_under_a_box_and_every_box_that_is_imported_from_is_tied() -> None:
    graph = snapshot_graph("sandbox")
    html = stacks(Sources(name="sandbox", graph=graph))
    boxes = _boxes(html)
    # The straight part of a line that passes a column.
    for x, y in re.findall(r"(\d+),([\d.]+) L\d+,", html):
        assert not any(bx <= float(x) < bx + w and by < float(y) < by + h for bx, by, w, h in boxes)
    # Lines begin or end at each box but the registry's, from which nothing imports.
    ends = [set(map(int, each)) for each in zip(*re.findall(r'data-from="(\d+)" data-to="(\d+)"', html), strict=True)]
    assert len(set(range(len(boxes))) - ends[0] - ends[1]) == 1


def test_places_with_the_same_connections_share_a_row() -> None:
    html = matrix(Sources(name="many", graph=_many(40, 1)).reachability)
    rows = re.findall(r'<th scope="row">(.*?)</th>', html)
    assert any("43 services" in each for each in rows)
    assert len(rows) < 10


def test_ways_to_more_are_found_behind_wildcards_and_exclusions() -> None:
    def role(**statement: object) -> dict[str, Any]:
        policy_ = {
            "PolicyName": "p",
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Resource": "*", **statement}]},
        }
        trust = {
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ]
        }
        return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": [policy_]}}

    roles = {
        "Exact": role(Action="iam:PassRole"),
        "Wild": role(Action="iam:Put*"),
        "Excluded": role(
            NotAction=["iam:*", "sts:*", "ssm:*", "ec2:*", "ecs:*", "eks:*", "lambda:*", "cloudformation:*"]
        ),
        "Harmless": role(Action=["s3:GetObject", "logs:*"]),
        "Denied": role(Effect="Deny", Action="*"),
    }
    found = {
        each.identity.name.rpartition(": ")[2]: each.actions
        for each in escalations(identities(Graph({"app": {"Resources": roles}})))
    }
    assert found == {
        "Exact": ("iam:PassRole",),
        "Wild": ("iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy"),
        "Excluded": ("secretsmanager:GetSecretValue",),
    }


def test_controls_are_judged_by_the_findings_of_their_rules() -> None:
    words = {
        each.control.ids: each.word
        for each in judgements(
            ["AWS::ECS::Service", "AWS::EC2::VPC"],
            ["ecs_container_logs"],
            [("AwsSolutions-IAM5[Resource::*]", "why"), ("ecs_container_is_not_root", "because")],
        )
    }
    assert words["ECS.9"] == "open"
    assert words["ECS.20"] == "accepted"
    assert words["ECS.4"] == "yes"
    assert words["EKS.3; CIS EKS 5.3.1"] == "nothing to judge"
    assert words["EC2.172"] == "no"
    assert words["CloudFormation.3"] == "partly"


def test_a_control_that_rules_decide_is_kept_where_they_find_nothing() -> None:
    words = {each.control.ids: each.word for each in judgements(["AWS::ElasticLoadBalancingV2::LoadBalancer"], [], [])}
    assert words["ELB.16"] == "yes"
    assert words["ELB.21, ELB.22"] == "partly"
    decided = [each for each in controls() if each.decided]
    assert all(each.kept == "partly" for each in decided)
    assert all(any("::" not in check for check in each.checks) for each in decided)


def test_every_control_is_about_types_that_occur() -> None:
    types = {each.type for environment in ALL for each in snapshot_graph(environment).resources}
    assert [each.ids for each in controls() if not each.is_about(types)] == []


def test_the_policy_view_says_why_a_control_is_accepted() -> None:
    report = [
        {
            "pluginName": "Guard",
            "conclusion": "success",
            "violations": [],
            "suppressedViolations": [
                {
                    "ruleName": "ecs_container_is_not_root",
                    "violatingConstructs": [{"constructPath": "a/b/Resource"}],
                    "reason": "The image needs it.",
                }
            ],
        }
    ]
    html = policy(Sources(name="sandbox", graph=snapshot_graph("sandbox"), report=report))
    row = next(each for each in html.split("<tr") if "<strong>ECS.20</strong>" in each)
    assert "1 accepted" in row
    assert "The image needs it." in row


def test_differences_of_properties_are_leaves_with_names_in_place_of_references() -> None:
    def graph(**properties: object) -> Graph:
        role = {"Type": "AWS::IAM::Role", "Properties": {}}
        return Graph({"app": {"Resources": {"Role": role, "Task": {"Type": "AWS::ECS::TaskDefinition", **properties}}}})

    before = graph(Properties={"Cpu": "256", "Tags": [{"Key": "a", "Value": "1"}], "Volumes": [{"Name": "one"}]})
    after = graph(
        Properties={
            "Cpu": "256",
            "Tags": [{"Key": "a", "Value": "2"}],
            "Volumes": [{"Name": "two"}, {"Name": "one"}],
            "TaskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        },
        DeletionPolicy="Retain",
    )
    ends = [(each, each.of_type("AWS::ECS::TaskDefinition")[0]) for each in (before, after)]
    assert property_differences(ends[0], ends[1]) == (
        ("Tags[0].Value", "1", "2"),
        ("TaskRoleArn", "", "app/Role"),
        ("Volumes[0]", "", '{"Name": "two"}'),
        ("DeletionPolicy", "", "Retain"),
    )


def test_a_service_says_how_it_is_released_and_found() -> None:
    connect = {"Services": [{"PortName": "http", "ClientAliases": [{"DnsName": "orders", "Port": 80}]}]}
    service = {
        "Type": "AWS::ECS::Service",
        "Properties": {
            "DeploymentConfiguration": {"Strategy": "BLUE_GREEN"},
            "ServiceConnectConfiguration": connect,
            "ServiceRegistries": [{"RegistryArn": "arn"}],
        },
    }
    html = workloads(Sources(name="app", graph=Graph({"app": {"Resources": {"Orders": service}}})))
    assert "released blue/green" in html
    assert "Service Connect orders:80" in html
    assert "in AWS Cloud Map" in html


def test_volumes_of_tasks_say_what_is_behind_them() -> None:
    html = storage(Sources(name="ecs-stateful", graph=snapshot_graph("examples/ecs-stateful.yaml")))
    volumes = html[html.index("Volumes of tasks") : html.index("Disks of instances")]
    assert "Amazon EFS" in volumes
    assert "Amazon EBS" in volumes
    assert "of the task, gone with it" in volumes
