"""Values of Compose files as the Compose Specification means them, and files that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.workload_import.__main__ import main
from tools.workload_import.compose_file import ComposeFile, env_file
from tools.workload_import.compose_tasks import from_compose
from tools.workload_import.images import image_with_its_registry
from tools.workload_import.interpolation import Text, interpolated
from tools.workload_import.names import container_name, resource_name
from tools.workload_import.units import cpu_units, fargate_size, mebibytes, seconds

VALUES = {"SET": "value", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$SET", "value"),
        ("a${SET}b", "avalueb"),
        ("$SET-x", "value-x"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${UNSET:-default}", "default"),
        ("${UNSET-}", ""),
        ("${UNSET:-${SET}}", "value"),
        ("${UNSET:-${OTHER:-deep}}", "deep"),
        ("${SET:+there}", "there"),
        ("${EMPTY:+there}", ""),
        ("${EMPTY+there}", "there"),
        ("${UNSET+there}", ""),
        ("${SET:?needed}", "value"),
        ("$$SET", "$SET"),
        ("$$$SET", "$value"),
        ("${SET/a/b}", "${SET/a/b}"),
        ("$1 $ ${", "$1 $ ${"),
    ],
)
def test_variables_are_replaced(text: str, result: str) -> None:
    assert interpolated(text, VALUES) == result


@pytest.mark.parametrize("text", ["$UNSET", "${UNSET}", "${UNSET:?needed}", "${UNSET?needed}", "${EMPTY:?needed}"])
def test_a_variable_without_a_value_stays_as_it_is_written(text: str) -> None:
    found = interpolated(f"a {text} b", VALUES)
    assert found == f"a {text} b"
    assert isinstance(found, Text)
    assert found.unresolved == found.variables == {"EMPTY" if "EMPTY" in text else "UNSET"}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("1m30s", 90),
        ("500ms", 1),
        ("10s", 10),
        ("1h", 3600),
        ("1.5s", 2),
        ("0s", 0),
        (30, 30),
        ("soon", None),
        ("", None),
    ],
)
def test_durations(value: object, result: int | None) -> None:
    assert seconds(value) == result


@pytest.mark.parametrize(
    ("value", "result"),
    [("512m", 512), ("1.5gb", 1536), ("1GiB", 1024), ("1048576", 1), (1, 1), ("2k", 1), ("much", None), (True, None)],
)
def test_sizes(value: object, result: int | None) -> None:
    assert mebibytes(value) == result


def test_shares_of_processors_and_sizes_of_tasks() -> None:
    assert (cpu_units("0.5"), cpu_units(2), cpu_units("all"), cpu_units("0")) == (512, 2048, None, None)
    assert fargate_size(0, 0) == (256, 512)
    assert fargate_size(256, 2049) == (512, 3072)
    assert fargate_size(0, 31_000) == (8192, 32768)
    assert fargate_size(99_999, 512) is None


def test_names() -> None:
    assert resource_name("My_App.v2") == "my-app-v2"
    assert resource_name("x") == "x-app"
    assert resource_name("3scale") == "app-3scale"
    assert resource_name("web", ["web", "web-2"]) == "web-3"
    assert container_name("log.router", ["log-router"]) == "log-router-2"
    assert len(resource_name("a" * 40, [("a" * 32)])) == 32


@pytest.mark.parametrize(
    ("image", "result"),
    [
        ("redis", "docker.io/library/redis:latest"),
        ("redis:7.2", "docker.io/library/redis:7.2"),
        ("grafana/grafana:11", "docker.io/grafana/grafana:11"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        ("localhost:5000/a", "localhost:5000/a:latest"),
        ("a/b@sha256:00", "docker.io/a/b@sha256:00"),
    ],
)
def test_images_have_their_registry(image: str, result: str) -> None:
    assert image_with_its_registry(image) == result


def test_variables_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# c\nA=1 # c\nexport B = 'x $A' \nC=\"${A}\\n#\"\nD=\nE: yaml\n\nF=a#b\n")
    assert env_file(path) == {"A": "1", "B": "x $A", "C": "1\n#", "D": "", "E": "yaml", "F": "a#b"}
    assert env_file(tmp_path / "missing") == {}


def test_variables_come_from_the_file_beside_it_and_never_from_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAG", "of-the-shell")
    file = tmp_path / "compose.yaml"
    file.write_text("services: {web: {image: 'example/web:$TAG'}}")
    assert "$TAG" in str(ComposeFile.read(file).data)
    (tmp_path / ".env").write_text("TAG=2.0")
    assert "example/web:2.0" in str(ComposeFile.read(file).data)


def test_anchors_and_merge_keys_are_read_where_they_are_used(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(
        "x-a: &a {user: '1'}\nx-b: &b {user: '2', init: true}\n"
        "services:\n  web: {<<: [*a, *b], image: 'ghcr.io/a/b:1'}\n"
    )
    assert ComposeFile.read(file).data["services"] == {"web": {"image": "ghcr.io/a/b:1", "user": "1", "init": True}}


@pytest.mark.parametrize(
    ("compose", "lists"),
    [
        ("ports: ['[::1]:80:8080/tcp']", {"port": 8080}),
        ("ports: [8080]", {"port": 8080}),
        ("ports: ['${PORT:-80}:8080']", {"port": 8080}),
        ("ports: ['8080', '8080:8080']", {"port": 8080}),
        ("ports: ['53:53/udp']\n    expose: ['8080']", {"port": 8080}),
        ("ports: ['7000-7000']", {"port": 7000}),
        ("expose: ['7000-7100/udp']", {"port_ranges": [{"first_port": 7000, "last_port": 7100, "protocol": "udp"}]}),
        ("gpus: 2", {"gpus": 2}),
        ("gpus: [{driver: nvidia, count: 3}]", {"gpus": 3}),
        ("gpus: [{driver: amd}]", {}),
        ("gpus: all\n    runtime: nvidia\n    shm_size: 1gb", {"gpus": 1, "shared_memory_mib": 1024}),
        ("runtime: nvidia", {"gpus": 1}),
        ("runtime: runsc", {}),
        ("shm_size: 1gb", {}),
        (
            "deploy: {resources: {reservations: {devices: [{capabilities: [gpu], device_ids: ['0', '3']}]}}}",
            {"gpus": 2},
        ),
        ("entrypoint: /run --name 'a b'", {"entry_point": ["/run", "--name", "a b"]}),
        ("command: [serve, 1]", {"command": ["serve", "1"]}),
        ("environment: [A=1=2, B=]", {"environment": {"A": "1=2", "B": ""}}),
        (
            "environment: {A: 1.10, B: yes, C: true, D: 0x10}",
            {"environment": {"A": "1.10", "B": "yes", "C": "true", "D": "0x10"}},
        ),
        ("tmpfs: /run", {"writable_paths": ["/run"]}),
        ("healthcheck: {test: NONE}", {}),
        ("healthcheck: {disable: true}", {}),
        ("healthcheck: {interval: 30s}", {}),
        ("cap_add: [ALL]", {}),
        ("environment: {DB_PASS: abcdef, AUTH: neo4j/abcdef, SIGNING_KEY: abcdef, A_KEY: abcdef}", {}),
        ("command: serve --requirepass abcdef", {}),
        ("command: [serve, --db-pass=abcdef]", {}),
        ("command: serve 'a", {}),
        ("command: check --pass '$$DB_PASSWORD'", {"command": ["check", "--pass", "$DB_PASSWORD"]}),
        ("command: serve --dsn 'host=db password=abcdef'", {}),
        ("command: serve --dsn 'host=db password=$$TOKEN'", {"command": ["serve", "--dsn", "host=db password=$TOKEN"]}),
        ("environment: {DB_PASSWORD: '', DB_NAME: ''}", {"environment": {"DB_NAME": ""}}),
    ],
)
def test_short_and_long_forms(compose: str, lists: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(f"services:\n  web:\n    image: ghcr.io/a/b:1\n    {compose}\n")
    block, _ = from_compose(file)
    made = dict(block.ecs["services"]["web"]["containers"]["web"])  # type: ignore[index]
    made.pop("image")
    made.pop("additional_ports", None)
    assert made == lists


@pytest.mark.parametrize(
    ("variable", "is_said"),
    [
        ("DB_HOST: db", True),
        ("DB_NAME: db", False),
        ("URL: 'http://db'", True),
        ("URL: 'http://db.example.com'", False),
        ("BROKERS: 'a.example.com:9092, db:9092'", True),
        ("OPTIONS: 'retries=3&endpoint=db:8333'", True),
        ("PATH_OF: /var/db/x", False),
        ("TEXT: the db is far", False),
    ],
)
def test_a_variable_that_names_another_service_is_listed(variable: str, is_said: bool, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(f"services:\n  web: {{image: 'a/b:1', environment: {{{variable}}}}}\n  db: {{image: 'a/b:1'}}\n")
    _, ledger = from_compose(file)
    assert any("the name of another service" in note.reason for note in ledger.notes()) is is_said


REFUSED = {
    "missing": (None, "No such file or directory"),
    "empty": ("", "compose.yaml:1: the file is empty"),
    "a list": ("- a\n", "compose.yaml:1: the file is not a mapping"),
    "no YAML": ("services: [\n", "compose.yaml:2: this is not valid YAML: "),
    "a key twice": ("services: {a: {image: a, image: b}}\n", "this key is there twice"),
    "a tag": ("services: {a: {ports: !reset []}}\n", "!reset is a tag"),
    "no services": ("volumes: {data: }\n", "there are no services in it"),
    "no service": ("services: {}\n", "there are no services in it"),
    "include": ("include: [other.yaml]\n", "only include; import what `docker compose config` prints"),
    "format 1": ("web: {image: nginx}\n", "this is the format 1 of Compose"),
    "a service without keys": ("services: {web: nginx}\n", "services.web has no keys"),
    "extends nothing": ("services: {web: {extends: base}}\n", "services.web.extends names base, which is not in"),
    "extends itself": (
        "services: {a: {extends: b}, b: {extends: {service: a}}}\n",
        "services.a.extends comes back to itself",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_from_which_nothing_can_be_imported(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, message = REFUSED[name]
    file = tmp_path / "compose.yaml"
    if text is not None:
        file.write_text(text)
    assert main(["compose", str(file)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("nothing is printed: ")
    assert message in output.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file or directory"),
        ("services: {}", "this is no JSON, which --output json gives"),
        ("[]", "this is no task definition, but a list or a single value"),
        ("{}", "there are no containerDefinitions in it; aws ecs describe-task-definition prints them"),
        ('{"taskDefinition": {"containerDefinitions": []}}', "there are no containerDefinitions in it"),
        ('{"containerDefinitions": ["web"]}', "there are no containerDefinitions in it"),
    ],
)
def test_task_definitions_from_which_nothing_can_be_imported(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "task.json"
    if text is not None:
        file.write_text(text)
    assert main(["task-definition", str(file)]) == 2
    assert message in capsys.readouterr().err
