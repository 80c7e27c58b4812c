"""User data in several parts is read as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_string
from email.message import Message

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("cloud-init documentation, User data formats: MIME multi-part archive, user-data script; RFC 2046, 5.1.1")
def parts_of_user_data_are_read(graph: Graph) -> Iterator[Misfit]:
    """cloud-init reads nothing after the last boundary, and runs no script without an interpreter: nodes lack both."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        user_data = str(template.get("LaunchTemplateData.UserData") or "")
        if not user_data.startswith(("MIME-Version:", "Content-Type: multipart/")):
            continue
        message = message_from_string(user_data)
        for part in message.walk():
            if part.get_content_type() == "text/x-shellscript" and not str(part.get_payload()).startswith("#!"):
                finding = "a script of the user data begins with no interpreter"
                yield Misfit(resource=template, finding=finding, fix="begin it with #!/bin/bash")
        if what := _ill_formed(message):
            yield Misfit(resource=template, finding=what, fix="end the user data with the boundary between two --")


def _ill_formed(message: Message) -> str:
    if not message.is_multipart() or message.defects:
        return "the parts of the user data do not end with their boundary"
    return "text follows the last boundary of the user data" if str(message.epilogue or "").strip() else ""
