"""What is a secret in an environment variable, and what only has a word of its name in common with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.secret_texts import is_a_secret, is_named_like_a_secret, secrets_by_name
from tests.support.rule_pairs import containers, problems

SECRETS = (
    ("KEY", "AKIAIOSFODNN7EXAMPLE"),
    ("CERTIFICATE", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
    ("CI", f"ghp_{'a1' * 18}"),
    ("CI", f"glpat-{'a1' * 10}"),
    ("HOOK", "xoxb-1234567890-abc"),
    ("HOOK", "https://hooks.slack.com/services/T01234567/B01234567/abcdEFGHijkl"),
    ("HEADER", f"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{'a1' * 16}"),
    ("DB", "{{resolve:secretsmanager:prod/db:SecretString:password}}"),
    ("DATABASE_URL", "postgres://shop:hunter2@db:5432/shop"),
    ("REDIS_URL", "redis://:hunter2@cache:6379"),
    ("AWS_SECRET_ACCESS_KEY", ""),
    ("MAPS", f"AIza{'a1' * 17}b"),
    ("REGISTRY", f"npm_{'a1' * 18}"),
    ("HOOK", f"https://discord.com/api/webhooks/1234567890/{'a1' * 20}"),
    ("HOOK", f"https://shop.webhook.office.com/webhookb2/{'a1' * 20}"),
    ("MODEL", f"sk-ant-{'a1' * 12}"),
    ("MAIL", f"SG.{'a1' * 11}.{'b' * 43}"),
    ("VAULT", f"hvs.{'a1' * 12}"),
    ("BLOBS", f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={'a1' * 30}=="),
    ("DB", "Server=db;User Id=shop;Password=hunter2"),
    ("HEADER", "Authorization: Basic c2hvcDpodW50ZXIy"),
)
PROBABLY_SECRETS = (
    ("DB_PASSWORD", "hunter2"),
    ("dbPassword", "hunter2"),
    ("spring.datasource.password", "hunter2"),
    ("POSTGRES_PASSWORD", "12345678"),
    ("API_KEY", "abcdef"),
    ("STRIPE_APIKEY", "abcdef"),
    ("SECRET_KEY_BASE", "0f3a9c"),
    ("GITHUB_TOKEN", "abc"),
    ("TOKEN_GITHUB", "abc"),
    ("PASSWORD_FILE_SECRET", "abc"),
    ("API_KEY_REGION_SECRET_PROD", "abc"),
    ("AUTH_TOKEN_HEADER_VALUE", "abc"),
    ("DB_PASSWORD_URL_ENCODED", "abc%21"),
    ("SIGNING_KEY_FILE_BASE64", "YWJj"),
)
PLAIN = (
    ("MAX_TOKENS", "1024"),
    ("HOOK", "https://api.slack.com/services/T01234567/B01234567/abcdEFGHijkl"),
    ("HEADER", "eyJhbGciOiJIUzI1NiJ9"),
    ("LEVEL", "{{resolve:ssm:/shop/level}}"),
    ("SECRET_MANAGER_REGION", "anywhere"),
    ("PASSWORD_HASHER", "argon2id"),
    ("SECRET", "eu-west-1"),
    ("SIGNING_KEY", "alias/app"),
    ("TOKEN_COUNT", "a few"),
    ("REFRESH_TOKEN", "15m"),
    ("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"),
    ("DB_SECRET", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"),
    ("POSTGRES_PASSWORD_FILE", "/run/secrets/db"),
    ("DB_PASSWORD", "/run/secrets/db"),
    ("TOKENIZERS_PARALLELISM", "false"),
    ("TOKENIZER", "bert-base-uncased"),
    ("REQUIRE_PASSWORD", "true"),
    ("DB_PASSWORD", ""),
    ("TOKEN_URL", "https://login.example.com/oauth2/token"),
    ("TOKEN_ISSUER", "login.example.com"),
    ("AUTH_TOKEN", "https://login.example.com/oauth2/token"),
    ("DATABASE_URL", "postgres://shop@db:5432/shop"),
    ("DATABASE_URL", "postgres://shop:${DB_PASSWORD}@db:5432/shop"),
    ("PROXY", "http://proxy:8080/@me"),
    ("SECRETS_PROVIDER", "vault"),
    ("SECRET_STORE", "vault"),
    ("CACHE_KEY", "orders"),
    ("KEYBOARD", "qwerty"),
    ("PUBLIC_KEY", "ssh-ed25519 AAAA"),
    ("discovery.type", "single-node"),
    ("TOKEN", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
    ("AWS_SECRET", "eu-west-1b"),
    ("KC_SPI_PASSWORD_HASHING_PROVIDER_DEFAULT", "argon2"),
    ("GUEST_TOKEN_JWT_ALGO", "HS256"),
    ("CSRF_TOKEN_COOKIE", "_csrf"),
    ("AUTH_PASSWORD_COMPLEXITY", "strong"),
    ("POSTFIX_smtp_sasl_password_maps", "hash:/etc/postfix/sasl_passwd"),
    ("TOKEN_COUNTING", "local"),
    ("MODEL", "sk-learn"),
    ("DB", "Server=db;User Id=shop;Password=${DB_PASSWORD}"),
    ("HEADER", "Basic authentication"),
    ("HEADER", "Basic c2hvcGh1bnRlcjI="),
)


@pytest.mark.parametrize(("name", "value"), SECRETS)
def test_a_credential_is_known_by_its_form(name: str, value: str) -> None:
    assert is_a_secret(name, value)


@pytest.mark.parametrize(("name", "value"), PROBABLY_SECRETS)
def test_a_name_says_that_a_value_is_probably_a_secret(name: str, value: str) -> None:
    assert not is_a_secret(name, value)
    assert is_named_like_a_secret(name, value)


@pytest.mark.parametrize(("name", "value"), PLAIN)
def test_a_value_that_is_none_is_no_secret_whatever_its_name(tmp_path: Path, name: str, value: str) -> None:
    assert not is_a_secret(name, value)
    assert not is_named_like_a_secret(name, value)
    text = containers("web:", "  image: app:1", "  environment:", f"    {name}: '{value}'")
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["app", "--password=hunter2"], [(1, "password")]),
        (["app", "--password", "hunter2"], [(2, "password")]),
        (["app", "--password='hunter2'"], [(1, "password")]),
        (["sh", "-c", "DB_PASSWORD=hunter2 exec app --api-key=abc"], [(2, "DB_PASSWORD"), (2, "api-key")]),
        (["--password", "--verbose"], []),
        (["--allow-empty-password", "serve"], []),
        (["--password-file", "/run/db"], []),
        (["--password=$DB_PASSWORD", "--max-tokens=100", "--secret-name=db"], []),
        (["login", "--password-stdin", "registry"], []),
    ],
)
def test_an_option_of_a_command_is_named_like_a_secret(words: list[str], found: list[tuple[int, str]]) -> None:
    assert list(secrets_by_name(words)) == found
