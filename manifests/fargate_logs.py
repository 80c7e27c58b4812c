"""Logs of pods on AWS Fargate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from manifests.manifest import ManifestFile, Values
from settings import Environment

# "Start AWS Fargate logging for your cluster": names, and the label without which nothing is read.
_NAMESPACE: Final = "aws-observability"
_CONFIG_MAP: Final = "aws-logging"


def fargate_log_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """The namespace and the ConfigMap that configure the log router of Fargate."""
    if environment.eks is None or not environment.eks.fargate_pod_logs:
        return
    labels = {_NAMESPACE: "enabled"}
    yield ManifestFile(
        path="fargate-logs.yaml",
        about=["Logs of pods on AWS Fargate. Pods that start afterwards are logged:", "kubectl apply --filename ..."],
        documents=[
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAMESPACE, "labels": labels}},
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": _CONFIG_MAP, "namespace": _NAMESPACE},
                "data": {
                    # Else the log router itself logs, to a group that it makes.
                    "flb_log_cw": "false",
                    "parsers.conf": _PARSER,
                    "filters.conf": _FILTERS,
                    "output.conf": _output(environment.region, values["PodLogGroup"]),
                },
            },
        ],
    )


# Lines of containerd: time, stream, whether the line is complete, and what the container wrote.
_PARSER: Final = r"""[PARSER]
    Name        containerd
    Format      regex
    Regex       ^(?<time>\S+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<log>.*)$
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
"""
_FILTERS: Final = """[FILTER]
    Name     parser
    Match    *
    Key_Name log
    Parser   containerd
[FILTER]
    Name                kubernetes
    Match               kube.*
    Merge_Log           On
    Keep_Log            Off
    Buffer_Size         0
    Kube_Meta_Cache_TTL 300s
"""


def _output(region: str, log_group: str) -> str:
    """Without the right to make a log group, and without trying to."""
    return f"""[OUTPUT]
    Name              cloudwatch_logs
    Match             *
    region            {region}
    log_group_name    {log_group}
    log_stream_prefix fargate-
    auto_create_group false
"""
