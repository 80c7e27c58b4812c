"""Start the emulator on loopback: `python -m tools.local_cloud.emulator --port 4566 --types types.json`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from pathlib import Path


def main() -> None:
    """Teach ministack's CloudFormation, then serve until stopped."""
    parser = argparse.ArgumentParser(prog="local_cloud.emulator")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--types", type=Path, required=True, help="where to write which types are emulated how")
    parser.add_argument("--docker", action="store_true", help="run tasks and Kubernetes in Docker")
    parser.add_argument("--stop-with-parent", action="store_true", help="for tests: outlive nobody")
    arguments = parser.parse_args()
    _configure(port=arguments.port, docker=arguments.docker)
    if arguments.stop_with_parent:
        threading.Thread(target=_stop_with_parent, args=[os.getppid()], daemon=True).start()

    # ministack reads its settings when it is imported.
    from ministack.app import main as serve

    from tools.local_cloud.emulator.registration import register

    arguments.types.write_text(json.dumps(register(port=arguments.port, docker=arguments.docker)))
    sys.argv = sys.argv[:1]
    serve()


def _configure(*, port: int, docker: bool) -> None:
    os.environ.update(
        {
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",  # no further port is opened
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            # In the answer to a health check: whoever started us knows us by it.
            "MINISTACK_EDITION": f"local_cloud {os.getpid()}",
        }
    )
    if docker:
        _require_docker()
    else:
        # With the package and without an engine, ministack would try and fail; without the package it pretends.
        sys.modules["docker"] = None  # type: ignore[assignment]
        os.environ["DOCKER_HOST"] = f"unix://{os.devnull}/none"


def _require_docker() -> None:
    import docker

    try:
        docker.from_env(timeout=10).ping()
    except docker.errors.DockerException as error:
        sys.exit(f"no Docker engine answers ({error}): start it, or leave DOCKER=1 out")


def _stop_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main()
