"""The verbs behind `make deploy-local` and `make destroy-local`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from settings import InvalidEnvironmentError, load_environment
from tools.local_cloud.cloud import DEFAULT_PORT, FOLDER, LocalCloud, LocalCloudError
from tools.local_cloud.deployment import Deployment
from tools.local_cloud.report import inspection_commands, outputs, provenance
from tools.local_cloud.state import State
from tools.signals import interrupt_on_termination_signals


def main() -> int:
    """Run a verb; what went wrong is one message, and nothing that this run started is left behind."""
    parser = argparse.ArgumentParser(prog="python -m tools.local_cloud")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="what the cloud writes; one cloud for each folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    deploy = verbs.add_parser("deploy", help="start the local cloud and deploy an environment into it")
    deploy.add_argument("--environment", default="sandbox")
    deploy.add_argument("--port", type=int, default=DEFAULT_PORT)
    deploy.add_argument("--docker", action="store_true")
    verbs.add_parser("destroy", help="destroy what was deployed and stop the local cloud")
    arguments = parser.parse_args()
    interrupt_on_termination_signals()
    state = State(arguments.folder.resolve())
    try:
        if arguments.verb == "destroy":
            destroy(state)
        else:
            deploy_into_cloud(arguments.environment, state, port=arguments.port, docker=arguments.docker)
    except (LocalCloudError, InvalidEnvironmentError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def deploy_into_cloud(environment: str, state: State, *, port: int, docker: bool) -> None:
    """Deploy into the cloud that runs already, or into a new one that goes again if this fails.

    Raises:
        InvalidEnvironmentError: If the environment's file cannot be used; nothing is started then.
        LocalCloudError: If a stack does not deploy.
    """
    load_environment(environment)
    running = LocalCloud.running(state.folder)
    if running is None:
        state.begin()
        print(f"Starting the local cloud on 127.0.0.1:{port}", flush=True)
    else:
        print(f"The local cloud runs already on 127.0.0.1:{running.port}", flush=True)
    cloud = running or LocalCloud.start(folder=state.folder, port=port, docker=docker)
    try:
        deployment = Deployment(cloud, environment, show=state.show)
        state.remember(environment)
        for step, run in (("bootstrap", deployment.bootstrap), ("deploy", deployment.deploy)):
            print(f"cdk {step}", flush=True)
            state.require(run(), f"cdk {step} failed")
        print("", *outputs(deployment), "", *provenance(deployment), "", *inspection_commands(deployment), sep="\n")
    except BaseException:
        if running is None:
            cloud.stop()
            print("The local cloud was stopped; nothing is left running.", file=sys.stderr)
        else:
            print("The local cloud runs on as it was before; `make destroy-local` ends it.", file=sys.stderr)
        raise


def destroy(state: State) -> None:
    """Destroy the stacks of every environment that was deployed, and stop the cloud, whatever the first brings.

    Raises:
        LocalCloudError: If a stack could not be destroyed.
    """
    cloud = LocalCloud.running(state.folder)
    if cloud is None:
        print("No local cloud is running.")
        return
    try:
        for environment in state.environments():
            deployment = Deployment(cloud, environment, show=state.show)
            for protection in deployment.unprotect():
                print(f"Turned off: {protection}", flush=True)
            print(f"cdk destroy, environment {environment}", flush=True)
            state.require(deployment.destroy(), "cdk destroy failed")
            left = sorted(deployment.stacks())
            if left:
                raise LocalCloudError(f"not destroyed: {', '.join(left)}")
    finally:
        cloud.stop()
        state.forget()
        print("The local cloud was stopped; nothing is left running.")


if __name__ == "__main__":
    sys.exit(main())
