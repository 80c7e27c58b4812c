"""Whether objects are what the schemas of the cluster's Kubernetes version allow, and of the next one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from facts.custom_resource_schemas import schema_of_custom_resource
from tools.kubernetes.checks.check import Cluster, Complaint, finding
from tools.kubernetes.findings import Finding
from tools.kubernetes.kubectl import VENV, ProgramError
from tools.kubernetes.objects import KubernetesObject

WORKER: Final = Path(__file__).parent / "schema_worker.py"
# The newest of which there are schemas: kubernetes-validate in `requirements.txt`.
NEWEST: Final = 37


def schema_findings(clusters: Sequence[Cluster]) -> list[Finding]:
    """What the schemas say of all objects of some clusters, asked at once: reading them is what takes time.

    Args:
        clusters: What is to be in each.
    """
    questions = [
        (each, version, is_next)
        for cluster in clusters
        for version, is_next in _versions(cluster)
        for each in (*cluster.objects, *cluster.manifests)
    ]
    answers = _ask(questions)
    found = set()
    for (each, version, is_next), answer in zip(questions, answers, strict=True):
        for name, complaint in _complaints(each, version, is_next, answer):
            found.add(finding(name, complaint))
    return sorted(found)


def _versions(cluster: Cluster) -> Iterator[tuple[str, bool]]:
    version = cluster.environment.eks.kubernetes_version if cluster.environment.eks else "1.36"
    yield version, False
    minor = int(version.partition(".")[2])
    if minor < NEWEST:
        yield f"1.{minor + 1}", True


def _complaints(
    each: KubernetesObject, version: str, is_next: bool, answer: dict[str, Any]
) -> Iterator[tuple[str, Complaint]]:
    name = f"{each.api_version} {each.kind}"
    if is_next:
        if not answer["found"]:
            reason = f"Kubernetes {version} does not have {name}"
            fix = "use the version of the API that follows it, before the upgrade"
            yield "api_is_in_the_next_version", Complaint(each, ("apiVersion",), reason, fix)
        return
    if not answer["found"]:
        is_custom = "." in each.api_version and not each.api_version.partition("/")[0].endswith(".k8s.io")
        reason = f"there is no schema of {name}" if is_custom else f"Kubernetes {version} has no {name}"
        fix = "add the schema of its definition to facts/custom_resource_schemas.json" if is_custom else "correct both"
        yield "schema_allows_it", Complaint(each, ("apiVersion",), reason, fix)
    for path, message in answer["errors"]:
        fix = f"see `kubectl explain {each.kind.lower()}` of Kubernetes {version}"
        yield "schema_allows_it", Complaint(each, tuple(path), message, fix)


def _ask(questions: Sequence[tuple[KubernetesObject, str, bool]]) -> list[dict[str, Any]]:
    python = VENV / "bin" / "python"
    if not python.exists():
        raise ProgramError("the schemas of Kubernetes are not installed: make install-kubernetes")
    # Overlays have much in common, and each question is asked once.
    texts = [_question(*each) for each in questions]
    asked = list(dict.fromkeys(texts))
    text = f'{{"objects": [{", ".join(asked)}]}}'
    done = subprocess.run([str(python), str(WORKER)], input=text, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        raise ProgramError(f"{WORKER.name}: {done.stderr.strip()}")
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    by_question = dict(zip(asked, answers, strict=True))
    return [by_question[each] for each in texts]


def _question(each: KubernetesObject, version: str, is_next: bool) -> str:
    # Of the next version, whether the kind is there is all that is asked.
    document = {"apiVersion": each.api_version, "kind": each.kind} if is_next else each.document
    schema = schema_of_custom_resource(each.api_version, each.kind)
    question = {"version": version, "document": document, "schema": schema, "exists": is_next}
    return json.dumps(question, default=str, sort_keys=True)
