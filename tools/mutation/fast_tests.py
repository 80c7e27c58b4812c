"""The fast tests that can notice a change of a module, those that notice most likely first."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path, PurePosixPath
from typing import Final

# `FAST_TESTS` of the Makefile, by what they can notice: those of facts and of the graph test nothing that is mutated.
# Import contracts (`make lint`) say who can import whom.
_OF_CONSTRUCTS: Final = ("tests/constructs", "tests/examples")
_OF_SETTINGS: Final = ("tests/settings",)
_OF_TEMPLATES: Final = ("tests/snapshot", "tests/stacks", "tests/settings/test_every_key.py")
_BY_FOLDER: Final = {
    "constructs": (*_OF_CONSTRUCTS, *_OF_SETTINGS, *_OF_TEMPLATES),
    "settings": (*_OF_SETTINGS, *_OF_TEMPLATES),
    "stacks": _OF_TEMPLATES,
}
# Each takes longer than all others together, since it synthesizes dozens of environments or runs every policy pack.
_SLOW: Final = ("test_every_key.py", "test_acknowledgements.py", "test_random_environments.py")

_NEAR: Final = 2


def command(module: Path) -> str:
    """Run those that can notice a change of a module, until one does.

    The choice is by folder and not by coverage: templates are synthesized once for all tests that read them, so the
    coverage of a test is not what it depends on.
    """
    files = {
        file
        for path in map(Path, _BY_FOLDER[module.parts[0]])
        for file in ([path] if path.is_file() else path.rglob("test_*.py"))
    }
    options = ["-q", "-x", "-n0", "-m", "not slow", "-p", "no:cacheprovider", "--no-header", "--tb=line"]
    pytest = shlex.join([sys.executable, "-m", "pytest", *options])
    by_distance = sorted(files, key=lambda file: (_distance(file, module), file))
    near, far = (
        [file for file in by_distance if (_distance(file, module) > _NEAR) is is_far] for is_far in (False, True)
    )
    # Two runs, because reading all tests takes longer than running those that are near.
    runs = (f"{pytest} {shlex.join(map(str, part))}" for part in (near, far) if part)
    return shlex.join(["sh", "-c", " && ".join(runs)])


def _distance(file: Path, module: Path) -> int:
    if file.name in _SLOW:
        return 4
    subject = file.stem.removeprefix("test_")
    if file.parent.name == module.parent.name:
        return 0 if subject == module.stem.removesuffix("_options") else 1
    # A template that is not what it was is most of what can be wrong with a construct or a stack.
    is_of_templates = PurePosixPath(file).is_relative_to("tests/snapshot")
    return 2 if is_of_templates else 3
