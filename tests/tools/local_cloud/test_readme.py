"""What the documents claim of the local cloud is what it does."""

from __future__ import annotations

import re

import pytest

from tests.support.synthesis import EXAMPLES, ROOT, SHIPPED, synthesize
from tools.local_cloud.cloud import LocalCloud

pytestmark = pytest.mark.local_cloud
README = ROOT / "tools/local_cloud/README.md"


def documented(group: str) -> set[str]:
    """The types in a row of the table."""
    row = re.search(rf"^\| \*\*{group}\*\*.* \| (.*) \|$", README.read_text(), re.MULTILINE)
    assert row, group
    return {f"AWS::{name}" for name in row[1].split(", ")}


def test_the_table_of_types_is_current(cloud: LocalCloud) -> None:
    used = {
        resource["Type"]
        for environment in (*SHIPPED, *EXAMPLES)
        for template in synthesize(environment).templates.values()
        for resource in template["Resources"].values()
    }
    emulated = used & set(cloud.types()["emulated"])
    through_api = used & set(cloud.types()["through_api"])
    assert documented("emulated") == emulated
    assert documented("made through its API") == through_api
    assert documented("schema-checked only") == used - emulated - through_api
