"""What one verb leaves for the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tools.local_cloud.cloud import LocalCloudError
from tools.local_cloud.deployment import CdkRun
from tools.local_cloud.report import worth_showing


@dataclass(frozen=True)
class State:
    """What one verb leaves for the next, and all that the CDK CLI printed.

    Attributes:
        folder: Where they are, beside what the cloud itself writes.
    """

    folder: Path

    @property
    def log(self) -> Path:
        """What the CDK CLI printed."""
        return self.folder / "cdk.log"

    @property
    def _deployed(self) -> Path:
        return self.folder / "deployed.json"

    def begin(self) -> None:
        """Forget an earlier cloud."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        self.forget()

    def forget(self) -> None:
        """Nothing is deployed any more."""
        self._deployed.unlink(missing_ok=True)

    def remember(self, environment: str) -> None:
        """An environment is deployed, or half of it."""
        self._deployed.write_text(json.dumps(list(dict.fromkeys([*self.environments(), environment]))))

    def environments(self) -> list[str]:
        """What is deployed."""
        known: list[str] = json.loads(self._deployed.read_text()) if self._deployed.exists() else []
        return known

    def show(self, line: str) -> None:
        """Write down what the CDK CLI says, and print what matters of it."""
        with self.log.open("a") as log:
            print(line, file=log)
        if worth_showing(line):
            print(f"  {line}", flush=True)

    def require(self, run: CdkRun, otherwise: str) -> None:
        """Go on only if the CDK CLI did what it was told.

        Raises:
            LocalCloudError: If it did not.
        """
        if run.returncode != 0:
            raise LocalCloudError(f"{otherwise}; all that the CDK CLI printed is in {self.log}")
