"""Command line: `python -m tools.kubernetes render|check|apply`; `make kubernetes-render ENVIRONMENT=sandbox`."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from manifests.manifest import Values
from manifests.stack_outputs import MissingOutputError, StackOutputs
from settings import Environment, EnvironmentWarning, InvalidEnvironmentError, load_environment
from tools.kubernetes.application import Application, DataLossError
from tools.kubernetes.charts import Charts
from tools.kubernetes.checking import check_all, cluster_of
from tools.kubernetes.kubectl import ProgramError, find, unpack
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import KUBERNETES, NoOverlayError, Rendering, render
from tools.kubernetes.writing import is_of_administrators, printed, text_of

_ROOT: Final = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Render, check, or apply what is to be in the cluster of an environment.

    Returns:
        0: done, and nothing was found. 1: something was found, or not applied. 2: it could not be done.
    """
    options = _parser().parse_args(arguments)
    if options.verb == "unpack":
        unpack(options.site_packages)
        return 0
    try:
        return _do(options)
    except (InvalidEnvironmentError, MissingOutputError, NoOverlayError, ProgramError, DataLossError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.kubernetes", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in ("render", "check", "apply"):
        verb = verbs.add_parser(name)
        verb.add_argument("--environment", help="name of an environment, or path of its file; check: default all")
        verb.add_argument("--outputs", type=Path, help="what `cdk deploy --outputs-file` wrote")
        verb.add_argument("--kubernetes", type=Path, default=KUBERNETES, help="folder with overlays/")
        if name == "render":
            verb.add_argument("--folder", type=Path, help="write files for a branch that Argo CD follows, instead")
        if name == "apply":
            verb.add_argument("--part", choices=("all", "cluster", "application"), default="all")
            verb.add_argument("--namespace", help="apply what is in this namespace alone")
            verb.add_argument("--context", help="of the kubeconfig; default: the current one")
            verb.add_argument("--yes", action="store_true", help="do not ask")
            verb.add_argument("--remove-data", action="store_true", help="remove claims and StatefulSets too")
    verb = verbs.add_parser("unpack")
    verb.add_argument("site_packages", type=Path)
    return parser


def _do(options: argparse.Namespace) -> int:
    if options.verb == "check":
        return _check(options)
    if options.environment is None:
        raise ProgramError("--environment is needed")
    environment = _load(options.environment)
    # What is applied is never an example.
    is_example = options.verb == "render" and options.outputs is None
    outputs: Values = ExampleOutputs(environment) if is_example else _outputs(environment, options.outputs)
    rendering = render(environment, outputs, folder=options.kubernetes)
    if options.verb == "render":
        if options.folder is None:
            print(printed(rendering, is_example=is_example, name=environment.name), end="")
        else:
            _write(options.folder, rendering)
        return 0
    return _apply(options, environment, rendering)


def _check(options: argparse.Namespace) -> int:
    names = [options.environment] if options.environment else _all(options.kubernetes)
    clusters = []
    for name in names:
        environment = _load(name)
        outputs: Values = _outputs(environment, options.outputs) if options.outputs else ExampleOutputs(environment)
        clusters.append(cluster_of(environment, render(environment, outputs, folder=options.kubernetes)))
    found = check_all(clusters)
    for each in found:
        print(each)
    objects = sum(len(each.objects) + len(each.manifests) for each in clusters)
    print(f"{len(clusters)} environments, {objects} objects, {len(found)} findings")
    return 1 if found else 0


def _apply(options: argparse.Namespace, environment: Environment, rendering: Rendering) -> int:
    found = check_all([cluster_of(environment, rendering)])
    if found:
        print(*found, "nothing was applied", sep="\n", file=sys.stderr)
        return 1
    application = Application(kubectl=find("kubectl", prefer_pinned=False), context=options.context, say=print)
    if environment.eks is not None:
        application.require_version(environment.eks.kubernetes_version)
    agree = (lambda: True) if options.yes else (lambda: input("apply? [y/N] ").strip().lower() == "y")
    objects = [each for each in rendering.objects if options.namespace in (None, each.namespace)]
    install = _charts(options, rendering)
    done = application.apply(
        objects, part=options.part, may_remove_data=options.remove_data, agree=agree, prepare=install
    )
    return 0 if done else 1


def _charts(options: argparse.Namespace, rendering: Rendering) -> Callable[[], None]:
    """Say what changes of the charts of controllers; they are of administrators, and of no namespace of a team."""
    is_for_charts = options.part != "application" and options.namespace is None
    files = [each for each in rendering.files if each.chart is not None] if is_for_charts else []
    if not files:
        return lambda: None
    charts = Charts(helm=find("helm", prefer_pinned=False), context=options.context, say=print)
    changed = charts.changed(files)
    return lambda: charts.apply(changed)


def _write(folder: Path, rendering: Rendering) -> None:
    """One folder for each namespace, since an Application of Argo CD has one; objects of administrators beside them."""
    groups: dict[str, list[KubernetesObject]] = {}
    for each in rendering.objects:
        key = "cluster" if is_of_administrators(each) else each.namespace
        groups.setdefault(key, []).append(each)
    for name, objects in groups.items():
        path = folder / name / "objects.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(objects), encoding="utf-8")
        print(path)


def _load(name: str) -> Environment:
    with warnings.catch_warnings():
        # `cdk synth` shows them.
        warnings.simplefilter("ignore", EnvironmentWarning)
        return load_environment(name)


def _outputs(environment: Environment, file: Path | None) -> StackOutputs:
    return StackOutputs(f"{environment.name}-eks-cluster", region=environment.region, file=file)


def _all(folder: Path) -> list[str]:
    """Every environment and example that has an overlay."""
    overlays = {path.name for path in (folder / "overlays").iterdir()}
    files = [*sorted((_ROOT / "environments").glob("*.yaml")), *sorted((_ROOT / "examples").glob("*.yaml"))]
    return [str(path) for path in files if _load(str(path)).name in overlays]


if __name__ == "__main__":
    sys.exit(main())
