"""What agents of tasks, and state machines that run tasks, must be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assembly import Graph, Resource

# Where the default configuration of AWS Distro for OpenTelemetry sends traces.
_TRACES_TO_X_RAY = "ecs-xray.yaml"


def agent_needs(graph: Graph) -> Iterator[tuple[object, str, Resource | str, str]]:
    """Role, action, and resource of each, with what it is for."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        role = definition.get("TaskRoleArn")
        for container in definition.list("ContainerDefinitions"):
            for action, because in _of_container(container):
                yield role, action, "*", f"container {container.get('Name')} {because}"
    for machine in graph.of_type("AWS::StepFunctions::StateMachine"):
        yield from _of_machine(graph, machine)


def _of_container(container: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    if any(_TRACES_TO_X_RAY in str(word) for word in container.get("Command", [])):
        yield "xray:PutTraceSegments", "sends traces to AWS X-Ray"
    if any(variable.get("Name") == "CW_CONFIG_CONTENT" for variable in container.get("Environment", [])):
        yield "cloudwatch:PutMetricData", "sends metrics to Amazon CloudWatch"


def _of_machine(graph: Graph, machine: Resource) -> Iterator[tuple[object, str, Resource | str, str]]:
    role, text = machine.get("RoleArn"), str(machine.get("DefinitionString"))
    if "ecs:listTasks" in text:
        yield role, "ecs:ListTasks", "*", f"{machine.logical_id} lists tasks"
    for definition in graph.references(text) if "ecs:runTask" in text else ():
        if definition.type == "AWS::ECS::TaskDefinition":
            arn = graph.arn(machine.stack, "ecs", f"task-definition/{definition.get('Family')}:any")
            yield role, "ecs:RunTask", arn, f"{machine.logical_id} runs it"
            for key in ("TaskRoleArn", "ExecutionRoleArn"):
                if (passed := graph.find(definition.get(key))) is not None:
                    yield role, "iam:PassRole", passed, f"{definition.logical_id}, which it runs, has that role"
