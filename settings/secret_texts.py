"""Whether an environment variable holds a secret in plain text: certainly, by its value, or probably, by its name."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

# Amazon ECS and the SDKs give these a meaning whatever their value: Security Hub control ECS.8.
CREDENTIAL_NAMES: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
# Forms that their issuers chose so that scanners find them: IAM identifiers, GitHub, GitLab, Slack, Stripe, PEM, JWT.
_CREDENTIALS: Final = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{40,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10,}"
    r"|\b[rs]k_live_[A-Za-z0-9]{16,}"
    r"|https://hooks\.slack\.com/(services|workflows)/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"  # a JSON Web Token with its signature
    # CloudFormation writes what these refer to into the task definition ("Get a secret from Secrets Manager").
    r"|\{\{resolve:(secretsmanager|ssm-secure):"
)
# User and password of a URL; a password that a program fills in later (`$`, `{`, `<`, `%`) is none.
_URL_WITH_PASSWORD: Final = re.compile(r"://[^/\s:@]*:[^/\s@${<%][^/\s@]*@")

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
        *("ttl", "expiry", "expires", "expiration", "timeout", "duration", "lifetime", "interval"),
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
_DIGITS: Final = re.compile(r"[0-9]{4,}")


def is_a_secret(name: str, value: str) -> bool:
    """Whether the value is a credential by its form, or the variable has no other use.

    Args:
        name: Name of the variable.
        value: Its value.
    """
    return name in CREDENTIAL_NAMES or bool(_CREDENTIALS.search(value) or _URL_WITH_PASSWORD.search(value))


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
