"""The local cloud: one emulator process on loopback, and processes that can reach nothing else of AWS."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from tools.signals import termination_signals_deferred

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local_cloud"
PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
ACCOUNT = "000000000000"
DEFAULT_PORT = 4566
STARTS_WITHIN_SECONDS = 30.0
STOPS_WITHIN_SECONDS = 10.0
# Nobody listens on the discard port: whatever is not on loopback fails at once.
NOWHERE = "http://127.0.0.1:9"


class LocalCloudError(Exception):
    """Something that a person can mend; the text says how."""


@dataclass(frozen=True)
class LocalCloud:
    """A running emulator.

    Attributes:
        port: Where it listens on 127.0.0.1.
        pid: Its process.
        folder: Its log, the CDK CLI's own files, and the note by which a later command finds it.
    """

    port: int
    pid: int
    folder: Path = field(default=FOLDER)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def start(
        cls, *, folder: Path = FOLDER, port: int = DEFAULT_PORT, docker: bool = False, stop_with_parent: bool = False
    ) -> LocalCloud:
        """Start the emulator and wait until it answers.

        Args:
            folder: Where it writes. One cloud for each folder.
            port: Where it listens on 127.0.0.1.
            docker: Run ECS tasks and Kubernetes in Docker instead of pretending to.
            stop_with_parent: End with the process that started it, however that ends.

        Raises:
            LocalCloudError: If the port is taken, or the emulator does not start; nothing is left behind then.
        """
        if not PYTHON.exists():
            raise LocalCloudError("the local cloud is not installed: run `make deploy-local`, or `make install-local`")
        if not 0 < port < 2**16:
            raise LocalCloudError(f"there is no port {port}. Take another one: make deploy-local PORT={DEFAULT_PORT}")
        if _listens(port):
            raise LocalCloudError(
                f"port {port} is in use by another program. Take another one: make deploy-local PORT={port + 1}"
            )
        folder.mkdir(parents=True, exist_ok=True)
        types = folder / "types.json"
        options = [*(["--docker"] if docker else []), *(["--stop-with-parent"] if stop_with_parent else [])]
        with contextlib.ExitStack() as undo:
            emulator = [str(PYTHON), "-m", "tools.local_cloud.emulator"]
            with (folder / "emulator.log").open("wb") as log, termination_signals_deferred():
                process = subprocess.Popen(  # noqa: S603 - our own program
                    [*emulator, "--port", str(port), "--types", str(types), *options],
                    cwd=ROOT,
                    env={**_without_aws(os.environ), "TMPDIR": str(folder)},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=not stop_with_parent,  # Ctrl-C of the command that started it is not for it
                )
                cloud = cls(port=port, pid=process.pid, folder=folder, _process=process)
                undo.callback(cloud.stop)
            cloud._wait_until_it_answers()
            (folder / "cloud.json").write_text(json.dumps({"port": port, "pid": process.pid}))
            undo.pop_all()
        return cloud

    @classmethod
    def running(cls, folder: Path = FOLDER) -> LocalCloud | None:
        """The cloud that an earlier command left running, if it still does."""
        note = folder / "cloud.json"
        if not note.exists():
            return None
        cloud = cls(folder=folder, **json.loads(note.read_text()))
        if cloud.answers():
            return cloud
        note.unlink()
        return None

    @property
    def endpoint(self) -> str:
        """By address, not by name: SDKs then put buckets into the path, and no resolver is asked."""
        return f"http://127.0.0.1:{self.port}"

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self.answers():
            if not self._lives() or time.monotonic() > end:
                last_words = (self.folder / "emulator.log").read_text(errors="replace").strip().splitlines()[-1:]
                raise LocalCloudError(f"the emulator did not start: {''.join(last_words) or 'it said nothing'}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the emulator is up: this one, and no other that took the port or the number of its process."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the caller's shell has
        try:
            with direct.open(f"{self.endpoint}/_ministack/health", timeout=5) as answer:
                return bool(json.load(answer).get("edition") == f"local_cloud {self.pid}")
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def stop(self) -> None:
        """End the process and forget it; all that was deployed was in its memory."""
        _signal(self.pid, signal.SIGTERM)
        end = time.monotonic() + STOPS_WITHIN_SECONDS
        while self._lives():
            if time.monotonic() > end:
                _signal(self.pid, signal.SIGKILL)
                break  # without a parent that asks for it, a dead process keeps its number for ever
            time.sleep(0.05)
        if self._process is not None:
            self._process.wait()
        (self.folder / "cloud.json").unlink(missing_ok=True)

    def _lives(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return _signal(self.pid, 0)

    def environ(self, *, account: str = ACCOUNT, region: str) -> dict[str, str]:
        """The environment variables of a process that talks to this cloud and cannot reach another.

        The caller's credentials, profiles, endpoints and configuration files are not in it, and every connection
        that would leave loopback is sent to a proxy that is not there.
        """
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NOWHERE)
        return {
            **_without_aws(os.environ),
            **proxies,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": account,  # the emulator takes the account from it
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_HOME": str(self.folder / "cdk"),  # the CLI keeps the account of a key for ever
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }

    def client(self, service: str, *, account: str = ACCOUNT, region: str) -> Any:  # noqa: ANN401 - boto3 has no types
        """A boto3 client of this cloud, whatever the caller's own configuration says."""
        with _environ(self.environ(account=account, region=region)):
            return _session().client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="local",  # noqa: S106 - the emulator checks no signature
                config=Config(retries={"total_max_attempts": 2}),
            )

    def types(self) -> dict[str, list[str]]:
        """Which resource types are emulated ("emulated", "through_api"); all others are only schema-checked."""
        known: dict[str, list[str]] = json.loads((self.folder / "types.json").read_text())
        return known


def require_loopback(environ: Mapping[str, str]) -> None:
    """Refuse to run what would reach AWS.

    Raises:
        LocalCloudError: If an endpoint is missing or is not on this machine.
    """
    endpoints = {name: value for name, value in environ.items() if name.startswith("AWS_ENDPOINT_URL")}
    if "AWS_ENDPOINT_URL" not in endpoints or environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        raise LocalCloudError("refused: without AWS_ENDPOINT_URL this would go to AWS")
    for name, url in endpoints.items():
        host = urlsplit(url).hostname or ""
        try:
            local = ipaddress.ip_address(host).is_loopback
        except ValueError:
            local = host == "localhost"
        if not local or "\\" in url:  # to Node, a backslash ends the host
            raise LocalCloudError(f"refused: {name} is {url}, which is not on this machine")


def _without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith(("AWS_", "CDK_")) and not name.lower().endswith("_proxy")
    }


@cache
def _session() -> Any:  # noqa: ANN401 - boto3 has no types
    return boto3.Session()  # each would read its data files again


@contextlib.contextmanager
def _environ(environ: Mapping[str, str]) -> Iterator[None]:
    """Botocore reads the process's variables while it makes a client, a missing AWS_PROFILE among them."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _signal(pid: int, number: int) -> bool:
    """Whether there was a process to take the signal; 0 only asks."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
