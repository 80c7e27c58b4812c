"""The program of the sample services does what the README says of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from settings import load_environment


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_any_path_answers_200(environment: str) -> None:
    # Given the program of the environment file, on a free port of this machine
    ecs = load_environment(environment).ecs
    assert ecs is not None
    python, option, program = ecs.services["hello-fargate"].containers["web"].command
    assert (python, option) == ("python", "-c")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = program.replace('("", 8080)', f'("127.0.0.1", {port})')

    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as process:
        try:
            # When it is asked for the paths that the load balancer sends
            for path in ("/", "/fargate", "/fargate/orders", "/ec2"):
                status, body = get(f"http://127.0.0.1:{port}{path}")

                # Then it greets
                assert (status, body[:11]) == (200, "Hello from ")
        finally:
            process.terminate()


def get(url: str) -> tuple[int, str]:
    """The answer, as soon as there is one."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a server of this test
                return answer.status, answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(url)
