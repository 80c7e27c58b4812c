"""Policy findings that are accepted, each on one resource and with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import aws_cdk as cdk
from constructs import IConstruct

Pack = Literal["AwsSolutions", "NIST.800.53.R5", "PCI.DSS.321", "HIPAA.Security"]
# CDK's own validator, as it spells itself in the id of an acknowledgement; Guard rules run in it.
_VALIDATOR = "CloudFormation-Validate"
COMPLIANCE: tuple[Pack, ...] = ("NIST.800.53.R5", "PCI.DSS.321", "HIPAA.Security")


def acknowledge(resource: IConstruct, concern: str, *, reason: str, packs: tuple[Pack, ...] = COMPLIANCE) -> None:
    """Accept one finding of cdk-nag on one resource.

    Needs nothing but the CDK: where cdk-nag is not used, it is a note in the construct tree. A bare id such as
    `AwsSolutions-S1` would be honoured without a trace in the validation report, so the pack's name stands in
    front (cdk-nag 3, `MIGRATION.md`). Several packs that raise the same concern share one reason.

    Args:
        resource: The resource that the finding is about, L1 or L2. It is noted on the one CloudFormation
            resource, since children inherit what is noted on a parent.
        concern: The rule without its pack, with the finding in brackets where the rule has several, such as
            `S3BucketLoggingEnabled` or `IAM5[Resource::*]`.
        reason: Why a security reviewer would accept it.
        packs: The packs that raise it.
    """
    acknowledgements = [cdk.Acknowledgment(id=f"{pack}::{pack}-{concern}", reason=reason) for pack in packs]
    cdk.Validations.of(resource.node.default_child or resource).acknowledge(*acknowledgements)


def acknowledge_guard_rule(resource: IConstruct, rule: str, *, reason: str) -> None:
    """Accept what a Guard rule finds on one resource.

    As with `acknowledge`, it is noted on the one CloudFormation resource, and is a mere note where the rule is not
    used. Our rules are in `policy/`.

    Args:
        resource: The resource that the finding is about, L1 or L2.
        rule: Name of the rule.
        reason: Why a security reviewer would accept it.
    """
    acknowledgement = cdk.Acknowledgment(id=f"{_VALIDATOR}::{rule}", reason=reason)
    cdk.Validations.of(resource.node.default_child or resource).acknowledge(acknowledgement)


def acknowledge_literal_texts(resource: IConstruct, texts: Iterable[str], *, reason: str) -> None:
    """Accept what looks like a template parameter outside of `Fn::Sub`, if a text of the user's has one.

    CDK's validator takes `${NAME}` for a forgotten `Fn::Sub` (E1029 of cfn-lint), a variable of a shell among them.

    Args:
        resource: The resource that the texts are in, L1 or L2.
        texts: What the user states and the resource hands on.
        reason: Who reads the text, and what that makes of it.
    """
    if any("${" in text for text in texts):
        acknowledge_guard_rule(resource, "E1029", reason=reason)


def acknowledge_relation(resource: IConstruct, relation: str, *, reason: str) -> None:
    """Accept that a relation between resources does not hold, on the one that it is reported on.

    Args:
        resource: The resource that the finding is about, L1 or L2.
        relation: Its name, in `policy/relations/`.
        reason: Why a security reviewer would accept it.
    """
    acknowledgement = cdk.Acknowledgment(id=f"Relations::{relation}", reason=reason)
    cdk.Validations.of(resource.node.default_child or resource).acknowledge(acknowledgement)


def wildcard_resource(resource: IConstruct, arn: str) -> str:
    """The concern `IAM5` for an ARN with a wildcard, as cdk-nag spells it: `<AWS::AccountId>` where the ARN refers.

    Args:
        resource: Any construct of the stack.
        arn: The ARN as it stands in the statement.
    """
    resolved = cdk.Stack.of(resource).resolve(arn)
    parts = [resolved] if isinstance(resolved, str) else resolved["Fn::Join"][1]
    # cdk-nag spells a policy variable such as `${aws:username}` like a reference.
    spelled = (part.replace("${", "<").replace("}", ">") if isinstance(part, str) else part for part in parts)
    text = "".join(part if isinstance(part, str) else _spelled(part) for part in spelled)
    return f"IAM5[Resource::{text}]"


def _spelled(intrinsic: dict[str, Any]) -> str:
    """What is imported is spelled by the name of its export."""
    return str(intrinsic["Fn::ImportValue"]) if "Fn::ImportValue" in intrinsic else f"<{_referred(intrinsic)}>"


def _referred(intrinsic: dict[str, Any]) -> str:
    return str(intrinsic["Ref"]) if "Ref" in intrinsic else ".".join(intrinsic["Fn::GetAtt"])
