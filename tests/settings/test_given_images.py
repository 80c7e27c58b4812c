"""Images that the context gives in place of those in the file."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build
from settings import InvalidEnvironmentError, load_environment
from settings.given_images import GivenImages
from tests.support.rule_pairs import containers, full_text

FILE = containers("web: {image: 'app:1'}", "log: {image: 'app:1'}")


def loaded(folder: Path, **images: str) -> dict[str, str]:
    """The images of the containers of the service `web`."""
    path = folder / "checked.yaml"
    path.write_text(FILE)
    given = GivenImages.of_context({f"image.{key.replace('_', '.')}": image for key, image in images.items()})
    environment = load_environment(str(path), images=given)
    assert environment.ecs is not None
    return {name: each.image for name, each in environment.ecs.services["web"].containers.items()}


def refused(folder: Path, **images: str) -> list[str]:
    """What is said of the images."""
    with pytest.raises(InvalidEnvironmentError) as error:
        loaded(folder, **images)
    return [line for problem in error.value.problems for line in problem.lines() if not line.startswith("meaning")]


def test_a_given_image_takes_the_place_of_one(tmp_path: Path) -> None:
    assert loaded(tmp_path, web_web="app:2") == {"web": "app:2", "log": "app:1"}


def test_without_any_the_file_decides(tmp_path: Path) -> None:
    assert loaded(tmp_path) == {"web": "app:1", "log": "app:1"}


def test_a_given_image_is_checked_and_the_error_names_the_context_key(tmp_path: Path) -> None:
    assert refused(tmp_path, web_log="app:latest")[:1] == ["image.web.log: 'app:latest' is not allowed"]


def test_a_given_image_is_checked_against_other_keys(tmp_path: Path) -> None:
    assert refused(tmp_path, web_log="other:1")[0] == "image.web.log: 'other:1' is not allowed"


def test_an_unknown_container_is_refused_with_what_is_meant(tmp_path: Path) -> None:
    assert refused(tmp_path, web_logs="app:2") == [
        "image.web.logs: the context names no container of the file",
        "allowed: image.web.web or image.web.log",
        "fix: did you mean image.web.log?",
    ]


def test_the_place_is_no_line_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "checked.yaml"
    path.write_text(FILE)
    with pytest.raises(InvalidEnvironmentError, match=r"checked\.yaml: image\.web\.web: 'app:latest' is not allowed"):
        load_environment(str(path), images=GivenImages({"image.web.web": "app:latest"}))


def test_two_containers_of_one_name_are_told_apart_by_nothing() -> None:
    task = {"containers": {"web": {"image": "app:1"}}}
    data = {"ecs": {"services": {"web": task}, "scheduled_tasks": {"web": task}}}
    (problem,) = GivenImages({"image.web.web": "app:2"}).problems(data)
    assert problem.finding == "the context names a container in ecs.services.web and ecs.scheduled_tasks.web"


def test_the_app_takes_images_of_its_context(tmp_path: Path) -> None:
    path = tmp_path / "checked.yaml"
    path.write_text(FILE)
    environment = build(cdk.App(context={"environment": str(path), "image.web.web": "app:3"}))
    assert environment.ecs is not None
    assert environment.ecs.services["web"].containers["web"].image == "app:3"


def test_a_file_without_workloads_has_none(tmp_path: Path) -> None:
    assert full_text(tmp_path, FILE) == ""
    assert next(GivenImages({"image.web.web": "a:1"}).problems({"ecs": None})).fix.startswith("name a container")
