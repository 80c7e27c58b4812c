"""Whether an environment variable holds a secret in plain text: certainly, by its value, or probably, by its name."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

# Amazon ECS and the SDKs give these a meaning whatever their value: Security Hub control ECS.8.
CREDENTIAL_NAMES: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
# Forms that their issuers chose so that scanners find them: IAM identifiers, GitHub, GitLab, Slack, Stripe, PEM, JWT,
# Google, npm, PyPI, SendGrid, Anthropic, OpenAI, HashiCorp Vault, New Relic, Discord, Microsoft Teams and Azure.
_CREDENTIALS: Final = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{40,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|\b[rs]k_live_[A-Za-z0-9]{16,}"
    r"|https://hooks\.slack\.com/(services|workflows)/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"  # a JSON Web Token with its signature
    r"|\bAIza[A-Za-z0-9_-]{35}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{32,}|\bNRAK-[A-Z0-9]{27}|\bhvs\.[A-Za-z0-9_-]{24,}"
    r"|\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|\bsk-(ant|proj|svcacct)-[A-Za-z0-9_-]{20,}"
    r"|https://(canary\.|ptb\.)?discord(app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]{20,}"
    r"|https://[a-z0-9.-]+\.webhook\.office\.com/webhookb2/[A-Za-z0-9@-]{20,}"
    r"|\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}"
    # CloudFormation writes what these refer to into the task definition ("Get a secret from Secrets Manager").
    r"|\{\{resolve:(secretsmanager|ssm-secure):"
)
# User and password of a URL; a password that a program fills in later (`$`, `{`, `<`, `%`) is none.
_URL_WITH_PASSWORD: Final = re.compile(r"://[^/\s:@]*:[^/\s@${<%][^/\s@]*@")

_CONNECTION_STRING: Final = re.compile(r"(?i);\s*(password|pwd)\s*=\s*[^\s;${<%]")
_BASIC: Final = re.compile(r"\bBasic ([A-Za-z0-9+/]{8,}={0,2})(?![A-Za-z0-9+/=])")

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS: Final = frozenset(
    ("password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential", "credentials")
)
_KEY_WORDS: Final = frozenset(("api", "access", "private", "secret", "encryption", "signing"))
# `DB_PASSWORD_FILE` says where the secret is, `TOKEN_TYPE` what it is like.
_ABOUT_A_SECRET: Final = frozenset(
    (
        *("arn", "file", "path", "dir", "name", "id", "url", "uri", "endpoint", "host", "port"),
        *("type", "store", "provider", "backend", "manager", "version", "format", "header", "field"),
        *("region", "alias", "source", "hasher", "encryption", "encoder", "wordlist", "contract", "regex", "pattern"),
        *("hashing", "algo", "complexity", "cookie", "scope", "scopes", "realm", "leeway", "counting", "maps"),
        *("issuer", "audience", "algorithm", "length", "size", "limit", "count", "min", "max"),
        *("stdin", "ttl", "expiry", "expires", "expiration", "timeout", "duration", "lifetime", "interval"),
        *("seconds", "minutes", "hours", "days", "rotation"),
        *("enabled", "disabled", "required", "policy", "mode", "prefix", "suffix"),
    )
)
# `TOKEN_HEADER_VALUE` and `PASSWORD_URL_ENCODED` are the secret again, whatever stands before.
_THE_SECRET_ITSELF: Final = frozenset(("value", "content", "contents", "encoded", "base", "text"))
_PLAIN_VALUES: Final = re.compile(
    r"""
    \s*
    | true | false | yes | no | on | off | none | null | enabled | disabled
    | [-+]?[0-9][0-9_,.]*\s*(%|[a-z]{1,7})?          # a number, a size, a duration
    | arn:[a-z-]+:.*
    | alias/.*
    | [a-z]{2,4}(-[a-z]+)+-[0-9][a-z]?               # a Region or a zone
    | 0x[0-9a-f]{40}                                 # an address on a blockchain
    | (~|\.{1,2})?/.*                                # a path
    | [a-z]:\\.*
    | [a-z][a-z0-9+.-]*://.*                         # a URL; with a password, it was found before
    | \$[({]?[a-z_].*                                # what a program fills in later
    | [{<%].*[}>%]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PASSWORD_NAMES: Final = re.compile(r"(PASSWORD|PASSWD|PASSPHRASE|PWD)$", re.IGNORECASE)
_NAMED_VALUE: Final = re.compile(
    r"""(?:^|(?<=\s))-{0,2}(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)=(?P<quote>['"]?)(?P<value>[^\s'"]+)(?P=quote)(?=\s|$)"""
)
# Options such as `--allow-empty-password` have no value.
_OPTION: Final = re.compile(r"--?(?!(allow|disable|enable|no|require|skip|use|with)-)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)")
_DIGITS: Final = re.compile(r"[0-9]{4,}")


def is_a_secret(name: str, value: str) -> bool:
    """Whether the value is a credential by its form, or the variable has no other use.

    Args:
        name: Name of the variable.
        value: Its value.
    """
    forms = (_CREDENTIALS, _URL_WITH_PASSWORD, _CONNECTION_STRING)
    return name in CREDENTIAL_NAMES or any(form.search(value) for form in forms) or _has_basic_credentials(value)


def _has_basic_credentials(value: str) -> bool:
    """Whether there is a header of RFC 7617, which has user and password in Base64."""
    for found in _BASIC.finditer(value):
        try:
            if b":" in base64.b64decode(found[1], validate=True):
                return True
        except ValueError:
            continue
    return False


def is_named_like_a_secret(name: str, value: str) -> bool:
    """Whether the name speaks of a secret, and nothing in the value says that it is none.

    Numbers, durations, booleans, ARNs, paths, URLs without a password, and empty texts are no secrets, but digits alone
    can be a password.

    Args:
        name: Name of the variable.
        value: Its value.
    """
    if not speaks_of_a_secret(name):
        return False
    if _PASSWORD_NAMES.search(name) and _DIGITS.fullmatch(value):
        return True
    return _PLAIN_VALUES.fullmatch(value) is None


def secrets_by_name(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Options and assignments whose values are, by their names, secrets: `--password=hunter2`, `--password hunter2`.

    Args:
        words: A command; a word can be what a shell reads.

    Yields:
        Place of the word that has the value, and the name.
    """
    for place, word in enumerate(words):
        for found in _NAMED_VALUE.finditer(word):
            if is_named_like_a_secret(found["name"], found["value"]):
                yield place, found["name"]
        option = _OPTION.fullmatch(words[place - 1]) if place else None
        if option and not word.startswith("-") and is_named_like_a_secret(option["name"], word):
            yield place, option["name"]


def speaks_of_a_secret(name: str) -> bool:
    """Whether a variable is, by its name alone, a secret, and not where it is or what it is like.

    Args:
        name: Name of the variable.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    secret = [
        index
        for index, (before, word) in enumerate(pairwise(["", *words]))
        if word in _SECRET_WORDS or (before in _KEY_WORDS and word == "key")
    ]
    if not secret:
        return False
    after = words[secret[-1] + 1 :]
    return _ABOUT_A_SECRET.isdisjoint(after) or after[-1] in _THE_SECRET_ITSELF
