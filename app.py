"""Entry point of the CDK CLI: one app for each environment, chosen by `-c environment=<name or path>`.

`-c image.<workload>.<container>=<image>` gives a container another image than the file (docs/deploy.md).
"""

from __future__ import annotations

import gc
import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING

import aws_cdk as cdk

from policy import add_policy_checks, engine_starting

if TYPE_CHECKING:
    from settings import Environment

DEFAULT_ENVIRONMENT = "sandbox"


def build(app: cdk.App) -> Environment:
    """Add the stacks of the environment that the app's context names, and the policy checks.

    Returns:
        The environment.

    Raises:
        InvalidEnvironmentError: If its file cannot be used; nothing is added then.
    """
    from settings import load_environment
    from settings.given_images import GivenImages
    from stacks.platform import Platform

    environment = load_environment(
        app.node.try_get_context("environment") or DEFAULT_ENVIRONMENT,
        images=GivenImages.of_context(app.node.get_all_context({})),
    )
    Platform(app, environment)
    add_policy_checks(app)
    return environment


def main() -> None:
    """Build and synthesize; what is wrong with an environment is reported without a traceback."""
    # Each collection goes through all classes of the CDK, and the process ends before there is anything to collect.
    gc.disable()
    # Node takes a second to start the engine, in which Python imports what `build` needs.
    with engine_starting():
        import_module("stacks.platform")
    from settings import EnvironmentWarning, InvalidEnvironmentError

    app = cdk.App()
    warnings.formatwarning = _text_alone
    warnings.simplefilter("always", EnvironmentWarning)  # whatever PYTHONWARNINGS says
    try:
        build(app)
    except InvalidEnvironmentError as error:
        sys.exit(str(error))
    app.synth()
    gc.freeze()  # the interpreter collects once more at exit


def _text_alone(message: Warning | str, *_: object, **__: object) -> str:
    """A warning without the place in our code: it is about a place in the file."""
    return f"{message}\n"


if __name__ == "__main__":
    main()
