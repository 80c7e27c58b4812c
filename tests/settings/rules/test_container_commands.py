"""Rules of how the commands of containers are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, problems

AS_WRITTEN = "why: Each item is one word, and no shell reads it unless the first items are one, which reads one text."
HIDDEN = "why: A tmpfs is empty, and hides what the image has at its path, programs too."
FIX = "fix: name the folder below it that the program writes to, or acknowledge that nothing there is needed"


def container(keys: str) -> str:
    return containers(f"web: {{image: 'app:1', {keys}}}")


PAIRS = (
    RulePair(
        rule="command_is_run_as_written",
        rejected=container("command: [sh, -c, npm, start]"),
        accepted=container("command: [sh, -c, npm start]"),
        message=(
            "ecs.services.web.containers.web.command[3]: the shell runs 'npm' alone\n"
            f"fix: write the whole command as one text\n{AS_WRITTEN}"
        ),
    ),
    RulePair(
        rule="command_is_run_as_written: operators of a shell",
        rejected=container("command: [npm, run, migrate, '&&', npm, start]"),
        accepted=container("command: [find, /tmp, -exec, rm, '{}', ;]"),
        message=(
            "ecs.services.web.containers.web.command[3]: there is no shell for which && means anything\n"
            f"fix: use [sh, -c, ...] with the whole command as one text\n{AS_WRITTEN}"
        ),
    ),
    RulePair(
        rule="command_is_run_as_written: one program",
        rejected=container("entry_point: [npm start], command: [now]"),
        accepted=container("entry_point: [npm, start], command: [right now]"),
        message=(
            "ecs.services.web.containers.web.entry_point[0]: 'npm start' is the name of one program\n"
            "fix: make each word an item of its own, or use [sh, -c, ...]; or acknowledge that the image splits it\n"
            f"{AS_WRITTEN}"
        ),
    ),
    RulePair(
        rule="writable_path_hides_no_program",
        rejected=container("writable_paths: [/app/], command: [/app/server]"),
        accepted=container("writable_paths: [/app/tmp], command: [/app/server, --folder=/app/tmp]"),
        message=(
            f"ecs.services.web.containers.web.writable_paths[0]: a tmpfs at /app/ hides /app/server\n{FIX}\n{HIDDEN}"
        ),
    ),
    RulePair(
        rule="writable_path_hides_no_program: of the system",
        rejected=container("writable_paths: [/etc]"),
        accepted=container("writable_paths: [/etc/nginx/conf.d]"),
        message=(
            "ecs.services.web.containers.web.writable_paths[0]: a tmpfs at /etc hides the files that images have "
            "there\n"
            f"{FIX}\n{HIDDEN}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("command: [npm start]", "command[0]"),
        ("command: [SELECT 1]", None),
        ("command: [echo, a sentence]", None),
        ("entry_point: [sh, -c], command: [npm, start]", "command[1]"),
        ("entry_point: [tini, --, /bin/bash, -ec, 'a && b']", None),
        ("command: [sh, -c, 'exec app \"$@\"', --, a]", None),
        ("command: [sh, -c]", None),
        ("command: [app, a, '2>&1']", "command[2]"),
        ("writable_paths: [/opt/check], health_check: {command: [CMD, /opt/check/run]}", "writable_paths[0]"),
        ("writable_paths: [/opt/check], health_check: {command: [CMD, cat, /opt/check/run]}", None),
        ("writable_paths: [/app], command: [app, /app/data, /app/other]", "writable_paths[0]"),
        ("writable_paths: [/app], command: [app, -x, /app/other]", None),
        ("writable_paths: [/ap], command: [/app/server]", None),
    ],
)
def test_words_are_those_that_are_run(tmp_path: Path, keys: str, place: str | None) -> None:
    found = [problem.key for problem in problems(tmp_path, container(keys))]
    assert found == ([f"ecs.services.web.containers.web.{place}"] if place else [])


@pytest.mark.parametrize(
    ("image", "accepted"),
    [
        ("ghcr.io/acme/a__b--c.d:1", True),
        ("ghcr.io:443/acme/app:v1.2.3-rc.1_x", True),
        (f"ghcr.io/acme/app:1@sha256:{'a' * 64}", True),
        ("ghcr.io/acme//app:1", False),
        ("ghcr.io/acme/-app:1", False),
        ("ghcr.io/acme/app-:1", False),
        ("ghcr.io/acme/a..b:1", False),
        ("ghcr.io/acme/a___b:1", False),
        (f"ghcr.io/{'a' * 256}:1", False),
        (f"ghcr.io/{'a' * 255}:1", True),
    ],
)
def test_the_name_of_an_image_is_one_of_oci(tmp_path: Path, image: str, *, accepted: bool) -> None:
    assert (problems(tmp_path, containers(f"web: {{image: '{image}'}}")) == []) is accepted
