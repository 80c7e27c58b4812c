"""Images of containers that are pulled from Amazon ECR."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assembly import Graph, Resource

PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_IN_ECR = re.compile(
    r"(?P<account>\d{12}|\$\{AWS::AccountId\})\.dkr[.-]ecr(-fips)?\.(?P<region>[\w-]+|\$\{AWS::Region\})\."
)


class PulledImage(NamedTuple):
    """What a container is pulled from."""

    container: str
    name: str
    """Name of the repository in the registry."""

    repository: object
    """The repository, if it is in the templates, else its ARN."""

    cache_rule: Resource | None
    """The rule of the pull through cache that its name is below."""

    actions: tuple[str, ...]
    """What the execution role needs on the repository."""


def pulled_images(graph: Graph, definition: Resource) -> Iterator[PulledImage]:
    """The images of a task definition that are in Amazon ECR."""
    for container in definition.list("ContainerDefinitions"):
        image = str(container.get("Image", ""))
        found = _IN_ECR.match(image)
        if found is None:
            continue
        # The registry ends at the first slash that is not in the name of what AWS fills in.
        path = re.split(r"/(?![^${}]*\})", image, maxsplit=1)[-1]
        name = re.split(r"[:@](?![^${}]*\})", path, maxsplit=1)[0]
        repository: object = graph.find(name)
        if not isinstance(repository, Resource):
            repository = f"arn:${{AWS::Partition}}:ecr:{found['region']}:{found['account']}:repository/{name}"
        rule = next((each for each in cache_rules(graph) if name.startswith(f"{prefix(each)}/")), None)
        imports = ("ecr:BatchImportUpstreamImage",) if rule else ()
        yield PulledImage(str(container.get("Name")), name, repository, rule, (*PULL, *imports))


def cache_rules(graph: Graph) -> list[Resource]:
    """Every rule of the pull through cache."""
    return graph.of_type("AWS::ECR::PullThroughCacheRule")


def prefix(rule: Resource) -> str:
    """Below which names it caches."""
    return str(rule.get("EcrRepositoryPrefix"))
