"""Helm charts of controllers: what changes, and `helm upgrade --install` with the pinned version and a values file.

A chart comes before the workloads, because it brings the definitions of custom resources and the webhooks that they go
through; the role of its service account comes before the chart, from the stack `eks-cluster`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from manifests.manifest import Chart, ManifestFile
from tools.kubernetes.kubectl import ProgramError

_DEPLOYED: Final = "deployed"


@dataclass(frozen=True, kw_only=True)
class Charts:
    """One run of Helm after the other."""

    helm: Path
    context: str | None
    """Context of the kubeconfig; None for the current one."""

    say: Callable[[str], None]
    timeout_seconds: int = 600

    def changed(self, files: Sequence[ManifestFile]) -> list[ManifestFile]:
        """Those that are not installed as the files say; says why of each.

        Args:
            files: All files of an environment.

        Raises:
            ProgramError: If Helm fails.
        """
        return [file for file in files if file.chart is not None and self._difference(file.chart, file)]

    def apply(self, files: Sequence[ManifestFile]) -> None:
        """Install or upgrade, and wait until the pods are ready.

        Args:
            files: What `changed` gave.

        Raises:
            ProgramError: If Helm fails.
        """
        for file in files:
            if file.chart is None:
                continue
            with tempfile.TemporaryDirectory() as folder:
                values = Path(folder) / "values.yaml"
                values.write_text(file.text(), encoding="utf-8")
                wait = ("--wait", f"--timeout={self.timeout_seconds}s")
                self._run(*file.chart.arguments(), f"--values={values}", *wait)
            self.say(f"{file.chart.release} {file.chart.version} is installed")

    def _difference(self, chart: Chart, file: ManifestFile) -> bool:
        here = f"--namespace={chart.namespace}"
        # Helm 4 has no `--all`, and Helm 3 hides what is pending without it.
        states = ("--deployed", "--failed", "--pending", "--uninstalling")
        found = json.loads(self._run("list", here, f"--filter=^{chart.release}$", *states, "--output=json") or "[]")
        name = f"chart {chart.release} {chart.version} in {chart.namespace}"
        if not found:
            self.say(f"{name}: new")
            return True
        (release,) = found
        # Such as `karpenter-1.14.1`.
        version = str(release["chart"]).rpartition(f"{chart.name}-")[2]
        if version != chart.version or release["status"] != _DEPLOYED:
            self.say(f"{name}: there is {version}, {release['status']}")
            return True
        values = json.loads(self._run("get", "values", chart.release, here, "--output=json") or "null")
        if (values or {}) != _plain(file.documents[0]):
            changed = sorted(key for key in {*(values or {}), *file.documents[0]} if _differs(key, values or {}, file))
            self.say(f"{name}: other values of {', '.join(changed)}")
            return True
        self.say(f"{name}: no differences")
        return False

    def _run(self, *arguments: str) -> str:
        context = [f"--kube-context={self.context}"] if self.context else []
        done = subprocess.run(  # noqa: S603 - no shell
            [str(self.helm), *arguments, *context], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ProgramError(f"helm {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()


def _plain(values: object) -> Any:  # noqa: ANN401 - what JSON has
    return json.loads(json.dumps(values))


def _differs(key: str, values: dict[str, Any], file: ManifestFile) -> bool:
    return bool(values.get(key) != _plain(file.documents[0].get(key)))
