"""Rules of how the commands of containers are run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from settings.command_words import dropped_word, shell_operator, text_of_a_shell
from settings.ecs import ContainerSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.keys import container_keys
from settings.rules.rule import warning
from settings.rules.subjects import container_commands, containers

# Where images have programs, libraries, users, and certificates.
_OF_THE_IMAGE: Final = (
    *("/bin", "/sbin", "/lib", "/lib64", "/etc", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local"),
    *("/usr/local/bin", "/usr/local/lib", "/etc/ssl", "/etc/ssl/certs", "/opt"),
)


@warning(
    "Dockerfile reference: ENTRYPOINT, CMD, exec form; sh(1), -c; moby, daemon/health.go",
    keys=container_keys("entry_point[]", "command[]"),
)
def command_is_run_as_written(environment: Environment) -> Iterator[Problem]:
    """Each item is one word, and no shell reads it unless the first items are one, which reads one text."""
    for path, container, _ in containers(environment):
        places, words = _words(container)
        text = text_of_a_shell(words)
        if text is not None:
            if (dropped := dropped_word(words, text)) is not None:
                yield Problem(
                    path=(*path, *places[dropped]),
                    finding=f"the shell runs {words[text]!r} alone",
                    fix="write the whole command as one text",
                )
            continue
        if (operator := shell_operator(words)) is not None:
            yield Problem(
                path=(*path, *places[operator]),
                finding=f"there is no shell for which {words[operator]} means anything",
                fix="use [sh, -c, ...] with the whole command as one text",
            )
        # A single item after the entry point of an image can be a sentence; a program begins in lowercase.
        is_program = container.entry_point or len(words) == 1
        if words and is_program and re.match(r"[a-z0-9._/-]+\s+\S", words[0]):
            yield Problem(
                path=(*path, *places[0]),
                finding=f"{words[0]!r} is the name of one program",
                fix="make each word an item of its own, or use [sh, -c, ...]; or acknowledge that the image splits it",
            )


@warning(
    "Bind mounts, Amazon ECS Developer Guide: tmpfs; mount(8): the previous contents are invisible",
    keys=container_keys("writable_paths[]", "entry_point", "command", "health_check.command"),
)
def writable_path_hides_no_program(environment: Environment) -> Iterator[Problem]:
    """A tmpfs is empty, and hides what the image has at its path, programs too."""
    for path, container, _ in containers(environment):
        programs = [text for place, text in container_commands(container) if place[-1] in (0, 1) and text[:1] == "/"]
        for index, each in enumerate(container.temporary_file_systems):
            mounted = posixpath.normpath(each.path)
            hidden = next((program for program in programs if program.startswith(f"{mounted}/")), None)
            if hidden is not None or mounted in _OF_THE_IMAGE:
                yield Problem(
                    path=(*path, "writable_paths", index),
                    finding=f"a tmpfs at {each.path} hides {hidden or 'the files that images have there'}",
                    fix="name the folder below it that the program writes to, or acknowledge that nothing there is "
                    "needed",
                )


def _words(container: ContainerSettings) -> tuple[list[KeyPath], list[str]]:
    """Program and arguments of a container, as far as the file states them, each with its place."""
    of_both: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("entry_point", container.entry_point),
        ("command", container.command),
    )
    places: list[KeyPath] = [(key, index) for key, words in of_both for index in range(len(words))]
    return places, [*container.entry_point, *container.command]
