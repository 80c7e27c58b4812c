"""How tests synthesize: with the context of cdk.json, as the CDK CLI does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk

ROOT = Path(__file__).parent.parent
REGION = "eu-west-1"
ZONES = ("eu-west-1a", "eu-west-1b")


def new_app(*, outdir: Path | None = None, **context: object) -> cdk.App:
    """An app with the feature flags of cdk.json; `App()` alone reads none of them under pytest."""
    flags: Mapping[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(context={**flags, **context}, outdir=str(outdir) if outdir else None)


def new_stack(*, account: str | None = None) -> cdk.Stack:
    """A stack of its own app, in a Region, as every stack of ours is."""
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=account, region=REGION))
