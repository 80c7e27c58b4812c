"""`python -m tools.local_cloud deploy` and `destroy` as a user runs them; each in a folder and on a port of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.default_signals import restore_default_signals
from tests.support.synthesis import ROOT

pytestmark = pytest.mark.local_cloud
ENDS_WITHIN_SECONDS = 120
HAPPENS_WITHIN_SECONDS = 20
FARGATE = "examples/eks-fargate.yaml"
ECS = "examples/ecs-only.yaml"
LEFT_NOTHING = "The local cloud was stopped; nothing is left running."

# Network and registry alone: the quickest environment there is.
SMALL = """
region: {region}
availability_zones: [{region}a, {region}b]
tags: {{owner: tests, cost_centre: tests}}
protected: false
registry: {{repositories: {{app: {{}}}}}}
"""

# No synthesis can know that nobody exports this.
BREAKING = """
    for each in app.node.find_all():
        if isinstance(each, cdk.CfnResource) and each.cfn_resource_type == "AWS::ECR::Repository":
            each.add_property_override("RepositoryName", {"Fn::ImportValue": "nobody-exports-this"})
"""

# What a user of AWS may have in the shell; any of it would break or misdirect a deployment.
HOSTILE = {
    "AWS_PROFILE": "nonexistent",
    "AWS_ENDPOINT_URL": "https://sts.amazonaws.com",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "https://cloudformation.eu-west-1.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "us-gov-west-1",
    "AWS_CA_BUNDLE": "/nowhere",
    "CDK_DEFAULT_ACCOUNT": "111122223333",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}


class User:
    """Somebody at a shell, with a local cloud of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def runs(self, verb: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end."""
        return self.runs_in(ROOT, verb, *options, **environ)

    def runs_in(self, project: Path, verb: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of a copy of the project to its end."""
        return subprocess.run(
            self._command(verb, *options),
            cwd=project,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN_SECONDS,
        )

    def starts(self, verb: str, *options: str) -> subprocess.Popen[str]:
        """Start a verb in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            self._command(verb, *options),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=restore_default_signals,
        )

    def _command(self, verb: str, *options: str) -> list[str]:
        given = ["--port", str(self.port), *options] if verb == "deploy" else list(options)
        return [sys.executable, "-m", "tools.local_cloud", "--folder", str(self.folder), verb, *given]

    @property
    def left_running(self) -> dict[int, str]:
        """Processes that know this user's folder, and so are of these runs: the emulator, the CDK CLI, `app.py`."""
        return {pid: text for pid, text in processes() if str(self.folder) in text}

    def has_started(self, program: str) -> bool:
        """Whether what was announced has got as far as to be a process."""
        return any(f"{program} " in text for text in self.left_running.values())

    @property
    def has_nothing_running(self) -> bool:
        """No process, no open port, no note of a cloud."""
        return not self.left_running and not listens(self.port) and not (self.folder / "cloud.json").exists()

    @property
    def has_a_cloud_running(self) -> bool:
        """The emulator and nothing else."""
        commands = list(self.left_running.values())
        return len(commands) == 1 and "local_cloud.emulator" in commands[0] and listens(self.port)


def processes() -> Iterator[tuple[int, str]]:
    """All of this machine's that we may see, by id, with their arguments and environment variables."""
    if sys.platform == "linux":  # where a small container has no `ps`
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
                text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                yield int(folder.name), text.decode(errors="replace").replace("\0", " ")
    else:
        listed = subprocess.run(["ps", "-axEww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            pid, _, text = line.strip().partition(" ")
            yield int(pid), text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def new_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], User]]:
    """Given users whose clouds are stopped after the tests, however these end."""
    users = list[User]()

    def new_user() -> User:
        users.append(User(tmp_path_factory.mktemp("cloud") / "local_cloud"))
        return users[-1]

    yield new_user
    for user in users:
        for pid in user.left_running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def user(new_user: Callable[[], User]) -> User:
    """Given somebody with no local cloud running."""
    return new_user()


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Given the files of two environments: one deploys, one cannot be used."""
    folder = tmp_path_factory.mktemp("environments")
    texts = {
        "small": SMALL.format(region="eu-west-1"),
        "unusable": SMALL.format(region="eu-west-1") + "networks: {}\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return {name: str(folder / f"{name}.yaml") for name in texts}


@pytest.fixture(scope="module")
def broken_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Given a copy of the project that synthesizes well and whose repository then fails to deploy."""
    project = tmp_path_factory.mktemp("broken") / "project"
    for part in ("app.py", "assembly", "cdk.json", "environments", "facts", "policy", "settings", "stacks", "tools"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
        else:
            project.mkdir(exist_ok=True)
            shutil.copy(ROOT / part, project / part)
    (project / "tools/local_cloud/.venv").symlink_to(ROOT / "tools/local_cloud/.venv")
    app = project / "app.py"
    app.write_text(app.read_text().replace("    app.synth()\n", BREAKING + "    app.synth()\n"))
    return project


# --- One cloud, deployed from a shell that is set up for AWS


@pytest.fixture(scope="module")
def owner(new_user: Callable[[], User]) -> User:
    """Given somebody who deploys into a local cloud."""
    return new_user()


@pytest.fixture(scope="module")
def deployed(owner: User) -> subprocess.CompletedProcess[str]:
    """When an environment is deployed from a shell that is set up for AWS."""
    return owner.runs("deploy", "--environment", FARGATE, **HOSTILE)


@pytest.fixture(scope="module")
def second(owner: User, deployed: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """When another environment is deployed into the same cloud."""
    assert deployed.returncode == 0
    return owner.runs("deploy", "--environment", ECS)


def test_deploy_succeeds_whatever_the_shell_is_set_up_for(deployed: subprocess.CompletedProcess[str]) -> None:
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert deployed.stderr == ""


def test_deploy_leaves_the_emulator_running_and_nothing_else(
    owner: User, deployed: subprocess.CompletedProcess[str]
) -> None:
    assert deployed.returncode == 0
    assert owner.has_a_cloud_running


def test_deploy_tells_where_it_is_as_it_goes(owner: User, deployed: subprocess.CompletedProcess[str]) -> None:
    told = deployed.stdout.splitlines()
    steps = [f"Starting the local cloud on 127.0.0.1:{owner.port}", "cdk bootstrap", "cdk deploy", "Outputs"]
    assert [line for line in told if line in steps] == steps
    for stack in ("eks-fargate-network", "eks-fargate-eks-cluster"):
        assert f"  ✅  {stack}" in told


def test_deploy_prints_the_outputs_but_not_those_that_tie_stacks_together(
    deployed: subprocess.CompletedProcess[str],
) -> None:
    assert "  eks-fargate-eks-cluster.ClusterName = eks-fargate" in deployed.stdout
    assert "ExportsOutput" not in deployed.stdout


def test_deploy_tells_how_far_to_trust_it(deployed: subprocess.CompletedProcess[str]) -> None:
    counts = re.search(r"(\d+) types emulated by ministack, (\d+) made through its APIs", deployed.stdout)
    assert counts
    assert "0" not in counts.groups()
    checked = re.search(r"no more than checked and remembered: (.*)", deployed.stdout)
    assert checked
    assert "AWS::EKS::FargateProfile" in checked[1].split(", ")


def bash(*commands: str) -> subprocess.CompletedProcess[str]:
    """What is pasted into a shell that knows nothing of AWS."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        ["bash", "-e"], input="\n".join(commands), cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


def pasted(output: str) -> tuple[str, str]:
    """The export line, and the command for boto3 with all its lines."""
    export = re.search(r"^ +(export AWS_\S+=.*)$", output, re.MULTILINE)
    command = re.search(r"^Or with boto3[^\n]*:\n +(.*?)\nEnd it: ", output, re.MULTILINE | re.DOTALL)
    assert export
    assert command
    return export[1], command[1]


def test_the_printed_command_shows_the_stacks_when_pasted(deployed: subprocess.CompletedProcess[str]) -> None:
    shown = bash(*pasted(deployed.stdout))
    assert shown.returncode == 0, shown.stderr
    assert "eks-fargate-eks-cluster CREATE_COMPLETE" in shown.stdout


def test_the_printed_export_sends_every_sdk_to_the_local_cloud(
    owner: User, deployed: subprocess.CompletedProcess[str]
) -> None:
    export, _ = pasted(deployed.stdout)
    variables = dict(pair.split("=", 1) for pair in shlex.split(export)[1:])
    assert variables["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{owner.port}"
    assert variables["AWS_DEFAULT_REGION"] == "us-east-2"


def test_a_second_deploy_says_that_nothing_changes_and_keeps_the_cloud(
    owner: User, deployed: subprocess.CompletedProcess[str]
) -> None:
    assert deployed.returncode == 0
    before = owner.left_running
    # Another port is of no matter: there is one cloud for a folder.
    again = owner.runs("deploy", "--environment", FARGATE, "--port", str(free_port()))
    assert again.returncode == 0, again.stderr
    assert f"The local cloud runs already on 127.0.0.1:{owner.port}" in again.stdout
    for stack in ("eks-fargate-network", "eks-fargate-eks-cluster"):
        assert f"  ✅  {stack} (no changes)" in again.stdout
    assert owner.left_running == before


def test_a_second_deploy_that_fails_leaves_the_cloud_as_it_was(
    owner: User, deployed: subprocess.CompletedProcess[str], environments: dict[str, str], broken_project: Path
) -> None:
    before = owner.left_running
    failed = owner.runs_in(broken_project, "deploy", "--environment", environments["small"])
    assert failed.returncode == 1
    assert "The local cloud runs on as it was before; `make destroy-local` ends it." in failed.stderr
    assert owner.left_running == before
    assert bash(*pasted(deployed.stdout)).returncode == 0


def test_another_environment_goes_into_the_same_cloud_and_its_services_are_shown(
    second: subprocess.CompletedProcess[str],
) -> None:
    assert second.returncode == 0, second.stdout + second.stderr
    shown = bash(*pasted(second.stdout))
    assert shown.returncode == 0, shown.stderr
    services = [re.sub(r"-Service\w+-\w+$", "", line.split()[0]) for line in shown.stdout.splitlines()]
    assert sorted(services) == ["ecs-only-ecs-service-orders", "ecs-only-ecs-service-worker"]


def test_destroy_destroys_every_environment_and_stops_the_cloud(
    owner: User, second: subprocess.CompletedProcess[str]
) -> None:
    assert second.returncode == 0
    destroyed = owner.runs("destroy", **HOSTILE)
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    for stack in ("eks-fargate-network", "eks-fargate-eks-cluster", "ecs-only-network", "ecs-only-ecs-cluster"):
        assert f"  ✅  {stack}: destroyed" in destroyed.stdout
    assert destroyed.stdout.splitlines()[-1] == LEFT_NOTHING
    assert owner.has_nothing_running


# --- Another for each way to fail


def test_destroy_with_nothing_running_says_so(user: User) -> None:
    run = user.runs("destroy")
    assert (run.returncode, run.stdout, run.stderr) == (0, "No local cloud is running.\n", "")


def test_destroy_after_the_cloud_has_died_says_so_and_forgets_it(user: User) -> None:
    user.folder.mkdir()
    (user.folder / "cloud.json").write_text(json.dumps({"port": user.port, "pid": 2**22 - 1}))
    run = user.runs("destroy")
    assert (run.returncode, run.stdout, run.stderr) == (0, "No local cloud is running.\n", "")
    assert user.has_nothing_running


def test_a_port_in_use_is_one_message_with_the_way_out(user: User) -> None:
    with socket.create_server(("127.0.0.1", user.port)):
        run = user.runs("deploy")
        assert user.left_running == {}
    assert run.returncode == 1
    another = user.port + 1
    assert run.stderr == (
        f"port {user.port} is in use by another program. Take another one: make deploy-local PORT={another}\n"
    )


def test_a_port_that_does_not_exist_is_one_message_with_the_way_out(user: User) -> None:
    run = user.runs("deploy", "--port", "99999")
    assert (run.returncode, run.stderr) == (
        1,
        "there is no port 99999. Take another one: make deploy-local PORT=4566\n",
    )
    assert user.has_nothing_running


def test_an_unusable_environment_is_the_usual_message_and_nothing_is_started(
    user: User, environments: dict[str, str]
) -> None:
    run = user.runs("deploy", "--environment", environments["unusable"])
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"{environments['unusable']}: 1 problem, nothing was synthesized\n")
    assert "networks: unknown key" in run.stderr
    assert not user.folder.exists()


def test_a_stack_that_fails_is_told_with_its_reason_and_nothing_is_left(
    user: User, environments: dict[str, str], broken_project: Path
) -> None:
    run = user.runs_in(broken_project, "deploy", "--environment", environments["small"])
    assert run.returncode == 1
    assert "CREATE_FAILED" in run.stdout
    assert "Export 'nobody-exports-this' not found" in run.stdout
    log = user.folder / "cdk.log"
    assert run.stderr == (f"{LEFT_NOTHING}\ncdk deploy failed; all that the CDK CLI printed is in {log}\n")
    assert "ROLLBACK_COMPLETE" in log.read_text()
    assert user.has_nothing_running


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + HAPPENS_WITHIN_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def ctrl_c(process: subprocess.Popen[str]) -> None:
    """A terminal signals the whole group."""
    os.killpg(process.pid, signal.SIGINT)


def impatient_ctrl_c(process: subprocess.Popen[str]) -> None:
    """Again before the first has been dealt with."""
    ctrl_c(process)
    time.sleep(0.1)
    ctrl_c(process)


def terminate(process: subprocess.Popen[str]) -> None:
    """A supervisor signals the command alone."""
    process.terminate()


def hang_up(process: subprocess.Popen[str]) -> None:
    """The window of the terminal was closed."""
    os.killpg(process.pid, signal.SIGHUP)


@pytest.mark.parametrize(
    ("announced", "program", "interrupt"),
    [
        ("Starting the local cloud", "local_cloud.emulator", ctrl_c),
        ("cdk bootstrap", "bin/cdk bootstrap", terminate),
        ("cdk deploy", "bin/cdk deploy", hang_up),
        ("deploying...", "bin/cdk deploy", impatient_ctrl_c),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_an_interrupted_deploy_says_so_and_leaves_nothing(
    user: User,
    environments: dict[str, str],
    announced: str,
    program: str,
    interrupt: Callable[[subprocess.Popen[str]], None],
) -> None:
    with user.starts("deploy", "--environment", environments["small"]) as process:
        assert process.stdout
        assert any(announced in line for line in process.stdout)
        wait_until(lambda: user.has_started(program))
        interrupt(process)
        last_words = process.stdout.read()
        process.wait()
    assert process.returncode == 130
    assert last_words.endswith("interrupted\n")
    assert "Traceback" not in last_words
    wait_until(lambda: user.has_nothing_running)
