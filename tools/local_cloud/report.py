"""What `make deploy-local` tells: the outputs, how far to trust them, and how to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tools.local_cloud.deployment import Deployment

# Of the CDK CLI's output: where it is, what is done, what failed and why. The rest is in the log.
TOLD = ("deploying...", "destroying...", "✅", "❌", "| CREATE_FAILED", "| UPDATE_FAILED", "| DELETE_FAILED")
CAUSE = ("‣", "  Properties validation failed", "ERROR ", "Error:", "error:", "   Suggested fix")


def worth_showing(line: str) -> bool:
    """Whether a line of the CDK CLI is for the screen."""
    where = line.startswith("   ") and " aws-cdk-lib." in line  # the construct that synthesis complains of
    return where or any(text in line for text in TOLD) or line.startswith(CAUSE)


def outputs(deployment: Deployment) -> Iterator[str]:
    """The stacks' outputs, without those that only tie stacks together."""
    yield "Outputs"
    for name, stack in sorted(deployment.stacks().items()):
        for output in stack.get("Outputs", []):
            if "ExportName" not in output:
                yield f"  {name}.{output['OutputKey']} = {output['OutputValue']}"


def provenance(deployment: Deployment) -> Iterator[str]:
    """How each resource came to be."""
    types = Counter(each["ResourceType"] for stack in deployment.stacks() for each in deployment.resources(stack))
    known = deployment.cloud.types()
    emulated = [name for name in types if name in known["emulated"]]
    through_api = [name for name in types if name in known["through_api"]]
    only_checked = sorted(set(types) - {*emulated, *through_api})
    yield f"{types.total()} resources of {len(types)} types, each checked against CloudFormation's own schema:"
    yield f"  {len(emulated)} types emulated by ministack, {len(through_api)} made through its APIs"
    yield f"  {len(only_checked)} no more than checked and remembered: {', '.join(only_checked)}"
    yield "  (what that means: tools/local_cloud/README.md)"


def inspection_commands(deployment: Deployment) -> Iterator[str]:
    """Commands to look at what is there; each works as it is printed."""
    environ = deployment.cloud.environ(account=deployment.account, region=deployment.region)
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
    cluster = deployment.loaded.name
    yield "Look at it. In this shell, so that nothing goes to AWS:"
    yield f"  export {' '.join(f'{name}={environ[name]}' for name in names)} NO_PROXY=127.0.0.1"
    yield "  unset AWS_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    yield "With the AWS CLI:"
    yield "  aws cloudformation describe-stacks --query 'Stacks[].[StackName,StackStatus]' --output table"
    if deployment.loaded.ecs is not None:
        yield f"  aws ecs describe-services --cluster {cluster} \\"
        yield f"      --services $(aws ecs list-services --cluster {cluster} --query serviceArns --output text) \\"
        yield "      --query 'services[].[serviceName,status,runningCount,desiredCount]' --output table"
    if deployment.loaded.eks is not None:
        yield f"  aws eks describe-cluster --name {cluster} --query 'cluster.[version,status]' --output text"
    yield "Or with boto3, which is installed here:"
    yield "  .venv/bin/python -c 'import boto3"
    if deployment.loaded.ecs is not None:
        yield f'ecs = boto3.client("ecs"); arns = ecs.list_services(cluster="{cluster}")["serviceArns"]'
        yield f'for each in ecs.describe_services(cluster="{cluster}", services=arns)["services"]:'
        yield '    print(each["serviceName"], each["status"], each["runningCount"])\''
    else:
        yield 'for each in boto3.client("cloudformation").describe_stacks()["Stacks"]:'
        yield '    print(each["StackName"], each["StackStatus"])\''
    yield "End it: make destroy-local"
