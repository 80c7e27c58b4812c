"""The verbs behind `make deploy-local` and `make destroy-local`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType

from environments import InvalidEnvironmentError
from local_cloud.cloud import DEFAULT_PORT, FOLDER, LocalCloud, LocalCloudError
from local_cloud.deployment import CdkRun, Deployment
from local_cloud.guide import guide, outputs, provenance, worth_showing

DEPLOYED = FOLDER / "deployed.json"
LOG = FOLDER / "cdk.log"


def main() -> int:
    """Run a verb; what went wrong is one message, and nothing that this run started is left behind."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud")
    verbs = parser.add_subparsers(dest="verb", required=True)
    deploy = verbs.add_parser("deploy", help="start the local cloud and deploy an environment into it")
    deploy.add_argument("--environment", default="sandbox")
    deploy.add_argument("--port", type=int, default=DEFAULT_PORT)
    deploy.add_argument("--docker", action="store_true")
    verbs.add_parser("destroy", help="destroy what was deployed and stop the local cloud")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if arguments.verb == "destroy":
            destroy()
        else:
            deploy_into_cloud(arguments.environment, port=arguments.port, docker=arguments.docker)
    except (LocalCloudError, InvalidEnvironmentError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def deploy_into_cloud(environment: str, *, port: int, docker: bool) -> None:
    """Deploy into the cloud that runs already, or into a new one that goes again if this fails.

    Raises:
        LocalCloudError: If a stack does not deploy.
    """
    FOLDER.mkdir(exist_ok=True)
    running = LocalCloud.running()
    if running is None:
        LOG.write_text("")
        DEPLOYED.unlink(missing_ok=True)
        print(f"Starting the local cloud on 127.0.0.1:{port}", flush=True)
    cloud = running or LocalCloud.start(port=port, docker=docker)
    try:
        deployment = Deployment(cloud, environment, show=_show)
        _note(environment)
        for step, run in (("bootstrap", deployment.bootstrap), ("deploy", deployment.deploy)):
            print(f"cdk {step}", flush=True)
            _require(run(), f"cdk {step} failed")
        print("", *outputs(deployment), "", *provenance(deployment), "", *guide(deployment), sep="\n")
    except BaseException:
        if running is None:
            cloud.stop()
            print("The local cloud was stopped; nothing is left running.", file=sys.stderr)
        else:
            print("The local cloud runs on as it was before; `make destroy-local` ends it.", file=sys.stderr)
        raise


def destroy() -> None:
    """Destroy the stacks of every environment that was deployed, and stop the cloud, whatever the first brings.

    Raises:
        LocalCloudError: If a stack could not be destroyed.
    """
    cloud = LocalCloud.running()
    if cloud is None:
        print("No local cloud is running.")
        return
    try:
        for environment in _noted():
            deployment = Deployment(cloud, environment, show=_show)
            for protection in deployment.unprotect():
                print(f"Turned off: {protection}", flush=True)
            print(f"cdk destroy, environment {environment}", flush=True)
            _require(deployment.destroy(), "cdk destroy failed")
            left = sorted(deployment.stacks())
            if left:
                raise LocalCloudError(f"not destroyed: {', '.join(left)}")
    finally:
        cloud.stop()
        DEPLOYED.unlink(missing_ok=True)
        print("The local cloud was stopped; nothing is left running.")


def _require(run: CdkRun, otherwise: str) -> None:
    if run.returncode != 0:
        raise LocalCloudError(f"{otherwise}; all that the CDK CLI printed is in {LOG.relative_to(Path.cwd())}")


def _show(line: str) -> None:
    with LOG.open("a") as log:
        print(line, file=log)
    if worth_showing(line):
        print(f"  {line}", flush=True)


def _note(environment: str) -> None:
    DEPLOYED.write_text(json.dumps(list(dict.fromkeys([*_noted(), environment]))))


def _noted() -> list[str]:
    known: list[str] = json.loads(DEPLOYED.read_text()) if DEPLOYED.exists() else []
    return known


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
