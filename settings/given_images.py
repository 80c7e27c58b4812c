"""Images that are given beside the file, such as by a pipeline that has just built one.

`cdk synth -c image.<workload>.<container>=<image>` takes the place of `image` of that container, and is checked like
it. The file and what is given decide the templates, so the same two give the same templates anywhere.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed

_PREFIX: Final = "image."


@dataclass(frozen=True)
class GivenImages:
    """Images by `image.<workload>.<container>`, as the context of the CDK has them."""

    by_key: Mapping[str, object]

    @classmethod
    def of_context(cls, context: Mapping[str, object]) -> GivenImages:
        """Those among all keys of a context.

        Args:
            context: What `-c`, `cdk.json`, and `cdk.context.json` say.
        """
        return cls({key: value for key, value in context.items() if key.startswith(_PREFIX)})

    def put_into(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of a document with these images; unknown keys are left out.

        Args:
            data: The document, as JSON has it.
        """
        changed = copy.deepcopy(dict(data)) if self.by_key else dict(data)
        places = _places(data)
        for key, image in self.by_key.items():
            for path in places.get(key, ()):
                container: Any = changed
                for part in path[:-1]:
                    container = container[part]
                container["image"] = image
        return changed

    def problems(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """Keys that name no container, or several.

        Args:
            data: The document.
        """
        places = _places(data)
        for key in self.by_key:
            found = places.get(key, [])
            if not found:
                yield Problem(
                    path=(key,),
                    finding="the context names no container of the file",
                    allowed=listed(places, "or") if places else "",
                    fix=did_you_mean(key, places) or "name a container of the file, or leave the key out",
                )
            elif len(found) > 1:
                sections = listed(".".join(map(str, path[:3])) for path in found)
                yield Problem(path=(key,), finding=f"the context names a container in {sections}", fix="rename one")

    def named(self, problem: Problem, data: Mapping[str, Any]) -> Problem:
        """What is wrong with a given image is about the key of the context, which no line of the file has.

        Args:
            problem: A problem of the file.
            data: The document.
        """
        key = next((key for key, paths in _places(data).items() if key in self.by_key and problem.path in paths), None)
        return problem if key is None else replace(problem, path=(key,), line=None)


NO_IMAGES: Final = GivenImages({})


def _places(data: Mapping[str, Any]) -> dict[str, list[KeyPath]]:
    """Where the image of each container is, by the key that gives it."""
    found: dict[str, list[KeyPath]] = {}
    ecs = data.get("ecs")
    for section, workloads in ecs.items() if isinstance(ecs, Mapping) else ():
        for workload, task in workloads.items() if isinstance(workloads, Mapping) else ():
            containers = task.get("containers") if isinstance(task, Mapping) else None
            for name, container in containers.items() if isinstance(containers, Mapping) else ():
                if isinstance(container, Mapping):
                    place = ("ecs", section, workload, "containers", name, "image")
                    found.setdefault(f"{_PREFIX}{workload}.{name}", []).append(place)
    return found
