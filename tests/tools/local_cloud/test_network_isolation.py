"""Nothing here can reach AWS by mistake: not the library, not a subprocess of it, not the emulator."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.synthesis import REGION, ROOT
from tools.local_cloud.cloud import LocalCloud, LocalCloudError, require_loopback

pytestmark = pytest.mark.local_cloud
HERE = "http://127.0.0.1:4566"
STS = f"https://sts.{REGION}.amazonaws.com"
ENDS_WITHIN_SECONDS = 60
# All that a process of the local cloud is told about AWS, the CDK and proxies.
TOLD = {
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SHARED_CREDENTIALS_FILE",
    "CDK_DISABLE_CLI_TELEMETRY",
    "CDK_HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
}


@pytest.mark.parametrize("endpoint", [HERE, "http://127.1.2.3:4566", "http://[::1]:4566", "http://localhost:4566"])
def test_an_endpoint_on_this_machine_is_accepted(endpoint: str) -> None:
    environ = {"AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT_URL_S3": endpoint}
    before = dict(environ)
    require_loopback(environ)
    assert environ == before


@pytest.mark.parametrize(
    "endpoint",
    [
        STS,
        "http://127.0.0.1.example.com:4566",
        "http://localhost.example.com:4566",
        "http://127.0.0.1@example.com:4566",
        "http://localhost:4566@example.com",
        r"http://example.com\@127.0.0.1",  # Python goes to what follows, Node to what precedes
        "http://example.com/127.0.0.1",
        "http://example.com?127.0.0.1",
        "http://example.com#@127.0.0.1",
        "http://0.0.0.0:4566",
        "http://10.0.0.1:4566",
        "http://[::]:4566",
        "127.0.0.1:4566",
        "localhost",
        "",
    ],
)
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_an_endpoint_elsewhere_is_refused_by_its_name(name: str, endpoint: str) -> None:
    with pytest.raises(LocalCloudError, match=rf"^refused: {name} is "):
        require_loopback({"AWS_ENDPOINT_URL": HERE, name: endpoint})


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"AWS_ENDPOINT_URL_S3": HERE},
        {"AWS_ENDPOINT_URL": HERE, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
    ids=["nothing", "one service", "ignored"],
)
def test_without_an_endpoint_that_counts_it_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(LocalCloudError, match="would go to AWS"):
        require_loopback(environ)


@pytest.fixture
def callers_environ(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Given a shell that is set up for AWS in every way there is."""
    environ = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL": STS,
        "AWS_ENDPOINT_URL_S3": STS,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CONFIG_FILE": "/home/user/.aws/config",
        "AWS_REGION": "us-gov-west-1",
        "CDK_DEFAULT_ACCOUNT": "111122223333",
        "CDK_HOME": "/home/user/.cdk",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
        "https_proxy": "http://proxy.example.com:3128",
        "ALL_PROXY": "http://proxy.example.com:3128",
        "no_proxy": "amazonaws.com",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ


def test_nothing_of_the_callers_configuration_is_handed_on(cloud: LocalCloud, callers_environ: dict[str, str]) -> None:
    handed_on = cloud.environ(region=REGION)
    require_loopback(handed_on)
    assert {name for name, value in callers_environ.items() if handed_on.get(name) == value} == set()
    assert handed_on["AWS_ENDPOINT_URL"] == cloud.endpoint
    assert handed_on["AWS_REGION"] == REGION
    assert {name for name in handed_on if name.startswith(("AWS_", "CDK_")) or name.lower().endswith("_proxy")} == TOLD


def test_everything_else_of_the_callers_shell_is_handed_on(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_AWS_NOTE", "kept")
    handed_on = cloud.environ(region=REGION)
    assert handed_on["PATH"] == os.environ["PATH"]
    assert handed_on["MY_AWS_NOTE"] == "kept"


def test_a_client_of_the_cloud_ignores_the_callers_configuration(
    cloud: LocalCloud, callers_environ: dict[str, str]
) -> None:
    identity = cloud.client("sts", account="000000000007", region=REGION).get_caller_identity()
    assert identity["Account"] == "000000000007"
    assert {name: os.environ[name] for name in callers_environ} == callers_environ


def run_python(code: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import boto3\nfrom botocore.config import Config\n{code}"]
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN_SECONDS
    )


def test_a_process_reaches_the_cloud_with_no_setting_of_its_own(cloud: LocalCloud) -> None:
    run = run_python('print(boto3.client("sts").get_caller_identity()["Account"])', cloud.environ(region=REGION))
    assert run.stdout == "000000000000\n", run.stderr


@pytest.mark.parametrize("endpoint", [STS, STS.replace("https", "http")])
def test_a_process_that_asks_for_aws_by_name_ends_at_a_proxy_that_is_not_there(
    cloud: LocalCloud, endpoint: str
) -> None:
    client = f'boto3.client("sts", endpoint_url="{endpoint}", config=Config(retries={{"total_max_attempts": 1}}))'
    run = run_python(f"{client}.get_caller_identity()", cloud.environ(region=REGION))
    assert run.returncode != 0
    assert 'ProxyConnectionError: Failed to connect to proxy URL: "http://127.0.0.1:9"' in run.stderr


def test_the_cdk_cli_without_an_endpoint_ends_at_a_proxy_that_is_not_there(cloud: LocalCloud, tmp_path: Path) -> None:
    environ = cloud.environ(region=REGION)
    del environ["AWS_ENDPOINT_URL"]
    run = subprocess.run(
        ["cdk", "bootstrap", "--debug", f"aws://000000000000/{REGION}"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=ENDS_WITHIN_SECONDS,
    )
    assert run.returncode != 0
    assert "ECONNREFUSED 127.0.0.1:9" in run.stdout + run.stderr
    assert "ENOTFOUND" not in run.stdout + run.stderr


def other_addresses() -> Iterator[str]:
    """Addresses of this machine at which only a program that listens on every one answers."""
    yield "127.0.0.2"  # Linux has all of 127.0.0.0/8
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):  # no network, no such address
        probe.connect(("192.0.2.1", 9))  # sends nothing, only chooses a route
        yield str(probe.getsockname()[0])


def connects(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((address, port)) == 0


def test_the_emulator_answers_on_loopback_and_on_no_other_address(cloud: LocalCloud) -> None:
    assert connects("127.0.0.1", cloud.port)
    assert [address for address in other_addresses() if connects(address, cloud.port)] == []


def test_a_program_that_listens_everywhere_would_be_found() -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere:  # noqa: S104 - for the length of this test
        port = everywhere.getsockname()[1]
        assert any(connects(address, port) for address in other_addresses())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_emulator_opens_one_port_on_loopback_and_no_other(cloud: LocalCloud) -> None:
    # A service of the emulator that opens a port of its own does so at its first call.
    cloud.client("eks", account="000000000007", region=REGION).list_clusters()
    assert listening(cloud.pid) == [("127.0.0.1", cloud.port)]


def listening(pid: int) -> list[tuple[str, int]]:
    """Where a process and its children listen, from the kernel's own tables."""
    handles = [handle for process in family(pid) for handle in Path(f"/proc/{process}/fd").iterdir()]
    sockets = [target(handle) for handle in handles]
    found = []
    for table, kind in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                address, _, port = fields[1].partition(":")
                words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
                found.append((socket.inet_ntop(kind, b"".join(words)), int(port, 16)))
    return found


def target(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except FileNotFoundError:  # closed since it was listed
        return ""


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]
