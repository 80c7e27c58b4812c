"""Entry point of the CDK CLI: one app for each environment, chosen by `-c environment=<name or path>`."""

from __future__ import annotations

import sys

import aws_cdk as cdk

from environments import Environment, InvalidEnvironmentError, load_environment
from policy import add_policy_checks
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_service import EcsServiceStack
from stacks.eks_cluster import EksClusterStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.stack_options import StackOptions

DEFAULT_ENVIRONMENT = "sandbox"


def build(app: cdk.App) -> Environment:
    """Add the stacks of the environment that the app's context names, and what holds them to policy.

    Returns:
        The environment.

    Raises:
        InvalidEnvironmentError: If its file cannot be used; nothing is added then.
    """
    environment = load_environment(app.node.try_get_context("environment") or DEFAULT_ENVIRONMENT)

    network = NetworkStack(
        app, f"{environment.name}-network", environment=environment, **_options(environment, "VPC, NAT, flow logs")
    )
    registry = RegistryStack(
        app,
        f"{environment.name}-registry",
        environment=environment,
        **_options(environment, "ECR repositories and pull-through cache"),
    )
    if environment.ecs is not None:
        cluster = EcsClusterStack(
            app,
            f"{environment.name}-ecs-cluster",
            environment=environment,
            ecs=environment.ecs,
            network=network.network,
            **_options(environment, "ECS cluster, EC2 capacity, shared load balancer"),
        )
        for name in environment.ecs.services:
            stack = EcsServiceStack(
                app,
                f"{environment.name}-ecs-service-{name}",
                environment=environment,
                ecs=environment.ecs,
                service_name=name,
                network=network.network,
                cluster=cluster,
                **_options(environment, f"ECS service {name}"),
            )
            # No value of it is read, but the first pull needs the cache.
            stack.add_stack_dependency(registry)
    if environment.eks is not None:
        EksClusterStack(
            app,
            f"{environment.name}-eks-cluster",
            environment=environment,
            eks=environment.eks,
            network=network.network,
            **_options(environment, "EKS cluster, nodes, Fargate profiles, add-ons"),
        )
    _tag_everything(app, environment)
    add_policy_checks(app)
    return environment


def _options(environment: Environment, description: str) -> StackOptions:
    """What all stacks have alike.

    Without an account in the file the stack has none either, and the CDK CLI takes that of its credentials when
    it deploys: so the templates are the same bytes on every machine (docs/adr/0003).
    """
    return StackOptions(
        env=cdk.Environment(account=environment.account, region=environment.region),
        description=description,
        tags=_tags(environment),
        termination_protection=environment.protected,
    )


def _tags(environment: Environment) -> dict[str, str]:
    return {
        "environment": environment.name,
        "application": environment.application,
        "owner": environment.tags.owner,
        "cost-centre": environment.tags.cost_centre,
    }


def _tag_everything(app: cdk.App, environment: Environment) -> None:
    """On each resource too: policy tools read templates, and instances take them from their launch template."""
    for key, value in _tags(environment).items():
        cdk.Tags.of(app).add(key, value)


def main() -> None:
    """Build and synthesize; what is wrong with an environment is said without a traceback."""
    app = cdk.App()
    try:
        build(app)
    except InvalidEnvironmentError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
