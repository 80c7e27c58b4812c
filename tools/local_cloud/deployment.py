"""The real CDK CLI against the local cloud, for one environment."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings import load_environment
from tools.local_cloud.cloud import ACCOUNT, ROOT, LocalCloud, LocalCloudError, require_loopback
from tools.signals import termination_signals_deferred

Show = Callable[[str], object]
# ECS and EKS do not wait for each other, nor do services.
CONCURRENCY = 4


@dataclass(frozen=True)
class CdkRun:
    """How one run of the CLI ended, and all that it printed."""

    returncode: int
    output: str


class Deployment:
    """The stacks of one environment in the local cloud."""

    def __init__(
        self, cloud: LocalCloud, environment: str, *, account: str = ACCOUNT, show: Show = lambda _: None
    ) -> None:
        """Read the environment's file; nothing is run yet.

        Args:
            cloud: Where to deploy.
            environment: A name or the path of a YAML file, as for `cdk deploy -c environment=…`.
            account: Where to, unless the file states one. Each account of the local cloud is a world of its own.
            show: Takes each line that the CDK CLI prints, as it comes.

        Raises:
            InvalidEnvironmentError: If the file cannot be used.
            LocalCloudError: If the CDK CLI is not installed.
        """
        self.cloud = cloud
        self.environment = environment
        self.loaded = load_environment(environment)
        self.account = self.loaded.account or account
        self.region = self.loaded.region
        self._show = show
        if shutil.which("cdk") is None:
            raise LocalCloudError("no `cdk` on PATH: use make, or activate .venv first")

    def bootstrap(self) -> CdkRun:
        """`cdk bootstrap` for the environment's account and Region."""
        # The policy is the CLI's own default, spelled out: ministack resolves the template's empty list to [''].
        policy = "arn:aws:iam::aws:policy/AdministratorAccess"
        target = f"aws://{self.account}/{self.region}"
        # Not in the project's folder: there the CLI would synthesize first.
        return self._cdk("bootstrap", target, "--cloudformation-execution-policies", policy, folder=self.cloud.folder)

    def deploy(self, *stacks: str, exclusively: bool = False, app: Path | None = None) -> CdkRun:
        """`cdk deploy`, of all stacks if none is named.

        Args:
            stacks: Their names.
            exclusively: Not what they depend on.
            app: A folder that was synthesized before, instead of synthesizing again.
        """
        only = ["--exclusively"] if exclusively else []
        options = ["--require-approval", "never", "--concurrency", str(CONCURRENCY), "--progress", "events"]
        return self._cdk("deploy", *(stacks or ["--all"]), *only, *options, app=app)

    def diff(self, *, app: Path | None = None) -> CdkRun:
        """`cdk diff` of all stacks."""
        return self._cdk("diff", app=app)

    def destroy(self, *stacks: str, exclusively: bool = False, app: Path | None = None) -> CdkRun:
        """`cdk destroy`, of all stacks if none is named."""
        only = ["--exclusively"] if exclusively else []
        return self._cdk("destroy", *(stacks or ["--all"]), "--force", *only, app=app)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
        """A boto3 client for the environment's account and Region."""
        return self.cloud.client(service, account=self.account, region=self.region)

    def stacks(self) -> dict[str, dict[str, Any]]:
        """The environment's stacks as CloudFormation describes them."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        described = [each for page in pages for each in page["Stacks"]]
        prefix = f"{self.loaded.name}-"
        return {each["StackName"]: each for each in described if each["StackName"].startswith(prefix)}

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """What a stack holds."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        return [each for page in pages for each in page["StackResourceSummaries"]]

    def unprotect(self) -> Iterator[str]:
        """Turn off all that refuses deletion, as `docs/operations.md` has it; what is turned off, as it happens."""
        cloudformation = self.client("cloudformation")
        for name, stack in self.stacks().items():
            if stack.get("EnableTerminationProtection"):
                cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
                yield f"{name}: termination protection"
        for kind, identifier in self._protectable():
            if kind == "AWS::EKS::Cluster":
                cluster = self.client("eks").describe_cluster(name=identifier)["cluster"]
                if cluster.get("deletionProtection"):
                    self.client("eks").update_cluster_config(name=identifier, deletionProtection=False)
                    yield f"EKS cluster {identifier}: deletion protection"
            elif self._attributes(identifier).get("deletion_protection.enabled") == "true":
                off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
                self.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=identifier, Attributes=off)
                yield f"load balancer {identifier.rpartition('/')[2]}: deletion protection"

    def _attributes(self, load_balancer_arn: str) -> dict[str, str]:
        found = self.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=load_balancer_arn)
        return {each["Key"]: each["Value"] for each in found["Attributes"]}

    def _protectable(self) -> Iterator[tuple[str, str]]:
        for stack in self.stacks():
            for each in self.resources(stack):
                if each["ResourceType"] in ("AWS::EKS::Cluster", "AWS::ElasticLoadBalancingV2::LoadBalancer"):
                    yield each["ResourceType"], each["PhysicalResourceId"]

    def _cdk(self, command: str, *arguments: str, folder: Path = ROOT, app: Path | None = None) -> CdkRun:
        environ = self.cloud.environ(account=self.account, region=self.region)
        require_loopback(environ)
        source: list[str] = []
        if app is not None:
            source = ["--app", str(app)]
        elif folder == ROOT:
            output = self.cloud.folder / f"{self.loaded.name}.out"
            source = ["--context", f"environment={self.environment}", "--output", str(output)]
        lines = []
        with contextlib.ExitStack() as ending:
            with termination_signals_deferred():
                process = ending.enter_context(
                    subprocess.Popen(  # noqa: S603 - our own arguments
                        ["cdk", command, *arguments, *source],  # noqa: S607 - looked for on PATH above
                        cwd=folder,
                        env=environ,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                        text=True,
                        start_new_session=True,  # `cdk` is a wrapper, and the CLI starts app.py: all end together
                    )
                )
                ending.callback(_end, process)
            for line in _lines(process):
                lines.append(line)
                self._show(line)
            process.wait()
        return CdkRun(process.returncode, "\n".join(lines))


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    if process.stdout is None:  # it is a pipe, as asked for above
        return
    for line in process.stdout:
        yield line.rstrip("\n")


def _end(process: subprocess.Popen[str]) -> None:
    """End it and what it has started, if it was left before its own end."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
