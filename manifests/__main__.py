"""Command line: `python -m manifests --environment sandbox`; `make manifests ENVIRONMENT=sandbox`."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from manifests.files import manifest_files
from manifests.stack_outputs import MissingOutputError, StackOutputs
from settings import EnvironmentWarning, InvalidEnvironmentError, load_environment

FOLDER: Final = Path(__file__).parent.parent / "build" / "manifests"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the Kubernetes manifests of an environment.

    Returns:
        0: they are written, or there is nothing to write. 2: the environment is wrong, or an output is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m manifests", description=__doc__)
    parser.add_argument("--environment", required=True, help="name of an environment, or path of its file")
    parser.add_argument("--outputs", type=Path, help="what `cdk deploy --outputs-file` wrote; else AWS is asked")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write a folder of the environment")
    options = parser.parse_args(arguments)
    try:
        with warnings.catch_warnings():
            # `cdk synth` shows them.
            warnings.simplefilter("ignore", EnvironmentWarning)
            environment = load_environment(options.environment)
        outputs = StackOutputs(f"{environment.name}-eks-cluster", region=environment.region, file=options.outputs)
        files = manifest_files(environment, outputs)
    except (InvalidEnvironmentError, MissingOutputError) as error:
        print(error, file=sys.stderr)
        return 2
    if not files:
        print(f"{environment.name} needs no manifests: CloudFormation creates everything")
    for file in files:
        path = options.folder / environment.name / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text(), encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
