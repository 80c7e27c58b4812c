"""Environment variables and commands, without anything that may be secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from settings.secret_texts import is_a_secret, is_named_like_a_secret, secrets_by_name, speaks_of_a_secret
from tools.workload_import.interpolation import Text
from tools.workload_import.ledger import Node

IN_PLAIN_TEXT = (
    "a secret, by its form or its name (not shown): store it in AWS Secrets Manager, and put the ARN below secrets"
)
_COMMAND_IN_PLAIN_TEXT = (
    "there is a secret in it, by its form or a name (not shown): store it in AWS Secrets Manager, put the ARN below "
    "secrets, and write a command that reads the variable, such as [sh, -c, 'exec server --token $TOKEN']"
)
_PASSED_ON = "its value comes from the shell of whoever runs Compose: state it"
_SOMEWHERE_ELSE = (
    "{names} {is_are} the name of another service of the file, and names of services are not resolved here yet "
    "(Service Connect and service discovery are to come): state the host name of a database, cache, or load balancer"
)

_MOUNTED = "/run/secrets/"
_MOUNTED_FILE = "no secret is a file here: have the program read a variable, and put its ARN below secrets"

# `user:password@host` without the scheme of a URL, which the rules of environment files let pass.
_CREDENTIALS = re.compile(r"(^|[\s,;=])[^\s/:@,;=]+:[^\s/:@${<%][^\s/:@]*@[A-Za-z0-9.-]+(:[0-9]+)?(/|\s|,|$)")
# As in the configuration of a Java client: `username="a" password="b"`.
_WITHIN = re.compile(
    r"""(password|passwd|passphrase|pwd|secret|token|api_?key)["']?\s*[=:]\s*["']?(?P<value>[^\s"';&,]+)""",
    re.IGNORECASE,
)
# Names that the rules of environment files let pass, too: here it costs a line of the list, and no refused file.
_ALSO_A_SECRET = re.compile(r"(^|[_.-])(pass|pw|auth|key|salt|jwt|pin|dsn)$|pass$", re.IGNORECASE)
_OPTION_OF_A_SECRET = re.compile(r"-{1,2}[A-Za-z-]*(pass|pw)(=(?P<value>.+))?")
# A database and its user are often called as the service is.
_NO_HOST = re.compile(
    r"(name|user|db|database|type|driver|adapter|engine|dialect|connection|schema|role|mode)$", re.IGNORECASE
)
_MACHINE = re.compile(r"\bhost\.docker\.internal\b")
_OF_THE_MACHINE = "host.docker.internal is the machine that Docker runs on: state the host name of what is meant"


def unresolved(*values: object) -> str:
    """What to say of variables without a value; empty if there are none.

    Args:
        values: Values of the file.
    """
    names = sorted({name for value in values if isinstance(value, Text) for name in value.unresolved})
    verb = "has" if len(names) == 1 else "have"
    return f"{', '.join(names)} {verb} no value: state it, or put it into .env beside the file" if names else ""


def has_a_secret(name: str, value: str) -> bool:
    """Whether the value of a variable may be secret, or one of the variables that were put into it.

    Args:
        name: Name of the variable.
        value: Its value.
    """
    parts = value.variables if isinstance(value, Text) else frozenset()
    is_open = isinstance(value, Text) and bool(value.unresolved)
    return (
        is_a_secret(name, value)
        or _has_credentials_within(value)
        or is_named_like_a_secret(name, value)
        or (_ALSO_A_SECRET.search(name) is not None and is_named_like_a_secret("PASSWORD", value))
        # Empty, it is to be filled in by whoever runs the program.
        or ((is_open or not value) and _speaks_of_a_secret(name))
        or any(_speaks_of_a_secret(part) for part in parts)
    )


def variable(node: Node, name: str, value: object, *, neighbors: Iterable[str] = ()) -> str | None:
    """The value of a variable, if it can be stated in plain text.

    Args:
        node: Where it is.
        name: Name of the variable.
        value: Its value.
        neighbors: Names of other services, which do not answer under them.
    """
    if value is None:
        node.decide(IN_PLAIN_TEXT if _speaks_of_a_secret(name) else _PASSED_ON, name)
        return None
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    if has_a_secret(name, text):
        node.decide(IN_PLAIN_TEXT, name)
        return None
    if reason := unresolved(value):
        node.decide(reason, name)
        return None
    node.carry()
    names = [each for each in neighbors if _is_a_host(each, name, text)]
    if names:
        is_are = "is" if len(names) == 1 else "are each"
        node.also_decide(_SOMEWHERE_ELSE.format(names=", ".join(names), is_are=is_are), name)
    if _MACHINE.search(text):
        node.also_decide(_OF_THE_MACHINE, name)
    if _MOUNTED in text:
        node.also_decide(_MOUNTED_FILE, name)
    return str(text)


def words(node: Node, value: Sequence[str]) -> list[str] | None:
    """The words of a command, if none may be secret.

    Args:
        node: Where they are.
        value: The words.
    """
    parts = [part for each in value if isinstance(each, Text) for part in each.variables]
    texts = (list(value), " ".join(value).split())
    if (
        any(is_a_secret("", each) or _has_credentials_within(each) for each in value)
        or any(True for text in texts for _ in secrets_by_name(text))
        or any(_options_with_a_secret(text) for text in texts)
        or any(_speaks_of_a_secret(part) for part in parts)
    ):
        node.decide(_COMMAND_IN_PLAIN_TEXT)
        return None
    if reason := unresolved(*value):
        node.decide(reason)
        return None
    node.carry()
    if any(_MOUNTED in each for each in value):
        node.also_decide(_MOUNTED_FILE)
    return [str(each) for each in value]


def _has_credentials_within(text: str) -> bool:
    values = (found["value"] for found in _WITHIN.finditer(text))
    return _CREDENTIALS.search(text) is not None or any(is_named_like_a_secret("PASSWORD", each) for each in values)


def _speaks_of_a_secret(name: str) -> bool:
    return speaks_of_a_secret(name) or _ALSO_A_SECRET.search(name) is not None


def _options_with_a_secret(text: Sequence[str]) -> bool:
    """Whether there is an option such as `--requirepass`, with a value."""
    for option, after in pairwise((*text, "")):
        found = _OPTION_OF_A_SECRET.fullmatch(option)
        if found and is_named_like_a_secret("PASSWORD", (found["value"] or after).strip("\"'")):
            return True
    return False


def _is_a_host(service: str, name: str, text: str) -> bool:
    """Whether a text is the name of a service, or has it where a URL or a list of addresses has a host."""
    host = re.escape(service)
    if text == service:
        return _NO_HOST.search(name) is None
    return re.search(rf"(^|//|@|=|,\s*){host}(:[0-9]+|/)|(//|@){host}(?![\w.-])", text) is not None
