"""Objects for the cluster of an environment, as far as this machine can render them."""

from __future__ import annotations

import warnings

from settings import EnvironmentWarning, InvalidEnvironmentError, load_environment
from tools.kubernetes.kubectl import ProgramError
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import NoOverlayError, render
from tools.page.sources import Manifest


def manifests(environment: str) -> list[Manifest] | None:
    """Those of the overlay and of `make manifests`; none without a cluster, None where there is no kubectl."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EnvironmentWarning)  # synthesis prints them
            found = load_environment(environment)
        if found.eks is None:
            return []
        rendering = render(found, ExampleOutputs(found))
    except (InvalidEnvironmentError, NoOverlayError):
        return []
    except ProgramError:
        return None
    overlay = [Manifest(each.kind, each.namespace, each.name, "overlay") for each in rendering.objects]
    written = [Manifest(each.kind, each.namespace, each.name, "make manifests") for each in rendering.manifests]
    return sorted([*overlay, *written], key=lambda each: (each.namespace, each.kind, each.name))
