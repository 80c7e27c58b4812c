"""Entry point of the CDK CLI: one app for each environment, chosen by `-c environment=<name or path>`."""

from __future__ import annotations

import sys

import aws_cdk as cdk

from policy import add_policy_checks
from settings import Environment, InvalidEnvironmentError, load_environment
from stacks.platform import Platform

DEFAULT_ENVIRONMENT = "sandbox"


def build(app: cdk.App) -> Environment:
    """Add the stacks of the environment that the app's context names, and the policy checks.

    Returns:
        The environment.

    Raises:
        InvalidEnvironmentError: If its file cannot be used; nothing is added then.
    """
    environment = load_environment(app.node.try_get_context("environment") or DEFAULT_ENVIRONMENT)
    Platform(app, environment)
    add_policy_checks(app)
    return environment


def main() -> None:
    """Build and synthesize; what is wrong with an environment is reported without a traceback."""
    app = cdk.App()
    try:
        build(app)
    except InvalidEnvironmentError as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
