"""Apply a rendering: say what changes, apply it, remove what is no longer there, and wait for the roll-out.

What was removed is found by an ApplySet (KEP-3659) for each namespace: kubectl notes the members in a ConfigMap, and
asks only for the kinds that it has. Objects of administrators are never removed: with a namespace, all in it would go.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tools.kubernetes.kubectl import ProgramError
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.writing import is_of_administrators, text_of

Part = Literal["all", "cluster", "application"]
MANAGER: Final = "kubernetes-apply"
_ROLLED_OUT: Final = ("Deployment", "StatefulSet", "DaemonSet")
_CHANGES: Final = 1
_DATA: Final = ("PersistentVolumeClaim", "StatefulSet")


class DataLossError(Exception):
    """What would be removed holds data."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """One run of kubectl after the other."""

    kubectl: Path
    context: str | None
    """Context of the kubeconfig; None for the current one."""

    say: Callable[[str], None]
    timeout_seconds: int = 600

    def apply(
        self,
        objects: Sequence[KubernetesObject],
        *,
        part: Part,
        may_remove_data: bool,
        agree: Callable[[], bool],
        prepare: Callable[[], None] = lambda: None,
    ) -> bool:
        """Apply objects.

        Args:
            objects: Everything.
            part: What of it.
            may_remove_data: Whether claims and StatefulSets may be removed.
            agree: Asks whether to go on, after the differences were said.
            prepare: Installs what the objects need, before them.

        Returns:
            Whether they were applied.

        Raises:
            ProgramError: If kubectl fails.
            DataLossError: If something with data would be removed.
        """
        own = [each for each in objects if is_of_administrators(each)] if part != "application" else []
        rest = [each for each in objects if not is_of_administrators(each)] if part != "cluster" else []
        namespaces = list(dict.fromkeys(each.namespace for each in rest))
        for group in (own, rest):
            self._diff(group)
        existing = [name for name in namespaces if self._succeeds("get", "namespace", name)]
        for name in existing:
            removed = self._pruned(name, self._run_set(name, _in(rest, name), "--dry-run=server"))
            if not may_remove_data and any(line.split("/")[0].split(".")[0] in _plural(_DATA) for line in removed):
                raise DataLossError(f"{', '.join(removed)} would be removed, with data; REMOVE_DATA=1 allows it")
        if not agree():
            return False
        prepare()
        if own:
            self._run("apply", "--server-side", f"--field-manager={MANAGER}", "--filename=-", given=text_of(own))
        for name in namespaces:
            self._run_set(name, _in(rest, name))
        for each in rest:
            if each.kind in _ROLLED_OUT:
                self._wait(each)
        return True

    def require_version(self, kubernetes_version: str) -> None:
        """Refuse a kubectl that is more than one minor version from the API server ("Version Skew Policy", Kubernetes).

        Args:
            kubernetes_version: Of the control plane.

        Raises:
            ProgramError: If it is.
        """
        done = self._call(["version", "--client", "--output=json"])
        try:
            found = str(json.loads(done.stdout)["clientVersion"]["minor"])
            own, theirs = int("".join(filter(str.isdigit, found))), int(kubernetes_version.partition(".")[2])
        except (ValueError, KeyError):
            raise ProgramError(f"{self.kubectl} does not say its version: {done.stderr.strip()}") from None
        if abs(own - theirs) > 1:
            fix = f"put one of 1.{theirs} first in the PATH"
            raise ProgramError(f"{self.kubectl} is of 1.{own}, and the cluster of {kubernetes_version}: {fix}")

    def _diff(self, objects: Sequence[KubernetesObject]) -> None:
        if not objects:
            return
        command = ["diff", "--server-side", f"--field-manager={MANAGER}", "--filename=-"]
        done = self._call(command, given=text_of(objects))
        if done.returncode > _CHANGES:
            # A namespace that is not there yet has nothing to compare with.
            if "not found" in done.stderr:
                self.say(f"new: {', '.join(str(each) for each in objects)}")
                return
            raise ProgramError(f"kubectl {' '.join(command)}: {done.stderr.strip()}")
        self.say(done.stdout.strip() or "no differences")

    def _run_set(self, namespace: str, objects: Sequence[KubernetesObject], *more: str) -> str:
        return self._run(
            *("apply", "--server-side", f"--field-manager={MANAGER}", f"--namespace={namespace}", "--prune"),
            *(f"--applyset=configmaps/{MANAGER}", *more, "--filename=-"),
            given=text_of(objects),
        )

    def _pruned(self, namespace: str, answer: str) -> list[str]:
        removed = [line.split(" ")[0] for line in answer.splitlines() if " pruned" in line]
        for name in removed:
            self.say(f"remove: {name} in {namespace}")
        return removed

    def _wait(self, each: KubernetesObject) -> None:
        timeout = f"--timeout={self.timeout_seconds}s"
        self._run("rollout", "status", f"{each.kind.lower()}/{each.name}", f"--namespace={each.namespace}", timeout)

    def _succeeds(self, *arguments: str) -> bool:
        return self._call(arguments).returncode == 0

    def _run(self, *arguments: str, given: str = "") -> str:
        done = self._call(arguments, given=given)
        if done.returncode != 0:
            raise ProgramError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        if "--dry-run=server" not in arguments:
            self.say(done.stdout.strip())
        return done.stdout

    def _call(self, arguments: Sequence[str], *, given: str = "") -> subprocess.CompletedProcess[str]:
        context = [f"--context={self.context}"] if self.context else []
        return subprocess.run(  # noqa: S603 - no shell
            [str(self.kubectl), *context, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "KUBECTL_APPLYSET": "true"},
        )


def _in(objects: Sequence[KubernetesObject], namespace: str) -> list[KubernetesObject]:
    return [each for each in objects if each.namespace == namespace]


def _plural(kinds: Sequence[str]) -> list[str]:
    return [name for kind in kinds for name in (kind.lower(), f"{kind.lower()}s")]
