"""Who else may reach a service, and names in a namespace that nobody here makes."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import build
from settings import EnvironmentWarning
from tests.support.rule_pairs import CAPACITY, service
from tests.support.synthesis import Template, new_app

NAMESPACE = "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
AUTHORITY = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0123"
WEB = (
    "      containers: {web: {image: 'app:1', port: 8080, port_name: http, port_app_protocol: http, "
    "additional_ports: {metrics: {port: 9100}}}}\n"
)
IMAGE = "containers: {web: {image: 'app:1'}}"
FILE = (
    service(
        f"service_connect: {{serves: {{web: {{port_name: http, test_traffic: {{header_name: x-test}}, "
        f"tls: {{certificate_authority_arn: '{AUTHORITY}', kms_key_arn: '{KEY}'}}}}}}}}",
        "service_discovery: {name: web-records}",
        "reachable_from: [mail, seed, nightly, busy]",
        before=CAPACITY + f"  namespace: {{kind: private_dns, namespace_arn: '{NAMESPACE}'}}\n",
        container=WEB,
    )
    + f"  queue_workers: {{mail: {{{IMAGE}, service_connect: {{access_log: {{}}}}}}, alone: {{{IMAGE}}}}}\n"
    + f"  standalone_tasks: {{seed: {{{IMAGE}}}}}\n"
    + f"  scheduled_tasks: {{nightly: {{{IMAGE}, schedule_expression: rate(1 hour)}}, "
    + f"busy: {{{IMAGE}, schedule_expression: rate(1 hour), overlap: skip}}}}\n"
)


def _synthesize(folder: Path, text: str) -> dict[str, Template]:
    file = folder / "called.yaml"
    file.write_text(text)
    app = new_app(outdir=folder / "out", environment=str(file))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)
    app.synth()
    return {
        path.name.removesuffix(".template.json").removeprefix("called-"): json.loads(path.read_text())
        for path in (folder / "out").glob("*.template.json")
    }


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return _synthesize(tmp_path_factory.mktemp("called"), FILE)


@pytest.fixture
def of_type(templates: dict[str, Template]) -> Callable[[str, str], list[dict[str, Any]]]:
    def found(stack: str, resource_type: str) -> list[dict[str, Any]]:
        return [each["Properties"] for each in templates[stack]["Resources"].values() if each["Type"] == resource_type]

    return found


Found = Callable[[str, str], list[dict[str, Any]]]


def test_each_task_is_admitted_to_the_served_port_alone(of_type: Found) -> None:
    rules = of_type("ecs-service-web", "AWS::EC2::SecurityGroupIngress")
    assert {(each["Description"], each["FromPort"], each["ToPort"]) for each in rules} == {
        (f"{kind} {name}", 8080, 8080)
        for kind, name in (
            ("Queue worker", "mail"),
            ("Standalone task", "seed"),
            ("Scheduled task", "nightly"),
            ("Scheduled task", "busy"),
        )
    }
    assert all("Caller" in json.dumps(each["SourceSecurityGroupId"]) for each in rules)


def test_what_is_admitted_is_a_group_for_each_of_them(of_type: Found) -> None:
    groups = of_type("ecs-connections", "AWS::EC2::SecurityGroup")
    assert [each["GroupDescription"].split(":")[0] for each in groups] == [
        "Tasks of the scheduled task nightly",
        "Tasks of the scheduled task busy",
        "Tasks of the standalone task seed",
        "Tasks of the queue worker mail",
    ]


def test_tasks_have_their_group_whoever_starts_them(templates: dict[str, Template], of_type: Found) -> None:
    (worker,) = of_type("ecs-queue-worker-mail", "AWS::ECS::Service")
    assert "Callermail" in json.dumps(worker["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"][1])
    request = templates["ecs-standalone-task-seed"]["Outputs"]["RunTaskRequest"]["Value"]
    assert "Callerseed" in json.dumps(request)
    (schedule,) = of_type("ecs-scheduled-task-nightly", "AWS::Scheduler::Schedule")
    network = schedule["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert "Callernightly" in json.dumps(network["SecurityGroups"])
    (machine,) = of_type("ecs-scheduled-task-busy", "AWS::StepFunctions::StateMachine")
    assert "Callerbusy" in json.dumps(machine["DefinitionString"])
    assert "Caller" not in json.dumps(templates["ecs-queue-worker-alone"])


def test_a_worker_is_a_client_with_the_proxy_and_its_log(of_type: Found) -> None:
    (worker,) = of_type("ecs-queue-worker-mail", "AWS::ECS::Service")
    connect = worker["ServiceConnectConfiguration"]
    assert (connect["Namespace"], connect["Services"]) == (NAMESPACE, [])
    assert connect["AccessLogConfiguration"]["Format"] == "JSON"
    (alone,) = of_type("ecs-queue-worker-alone", "AWS::ECS::Service")
    assert "ServiceConnectConfiguration" not in alone


def test_a_namespace_that_exists_is_used_and_not_made(templates: dict[str, Template], of_type: Found) -> None:
    made = [each["Type"] for template in templates.values() for each in template["Resources"].values()]
    assert not [each for each in made if each.endswith("Namespace")]
    (service_,) = of_type("ecs-service-web", "AWS::ECS::Service")
    assert service_["ServiceConnectConfiguration"]["Namespace"] == NAMESPACE
    (records,) = of_type("ecs-service-web", "AWS::ServiceDiscovery::Service")
    assert records["DnsConfig"]["NamespaceId"] == "ns-0123456789abcdef"


def test_a_namespace_that_exists_needs_no_stack_if_nobody_is_admitted(tmp_path: Path) -> None:
    text = service("service_connect: {}", before=CAPACITY + f"  namespace: {{namespace_arn: '{NAMESPACE}'}}\n")
    made = _synthesize(tmp_path, text)
    assert "ecs-connections" not in made
    assert NAMESPACE in json.dumps(made["ecs-service-web"])


def test_the_role_of_certificates_may_use_the_stated_key_and_no_other(
    templates: dict[str, Template], of_type: Found
) -> None:
    (service_,) = of_type("ecs-service-web", "AWS::ECS::Service")
    tls = service_["ServiceConnectConfiguration"]["Services"][0]["Tls"]
    assert tls["KmsKey"] == KEY
    policies = templates["ecs-service-web"]["Resources"]
    ((name, policy),) = [(key, each) for key, each in policies.items() if "TlsKeyPolicy" in key]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == KEY
    assert statement["Action"] == ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"]
    assert policy["Properties"]["Roles"] == [{"Ref": tls["RoleArn"]["Fn::GetAtt"][0]}]
    (resource,) = [each for each in policies.values() if each["Type"] == "AWS::ECS::Service"]
    assert name in resource["DependsOn"]


def test_test_requests_have_the_stated_header(of_type: Found) -> None:
    (service_,) = of_type("ecs-service-web", "AWS::ECS::Service")
    (alias,) = service_["ServiceConnectConfiguration"]["Services"][0]["ClientAliases"]
    assert alias["TestTrafficRules"] == {"Header": {"Name": "x-test"}}
