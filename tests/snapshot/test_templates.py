"""Every stack of every environment as it was when somebody last looked at it.

A difference is a question: is that what you meant to change? `make snapshot-update` answers yes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.support.synthesis import ENVIRONMENTS, Template, synthesize

# The same few lines in every template, and with a version number that is the CDK's, not ours.
BOILERPLATE = ("Parameters", "Rules")


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda environment: Path(environment).stem)
def test_template(environment: str, snapshot: SnapshotAssertion) -> None:
    for name, template in synthesize(environment).templates.items():
        assert normalised(template) == snapshot(name=name, extension_class=JSONSnapshotExtension)


def normalised(template: Template) -> Template:
    for section in BOILERPLATE:
        assert set(template.get(section, {})) <= {"BootstrapVersion", "CheckBootstrapVersion"}
    return {section: content for section, content in template.items() if section not in BOILERPLATE}
